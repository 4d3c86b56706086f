from datetime import datetime, timedelta

import pytest

from fablabmesh.events import actions, queries
from fablabmesh.events.rules import EventStatus, When
from fablabmesh.kit.errors import Conflict, Refused
from tests.factories import NOW, make_account, make_event, make_place

LATER = NOW + timedelta(hours=1)
WORDS = {"title": "Atelier découpe laser", "description": "", "category_slug": "atelier"}
WHEN = When(datetime.fromisoformat("2090-06-10T18:00"), datetime.fromisoformat("2090-06-10T20:00"), "Europe/Paris")


def edit(event, place=None, *, words=None, when=WHEN, version=None) -> bool:
    return actions.edit_event(
        event,
        place or event.place,
        WORDS | (words or {}),
        when,
        now=LATER,
        version=event.version if version is None else version,
    )


def marks(event) -> tuple[int, int, bool]:
    return (event.sequence, event.version, event.changed_at == LATER)


def test_a_new_event_has_an_address_a_name_for_calendars_and_its_author(db):
    alice = make_account()

    event = make_event(make_place(), by=alice)

    assert (event.slug, event.sequence, event.version) == ("atelier-decoupe-laser", 0, 1)
    assert (event.created_by_id, event.created_at, event.changed_at) == (alice.id, NOW, NOW)
    assert len(event.uid) == 36


def test_two_events_of_one_title_have_two_addresses(db):
    place = make_place()

    slugs = [make_event(place).slug, make_event(place).slug, make_event(place, title="Nouveau").slug]

    assert slugs == ["atelier-decoupe-laser", "atelier-decoupe-laser-2", "nouveau-2"]


def test_the_same_form_sent_twice_gives_one_event(db):
    place, uid = make_place(), actions.new_uid()

    first, second = make_event(place, uid=uid), make_event(place, uid=uid)

    assert first.id == second.id


def test_instants_follow_from_wall_times(db):
    event = make_event(make_place(), starts="2026-07-01T08:00", ends="2026-07-01T10:00", timezone="Pacific/Noumea")

    assert event.starts_at.isoformat() == "2026-06-30T21:00:00+00:00"
    assert event.ends_at.isoformat() == "2026-06-30T23:00:00+00:00"


def test_a_new_title_is_a_new_version_but_no_new_sequence(db):
    event = make_event(make_place())

    changed = edit(event, words={"title": "Atelier gravure"})

    assert changed
    assert marks(event) == (0, 2, True)
    assert event.slug == "atelier-decoupe-laser"


@pytest.mark.parametrize(
    "when",
    [
        When(WHEN.starts_local, datetime.fromisoformat("2090-06-10T21:00"), "Europe/Paris"),
        When(WHEN.starts_local, WHEN.ends_local, "Indian/Reunion"),
        When(datetime.fromisoformat("2090-06-10"), datetime.fromisoformat("2090-06-10"), "Europe/Paris", True),
    ],
    ids=["another hour", "another zone", "all day"],
)
def test_another_time_is_a_new_sequence(db, when):
    event = make_event(make_place())

    edit(event, when=when)

    assert marks(event) == (1, 2, True)
    assert (event.starts_at, event.ends_at) == (when.starts_at, when.ends_at)


def test_another_place_is_a_new_sequence(db):
    event, elsewhere = make_event(make_place()), make_place(name="Lab d’à côté")

    edit(event, elsewhere)

    assert marks(event) == (1, 2, True)
    assert event.place_id == elsewhere.id


def test_saving_without_a_change_changes_nothing(db):
    event = make_event(make_place())

    assert not edit(event)
    assert marks(event) == (0, 1, False)


def test_who_saves_an_old_version_is_told_and_nothing_is_written(db):
    event = make_event(make_place())
    edit(event, words={"title": "Celui de Bob"})

    with pytest.raises(Conflict):
        edit(event, words={"title": "Celui d’Alice"}, version=1)

    assert queries.get_event(event.slug).title == "Celui de Bob"


def test_a_cancelled_event_stays_with_its_reason_and_a_new_sequence(db):
    event = make_event(make_place())

    actions.cancel_event(event, reason="Machine en panne", now=LATER, version=1)

    kept = queries.get_event(event.slug)
    assert (kept.status, kept.cancel_reason) == (EventStatus.CANCELLED, "Machine en panne")
    assert marks(kept) == (1, 2, True)


def test_an_event_is_cancelled_once(db):
    event = make_event(make_place())
    actions.cancel_event(event, reason="Panne", now=LATER, version=1)

    with pytest.raises(Refused):
        actions.cancel_event(event, reason="Panne", now=LATER, version=2)


def test_a_cancellation_can_be_taken_back(db):
    event = make_event(make_place())
    actions.cancel_event(event, reason="Panne", now=LATER, version=1)

    actions.reinstate_event(event, now=LATER, version=2)

    assert (event.status, event.cancel_reason, event.sequence) == (EventStatus.CONFIRMED, "", 2)
    with pytest.raises(Refused):
        actions.reinstate_event(event, now=LATER, version=3)


def test_nothing_else_can_be_set_from_outside(db):
    with pytest.raises(ValueError, match="sequence"):
        actions.create_event(make_place(), WORDS | {"sequence": 7}, WHEN, by=None, now=NOW)


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;BYDAY=WE;UNTIL=20260101T000000Z"])
def test_times_about_which_pages_and_calendars_would_disagree_are_no_times(db, rule):
    # 10 June 2026 is a Wednesday.
    start = datetime(2026, 6, 10, 18)  # noqa: DTZ001 - a wall time
    when = When(start, start + timedelta(hours=2), "Europe/Paris", rrule=rule)
    place = make_place()
    event = make_event(place)

    for write in (
        lambda: actions.create_event(place, {"title": "x", "category_slug": "atelier"}, when, by=None, now=NOW),
        lambda: actions.edit_event(event, place, {}, when, now=NOW, version=event.version),
    ):
        with pytest.raises(ValueError, match="a series begins with a start of its rule"):
            write()
