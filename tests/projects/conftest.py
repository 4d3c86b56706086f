"""Requests that are lent nothing of what a test holds."""

import pytest


@pytest.fixture
def forgetful(app, db):
    """Each request reads what it needs by itself, as outside tests: a row held by the test would hide a lazy load."""

    def forget() -> None:
        db.flush()
        db.expunge_all()

    app.before_request_funcs[None].insert(0, forget)
    yield
    app.before_request_funcs[None].remove(forget)
