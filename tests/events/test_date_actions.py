"""Some dates of a series change: what the agenda and the calendars then say."""
# ruff: noqa: DTZ001 - wall times have no zone

from datetime import datetime, timedelta

import pytest

from fablabmesh.events import actions, date_actions, queries
from fablabmesh.events.dates import list_dates, list_starts
from fablabmesh.events.models import EventVersion
from fablabmesh.events.rules import EventStatus, When
from fablabmesh.kit.errors import Conflict, NotFound, Refused
from fablabmesh.kit.recurrence import check_rule
from tests.factories import NOW, make_account, make_place

START = datetime(2027, 3, 2, 18, 0)
WEEK = timedelta(weeks=1)
TWO_HOURS = timedelta(hours=2)
LATER = NOW + timedelta(hours=1)


def make_series(rule="FREQ=WEEKLY;COUNT=5", *, start=START, timezone="Europe/Paris", **more):
    when = When(start, start + TWO_HOURS, timezone, rrule=check_rule(rule, start, timezone) if rule else "", **more)
    values = {"title": "Atelier du mardi", "category_slug": "atelier", "description": ""}
    return actions.create_event(make_place(), values, when, by=None, now=NOW)


def fresh(event):
    queries.session.expire_all()
    return queries.get_event(event.slug)


def told(event):
    """Each date of an event: its start, and whether it is off."""
    return [(date.when.starts_local, date.is_cancelled) for date in list_dates(fresh(event), now=NOW)]


def words(event, **more):
    return {"title": event.title, "category_slug": event.category_slug, "description": event.description} | more


def test_one_date_is_moved_and_keeps_its_name(db):
    event = make_series()

    date_actions.change_date(
        event,
        START + WEEK,
        starts_local=START + WEEK + timedelta(days=1),
        ends_local=START + WEEK + timedelta(days=1) + TWO_HOURS,
        by=None,
        now=LATER,
        version=event.version,
    )

    moved = fresh(event).changes
    assert [(each.recurrence_local, each.sequence) for each in moved] == [(START + WEEK, 1)]
    assert [start for start, _off in told(event)] == [
        START, START + WEEK + timedelta(days=1), START + 2 * WEEK, START + 3 * WEEK, START + 4 * WEEK,
    ]  # fmt: skip


def test_what_is_moved_back_is_forgotten_and_calendars_learn_of_it(db):
    event = make_series()
    date_actions.cancel_date(event, START, reason="", by=None, now=LATER, version=event.version)
    event = fresh(event)

    date_actions.reinstate_date(event, START, by=None, now=LATER, version=event.version)

    assert (fresh(event).changes, fresh(event).sequence) == ([], 2)


def test_one_date_is_called_off_once(db):
    event = make_series()
    by = make_account()
    date_actions.cancel_date(event, START + WEEK, reason="Panne", by=by, now=LATER, version=event.version)
    event = fresh(event)

    assert [off for _start, off in told(event)] == [False, True, False, False, False]
    with pytest.raises(Refused):
        date_actions.cancel_date(event, START + WEEK, reason="", by=by, now=LATER, version=event.version)
    line = db.query(EventVersion).order_by(EventVersion.id.desc()).first()
    assert (line.deed, line.by_id, line.changed["cancel_reason"]) == ("date_cancelled", by.id, ["", "Panne"])


def test_a_day_that_is_not_of_the_series_is_not_found(db):
    event = make_series()

    with pytest.raises(NotFound):
        date_actions.cancel_date(event, START + timedelta(days=1), reason="", by=None, now=NOW, version=event.version)
    single = make_series("")
    with pytest.raises(NotFound):
        date_actions.cancel_date(single, START, reason="", by=None, now=NOW, version=single.version)


def test_of_two_who_change_dates_at_once_the_second_is_told(db):
    event = make_series()
    seen = event.version
    date_actions.cancel_date(event, START, reason="", by=None, now=LATER, version=seen)

    with pytest.raises(Conflict):
        date_actions.cancel_date(fresh(event), START + WEEK, reason="", by=None, now=LATER, version=seen)


def test_a_date_is_added_and_one_left_out_comes_back(db):
    event = make_series(exdates=(START + WEEK,))
    date_actions.add_date(event, START + timedelta(days=2), by=None, now=LATER, version=event.version)
    event = fresh(event)
    date_actions.add_date(event, START + WEEK, by=None, now=LATER, version=event.version)
    event = fresh(event)

    assert (event.rdates, event.exdates) == ([START + timedelta(days=2)], [])
    with pytest.raises(Refused):
        date_actions.add_date(event, START, by=None, now=LATER, version=event.version)
    with pytest.raises(Refused):
        date_actions.add_date(event, START - WEEK, by=None, now=LATER, version=event.version)


