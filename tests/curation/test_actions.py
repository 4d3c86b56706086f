"""What the public sends, what those who decide make of it, who is answered and what is forgotten."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from fablabmesh.curation import actions, queries, rules
from fablabmesh.curation.actions import Note
from fablabmesh.curation.models import Decision, Proposal, ProposalRequest
from fablabmesh.curation.rules import ProposalKind, ProposalState
from fablabmesh.kit.errors import Conflict, NotFound, Refused
from fablabmesh.mails.models import Mail
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place, PlaceVersion
from fablabmesh.places.rules import ManagerRole, PlaceKind
from fablabmesh.teams.models import Invitation
from tests.curation.conftest import LATER
from tests.factories import NOW, make_account, make_coordinator, make_department, make_event, make_zone

MISSING = {"name": "Lab neuf", "kind": PlaceKind.FABLAB, "commune": "Rennes", "insee": "35238", "postcode": "35000"}


def accept(proposal, by, values=None, **more):
    proposal = queries.get_proposal(proposal.id)
    given = rules.read_plain(proposal.proposed) if values is None else values
    version = proposal.place.version if proposal.place else None
    told = {"by": by, "now": LATER, "version": proposal.version, "place_version": version} | more
    return actions.accept(proposal, given, **told)


def deeds(proposal):
    return [(each.deed.value, each.by_id, each.reason) for each in queries.get_proposal(proposal.id).decisions]


def letters(db):
    return db.scalars(sa.select(Mail).where(Mail.kind == actions.ANSWER).order_by(Mail.id)).all()


# --- proposing ---------------------------------------------------------------------------------------------------


def test_a_correction_changes_nothing_before_somebody_decides(db, lab, say):
    proposal = say(lab, phone="01 02 03 04 05", contact="moi@exemple.test")

    assert (lab.phone, proposal.state, proposal.department_code) == ("", ProposalState.PENDING, "35")
    assert (proposal.proposed, proposal.before) == ({"phone": "01 02 03 04 05"}, {"phone": ""})
    assert proposal.contact_until == NOW + timedelta(days=90)


def test_from_one_network_only_so_much_is_taken_and_its_address_is_not_kept(db, lab, say):
    for _turn in range(rules.MOST_PER_NETWORK):
        say(lab, phone="01")

    with pytest.raises(actions.TooMany) as refusal:
        say(lab, phone="01")

    assert refusal.value.status == 429
    assert b"192.0.2.1" not in b"".join(db.scalars(sa.select(ProposalRequest.subject)))
    say(lab, phone="01", by=make_account())


def test_one_person_sends_more_than_a_stranger_and_not_without_end(db, lab, say):
    alice, bob = make_account(), make_account(name="Bob")
    for _turn in range(rules.MOST_PER_PERSON):
        say(lab, phone="01", by=alice)

    with pytest.raises(actions.TooMany, match="Vous avez beaucoup envoyé en une heure"):
        say(lab, phone="01", by=alice)

    say(lab, phone="01", by=bob)


# --- accepting ---------------------------------------------------------------------------------------------------


def test_what_is_accepted_is_written_and_told_to_who_asked_whose_address_is_then_forgotten(db, lab, say, coordinator):
    proposal = say(lab, phone="01 02 03 04 05", contact="moi@exemple.test", language="en")

    accept(proposal, coordinator, reason="Merci.")

    assert (lab.phone, lab.edited_fields) == ("01 02 03 04 05", ["phone"])
    assert deeds(proposal) == [("accepted", coordinator.id, "Merci.")]
    (letter,) = letters(db)
    assert letter.to_address == "moi@exemple.test"
    assert f"/en/lieux/{lab.slug}" in letter.text
    assert f"/en/lieux/{lab.slug}" in letter.html
    assert (proposal.contact, proposal.contact_until, proposal.state) == ("", None, ProposalState.PUBLISHED)
    line = db.scalars(sa.select(PlaceVersion).order_by(PlaceVersion.id)).all()[-1]
    assert (line.by_id, line.changed) == (coordinator.id, {"phone": ["", "01 02 03 04 05"]})


def test_a_proposal_may_be_retouched(db, lab, say, coordinator):
    proposal = say(lab, phone="01", website="https://faux.test")

    accept(proposal, coordinator, {"phone": "02"})

    assert (lab.phone, lab.website) == ("02", "https://labfab.test")
    assert [deed for deed, *_ in deeds(proposal)] == ["amended"]
    assert letters(db) == []


def test_a_missing_place_is_made_with_its_history(db, zone, rennes, coordinator):
    proposal = actions.propose_place(MISSING, Note(network="192.0.2.1"), now=NOW)
    assert (proposal.department_code, proposal.place_name) == ("35", "Lab neuf")

    place = accept(proposal, coordinator)

    assert (place.slug, place.kind, place.department_code) == ("lab-neuf-rennes", PlaceKind.FABLAB, "35")
    assert proposal.place_id == place.id
    line = db.scalars(sa.select(PlaceVersion).where(PlaceVersion.place_id == place.id)).one()
    assert (line.deed, line.by_id) == ("created", coordinator.id)


def test_a_page_that_changed_since_it_was_compared_is_a_conflict(db, lab, say, coordinator):
    proposal = say(lab, phone="01")
    before = lab.version
    places.update_place(lab, {"phone": "09"}, now=LATER)

    with pytest.raises(Conflict):
        accept(proposal, coordinator, place_version=before)

    assert lab.phone == "09"


def test_two_who_decide_at_once_do_not_both(db, lab, say, coordinator):
    proposal = say(lab, phone="01")
    version = proposal.version
    actions.refuse(proposal, reason="Non.", by=coordinator, now=LATER, version=version)

    for deed in (
        lambda: accept(proposal, coordinator, version=version),
        lambda: actions.refuse(proposal, reason="Non.", by=coordinator, now=LATER, version=proposal.version),
        lambda: actions.undo(queries.get_proposal(proposal.id), by=coordinator, now=LATER, version=version),
    ):
        with pytest.raises(Conflict):
            deed()


def test_who_wishes_to_look_after_a_missing_place_is_invited_to_once_it_is_accepted(db, zone, coordinator):
    note = Note(contact="lea@exemple.test", network="192.0.2.1", language="en")
    proposal = actions.propose_place(MISSING, note, now=NOW, looks_after=True)

    place = accept(proposal, coordinator)

    invitation = db.scalar(sa.select(Invitation))
    assert (invitation.place_id, invitation.email, invitation.language) == (place.id, "lea@exemple.test", "en")
    assert invitation.role is ManagerRole.MANAGER


def test_who_proposed_a_place_with_an_account_looks_after_it_at_once(db, zone, coordinator):
    lea = make_account(name="Léa")
    proposal = actions.propose_place(MISSING, Note(by=lea), now=NOW, looks_after=True)

    place = accept(proposal, coordinator)

    db.refresh(place, ["managers"])
    assert place.role_of(lea.id) is ManagerRole.MANAGER


# --- refusing, asking back ---------------------------------------------------------------------------------------


def test_who_is_refused_is_told_why(db, lab, say, coordinator):
    proposal = say(lab, phone="01", contact="moi@exemple.test")

    actions.refuse(proposal, reason="Ce numéro est privé.", by=coordinator, now=LATER, version=proposal.version)

    (letter,) = letters(db)
    assert "Ce numéro est privé." in letter.text
    assert (proposal.contact, lab.phone) == ("", "")


def test_a_question_is_answered_once_by_its_link(db, lab, say, coordinator):
    proposal = say(lab, phone="01", contact="moi@exemple.test")

    actions.ask_back(proposal, question="Depuis quand ?", by=coordinator, now=LATER, version=proposal.version)
    (letter,) = letters(db)
    secret = letter.text.split("/propositions/")[1].split()[0]
    assert "Depuis quand ?" in letter.text
    assert (proposal.state, proposal.contact) == (ProposalState.ASKED, "moi@exemple.test")

    actions.answer(secret, "Depuis mardi.", now=LATER)

    assert proposal.state is ProposalState.PENDING
    assert deeds(proposal) == [("asked", coordinator.id, "Depuis quand ?"), ("answered", None, "Depuis mardi.")]
    with pytest.raises(NotFound):
        actions.answer(secret, "Encore.", now=LATER)


def test_nobody_is_asked_where_nobody_can_answer(db, lab, say, coordinator):
    proposal = say(lab, phone="01")

    with pytest.raises(Refused):
        actions.ask_back(proposal, question="Qui ?", by=coordinator, now=LATER, version=proposal.version)


def test_a_person_with_an_account_is_written_to_and_an_invented_one_is_not(db, lab, say, coordinator):
    real, invented = make_account(), make_account(is_demo=True)
    for by in (real, invented):
        proposal = queries.get_proposal(say(lab, phone="01", by=by).id)
        actions.refuse(proposal, reason="Non.", by=coordinator, now=LATER, version=proposal.version)

    assert [letter.to_address for letter in letters(db)] == [real.email]


# --- undoing -----------------------------------------------------------------------------------------------------


def undo(proposal, by):
    proposal = queries.get_proposal(proposal.id)
    actions.undo(proposal, by=by, now=LATER, version=proposal.version)


def test_a_decision_can_be_taken_back_while_the_page_is_as_it_made_it(db, lab, say, coordinator):
    proposal = say(lab, phone="01", kind=ProposalKind.CORRECTION)
    accept(proposal, coordinator)

    undo(proposal, coordinator)
    assert (lab.phone, proposal.state) == ("", ProposalState.PENDING)

    accept(proposal, coordinator)
    places.update_place(lab, {"phone": "09"}, now=LATER)
    with pytest.raises(Conflict):
        undo(proposal, coordinator)
    assert [deed for deed, *_ in deeds(proposal)] == ["accepted", "undone", "accepted"]


def test_a_refusal_can_be_taken_back(db, lab, say, coordinator):
    proposal = say(lab, phone="01")
    actions.refuse(proposal, reason="Non.", by=coordinator, now=LATER, version=proposal.version)

    undo(proposal, coordinator)

    assert (proposal.state, proposal.decided_at) == (ProposalState.PENDING, None)


def test_a_place_that_was_made_goes_again_unless_something_hangs_on_it(db, zone, rennes, coordinator):
    proposal = actions.propose_place(MISSING, Note(), now=NOW)
    place = accept(proposal, coordinator)
    undo(proposal, coordinator)
    assert (db.get(Place, place.id), proposal.place_id) == (None, None)

    place = accept(proposal, coordinator)
    make_event(place)
    with pytest.raises(Conflict):
        undo(proposal, coordinator)
    assert db.get(Place, place.id) is place


# --- what is kept and what is not --------------------------------------------------------------------------------


def test_the_database_keeps_decisions_as_they_were(db, lab, say, coordinator):
    proposal = say(lab, phone="01")
    actions.refuse(proposal, reason="Non.", by=coordinator, now=LATER, version=proposal.version)

    for statement in (sa.update(Decision).values(reason="Oui."), sa.delete(Decision)):
        with pytest.raises(DBAPIError, match="a decision is kept"), db.begin_nested():
            db.execute(statement)

    db.execute(sa.update(Decision).values(by_id=None))  # somebody leaves
    db.execute(sa.delete(Proposal))
    assert db.scalar(sa.select(sa.func.count()).select_from(Decision)) == 0


def test_an_address_that_nobody_answered_to_is_erased_after_ninety_days(db, lab, say):
    proposal = say(lab, phone="01", contact="moi@exemple.test")
    db.commit()

    assert actions.forget_old(NOW + timedelta(days=89)) == 0
    assert db.scalar(sa.select(sa.func.count()).select_from(ProposalRequest)) == 0
    assert actions.forget_old(NOW + timedelta(days=90)) == 1

    db.expire_all()
    assert (proposal.contact, proposal.contact_until) == ("", None)


def test_what_waits_follows_a_place_that_moves(db, lab, coordinator, say):
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.8), region=("52", "Pays de la Loire"))
    there = make_coordinator(make_zone("44", slug="sud"), name="Nadia")
    proposal = say(lab, phone="01")
    decided = say(lab, phone="02")
    actions.refuse(queries.get_proposal(decided.id), reason="Non.", by=coordinator, now=LATER, version=1)
    moved = {"insee": "44109", "postcode": "44000", "commune": "Nantes", "latitude": 47.2, "longitude": -1.55}

    places.edit_place(lab, moved, now=LATER, version=lab.version, by=coordinator)
    db.commit()
    db.expire_all()

    proposal = queries.get_proposal(proposal.id)
    zones = queries.list_zone_ids(proposal.department_code)
    assert (proposal.department_code, proposal.version) == ("44", 1)
    assert rules.can_decide(queries.find_scope(there), proposal, zones)
    assert not rules.can_decide(queries.find_scope(coordinator), proposal, zones)
    assert queries.get_proposal(decided.id).department_code == "35"
