"""Who hears of what waits for too long, and when."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.accounts.rules import Role
from fablabmesh.mails.models import Mail
from fablabmesh.moderation import actions, queries
from fablabmesh.moderation.notice_actions import tell_late
from fablabmesh.zones import actions as zones
from tests.factories import NOW, make_account


def letters(db):
    return db.execute(sa.select(Mail.to_address, Mail.subject).order_by(Mail.id)).all()


@pytest.fixture
def admin(db):
    return make_account(name="Ada", email="ada@exemple.test", role=Role.ADMIN)


def test_the_coordinators_hear_once_then_the_administrators(db, pending, coordinator, admin):
    pending("Un"), pending("Deux")
    days = [tell_late(NOW + timedelta(days=day)) for day in (13, 15, 16, 29, 30)]

    assert days == [0, 1, 0, 1, 0]
    assert letters(db) == [
        (coordinator.email, "2 dossiers attendent depuis longtemps"),
        (admin.email, "2 dossiers attendent depuis longtemps"),
    ]
    text = db.scalars(sa.select(Mail.text).order_by(Mail.id)).first()
    assert ("- Un\n" in text, "/moderation?retard=oui" in text) == (True, True)


def test_where_nobody_coordinates_the_administrators_hear_at_once(db, pending, zone, coordinator, admin):
    pending("Un")
    zones.withdraw_coordination(zone, coordinator)

    assert tell_late(NOW + timedelta(days=15)) == 1
    assert letters(db) == [(admin.email, "Un dossier attend depuis longtemps")]


def test_what_was_decided_or_is_asked_about_is_late_no_more(db, pending, case_of, coordinator):
    case = case_of(pending("Un"))
    actions.refuse(
        case, reason="Non.", by=coordinator, now=NOW, version=case.version, thing_version=queries.thing_version(case)
    )

    assert tell_late(NOW + timedelta(days=40)) == 0
