"""What comes to a desk is told there, once, and no more once it is decided."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.curation import actions as curation
from fablabmesh.curation.actions import Note
from fablabmesh.curation.rules import ProposalKind
from fablabmesh.mails.models import Mail
from fablabmesh.moderation.notice_actions import tell_new
from fablabmesh.notices import actions as notices
from fablabmesh.notices.models import Notice
from fablabmesh.notices.rules import Frequency, Kind
from tests.factories import NOW, make_account, make_coordinator, make_department, make_place, make_zone

LATER = NOW + timedelta(minutes=2)


@pytest.fixture
def coordinator(db):
    make_department()
    found = make_coordinator(make_zone("35"), name="Paule")
    notices.choose(found, {Kind.PROPOSAL: Frequency.AT_ONCE}, now=NOW)
    return found


def say(place, by=None):
    note = Note(by=by or make_account())
    return curation.report(place, ProposalKind.CLOSED, {}, note, version=place.version, now=NOW)


def letters(db):
    kind = f"notices/{Kind.PROPOSAL.value}"
    return [(mail.to_address, mail.about) for mail in db.scalars(sa.select(Mail).where(Mail.kind == kind))]


def test_who_coordinates_is_told_once_of_what_came(db, coordinator):
    proposal = say(make_place())
    db.commit()

    turns = [tell_new(LATER), tell_new(LATER)]

    assert turns == [1, 0]
    assert letters(db) == [(coordinator.email, proposal.id)]


def test_nobody_is_told_of_what_they_said_themselves(db, coordinator):
    say(make_place(), by=coordinator)
    db.commit()

    tell_new(LATER)

    assert letters(db) == []


def test_what_is_decided_before_the_digest_is_not_told(db, coordinator):
    notices.choose(coordinator, {Kind.PROPOSAL: Frequency.DAILY}, now=NOW)
    proposal = say(make_place())
    db.commit()
    tell_new(LATER)
    waiting = db.scalars(sa.select(Notice.about)).all()
    db.refresh(proposal)
    curation.refuse(curation.queries.get_proposal(proposal.id), reason="Non.", by=coordinator, now=LATER,
                    version=proposal.version)  # fmt: skip
    db.commit()

    tell_new(LATER)

    assert waiting == [proposal.id]
    assert db.scalars(sa.select(Notice)).all() == []


def test_what_is_far_away_is_told_to_others(db, coordinator):
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.8), region=("52", "Pays de la Loire"))
    say(make_place(name="Nantes", department="44", postcode="44000", commune="Nantes"))
    db.commit()

    tell_new(LATER)

    assert letters(db) == []
