"""A server of mail, and the application's office set to it."""

import pytest

from fablabmesh.kit.smtp import read_sender
from fablabmesh.mails import actions
from tests.postbox import serve_mail


@pytest.fixture(scope="session")
def open_postbox():
    with serve_mail() as box:
        yield box


@pytest.fixture
def postbox(open_postbox):
    """Empty, and in a good mood."""
    open_postbox.mood, open_postbox.moods, open_postbox.greetings = "accept", {}, 0
    open_postbox.received.clear()
    return open_postbox


@pytest.fixture
def office(app, postbox):
    """Brings letters to the postbox, and has little patience."""
    with app.app_context():
        found = actions.office()
    before = (found.server, found.sender, found.heed, found.patience, found.has_warned)
    found.server, found.sender, found.patience = postbox.server, read_sender("Le réseau <mesh@exemple.test>"), 1.0
    found.heed = ()
    yield found
    found.server, found.sender, found.heed, found.patience, found.has_warned = before