def test_a_date_and_all_that_follow_become_an_event_of_their_own(db):
    event = make_series()
    for week, reason in ((1, "avant"), (3, "après")):
        date_actions.cancel_date(
            event, START + week * WEEK, reason=reason, by=None, now=LATER, version=fresh(event).version
        )
    cut = START + 2 * WEEK
    when = date_actions.following_when(fresh(event), cut)
    later = When(
        when.starts_local + timedelta(hours=1), when.ends_local + timedelta(hours=1), when.timezone, False, when.rrule
    )

    following = date_actions.edit_following(
        event, cut, event.place, words(event, title="Plus tard"), later, by=None, now=LATER,
        version=fresh(event).version,
    )  # fmt: skip

    assert told(event) == [(START, False), (START + WEEK, True)]
    hour = timedelta(hours=1)
    assert told(following) == [(cut + hour, False), (cut + WEEK + hour, True), (cut + 2 * WEEK + hour, False)]
    assert (following.uid != event.uid, following.split_from_id) == (True, event.id)


def test_from_the_first_date_on_it_is_the_event_itself(db):
    event = make_series()
    when = date_actions.following_when(event, START)

    same = date_actions.edit_following(
        event, START, event.place, words(event, title="Autre"), when, by=None, now=LATER, version=event.version
    )

    assert (same.id, fresh(event).title, len(told(event))) == (event.id, "Autre", 5)


def test_what_follows_is_called_off_and_stays_struck_out_for_a_while(db):
    event = make_series("FREQ=WEEKLY")

    following = date_actions.cancel_following(
        event, START + 2 * WEEK, reason="Fin", by=None, now=LATER, version=event.version
    )

    assert told(event) == [(START, False), (START + WEEK, False)]
    assert fresh(following).status is EventStatus.CANCELLED
    assert told(following)[0] == (START + 2 * WEEK, True)
    assert len(told(following)) == date_actions.STRUCK_OUT_FOR // WEEK + 1


def test_a_date_added_apart_is_not_where_a_series_is_cut(db):
    event = make_series(rdates=(START + timedelta(days=2),))

    with pytest.raises(Refused):
        date_actions.following_when(event, START + timedelta(days=2))


def test_what_differs_moves_along_with_its_series(db):
    event = make_series()
    date_actions.cancel_date(event, START + WEEK, reason="", by=None, now=LATER, version=event.version)
    event = fresh(event)
    earlier = When(START - timedelta(days=1), START - timedelta(days=1) + TWO_HOURS, event.timezone, False, event.rrule)

    actions.edit_event(event, event.place, words(event), earlier, now=LATER, version=event.version)

    day = timedelta(days=1)
    assert told(event)[:3] == [(START - day, False), (START + WEEK - day, True), (START + 2 * WEEK - day, False)]


def test_starts_are_wall_times_also_when_clocks_change(db):
    event = make_series("FREQ=WEEKLY;COUNT=6")

    assert {start.hour for start in list_starts(event)} == {18}
    assert {date.when.starts_at.hour for date in list_dates(event, now=NOW)} == {16, 17}


def revisions(event) -> dict[datetime, int]:
    """By which calendars know what is newer, by the names of the dates that differ."""
    found = fresh(event)
    return {change.recurrence_local: found.sequence + change.sequence for change in found.changes}


def say_often(event, at, times):
    for number in range(1, times + 1):
        to, when = at + timedelta(minutes=number), LATER + timedelta(minutes=number)
        date_actions.change_date(
            event, at, starts_local=to, ends_local=to + TWO_HOURS, by=None, now=when, version=event.version
        )


def test_a_date_that_takes_the_name_of_one_told_more_often_is_newer_all_the_same(db):
    event = make_series()
    say_often(event, START + WEEK, 1)
    say_often(event, START + 2 * WEEK, 6)
    before = revisions(event)

    when = When(START + WEEK, START + WEEK + TWO_HOURS, "Europe/Paris", rrule=event.rrule)
    actions.edit_event(event, event.place, words(event), when, now=LATER + TWO_HOURS, version=event.version)

    after = revisions(event)
    assert sorted(after) == [START + 2 * WEEK, START + 3 * WEEK]
    assert after[START + 2 * WEEK] > before[START + 2 * WEEK]


def test_a_date_that_comes_back_after_a_cut_is_newer_than_it_was_before(db):
    event, at = make_series(), START + 3 * WEEK
    say_often(event, at, 6)
    before = revisions(event)[at]

    following = date_actions.following_when(event, START + 2 * WEEK)
    date_actions.edit_following(
        event, START + 2 * WEEK, event.place, words(event), following, by=None, now=LATER, version=event.version
    )
    date_actions.add_date(event, at, by=None, now=LATER, version=event.version)
    say_often(event, at, 1)

    assert revisions(event)[at] > before
