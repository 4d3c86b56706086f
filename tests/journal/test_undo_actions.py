"""Anything that was changed comes back, by the rooms that know it, and that too comes back."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.curation import actions as curation
from fablabmesh.curation import merge_actions
from fablabmesh.events import actions as events
from fablabmesh.events import date_actions
from fablabmesh.events.models import Event, EventDate, EventVersion
from fablabmesh.journal.models import JournalAct, JournalEntry
from fablabmesh.journal.undo_actions import Clashes, undo
from fablabmesh.kit.errors import Refused
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place, PlaceManager, PlacePerson
from fablabmesh.places.queries import get_place
from fablabmesh.places.rules import PlaceKind
from fablabmesh.projects import actions as projects
from fablabmesh.projects.models import Partnership, Project
from fablabmesh.projects.queries import get_project
from fablabmesh.sheets import actions as sheets
from fablabmesh.sheets import queries as sheet_queries
from fablabmesh.sheets.details import Holder, Tool
from fablabmesh.terms.models import Term
from fablabmesh.zones.models import ZoneCoordinator
from tests.factories import (
    NOW,
    make_account,
    make_coordinator,
    make_department,
    make_event,
    make_place,
    make_project,
    make_series,
    make_zone,
)

LATER = NOW + timedelta(hours=1)
LASER = Tool("decoupe-laser", "Laser d’essai", materials=("bois",))


@pytest.fixture
def back(db, anew, last_act, alice):
    """Call it: the latest act is taken back, by Alice, as an act of its own; gives both."""

    def take() -> tuple[JournalAct, JournalAct]:
        act, entries = last_act()
        anew()
        undo(entries, by=alice, now=LATER)
        undoing, _entries = last_act()
        anew()
        db.expire_all()
        return act, undoing

    return take


def test_a_page_is_as_it_was_and_its_history_and_calendars_know(db, alice, anew, back):
    place = make_place(managers=(alice,), phone="02 99 00 00 00")
    event = make_event(place)
    anew()
    values = {"name": "Autre nom", "phone": "", "kind": PlaceKind.EPN, "labels": ["x"], "closed_on": date(2026, 1, 1)}
    places.edit_place(place, values, now=NOW, version=place.version, by=alice)

    act, undoing = back()

    again = get_place(place.slug)
    assert (again.name, again.phone, again.kind) == ("LabFab", "02 99 00 00 00", PlaceKind.FABLAB)
    assert (again.labels, again.closed_on, again.edited_fields) == ([], None, [])
    assert undoing.undoes_id == act.id
    assert sheet_queries.list_versions(place.id, limit=1)[0].deed == "undone"
    assert "LOCATION:LabFab" in db.scalar(sa.select(Event.ical).where(Event.id == event.id))


def test_what_was_undone_is_undone_in_turn(db, alice, anew, back):
    place = make_place(phone="1")
    anew()
    places.edit_place(place, {"phone": "2"}, now=NOW, version=place.version, by=alice)
    back()

    back()

    assert db.get(Place, place.id).phone == "2"


def test_nothing_is_overwritten_that_was_written_since(db, alice, anew, last_act):
    place = make_place(phone="1")
    anew()
    places.edit_place(place, {"phone": "2", "website": "https://a.test"}, now=NOW, version=place.version, by=alice)
    _act, entries = last_act()
    anew()
    places.edit_place(place, {"phone": "3"}, now=LATER, version=place.version, by=alice)
    anew()

    with pytest.raises(Clashes) as refusal:
        undo(entries, by=alice, now=LATER)

    (clash,) = refusal.value.clashes
    assert (clash.before, clash.after, clash.now) == ({"phone": "1"}, {"phone": "2"}, {"phone": "3"})
    assert (place.phone, place.website) == ("3", "https://a.test")


def test_what_is_undone_already_is_not_undone_again(alice, anew, last_act):
    place = make_place(phone="1")
    anew()
    places.edit_place(place, {"phone": "2"}, now=NOW, version=place.version, by=alice)
    _act, entries = last_act()
    places.edit_place(place, {"phone": "1"}, now=LATER, version=place.version, by=alice)

    with pytest.raises(Clashes):
        undo(entries, by=alice, now=LATER)


def test_a_page_that_was_made_goes_and_comes_back_at_its_address(db, anew, back):
    make_department()
    anew()
    place = make_place()
    place.source, place.source_id = "essai", "7"
    key, slug = place.id, place.slug

    back()
    gone = db.get(Place, key)
    back()

    again = get_place(slug)
    assert gone is None
    assert (again.id, again.name, again.source, again.source_id) == (key, "LabFab", "essai", "7")
    assert again.folded_name == "labfab"
    assert again.department_code == "35"


def test_a_page_on_which_something_hangs_stays(alice, anew, last_act):
    make_department()
    anew()
    place = make_place()
    _act, entries = last_act()
    anew()
    make_event(place)

    with pytest.raises(Refused, match="Événement"):
        undo(entries, by=alice, now=LATER)


def test_machines_and_roles_come_back_and_names_do_not(db, alice, anew, back):
    place = make_place()
    sheets.set_machines(place, [LASER], by=alice, now=NOW)
    sheets.set_people(place, [Holder("Accueil", "Bob", date(2026, 1, 1)), Holder("Direction")], by=alice, now=NOW)
    anew()
    sheets.set_machines(place, [], by=alice, now=LATER)
    sheets.set_people(place, [], by=alice, now=LATER)

    back()

    assert sheet_queries.list_tools(place.id) == [LASER]
    assert sheet_queries.list_holders(place.id) == [Holder("Accueil"), Holder("Direction")]
    assert get_place(place.slug).machine_types == ["decoupe-laser"]
    (line, *_rest) = sheet_queries.list_versions(place.id, limit=1)
    assert (line.deed, set(line.changed)) == ("undone", {"machines", "people"})
    assert db.scalars(sa.select(PlacePerson.name)).all() == ["", ""]


def test_an_event_is_as_it_was_and_those_who_follow_it_are_told(db, alice, anew, back):
    event = make_event(make_place())
    anew()
    events.cancel_event(event, reason="Panne", now=NOW, version=event.version, by=alice)
    anew()
    sequence = event.sequence

    back()

    again = db.get(Event, event.id)
    text = db.scalar(sa.select(Event.ical).where(Event.id == event.id))
    assert (again.status.value, again.cancel_reason) == ("confirmed", "")
    assert again.sequence > sequence
    assert "STATUS:CANCELLED" not in text
    lines = db.scalars(sa.select(EventVersion.deed).where(EventVersion.event_id == event.id).order_by(EventVersion.id))
    assert lines.all()[-1] == "undone"


def test_an_event_that_was_made_is_called_off_for_calendars_and_can_come_back(db, anew, back):
    place = make_place()
    anew()
    event = make_event(place)

    back()
    gone = db.get(Event, event.id).deleted_at
    back()

    assert gone == LATER
    assert db.get(Event, event.id).deleted_at is None
    assert "STATUS:CONFIRMED" in db.scalar(sa.select(Event.ical).where(Event.id == event.id))


def test_a_date_of_a_series_is_held_again(db, alice, anew, back):
    event = make_series(make_place())
    anew()
    day = event.starts_local + timedelta(days=7)
    date_actions.cancel_date(event, day, reason="Férié", by=alice, now=NOW, version=event.version)
    anew()

    back()

    off = db.scalars(sa.select(EventDate.starts_local).where(EventDate.event_id == event.id, EventDate.is_cancelled))
    assert off.all() == []


def test_a_project_and_who_joined_it_come_back(db, alice, anew, back):
    project = make_project(make_place())
    other = make_place(name="Autre lab")
    anew()
    projects.edit_project(project, {"title": "Autre titre"}, now=NOW, version=project.version)
    back()
    project = get_project(project.slug)
    db.refresh(alice)
    projects.ask_to_join(project, other, message="Un tour.", by=alice, now=NOW)
    back()
    gone = db.scalars(sa.select(Partnership)).all()
    back()

    assert db.get(Project, project.id).title == project.title == "Une fraiseuse en plans ouverts"
    assert gone == []
    assert db.scalars(sa.select(Partnership.message)).all() == ["Un tour."]


def test_people_who_look_after_places_and_zones_come_back(db, alice, anew, back):
    make_department()
    zone = make_zone("35")
    bob = make_coordinator(zone, name="Bob")
    place = make_place(managers=(alice,))
    anew()
    db.execute(sa.delete(PlaceManager))
    back()
    db.execute(sa.delete(ZoneCoordinator))
    back()

    assert db.scalars(sa.select(PlaceManager.account_id)).all() == [alice.id]
    assert get_place(place.slug).role_of(alice.id).value == "manager"
    assert db.get(type(bob), bob.id).department_codes == ["35"]


def test_words_of_a_vocabulary_come_back(db, anew, back):
    term = db.scalars(sa.select(Term).limit(1)).one()
    anew()
    name = term.name_fr
    term.name_fr = "Autre mot"
    back()

    assert db.get(Term, term.id).name_fr == name


def test_two_pages_that_were_made_one_are_two_again(db, alice, anew, back):
    kept, gone = make_place(name="LabFab"), make_place(name="LabFab Rennes")
    gone.source, gone.source_id = "essai", "9"
    event = make_event(gone)
    project = make_project(gone)
    places.grant(gone, make_account(name="Bob"))
    sheets.set_machines(gone, [LASER], by=alice, now=NOW)
    anew()
    db.expire_all()
    kept, gone = get_place(kept.slug), get_place(gone.slug)
    key, slug = gone.id, gone.slug
    merge_actions.merge(kept, gone, {}, by=alice, now=NOW, versions=(kept.version, gone.version))
    anew()
    merged = db.get(Event, event.id).place_id

    back()

    again = get_place(slug)
    assert merged == kept.id
    assert (again.id, again.source_id, len(again.managers)) == (key, "9", 1)
    assert (db.get(Event, event.id).place_id, db.get(Project, project.id).lead_id) == (key, key)
    assert sheet_queries.list_tools(key) == [LASER]
    assert sheet_queries.list_tools(kept.id) == []
    assert "LOCATION:LabFab Rennes" in db.scalar(sa.select(Event.ical).where(Event.id == event.id))


def test_a_decision_about_a_proposal_comes_back_to_the_desk(db, alice, anew, back):
    place = make_place()
    note = curation.Note(message="Le numéro a changé.", by=alice)
    kind = curation.ProposalKind.CORRECTION
    proposal = curation.report(place, kind, {"phone": "02 99 00 00 09"}, note, version=place.version, now=NOW)
    anew()
    curation.refuse(proposal, reason="Non.", by=alice, now=NOW, version=proposal.version)

    back()

    assert db.get(type(proposal), proposal.id).state.value == "pending"
    assert db.get(type(proposal), proposal.id).message == "Le numéro a changé."


def test_what_the_journal_knows_too_little_of_is_not_made_anew(db, alice, anew, last_act):
    bob = make_account(name="Bob")
    anew()
    db.execute(sa.text("DELETE FROM account WHERE id = :id"), {"id": bob.id})
    _act, entries = last_act()

    with pytest.raises(Refused, match="ne garde pas"):
        undo(entries, by=alice, now=LATER)


def test_too_much_at_once_is_refused(alice):
    entries = [JournalEntry(act_id=1)] * 2001

    with pytest.raises(Refused, match="ligne par ligne"):
        undo(entries, by=alice, now=LATER)
