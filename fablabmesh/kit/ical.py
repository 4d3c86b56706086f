"""Calendars in iCalendar (RFC 5545, RFC 7986): the only door to the icalendar library. Pure: no HTTP, no SQL.

An entry is rendered once and kept; a calendar is a head, the time zones it uses and the rendered entries, spliced.
Nothing here asks what time it is: the same entries give the same bytes, so that an unchanged feed keeps its ETag.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vText
from icalendar.prop import vCategory

from fablabmesh.kit.vtimezone import render_timezone

MEDIA_TYPE = "text/calendar"
HOME_ZONE = "Europe/Paris"
REFRESH = timedelta(hours=1)
_UTC_NAMES = {"UTC", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Universal", "Zulu"}
_END = b"END:VCALENDAR\r\n"
_MAX_KEPT = 8192


@dataclass(frozen=True)
class Entry:
    """One thing of an agenda, as calendar programs must see it.

    `start` and `end` are either two aware datetimes, each in its own ZoneInfo (or UTC), or two dates: then the entry
    lasts whole days and **`end` is its last day**, as people say it (the exclusive DTEND is made at rendering).
    `revision` is SEQUENCE: it grows when the time, the place or the status changes. `changed_at` gives DTSTAMP.
    There is no organizer: RFC 5545 wants a mail address there, and a feed must give nobody's away; `contact` is text.
    """

    uid: str
    title: str
    start: datetime | date
    end: datetime | date
    changed_at: datetime
    created_at: datetime | None = None
    revision: int = 0
    cancelled: bool = False
    description: str = ""
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    url: str = ""
    contact: str = ""
    categories: tuple[str, ...] = ()
    # Two equal datetimes may differ in zone and fold, and then they are written differently: without this, equal
    # entries would share one rendering, and an event moved to another zone at the same instant would keep the old.
    written: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        _check(self)
        object.__setattr__(self, "written", (*_spelling(self.start), *_spelling(self.end)))

    @property
    def is_all_day(self) -> bool:
        return not isinstance(self.start, datetime)

    @property
    def zones(self) -> set[str]:
        """The zones whose VTIMEZONE the rendering needs."""
        return {zone for zone in (self.written[1], self.written[3]) if zone}


def render_calendar(
    name: str,
    entries: Iterable[Entry],
    *,
    description: str | None = None,
    url: str | None = None,
    source: str | None = None,
    language: str = "fr",
) -> bytes:
    """A whole calendar, in the order of the starts. `url`: the page for people; `source`: the address of the feed.

    Without entries it still holds a VTIMEZONE, since RFC 5545 §3.4 asks for at least one component.
    """
    ordered = sorted(entries, key=_order)
    zones = sorted(set().union(*(entry.zones for entry in ordered))) if ordered else [HOME_ZONE]
    parts = [_render_head(name, ordered, description, url, source, language)]
    parts += [render_timezone(zone) for zone in zones]
    parts += [render_component(entry) for entry in ordered]
    parts.append(_END)
    return b"".join(parts)


@lru_cache(maxsize=_MAX_KEPT)
def render_component(entry: Entry) -> bytes:
    """The VEVENT of one entry, folded, with its ends of line: ready to be spliced into any calendar."""
    component = Event()
    for properties in (_identity(entry), _times(entry), _words(entry), _whereabouts(entry)):
        for name, value in properties:
            component.add(name, value)
    return bytes(component.to_ical())


def _identity(entry: Entry) -> Iterator[tuple[str, Any]]:
    yield "uid", _line(entry.uid)
    # The stamp comes from the row and not from the clock: an unchanged feed stays byte-identical.
    yield "dtstamp", _instant(entry.changed_at)
    yield "last-modified", _instant(entry.changed_at)
    if entry.created_at is not None:
        yield "created", _instant(entry.created_at)
    yield "sequence", entry.revision
    yield "status", "CANCELLED" if entry.cancelled else "CONFIRMED"
    yield "class", "PUBLIC"
    # To follow an agenda is not to be busy.
    yield "transp", "TRANSPARENT"


def _times(entry: Entry) -> Iterator[tuple[str, Any]]:
    if isinstance(entry.start, datetime) and isinstance(entry.end, datetime):
        yield "dtstart", _writable(entry.start)
        # RFC 5545 §3.8.2.2: an end must be later than the start; without one, the event ends as it starts.
        if entry.end.astimezone(UTC) > entry.start.astimezone(UTC):
            yield "dtend", _writable(entry.end)
    else:
        yield "dtstart", entry.start
        yield "dtend", entry.end + timedelta(days=1)


def _words(entry: Entry) -> Iterator[tuple[str, Any]]:
    yield "summary", _line(entry.title)
    if entry.description:
        yield "description", _block(entry.description)
    if entry.categories:
        yield "categories", _words_of(entry.categories)
    if entry.contact:
        yield "contact", _line(entry.contact)
    if entry.url:
        yield "url", _address(entry.url)


def _whereabouts(entry: Entry) -> Iterator[tuple[str, Any]]:
    if entry.place:
        yield "location", _line(entry.place)
    if entry.latitude is not None and entry.longitude is not None:
        yield "geo", (round(entry.latitude, 6), round(entry.longitude, 6))


def _render_head(
    name: str,
    entries: list[Entry],
    description: str | None,
    url: str | None,
    source: str | None,
    language: str,
) -> bytes:
    """From BEGIN to the first component. No UID here (RFC 7986 allows one): vdirsyncer then keeps a single event."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//Fab Lab Mesh//Agenda//{language.upper()}")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", _line(name))
    calendar.add("x-wr-calname", _line(name))
    calendar.add("x-wr-timezone", HOME_ZONE)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    if description:
        calendar.add("description", _block(description))
        calendar.add("x-wr-caldesc", _block(description))
    if url:
        calendar.add("url", _address(url))
    if source:
        calendar.add("source", _address(source), parameters={"VALUE": "URI"})
    if entries:
        calendar.add("last-modified", _instant(max(entry.changed_at for entry in entries)))
    return bytes(calendar.to_ical()).removesuffix(_END)


