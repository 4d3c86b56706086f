"""A lab with its people, a zone with its coordinator, and the letters that were written."""

import re

import pytest
import sqlalchemy as sa

from fablabmesh.mails.models import Mail
from fablabmesh.places import actions as places
from fablabmesh.places.rules import ManagerRole
from tests.factories import make_account, make_coordinator, make_department, make_place, make_zone


@pytest.fixture
def zone(db):
    make_department()
    return make_zone("35")


@pytest.fixture
def coordinator(zone):
    return make_coordinator(zone, name="Paule Pôle")


@pytest.fixture
def alice(db):
    return make_account(name="Alice", email="alice@exemple.test")


@pytest.fixture
def bob(db):
    return make_account(name="Bob", email="bob@exemple.test")


@pytest.fixture
def lab(zone, alice):
    """Alice manages it."""
    return make_place(managers=(alice,), website="https://www.labfab.test/")


@pytest.fixture
def staffed(db, lab, bob):
    """Alice manages it, Bob is its editor."""
    places.grant(lab, bob, ManagerRole.EDITOR)
    db.refresh(lab, ["managers"])
    return lab


@pytest.fixture
def letters(db):
    """`letters("teams/team")`: (address, subject, text) of those of a kind, in order."""

    def read(kind: str = ""):
        found = db.scalars(sa.select(Mail).where(Mail.kind.startswith(kind or "teams/")).order_by(Mail.id))
        return [(mail.to_address, mail.subject, mail.text) for mail in found]

    return read


def roles(db, place) -> dict[str, str]:
    """Name → role, of a team."""
    rows = db.execute(
        sa.text(
            "SELECT account.name, manager.role FROM place_manager AS manager JOIN account ON account.id = account_id"
            " WHERE place_id = :place ORDER BY 1"
        ),
        {"place": place.id},
    )
    return dict(rows.all())


def link_in(text: str, path: str) -> str:
    """The secret word of the link in a letter."""
    return re.search(rf"http://localhost(?:/en)?/{path}/([A-Za-z0-9_-]+)", text)[1]
