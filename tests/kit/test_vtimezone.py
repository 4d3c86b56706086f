"""Our VTIMEZONEs are read by other programs exactly as zoneinfo says."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import icalendar
import pytest

from fablabmesh.kit import vtimezone
from tests import icaljs

FIXED = {
    "Indian/Reunion": "+0400",
    "Indian/Mayotte": "+0300",
    "America/Martinique": "-0400",
    "America/Guadeloupe": "-0400",
    "America/Cayenne": "-0300",
    "Pacific/Noumea": "+1100",
    "Pacific/Tahiti": "-1000",
    "Pacific/Marquesas": "-0930",
    "Pacific/Gambier": "-0900",
    "Pacific/Wallis": "+1200",
    "America/St_Barthelemy": "-0400",
    "America/Marigot": "-0400",
    "Indian/Kerguelen": "+0500",
}
WITH_RULES = ["Europe/Paris", "America/Miquelon"]
ABROAD = ["Africa/Casablanca", "America/Santiago", "America/Nuuk", "Asia/Jerusalem", "Europe/Dublin", "Africa/Cairo"]


def calendar_with(key: str) -> bytes:
    return b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n" + vtimezone.render_timezone(key) + b"END:VCALENDAR\r\n"


def zone_read_by_dateutil(key: str):
    """A tzinfo made of our VTIMEZONE alone: the library must not look the name up."""
    (component,) = icalendar.Calendar.from_ical(calendar_with(key)).walk("VTIMEZONE")
    return component.to_tz(lookup_tzid=False)


@cache
def wall_times(key: str, first: int, last: int, minutes: int = 30) -> list[datetime]:
    """Naive wall times from one year to the other, but those that never come or come twice."""
    zone = ZoneInfo(key)
    wall, found = datetime(first, 1, 1, tzinfo=UTC).replace(tzinfo=None), []
    while wall.year <= last:
        aware = wall.replace(tzinfo=zone)
        if aware.utcoffset() == aware.replace(fold=1).utcoffset():
            found.append(wall)
        wall += timedelta(minutes=minutes)
    return found


def seconds(walls, zone) -> list[int]:
    return [int(wall.replace(tzinfo=zone).timestamp()) for wall in walls]


def around_changes(key: str, first: int, last: int) -> list[datetime]:
    """Instants: every half hour of the two days around each change, and one every 37 hours."""
    found = []
    for change in vtimezone.list_changes(ZoneInfo(key), first, last):
        found += [change.at + timedelta(minutes=30 * step) for step in range(-96, 96)]
    moment = datetime(first, 1, 1, tzinfo=UTC)
    while moment.year <= last:
        found.append(moment)
        moment += timedelta(hours=37)
    return found


def test_paris_is_two_rules_with_onsets_in_the_time_before_the_change():
    rendered = vtimezone.render_timezone("Europe/Paris")

    assert rendered.decode().split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Paris",
        "BEGIN:DAYLIGHT",
        "DTSTART:19960331T020000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "TZNAME:CEST",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:19961027T030000",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "TZNAME:CET",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]


def test_miquelon_follows_the_north_american_rules():
    lines = vtimezone.render_timezone("America/Miquelon").decode().split("\r\n")

    told = [line for line in lines if line.startswith(("DTSTART", "RRULE", "TZOFFSETTO"))]
    assert told == [
        "DTSTART:20070311T020000",
        "TZOFFSETTO:-0200",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
        "DTSTART:20071104T020000",
        "TZOFFSETTO:-0300",
        "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
    ]


@pytest.mark.parametrize("key", FIXED)
def test_a_zone_without_clock_changes_is_one_offset(key):
    lines = vtimezone.render_timezone(key).decode().split("\r\n")

    told = [line for line in lines if not line.startswith("TZNAME")]
    assert told == [
        "BEGIN:VTIMEZONE",
        f"TZID:{key}",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        f"TZOFFSETFROM:{FIXED[key]}",
        f"TZOFFSETTO:{FIXED[key]}",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("key", WITH_RULES)
def test_every_half_hour_of_twelve_years_is_read_right_by_dateutil(key):
    walls = wall_times(key, 2024, 2035)

    read = seconds(walls, zone_read_by_dateutil(key))

    assert read == seconds(walls, ZoneInfo(key))


@pytest.mark.slow
@pytest.mark.parametrize("key", WITH_RULES)
def test_every_half_hour_of_twelve_years_is_read_right_by_icaljs(key):
    walls = wall_times(key, 2024, 2035)

    read = icaljs.instants(calendar_with(key), key, walls)

    assert read == seconds(walls, ZoneInfo(key))


@pytest.mark.parametrize("key", [*WITH_RULES, *(pytest.param(key, marks=pytest.mark.slow) for key in ABROAD)])
def test_instants_become_the_right_wall_time_around_every_change(key):
    moments = around_changes(key, 2026, 2030)

    zone = zone_read_by_dateutil(key)
    read = [moment.astimezone(zone).replace(tzinfo=None) for moment in moments]

    assert read == [moment.astimezone(ZoneInfo(key)).replace(tzinfo=None) for moment in moments]


@pytest.mark.parametrize("key", [*FIXED, *(pytest.param(key, marks=pytest.mark.slow) for key in ABROAD)])
def test_wall_times_of_any_zone_are_read_right_by_icaljs(key):
    walls = wall_times(key, 2026, 2027, minutes=60 * 3)

    read = icaljs.instants(calendar_with(key), key, walls)

    assert read == seconds(walls, ZoneInfo(key))


@pytest.mark.slow
@pytest.mark.parametrize("key", ABROAD)
def test_wall_times_abroad_are_read_right_since_the_first_year(key):
    walls = wall_times(key, vtimezone.FIRST_YEAR, vtimezone.LAST_YEAR, minutes=60 * 37)

    read = seconds(walls, zone_read_by_dateutil(key))

    assert read == seconds(walls, ZoneInfo(key))


def test_changes_without_a_rule_are_told_one_date_a_line():
    lines = vtimezone.render_timezone("Africa/Casablanca").decode().split("\r\n")

    dates = [line for line in lines if line.startswith("RDATE")]
    assert dates
    assert [line for line in lines if "," in line] == []


def test_a_zone_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="Europe/Rennes"):
        vtimezone.render_timezone("Europe/Rennes")


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "/etc/localtime"])
def test_a_name_that_is_a_path_is_refused(key):
    with pytest.raises(ValueError, match="time zone"):
        vtimezone.render_timezone(key)
