"""A lab, who looks after it, and a program that holds a token of theirs."""

import pytest

from fablabmesh.kit import clock
from fablabmesh.tokens import actions
from fablabmesh.tokens.rules import Scope
from tests.factories import make_place


@pytest.fixture
def lab(alice):
    return make_place(managers=(alice,))


@pytest.fixture
def make_token(db, alice, lab):
    """`make_token()`: the token and its words; for the lab and for all, unless told otherwise."""

    def make(account=alice, *, scopes=tuple(Scope), places=None, days=30, now=None):
        made = actions.make_token(
            account, name="Site du lab", scopes=scopes, places=places or [lab], days=days, now=now or clock.now()
        )
        db.commit()
        return made

    return make


class Program:
    """Sends JSON with a token, and no cookie."""

    def __init__(self, client, words):
        self._client, self._words = client, words

    def __call__(self, method, path="", json=None, **headers):
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._words:
            given["Authorization"] = f"Bearer {self._words}"
        return self._client.open(f"/api/v1/evenements{path}", method=method, json=json, headers=given)


@pytest.fixture
def program(app, make_token):
    return Program(app.test_client(use_cookies=False), make_token()[1])


@pytest.fixture
def program_of(app):
    """`program_of(words)`: one that holds that token."""
    return lambda words: Program(app.test_client(use_cookies=False), words)


@pytest.fixture
def workshop(lab):
    """What a program sends."""
    return {
        "place": lab.slug,
        "title": "Découpe laser",
        "category": "atelier",
        "starts_local": "2090-06-10T18:00",
        "ends_local": "2090-06-10T20:00",
    }
