"""What a calendar says of one event, checked: entries, their order, and the moments as they are to be written. Pure: no
calendar library takes part, and nothing here asks what time it is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

Moment = datetime | date
_UTC_NAMES = {"UTC", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Universal", "Zulu"}
# Greenwich under a name of its own: there are readers that take a Z for the zone of X-WR-TIMEZONE, which does nothing
# to a moment and shifts a series.
_UTC_OF_SERIES = ZoneInfo("Etc/GMT")
_RULE = re.compile(r"[A-Za-z0-9=;,:+-]+")


@dataclass(frozen=True)
class Written:
    """The moments of an entry as every reader understands them."""

    start: Moment
    end: Moment
    rdates: tuple[Moment, ...]
    exdates: tuple[Moment, ...]
    recurrence_id: Moment | None

    def spell(self) -> tuple[tuple[str, str], ...]:
        moments = (self.start, self.end, self.recurrence_id, *self.rdates, *self.exdates)
        return tuple(_spelling(moment) for moment in moments if moment is not None)


@dataclass(frozen=True)
class Entry:
    """One thing of an agenda, as calendar programs must see it.

    `start` and `end` are either two aware datetimes, each in its own ZoneInfo (or UTC), or two dates: then the entry
    lasts whole days and **`end` is its last day**, as people say it (the exclusive DTEND is made at rendering).
    `revision` is SEQUENCE: it grows when the time, the place or the status changes. `changed_at` gives DTSTAMP.
    There is no organizer: RFC 5545 wants a mail address there, and a feed must give nobody's away; `contact` is text.

    A recurring event is a master, with a `rule` (an RRULE without its name) or `rdates`, and one more entry of the
    same uid for each occurrence that differs: its `recurrence_id` is the start that the master gave it, in the
    master's zone. `rdates` and `exdates` are starts too, in the zone of `start`; all are dates where `start` is one.
    """

    uid: str
    title: str
    start: Moment
    end: Moment
    changed_at: datetime
    created_at: datetime | None = None
    revision: int = 0
    cancelled: bool = False
    tentative: bool = False  # not certain to happen: a draft
    description: str = ""
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    url: str = ""
    contact: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str = ""  # of the title; only where it is not the calendar's own, since some readers stumble over it
    image: str = ""
    image_label: str = ""
    conference: str = ""
    conference_label: str = ""
    color: str = ""  # a name of CSS 3, which is all that RFC 7986 takes
    rrule: str = ""
    rdates: tuple[Moment, ...] = ()
    exdates: tuple[Moment, ...] = ()
    recurrence_id: Moment | None = None
    # Two equal datetimes may differ in zone and fold, and then they are written differently: without this, equal
    # entries would share one rendering, and an event moved to another zone at the same instant would keep the old.
    spelling: tuple[tuple[str, str], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        _check(self)
        _check_recurrence(self)
        object.__setattr__(self, "spelling", self.written().spell())

    @property
    def is_all_day(self) -> bool:
        return not isinstance(self.start, datetime)

    @property
    def is_series(self) -> bool:
        return bool(self.rrule or self.rdates)

    @property
    def zones(self) -> set[str]:
        """The zones whose VTIMEZONE the rendering needs."""
        return {zone for _, zone in self.spelling if zone}

    def written(self) -> Written:
        """A series repeats wall times, doubtful or not; else the moments themselves are what counts."""
        if self.is_series:
            start, end = _repeatable(self.start), _end_of_series(self.start, self.end)
        elif is_over_a_change(self.start, self.end):
            start, end = _in_utc(self.start), _in_utc(self.end)
        else:
            start, end = self.start, self.end
        recurrence_id = None if self.recurrence_id is None else _repeatable(self.recurrence_id)
        added, left_out = (tuple(map(_repeatable, sorted(set(each)))) for each in (self.rdates, self.exdates))
        return Written(start, end, added, left_out, recurrence_id)


def in_order(entries: Iterable[Entry]) -> list[list[Entry]]:
    """The entries of each event together, the events in the order of their starts: the same whatever came first."""
    by_uid = groupby(sorted(entries, key=lambda entry: entry.uid), key=lambda entry: entry.uid)
    events = [sorted(event, key=order_in_event) for _, event in by_uid]
    return sorted(events, key=lambda event: (instant_of(event[0].start), event[0].uid))


def order_in_event(entry: Entry) -> tuple[bool, datetime]:
    if entry.recurrence_id is None:
        return (False, instant_of(date.min))
    return (True, instant_of(entry.recurrence_id))


def instant_of(moment: Moment) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime.combine(moment, time(), UTC)


def _check(entry: Entry) -> None:
    """ValueError for what no calendar can say. People's mistakes are caught by forms, long before."""
    if not entry.uid.strip():
        raise ValueError("an entry needs a uid")
    for stamp in filter(None, (entry.changed_at, entry.created_at)):
        if stamp.tzinfo is None:
            raise ValueError("stamps are aware datetimes")
    start, end = entry.start, entry.end
    if isinstance(start, datetime) and isinstance(end, datetime):
        zone_of(start)
        zone_of(end)
        if end.astimezone(UTC) < start.astimezone(UTC):
            raise ValueError("an entry ends after its start")
    elif isinstance(start, datetime) or isinstance(end, datetime):
        raise ValueError("start and end are two datetimes or two dates")
    elif end < start:
        raise ValueError("an entry ends after its start")


