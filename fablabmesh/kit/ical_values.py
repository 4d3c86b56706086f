"""Moments and lengths as calendar files write them, and the wall times they are in one zone. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from datetime import timezone as fixed_offset
from zoneinfo import ZoneInfo

from fablabmesh.kit.ical_lines import Line
from fablabmesh.kit.ical_zones import UTC_ZONE, Zones

# A date; a wall time of no zone; a moment of a ZoneInfo, or in UTC.
Moment = date | datetime

_DATE = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2}))?(?:[.,]\d+)?\s*(Z|[+-]\d{2}:?\d{2})?)?", re.I
)
_DURATION = re.compile(
    r"([+-])?P(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?", re.I
)


class BadValue(ValueError):
    """What is no date, or no length."""


@dataclass(frozen=True)
class Length:
    """RFC 5545 §3.3.6: days are of the wall, hours of the clock that never jumps."""

    days: int
    exact: timedelta


def read_moment(text: str, tzid: str, zones: Zones, remarks: list[str]) -> Moment:
    """One value of DTSTART and its like. BadValue for what is none."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise BadValue(text)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        if found[4] is None:
            return day
        wall = _at(day, int(found[4]), int(found[5]), int(found[6] or 0))
    except (ValueError, OverflowError) as error:
        raise BadValue(text) from error
    if found[7]:
        return _of_offset(wall, found[7].upper())
    if not tzid:
        return wall
    zone = zones.find(tzid)
    if zone.remark and zone.remark not in remarks:
        remarks.append(zone.remark)
    return wall.replace(tzinfo=UTC if zone.key == UTC_ZONE else ZoneInfo(zone.key))


def read_moments(line: Line, zones: Zones, remarks: list[str]) -> list[Moment]:
    """The values of one line of RDATE or EXDATE; of a period its start."""
    parameters, value = line.parts()
    texts = [each.partition("/")[0] for each in value.split(",") if each.strip()]
    return [read_moment(text, parameters.get("TZID", ""), zones, remarks) for text in texts]


def read_length(text: str) -> Length:
    """A DURATION. BadValue for what is none, or goes back."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or found[1] == "-" or not any(found.group(2, 3, 4, 5, 6)):
        raise BadValue(text)
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.group(2, 3, 4, 5, 6))
    return Length(7 * weeks + days, timedelta(hours=hours, minutes=minutes, seconds=seconds))


def wall_in(moment: Moment, zone: str) -> datetime:
    """The wall time in a zone; of a date its midnight."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    if moment.tzinfo is None:
        return moment
    if isinstance(moment.tzinfo, ZoneInfo) and moment.tzinfo.key == zone:
        return moment.replace(tzinfo=None, fold=0)
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def zone_of(moment: Moment) -> str:
    """The IANA name of its zone; empty for dates and for wall times of no zone."""
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return ""
    return moment.tzinfo.key if isinstance(moment.tzinfo, ZoneInfo) else UTC_ZONE


def is_kept(moment: Moment, zone: str) -> bool:
    """Does its wall time in a zone stand for the same instant? Not for the second of two that bear one name."""
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return True
    return wall_in(moment, zone).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) == moment.astimezone(UTC)


def after(moment: datetime, length: Length, home: str) -> datetime:
    """The moment so much later."""
    zone = moment.tzinfo or ZoneInfo(home)
    later = (moment.replace(tzinfo=None) + timedelta(days=length.days)).replace(tzinfo=zone)
    if length.exact:
        later = (later.astimezone(UTC) + length.exact).astimezone(zone)
    return later if moment.tzinfo else later.replace(tzinfo=None, fold=0)


def _at(day: date, hour: int, minute: int, second: int) -> datetime:
    """24:00 is the midnight that ends the day, and a leap second the last one."""
    if (hour, minute, second) == (24, 0, 0):
        return datetime.combine(day + timedelta(days=1), time())
    return datetime.combine(day, time(hour, minute, min(second, 59)))


def _of_offset(wall: datetime, text: str) -> datetime:
    if text == "Z":
        return wall.replace(tzinfo=UTC)
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    size = timedelta(minutes=min(minutes, 18 * 60))
    return wall.replace(tzinfo=fixed_offset(-size if text[0] == "-" else size)).astimezone(UTC)
