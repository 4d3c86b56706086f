"""An import: queued, read by the worker, chosen from, written. The same file twice changes nothing."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from fablabmesh.events import actions as events
from fablabmesh.events import date_actions as dates
from fablabmesh.events import queries as event_queries
from fablabmesh.events.models import Event, EventDate, EventVersion
from fablabmesh.events.rules import Deed, EventStatus
from fablabmesh.imports import actions, queries
from fablabmesh.imports.models import CalendarImport, ImportedEvent
from fablabmesh.imports.rules import KEPT_FOR, LEASE, MOST_ATTEMPTS, MOST_WAITING, ImportState, Kind
from fablabmesh.kit import db as kit_db
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.ical_apart import calendar_from_json
from fablabmesh.places.models import Place
from fablabmesh.zones.models import Department
from tests.factories import NOW, make_event, make_place
from tests.imports.conftest import calendar, vevent

SERIES = "RRULE:FREQ=WEEKLY;COUNT=4"
MOVED = vevent("un@ailleurs", "Atelier bois", "20260618T190000", "20260618T210000", "RECURRENCE-ID:20260617T160000Z")
LATER = NOW + timedelta(days=1)


def ask(lab, by, content=None, **given):
    values = {"category_slug": "atelier", "language": "fr", "tongue": "fr", "file_name": "lab.ics"} | given
    asked = actions.ask_import(lab, by=by, now=NOW, content=content, **values)
    actions.work(NOW)
    return asked


def bring(lab, by, *parts, now=NOW):
    """A file, all of it chosen; how many of each kind."""
    asked = actions.ask_import(
        lab,
        by=by,
        now=now,
        content=calendar(*parts),
        category_slug="atelier",
        language="fr",
        tongue="fr",
        file_name="lab.ics",
    )
    actions.work(now)
    assert asked.state is ImportState.READY, asked.failure
    actions.choose(asked, range(100), follow_minutes=None, now=now)
    actions.work(now)
    assert asked.state is ImportState.DONE, asked.failure
    return asked.counts


def find(uid="un@ailleurs"):
    return event_queries.find_by_uid(uid)


# --- from a file to events ---------------------------------------------------------------------------------------


def test_a_file_is_read_and_then_waits_for_a_choice(lab, alice, db):
    asked = ask(lab, alice, calendar(vevent()))

    assert (asked.state, asked.name, asked.content) == (ImportState.READY, "Agenda du lab", None)
    assert db.scalar(select(func.count(Event.id))) == 0


def test_what_is_chosen_is_published_under_its_own_name(lab, alice, client, db):
    more = ("SEQUENCE:7", "LOCATION:Salle 3", "GEO:48.1;-1.6", "DESCRIPTION:Venez !", "CATEGORIES:Formation,Bois")

    assert bring(lab, alice, vevent("un@ailleurs", "Atelier bois", "20260610T180000", "20260610T200000", *more)) == {
        "new": 1
    }

    event = find()
    assert (event.title, event.place_id, event.sequence, event.origin) == ("Atelier bois", lab.id, 7, "lab.ics")
    assert (event.category_slug, event.tags, event.venue_text) == ("formation", ["Bois"], "Salle 3")
    assert (event.starts_local.isoformat(), event.timezone) == ("2026-06-10T18:00:00", "Europe/Paris")
    assert event.created_by_id == alice.id
    feed = client.get(f"/lieux/{lab.slug}/agenda.ics").get_data(as_text=True)
    assert [line in feed.split("\r\n") for line in ("UID:un@ailleurs", "SEQUENCE:7", "SUMMARY:Atelier bois")] == [
        True
    ] * 3


def test_only_what_is_chosen_is_written(lab, alice):
    asked = ask(lab, alice, calendar(vevent(), vevent("deux@ailleurs", start="20260611T180000", end="20260611T200000")))

    actions.choose(asked, {1}, follow_minutes=None, now=NOW)
    actions.work(NOW)

    assert (find(), find("deux@ailleurs").title) == (None, "Atelier bois")


def test_the_same_file_twice_changes_nothing(lab, alice, db):
    parts = (
        vevent("un@ailleurs", "Atelier bois", "20260610T180000", "20260610T200000", SERIES),
        MOVED,
        vevent("deux@ailleurs"),
    )
    bring(lab, alice, *parts)
    before = db.execute(select(Event.uid, Event.version, Event.sequence, Event.digest, Event.feed_number)).all()
    written = db.scalar(select(func.count(EventVersion.id)))

    assert bring(lab, alice, *parts, now=LATER) == {"unchanged": 2}

    assert db.execute(select(Event.uid, Event.version, Event.sequence, Event.digest, Event.feed_number)).all() == before
    assert db.scalar(select(func.count(EventVersion.id))) == written


def test_a_series_comes_with_its_rule_and_its_dates_that_differ(lab, alice, db):
    bring(lab, alice, vevent("un@ailleurs", "Atelier bois", "20260610T180000", "20260610T200000", SERIES), MOVED)

    event = find()
    assert event.rrule == "FREQ=WEEKLY;COUNT=4"
    assert [(each.recurrence_local.day, each.starts_local.day, each.starts_local.hour) for each in event.changes] == [
        (17, 18, 19)
    ]
    rows = db.scalars(
        select(EventDate.starts_local).where(EventDate.event_id == event.id).order_by(EventDate.starts_local)
    )
    assert [each.day for each in rows] == [10, 18, 24, 1]


def test_a_series_whose_start_is_none_of_its_rule_has_it_as_a_date_of_its_own(lab, alice, db):
    # 10 June 2026 is a Wednesday.
    rule = "RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=TU"
    bring(lab, alice, vevent("un@ailleurs", "Atelier bois", "20260610T180000", "20260610T200000", rule))

    event = find()
    assert (event.rrule, [wall.day for wall in event.rdates]) == ("FREQ=WEEKLY;UNTIL=20260623T160000Z;BYDAY=TU", [10])
    rows = db.scalars(select(EventDate.starts_local).where(EventDate.event_id == event.id))
    assert sorted(wall.day for wall in rows) == [10, 16, 23]


def test_a_series_of_one_date_that_is_none_of_its_rule_happens_once(lab, alice, db):
    rule = ("RRULE:FREQ=WEEKLY;COUNT=1;BYDAY=TU", "EXDATE;TZID=Europe/Paris:20260616T180000")
    bring(lab, alice, vevent("un@ailleurs", "Atelier bois", "20260610T180000", "20260610T200000", *rule))

    event = find()
    assert (event.is_recurring, event.exdates, event.starts_local.day) == (False, [], 10)


def test_what_was_over_two_years_ago_is_left_aside(lab, alice):
    old = vevent("vieux@ailleurs", start="20200610T180000", end="20200610T200000")

    assert bring(lab, alice, old, vevent()) == {"new": 1}
    assert find("vieux@ailleurs") is None


def test_a_series_that_began_long_ago_and_goes_on_is_taken(lab, alice):
    assert bring(
        lab, alice, vevent("un@ailleurs", "Ouverture", "20150610T180000", "20150610T200000", "RRULE:FREQ=WEEKLY")
    ) == {"new": 1}


def test_what_is_called_off_there_is_shown_called_off(lab, alice):
    bring(lab, alice, vevent("un@ailleurs", "Atelier", "20260610T180000", "20260610T200000", "STATUS:CANCELLED"))

    assert find().status is EventStatus.CANCELLED


def test_its_history_says_that_it_was_imported(lab, alice, db):
    bring(lab, alice, vevent())

    deeds = db.scalars(
        select(EventVersion.deed).where(EventVersion.event_id == find().id).order_by(EventVersion.id)
    ).all()
    assert deeds == [Deed.IMPORTED]


def test_many_of_one_title_have_pages_of_their_own(lab, alice, db):
    make_event(lab, title="Open lab")
    parts = [
        vevent(
            f"{number}@ailleurs", "Open lab", f"202606{number // 2 + 1:02}T180000", f"202606{number // 2 + 1:02}T200000"
        )
        for number in range(4)
    ]

    assert bring(lab, alice, *parts) == {"new": 4}
    assert sorted(db.scalars(select(Event.slug))) == [
        *("open-lab", "open-lab-2026-06-01", "open-lab-2026-06-01-2", "open-lab-2026-06-02", "open-lab-2026-06-02-2")
    ]


# --- a later file ------------------------------------------------------------------------------------------------


def test_a_later_version_changes_what_it_changed(lab, alice):
    bring(lab, alice, vevent())

    assert bring(
        lab, alice, vevent("un@ailleurs", "Atelier métal", "20260612T180000", "20260612T200000"), now=LATER
    ) == {"changed": 1}

    assert (find().title, find().starts_local.day, find().sequence) == ("Atelier métal", 12, 1)


def test_what_was_written_here_stays_until_the_same_is_changed_there(lab, alice):
    bring(lab, alice, vevent())
    event = find()
    values = {"title": "Notre titre", "audience": "Tout public"}
    events.edit_event(event, event.place, values, actions_when(event), now=NOW, version=event.version, by=alice)

    bring(lab, alice, vevent("un@ailleurs", "Atelier bois", "20260612T180000", "20260612T200000"), now=LATER)
    assert (find().title, find().audience, find().starts_local.day) == ("Notre titre", "Tout public", 12)

    bring(lab, alice, vevent("un@ailleurs", "Atelier métal", "20260612T180000", "20260612T200000"), now=LATER)
    assert (find().title, find().audience) == ("Atelier métal", "Tout public")


def actions_when(event):
    return dates.following_when(event, event.starts_local)


def test_sequence_never_goes_down(lab, alice):
    bring(lab, alice, vevent("un@ailleurs", "Atelier", "20260610T180000", "20260610T200000", "SEQUENCE:9"))
    bring(lab, alice, vevent("un@ailleurs", "Atelier", "20260611T180000", "20260611T200000", "SEQUENCE:10"))
    assert find().sequence == 10
    bring(lab, alice, vevent("un@ailleurs", "Atelier", "20260611T190000", "20260611T200000", "SEQUENCE:10"))
    assert find().sequence == 11


@pytest.mark.parametrize(
    "older",
    [
        ("SEQUENCE:2", "LAST-MODIFIED:20260301T000000Z"),
        ("SEQUENCE:3", "LAST-MODIFIED:20260110T000000Z"),
    ],
)
def test_an_older_version_is_left_aside(lab, alice, older):
    bring(
        lab,
        alice,
        vevent(
            "un@ailleurs", "Neuf", "20260610T180000", "20260610T200000", "SEQUENCE:3", "LAST-MODIFIED:20260201T000000Z"
        ),
    )

    assert bring(lab, alice, vevent("un@ailleurs", "Vieux", "20260610T180000", "20260610T200000", *older)) == {
        "unchanged": 1
    }
    assert find().title == "Neuf"


def test_single_dates_follow_what_is_said_of_them(lab, alice):
    series = vevent("un@ailleurs", "Atelier bois", "20260610T180000", "20260610T200000", SERIES)
    bring(lab, alice, series, MOVED)
    before = find().sequence

    bring(lab, alice, series, MOVED.replace("T190000", "T183000"), now=LATER)
    (change,) = find().changes
    assert (change.starts_local.minute, change.sequence) == (30, 1)

    bring(lab, alice, series, now=LATER)
    assert (find().changes, find().sequence) == ([], before + 2)


def test_what_is_no_longer_called_off_takes_place(lab, alice):
    off = vevent("un@ailleurs", "Atelier bois", "20260610T180000", "20260610T200000", "STATUS:CANCELLED")
    bring(lab, alice, vevent())
    assert bring(lab, alice, off) == {"cancelled": 1}
    assert find().status is EventStatus.CANCELLED
    assert bring(lab, alice, vevent()) == {"changed": 1}
    assert find().status is EventStatus.CONFIRMED


# --- whose event is whose ----------------------------------------------------------------------------------------


def test_an_event_of_another_place_is_refused(lab, alice):
    other = make_place(name="Autre lab", managers=(alice,))
    bring(other, alice, vevent())

    assert bring(lab, alice, vevent("un@ailleurs", "Pris", "20260610T180000", "20260610T200000")) == {"refused": 1}
    assert (find().place_id, find().title) == (other.id, "Atelier bois")


def test_an_event_of_this_site_is_never_taken_over(lab, alice):
    own = make_event(lab, title="Publié ici")

    asked = ask(lab, alice, calendar(vevent(own.uid, "Pris")))
    (proposal,) = actions.list_proposals(queries.get_import(lab, asked.id), calendar_from_json(asked.reading))

    assert (proposal.kind, proposal.reason) == (
        Kind.UNCHANGED,
        "Publié ici : c’est ici qu’il se modifie.".replace(" :", "\N{NO-BREAK SPACE}:"),
    )
    assert bring(lab, alice, vevent(own.uid, "Pris")) == {"unchanged": 1}
    assert find(own.uid).title == "Publié ici"


def test_what_was_deleted_here_does_not_come_back(lab, alice):
    bring(lab, alice, vevent())
    event = find()
    events.delete_event(event, now=NOW, version=event.version, by=alice)

    assert bring(lab, alice, vevent("un@ailleurs", "Autre", "20260611T180000", "20260611T200000")) == {"unchanged": 1}
    assert find().deleted_at == NOW


# --- the queue ---------------------------------------------------------------------------------------------------


def test_what_is_no_calendar_is_told_and_nothing_is_kept(lab, alice, db):
    asked = ask(lab, alice, b"<html>bonjour")

    assert (asked.state, asked.content) == (ImportState.FAILED, None)
    assert asked.failure.startswith("C’est une page web")
    assert actions.work(NOW) == 0


def test_an_address_is_read_by_the_worker(lab, alice, elsewhere):
    elsewhere.say(vevent())

    asked = ask(lab, alice, url=elsewhere.url)

    assert asked.failure == ""
    assert (asked.state, asked.name, len(elsewhere.requests)) == (ImportState.READY, "Agenda du lab", 1)


def test_an_address_that_does_not_answer_is_told(lab, alice, elsewhere):
    elsewhere.status = 404

    assert ask(lab, alice, url=elsewhere.url).failure.startswith("Il n’y a rien à cette adresse")


def test_an_import_of_our_own_machine_is_told(lab, alice):
    assert ask(lab, alice, url="http://127.0.0.1/agenda.ics").failure.startswith("Cette adresse n’est pas")


def test_the_report_is_in_the_language_of_who_asked(lab, alice):
    told = {tongue: ask(lab, alice, b"", url="http://127.0.0.1/", tongue=tongue).failure for tongue in ("fr", "en")}

    assert told["fr"].startswith("Cette adresse")
    assert told["en"]


def test_one_that_ends_its_worker_is_not_tried_for_ever(lab, alice, db):
    asked = actions.ask_import(
        lab, by=alice, now=NOW, content=calendar(vevent()), category_slug="atelier", language="fr", tongue="fr"
    )
    asked.state, asked.attempts, asked.taken_at = ImportState.READING, MOST_ATTEMPTS, NOW
    db.commit()

    assert actions.work(NOW + LEASE) == 0
    actions.work(NOW + LEASE + timedelta(seconds=1))

    assert (asked.state, asked.content) == (ImportState.FAILED, None)


def test_one_whose_worker_died_is_done_by_the_next(lab, alice, db):
    asked = actions.ask_import(
        lab, by=alice, now=NOW, content=calendar(vevent()), category_slug="atelier", language="fr", tongue="fr"
    )
    asked.state, asked.attempts, asked.taken_at = ImportState.READING, 1, NOW
    db.commit()

    actions.work(NOW + LEASE + timedelta(seconds=1))

    assert asked.state is ImportState.READY


def test_nobody_fills_the_queue(lab, alice):
    for _number in range(MOST_WAITING):
        actions.ask_import(lab, by=alice, now=NOW, content=b"", category_slug="atelier", language="fr", tongue="fr")

    with pytest.raises(Refused):
        actions.ask_import(lab, by=alice, now=NOW, content=b"", category_slug="atelier", language="fr", tongue="fr")


def test_one_import_a_turn_is_taken_with_the_time_of_that_turn(lab, alice, db):
    first, second = (
        actions.ask_import(
            lab, by=alice, now=NOW, content=calendar(vevent()), category_slug="atelier", language="fr", tongue="fr"
        )
        for _ in range(2)
    )
    late = NOW + LEASE * 2

    done = [actions.work(NOW), actions.work(late), actions.work(late)]

    assert done == [1, 1, 0]
    assert (first.state, second.state) == (ImportState.READY, ImportState.READY)
    assert (first.taken_at, second.taken_at) == (NOW, late)


def test_of_two_who_choose_at_once_the_second_waits_and_changes_nothing(app, engine):
    with app.app_context():
        place = make_place()
        values = {"category_slug": "atelier", "language": "fr", "tongue": "fr"}
        asked = actions.ask_import(place, by=None, now=NOW, content=b"x", **values)
        asked.state = ImportState.READY
        kit_db.session.commit()
        refusals: list[str] = []

        def choose():
            with app.app_context():
                seen = queries.get_import(place, asked.id)
                begun.set()
                try:
                    actions.choose(seen, {1}, follow_minutes=None, now=NOW)
                    kit_db.session.commit()
                except Refused as refused:
                    refusals.append(refused.message)
                finally:
                    kit_db.session.remove()

        begun = threading.Event()
        faster = update(CalendarImport).where(CalendarImport.id == asked.id).values(state=ImportState.DONE)
        with engine.begin() as first:  # who was faster has chosen, and the worker has written and is to end
            first.execute(faster)
            second = threading.Thread(target=choose)
            second.start()
            begun.wait(10)
            second.join(0.5)
            is_waiting = second.is_alive()
        second.join(10)

        kit_db.session.expire_all()
        state = kit_db.session.get(CalendarImport, asked.id).state
        for model in (CalendarImport, Place, Department):
            kit_db.session.execute(delete(model))
        kit_db.session.commit()
        kit_db.session.remove()
    assert is_waiting
    assert len(refusals) == 1
    assert state is ImportState.DONE


def test_one_import_is_written_once(lab, alice):
    asked = ask(lab, alice, calendar(vevent()))
    actions.choose(asked, {0}, follow_minutes=None, now=NOW)

    with pytest.raises(Refused):
        actions.choose(asked, {0}, follow_minutes=None, now=NOW)


def test_an_import_that_is_given_up_leaves_nothing(lab, alice, db):
    actions.forget(ask(lab, alice, calendar(vevent())))

    assert db.scalar(select(func.count(CalendarImport.id))) == 0


def test_imports_of_long_ago_are_erased(lab, alice, db):
    bring(lab, alice, vevent())

    assert actions.erase_old(NOW + KEPT_FOR) == 0
    assert actions.erase_old(NOW + KEPT_FOR + timedelta(seconds=1)) == 1
    assert db.scalar(select(func.count(ImportedEvent.event_id))) == 1