def _check_recurrence(entry: Entry) -> None:
    if entry.rrule and not _RULE.fullmatch(entry.rrule):
        raise ValueError(f"not the value of an RRULE: {entry.rrule!r}")
    if entry.exdates and not entry.is_series:
        raise ValueError("only a series leaves out occurrences")
    if entry.recurrence_id is not None and entry.is_series:
        raise ValueError("an occurrence of a series is no series itself")
    kind, zone = type(entry.start), getattr(entry.start, "tzinfo", None)
    for moment in (*entry.rdates, *entry.exdates):
        # In another zone, the same instant would not be recognised as the same occurrence by every reader.
        if type(moment) is not kind or getattr(moment, "tzinfo", None) is not zone:
            raise ValueError("added and left out starts stand in the zone of the start, or are dates as it is")
    if isinstance(entry.recurrence_id, datetime):
        zone_of(entry.recurrence_id)


def zone_of(moment: datetime) -> str:
    """The IANA name of a moment's zone; empty for UTC, which needs no VTIMEZONE."""
    zone = moment.tzinfo
    if zone is UTC:
        return ""
    if not isinstance(zone, ZoneInfo) or not zone.key:
        raise ValueError("moments stand in a ZoneInfo with a name, or in UTC")
    return "" if zone.key in _UTC_NAMES else zone.key


def is_over_a_change(start: Moment, end: Moment) -> bool:
    """Whether readers take these moments differently, because the clocks are moved then, or between the two.

    RFC 5545 §3.3.5 says that a wall time that comes twice is the first one; ical.js takes the second. None agrees with
    the next about a wall time that never comes. And Evolution counts hours on the wall, which puts the end of a night
    an hour off. In UTC, all of them agree.
    """
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return False
    is_between = start.tzinfo is end.tzinfo and start.utcoffset() != end.utcoffset()
    return is_between or any(each.utcoffset() != each.replace(fold=1 - each.fold).utcoffset() for each in (start, end))


def _end_of_series(start: Moment, end: Moment) -> Moment:
    """Readers take from it how long every occurrence lasts. Where the clocks are moved during the first, no wall time
    says that to all of them: the length on the wall is told in UTC, and the first occurrence by an entry of its own
    (`clock_changes`)."""
    if isinstance(start, datetime) and isinstance(end, datetime) and start != end and is_over_a_change(start, end):
        return start.astimezone(_UTC_OF_SERIES) + (end.replace(tzinfo=None) - start.replace(tzinfo=None))
    return _repeatable(end)


def _in_utc(moment: Moment) -> Moment:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


def _repeatable(moment: Moment) -> Moment:
    """The moment in a zone, by its wall time."""
    return moment.astimezone(_UTC_OF_SERIES) if isinstance(moment, datetime) and not zone_of(moment) else moment


def _spelling(moment: Moment) -> tuple[str, str]:
    if not isinstance(moment, datetime):
        return (moment.isoformat(), "")
    return (moment.replace(tzinfo=None).isoformat(), zone_of(moment))
