"""Moments and lengths as files write them, and what wall time they are."""
# ruff: noqa: DTZ001 - wall times have no zone

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fablabmesh.kit.ical_lines import Line
from fablabmesh.kit.ical_values import (
    BadValue,
    Length,
    after,
    is_kept,
    read_length,
    read_moment,
    read_moments,
    wall_in,
    zone_of,
)
from fablabmesh.kit.ical_zones import Zones

PARIS = ZoneInfo("Europe/Paris")
ZONES = Zones("Europe/Paris", (), datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20260302", date(2026, 3, 2)),
        ("20260302T1805", datetime(2026, 3, 2, 18, 5)),
        ("20260302T180560", datetime(2026, 3, 2, 18, 5, 59)),
        ("2026-03-02 18:05:01.5", datetime(2026, 3, 2, 18, 5, 1)),
        ("20260302T180500z", datetime(2026, 3, 2, 18, 5, tzinfo=UTC)),
        ("20260302T180500-0330", datetime(2026, 3, 2, 21, 35, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read(text, moment):
    assert read_moment(text, "", ZONES, []) == moment


@pytest.mark.parametrize("text", ["", "demain", "20261302", "20260302T250000", "202603021", "2026-W10-1", "²0260302"])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(BadValue):
        read_moment(text, "", ZONES, [])


def test_a_zone_that_is_guessed_is_said_once():
    remarks: list[str] = []

    for _time in range(2):
        read_moment("20260302T180000", "Chez nous", ZONES, remarks)

    assert len(remarks) == 1


def test_of_periods_the_starts_are_read():
    line = Line(1, "RDATE", "RDATE;VALUE=PERIOD:20260302T180000Z/PT2H,20260303T180000Z/20260303T200000Z,")

    assert read_moments(line, ZONES, []) == [datetime(2026, 3, day, 18, tzinfo=UTC) for day in (2, 3)]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT2H30M", Length(0, timedelta(hours=2, minutes=30))),
        ("P1W", Length(7, timedelta())),
        ("+P2DT1S", Length(2, timedelta(seconds=1))),
    ],
)
def test_a_length_is_read(text, length):
    assert read_length(text) == length


@pytest.mark.parametrize("text", ["", "P", "PT", "-PT1H", "P1Y", "2H", "P1.5D"])
def test_what_is_no_length_is_refused(text):
    with pytest.raises(BadValue):
        read_length(text)


def test_days_are_of_the_wall_and_hours_of_the_clock():
    eve = datetime(2026, 3, 28, 18, tzinfo=PARIS)

    assert after(eve, Length(1, timedelta()), "UTC").isoformat() == "2026-03-29T18:00:00+02:00"
    assert after(eve, Length(0, timedelta(hours=24)), "UTC").isoformat() == "2026-03-29T19:00:00+02:00"
    assert after(datetime(2026, 3, 28, 18), Length(0, timedelta(hours=24)), "Europe/Paris").hour == 19


def test_the_second_of_two_hours_of_one_name_is_not_kept():
    twice = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    assert wall_in(twice, "Europe/Paris") == datetime(2026, 10, 25, 2, 30)
    assert not is_kept(twice, "Europe/Paris")
    assert is_kept(twice - timedelta(hours=1), "Europe/Paris")


def test_a_moment_knows_its_zone():
    assert [
        zone_of(each) for each in (datetime(2026, 1, 1, tzinfo=PARIS), datetime(2026, 1, 1, tzinfo=UTC), date.min)
    ] == [*("Europe/Paris", "Etc/UTC", "")]
