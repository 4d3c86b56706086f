"""Which instants and days a search means."""

from datetime import UTC, date, datetime

from fablabmesh.directory import moments
from fablabmesh.directory.filters import Search
from fablabmesh.directory.moments import event_days, updated_since, windows_of

TODAY = date(2026, 11, 24)


def test_now_is_the_same_instant_everywhere():
    now = datetime(2026, 11, 24, 10, 30, 59, tzinfo=UTC)
    minute = now.replace(second=0)

    assert windows_of("maintenant", now) == (((minute, minute), ("", "971", "972", "973", "974", "976")),)


def test_a_day_is_that_of_the_place():
    now = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)

    windows = {codes: window for window, codes in windows_of("samedi", now)}

    assert windows[("",)] == (datetime(2026, 11, 27, 23, tzinfo=UTC), datetime(2026, 11, 28, 23, tzinfo=UTC))
    assert windows[("971", "972")] == (datetime(2026, 11, 28, 4, tzinfo=UTC), datetime(2026, 11, 29, 4, tzinfo=UTC))


def test_a_day_of_today_s_name_is_today():
    assert moments.opening_day("mardi", TODAY) == TODAY
    assert moments.opening_day("lundi", TODAY) == date(2026, 11, 30)


def test_a_time_is_that_on_the_clocks_of_the_place():
    windows = windows_of("2026-11-28T14:00", datetime(2026, 11, 24, tzinfo=UTC))
    two = {codes: start for (start, _end), codes in windows}

    assert two[("",)] == datetime(2026, 11, 28, 13, tzinfo=UTC)
    assert two[("974",)] == datetime(2026, 11, 28, 10, tzinfo=UTC)


def test_a_period_of_events_begins_today():
    assert event_days(Search(events="30"), TODAY) == (TODAY, date(2026, 12, 24))
    assert event_days(Search(until=date(2026, 12, 1)), TODAY) == (TODAY, date(2026, 12, 1))
    assert event_days(Search(since=date(2026, 12, 1)), TODAY) == (date(2026, 12, 1), None)


def test_an_update_is_told_by_days_back_or_by_a_day():
    assert updated_since(Search(updated="30"), TODAY) == date(2026, 10, 25)
    assert updated_since(Search(updated="2026-01-01"), TODAY) == date(2026, 1, 1)
