"""The queue of letters."""

import pytest

from fablabmesh.mails.models import Mail
from tests.mails.conftest import office, open_postbox, postbox

__all__ = ["office", "open_postbox", "postbox"]


@pytest.fixture
def outbox(db):
    """The letters in the queue, in order."""
    return lambda: db.query(Mail).order_by(Mail.id).all()
