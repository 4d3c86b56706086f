"""Subscriptions, and who asks for them."""

from datetime import date

import pytest

from fablabmesh.digests.models import Subscription
from fablabmesh.kit.db import session
from fablabmesh.mails.models import Mail
from tests.factories import NOW
from tests.mails.conftest import office, open_postbox, postbox

__all__ = ["office", "open_postbox", "postbox"]


@pytest.fixture
def make_subscription(db):
    """A confirmed one, which had the letter of Monday 2 March 2026."""

    def make(email="alice@exemple.test", *, query="", language="fr", last_issue=date(2026, 3, 2)):
        made = Subscription(
            email=email,
            query=query,
            language=language,
            nonce=b"0123456789abcdef",
            asked_at=NOW,
            confirmed_at=NOW,
            last_issue=last_issue,
            failures=0,
        )
        session.add(made)
        session.commit()
        return made

    return make


@pytest.fixture
def outbox(db):
    """The letters in the queue, in order."""
    return lambda: db.query(Mail).order_by(Mail.id).all()
