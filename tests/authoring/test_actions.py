"""A series that leaves school holidays out, when later ones are published."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.authoring.actions import leave_out_later_holidays
from fablabmesh.events import actions, date_actions, queries
from fablabmesh.events.models import Event, EventDate, EventVersion
from fablabmesh.events.rules import When
from fablabmesh.kit.db import session
from fablabmesh.kit.school_holidays import SchoolZone, known_holidays, known_until, spell_holidays
from tests.factories import NOW, make_place

WEEK = timedelta(weeks=1)
KNOWN = known_until(SchoolZone.B)
# A Tuesday, some weeks after the last holidays that are known.
FIRST_LATER = KNOWN + timedelta(days=30 + (1 - (KNOWN + timedelta(days=30)).weekday()) % 7)
LATER = {
    zone: days | {FIRST_LATER + timedelta(days=number) for number in range(14)}
    for zone, days in known_holidays().items()
}
START = datetime.combine(FIRST_LATER, datetime.min.time()) - 10 * WEEK + timedelta(hours=18)


@pytest.fixture
def series(db):
    return make("FREQ=WEEKLY;BYDAY=TU")


def make(rule, **values):
    when = When(START, START + timedelta(hours=2), "Europe/Paris", rrule=rule)
    given = {"title": "Couture", "category_slug": "atelier", "school_holidays": spell_holidays(SchoolZone.B)} | values
    event = actions.create_event(make_place(), given, when, by=None, now=NOW)
    session.commit()
    return event


def dates_of(event):
    rows = session.scalars(
        sa.select(EventDate.starts_local).where(EventDate.event_id == event.id).order_by(EventDate.starts_local)
    )
    return [wall.date() for wall in rows]


def fresh(event):
    session.expire_all()
    return queries.get_event(event.slug)


def test_holidays_that_are_published_later_are_left_out_and_calendars_are_told(series, client):
    before = dates_of(series)

    assert (leave_out_later_holidays(NOW), leave_out_later_holidays(NOW, LATER)) == (0, 1)

    event = fresh(series)
    gone = [FIRST_LATER, FIRST_LATER + WEEK]
    assert dates_of(event) == [day for day in before if day not in gone]
    assert [wall.date() for wall in event.exdates] == gone
    assert event.school_holidays == f"B:{max(LATER[SchoolZone.B]).isoformat()}"
    assert event.sequence == 1
    feed = client.get(f"/evenements/{event.slug}.ics").get_data(as_text=True)
    assert feed.count(f"EXDATE;TZID=Europe/Paris:{FIRST_LATER:%Y%m%d}T180000\r\n") == 1
    line = session.scalars(sa.select(EventVersion).order_by(EventVersion.id.desc())).first()
    assert (line.deed, line.by_id, sorted(line.changed)) == ("edited", None, ["exdates", "school_holidays"])
    assert leave_out_later_holidays(NOW, LATER) == 0


def test_what_somebody_decided_about_a_date_stays(series):
    moved = START + 10 * WEEK
    hours = {"starts_local": moved + timedelta(hours=1), "ends_local": moved + timedelta(hours=3)}
    date_actions.change_date(series, moved, **hours, by=None, now=NOW, version=series.version)
    session.commit()

    leave_out_later_holidays(NOW, LATER)

    event = fresh(series)
    assert [wall.date() for wall in event.exdates] == [FIRST_LATER + WEEK]
    assert [change.recurrence_local for change in event.changes] == [moved]


def test_what_has_taken_place_stays(series):
    now = datetime.combine(FIRST_LATER + timedelta(days=3), datetime.min.time(), UTC)

    leave_out_later_holidays(now, LATER)

    assert [wall.date() for wall in fresh(series).exdates] == [FIRST_LATER + WEEK]


def test_a_series_that_ended_before_is_left_as_it_is(db):
    event = make("FREQ=WEEKLY;BYDAY=TU;COUNT=5")
    before = (event.version, event.sequence, event.changed_at)

    assert leave_out_later_holidays(NOW, LATER) == 1

    event = fresh(event)
    assert (event.version, event.sequence, event.changed_at) == before
    assert leave_out_later_holidays(NOW, LATER) == 0


@pytest.mark.parametrize("state", ["deleted", "cancelled", "none"])
def test_what_leaves_no_holidays_out_or_is_not_held_is_not_touched(db, state):
    event = make("FREQ=WEEKLY;BYDAY=TU", school_holidays="" if state == "none" else spell_holidays(SchoolZone.B))
    if state == "deleted":
        actions.delete_event(event, now=NOW, version=event.version)
    if state == "cancelled":
        actions.cancel_event(event, reason="", now=NOW, version=event.version)
    session.commit()

    assert leave_out_later_holidays(NOW, LATER) == 0


def test_one_that_cannot_be_read_keeps_no_other_from_its_turn(series, caplog):
    other = make("FREQ=WEEKLY;BYDAY=TU")
    session.execute(sa.update(Event).where(Event.id == series.id).values(rrule="FREQ=WEEKLY;BYDAY=XX"))
    session.commit()
    session.expire_all()

    assert leave_out_later_holidays(NOW, LATER) == 1

    assert [record.getMessage() for record in caplog.records] == [f"school holidays of event {series.uid}"]
    assert len(fresh(other).exdates) == 2


def test_the_day_it_is_tried_with_is_after_all_that_is_known():
    assert FIRST_LATER > KNOWN > date(2026, 1, 1)
