"""The dates of an event one by one."""
# ruff: noqa: DTZ001 - wall times have no zone

from datetime import UTC, date, datetime, timedelta

from fablabmesh.events.dates import HORIZON, key_of, list_dates, list_starts, read_key, series_of, to_walls
from fablabmesh.events.models import Event, EventChange
from fablabmesh.events.rules import EventStatus, When

NOW = datetime(2027, 3, 1, tzinfo=UTC)
START = datetime(2027, 3, 2, 18, 0)


def make(*, status=EventStatus.CONFIRMED, changes=(), length=timedelta(hours=2), **values):
    given = {"timezone": "Europe/Paris", "is_all_day": False, "rrule": "", "rdates": [], "exdates": []} | values
    return Event(starts_local=START, ends_local=START + length, status=status, changes=list(changes), **given)


def test_what_happens_once_has_one_date_however_long_ago():
    assert [each.when for each in list_dates(make(), now=NOW + 5 * HORIZON)] == [
        When(START, START + timedelta(hours=2), "Europe/Paris")
    ]


def test_an_endless_series_is_known_to_a_horizon():
    found = list(list_dates(make(rrule="FREQ=WEEKLY"), now=NOW))

    assert len(found) == HORIZON // timedelta(weeks=1) + 1
    assert found[-1].when.starts_local <= START + HORIZON


def test_a_cancelled_event_has_cancelled_dates():
    found = list_dates(make(rrule="FREQ=WEEKLY;COUNT=2", status=EventStatus.CANCELLED), now=NOW)

    assert [each.is_cancelled for each in found] == [True, True]


def test_a_date_that_was_moved_keeps_the_name_the_series_gave_it():
    moved = START + timedelta(days=3)
    change = EventChange(recurrence_local=START, starts_local=moved, ends_local=moved, is_cancelled=False)
    found = list(list_dates(make(rrule="FREQ=WEEKLY;COUNT=2", changes=[change]), now=NOW))

    assert [(each.recurrence_local, each.when.starts_local) for each in found] == [
        (START, moved),
        (START + timedelta(weeks=1), START + timedelta(weeks=1)),
    ]
    assert found[0].change is change


def test_whole_days_are_dates_to_the_rule_and_midnights_to_columns():
    midnight = datetime(2027, 3, 2)
    when = When(midnight, midnight, "Europe/Paris", True, "FREQ=DAILY;COUNT=3", exdates=(datetime(2027, 3, 3),))

    assert series_of(when).start == date(2027, 3, 2)
    assert list(list_starts(when)) == [midnight, datetime(2027, 3, 4)]
    assert to_walls((date(2027, 3, 4), START)) == (datetime(2027, 3, 4), START)


def test_an_address_names_a_date_and_is_read_again():
    assert key_of(make(), START) == "2027-03-02T18:00"
    assert read_key("2027-03-02T18:00") == START
    assert key_of(make(is_all_day=True), datetime(2027, 3, 2)) == "2027-03-02"
    assert read_key("2027-03-02") == datetime(2027, 3, 2)
    for nonsense in ("", "hier", "2027-13-01", "2027-03-02T18:00Z", "2027-03-02T18:00:01", "٢٠٢٧-03-02"):
        assert read_key(nonsense) is None