# --- checks ------------------------------------------------------------------------------------------------------


def _check(entry: Entry) -> None:
    """ValueError for what no calendar can say. People's mistakes are caught by forms, long before."""
    if not _line(entry.uid):
        raise ValueError("an entry needs a uid")
    for stamp in filter(None, (entry.changed_at, entry.created_at)):
        if stamp.tzinfo is None:
            raise ValueError("stamps are aware datetimes")
    start, end = entry.start, entry.end
    if isinstance(start, datetime) and isinstance(end, datetime):
        _zone_key(start)
        _zone_key(end)
        if end.astimezone(UTC) < start.astimezone(UTC):
            raise ValueError("an entry ends after its start")
    elif isinstance(start, datetime) or isinstance(end, datetime):
        raise ValueError("start and end are two datetimes or two dates")
    elif end < start:
        raise ValueError("an entry ends after its start")


def _zone_key(moment: datetime) -> str:
    """The IANA name of a moment's zone; empty for UTC, which needs no VTIMEZONE."""
    zone = moment.tzinfo
    if zone is UTC:
        return ""
    if not isinstance(zone, ZoneInfo) or not zone.key:
        raise ValueError("moments stand in a ZoneInfo with a name, or in UTC")
    return "" if zone.key in _UTC_NAMES else zone.key


def _writable(moment: datetime) -> datetime:
    """The moment as every reader understands it: in its zone, but in UTC where the clocks are moved.

    RFC 5545 §3.3.5 says that a wall time that comes twice is the first one; ical.js takes the second. And none agrees
    with the next about a wall time that never comes.
    """
    if not _zone_key(moment) or moment.utcoffset() != moment.replace(fold=1 - moment.fold).utcoffset():
        return moment.astimezone(UTC)
    return moment


def _spelling(moment: datetime | date) -> tuple[str, str]:
    if not isinstance(moment, datetime):
        return (moment.isoformat(), "")
    writable = _writable(moment)
    return (writable.replace(tzinfo=None).isoformat(), _zone_key(writable))


def _order(entry: Entry) -> tuple[datetime, str]:
    if isinstance(entry.start, datetime):
        return (entry.start.astimezone(UTC), entry.uid)
    return (datetime.combine(entry.start, time(), UTC), entry.uid)


# --- texts -------------------------------------------------------------------------------------------------------


def _instant(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


class _Text(vText):
    """A value of type TEXT. The library’s own takes a backslash and an N for a line break, as in C:\\Nouveau."""

    def to_ical(self) -> bytes:
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


def _block(text: str) -> _Text:
    """Text of several lines, without the control characters that RFC 5545 §3.1 forbids (the tab may stay)."""
    lines = text.replace("\r\n", "\n").translate(_LINE_ENDS)
    return _Text("".join(char for char in lines if char in "\n\t" or unicodedata.category(char) != "Cc"))


def _line(text: str) -> _Text:
    """Text of one line: some readers drop an event whose title holds a line break."""
    return _Text(_block(text).replace("\n", " ").replace("\t", " ").strip())


def _words_of(texts: Iterable[str]) -> vCategory:
    value = vCategory([])
    value.cats = [_line(text) for text in texts]
    return value


def _address(text: str) -> str:
    """An address as it stands in a value of type URI, which knows no escaping."""
    return "".join(_line(text).split())


# Half of a surrogate pair cannot be written in UTF-8; the others end a line for one reader and not for the next.
_LINE_ENDS = dict.fromkeys(map(ord, "\r\v\f\x85\u2028\u2029"), "\n") | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
