"""Calendars in iCalendar (RFC 5545, RFC 7986): the only door to the icalendar library. Pure: no HTTP, no SQL.

An event is rendered once and kept; a calendar is a head, the time zones it uses and the rendered events, spliced.
Nothing here asks what time it is: the same entries give the same bytes, so that an unchanged feed keeps its ETag.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vText
from icalendar.prop import vCategory, vInline

from fablabmesh.kit.vtimezone import render_timezone

MEDIA_TYPE = "text/calendar"
HOME_ZONE = "Europe/Paris"
REFRESH = timedelta(hours=1)
_UTC_NAMES = {"UTC", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Universal", "Zulu"}
END = b"END:VCALENDAR\r\n"
_MAX_KEPT = 8192


Moment = datetime | date
Property = tuple[str, Any] | tuple[str, Any, dict[str, str]]


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
    written: tuple[tuple[str, str], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        _check(self)
        _check_recurrence(self)
        moments = [*_ends(self), *self.rdates, *self.exdates]
        moments += [self.recurrence_id] if self.recurrence_id is not None else []
        object.__setattr__(self, "written", tuple(_spelling(moment) for moment in moments))

    @property
    def is_all_day(self) -> bool:
        return not isinstance(self.start, datetime)

    @property
    def is_series(self) -> bool:
        return bool(self.rrule or self.rdates)

    @property
    def zones(self) -> set[str]:
        """The zones whose VTIMEZONE the rendering needs."""
        return {zone for _, zone in self.written if zone}


@dataclass(frozen=True)
class Rendered:
    """One event as it stands in any calendar, and the zones that the calendar must then describe."""

    text: bytes
    zones: tuple[str, ...]


def render_calendar(
    name: str,
    entries: Iterable[Entry],
    *,
    description: str = "",
    url: str = "",
    source: str = "",
    language: str = "fr",
    color: str = "",
) -> bytes:
    """A whole calendar, in the order of the starts. `url`: the page for people; `source`: the address of the feed."""
    events = in_order(entries)
    rendered = [render_event(event) for event in events]
    changed_at = max((entry.changed_at for event in events for entry in event), default=None)
    head = render_head(
        name,
        changed_at=changed_at,
        description=description,
        url=url,
        source=source,
        language=language,
        color=color,
    )
    zones = {zone for event in rendered for zone in event.zones}
    return b"".join((head, render_zones(zones if rendered else {HOME_ZONE}), *(event.text for event in rendered), END))


def in_order(entries: Iterable[Entry]) -> list[list[Entry]]:
    """The entries of each event together, the events in the order of their starts: the same whatever came first."""
    by_uid = groupby(sorted(entries, key=lambda entry: entry.uid), key=lambda entry: entry.uid)
    events = [sorted(event, key=_order_in_event) for _, event in by_uid]
    return sorted(events, key=lambda event: (_instant_of(event[0].start), event[0].uid))


def render_event(entries: Iterable[Entry]) -> Rendered:
    """All that calendars know of one event: the master first, then what differs from it, in the order of time."""
    event = sorted(entries, key=_order_in_event)
    if len({entry.uid for entry in event}) != 1:
        raise ValueError("the entries of one event have one uid")
    if len({_order_in_event(entry) for entry in event}) != len(event):
        raise ValueError("an event has one master, and each of its occurrences is told once")
    zones = sorted(set().union(*(entry.zones for entry in event)))
    return Rendered(b"".join(render_component(entry) for entry in event), tuple(zones))


def render_zones(zones: Iterable[str]) -> bytes:
    """The VTIMEZONEs of a calendar. One without events needs HOME_ZONE: RFC 5545 §3.4 asks for a component."""
    return b"".join(render_timezone(zone) for zone in sorted(set(zones)))


@lru_cache(maxsize=_MAX_KEPT)
def render_component(entry: Entry) -> bytes:
    """The VEVENT of one entry, folded, with its ends of line: ready to be spliced into any calendar."""
    component = Event()
    for properties in (_identity(entry), _times(entry), _recurrence(entry), _words(entry), _whereabouts(entry)):
        for name, value, *rest in properties:
            component.add(name, value, dict(*rest))
    return bytes(component.to_ical())


def _identity(entry: Entry) -> Iterator[Property]:
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


def _times(entry: Entry) -> Iterator[Property]:
    start, end = _ends(entry)
    yield "dtstart", start
    # RFC 5545 §3.8.2.2: an end must be later than the start; without one, the event ends as it starts.
    if not isinstance(start, datetime):
        yield "dtend", end + timedelta(days=1)
    elif _instant_of(end) > _instant_of(start):
        yield "dtend", end


def _recurrence(entry: Entry) -> Iterator[Property]:
    """A date a line: there are readers that see only the first of a list."""
    if entry.rrule:
        yield "rrule", vInline(entry.rrule)
    for name, moments in (("rdate", entry.rdates), ("exdate", entry.exdates)):
        for moment in sorted(set(moments)):
            yield name, [moment], {} if isinstance(moment, datetime) else {"VALUE": "DATE"}
    if entry.recurrence_id is not None:
        yield "recurrence-id", entry.recurrence_id


def _words(entry: Entry) -> Iterator[Property]:
    yield "summary", _line(entry.title), {"LANGUAGE": entry.language} if entry.language else {}
    if entry.description:
        yield "description", _block(entry.description)
    if words := _distinct((*entry.categories, *entry.tags)):
        yield "categories", _words_of(words)
    if entry.contact:
        yield "contact", _line(entry.contact)
    if entry.url:
        yield "url", _address(entry.url)
    if entry.color:
        yield "color", _line(entry.color)


def _whereabouts(entry: Entry) -> Iterator[Property]:
    if entry.place:
        yield "location", _line(entry.place)
    if entry.latitude is not None and entry.longitude is not None:
        yield "geo", (round(entry.latitude, 6), round(entry.longitude, 6))
    # RFC 7986 §6.4 gives LABEL to every property that takes other parameters; ALTREP of an image is an address.
    if entry.image:
        yield "image", _address(entry.image), _parameters("DISPLAY", "BADGE", entry.image_label)
    if entry.conference:
        yield "conference", _address(entry.conference), _parameters("FEATURE", "VIDEO", entry.conference_label)


def _parameters(name: str, value: str, label: str) -> dict[str, str]:
    return {"VALUE": "URI", name: value} | ({"LABEL": str(_line(label))} if label else {})


def render_head(
    name: str,
    *,
    changed_at: datetime | None = None,
    description: str = "",
    url: str = "",
    source: str = "",
    language: str = "fr",
    color: str = "",
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
    if color:
        calendar.add("color", _line(color))
    if changed_at is not None:
        calendar.add("last-modified", _instant(changed_at))
    return bytes(calendar.to_ical()).removesuffix(END)


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
        _zone_key(entry.recurrence_id)


def _zone_key(moment: datetime) -> str:
    """The IANA name of a moment's zone; empty for UTC, which needs no VTIMEZONE."""
    zone = moment.tzinfo
    if zone is UTC:
        return ""
    if not isinstance(zone, ZoneInfo) or not zone.key:
        raise ValueError("moments stand in a ZoneInfo with a name, or in UTC")
    return "" if zone.key in _UTC_NAMES else zone.key


def _writable(moment: Moment) -> Moment:
    """The moment as every reader understands it: in its zone, but in UTC where the clocks are moved.

    RFC 5545 §3.3.5 says that a wall time that comes twice is the first one; ical.js takes the second. And none agrees
    with the next about a wall time that never comes.
    """
    if not isinstance(moment, datetime):
        return moment
    if not _zone_key(moment) or moment.utcoffset() != moment.replace(fold=1 - moment.fold).utcoffset():
        return moment.astimezone(UTC)
    return moment


def _ends(entry: Entry) -> tuple[Moment, Moment]:
    """Start and end as they are written. A series repeats a wall time: its start is never written in UTC."""
    if entry.is_series:
        return (entry.start, entry.end)
    return (_writable(entry.start), _writable(entry.end))


def _spelling(moment: Moment) -> tuple[str, str]:
    if not isinstance(moment, datetime):
        return (moment.isoformat(), "")
    return (moment.replace(tzinfo=None).isoformat(), _zone_key(moment))


def _instant_of(moment: Moment) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime.combine(moment, time(), UTC)


def _order_in_event(entry: Entry) -> tuple[bool, datetime]:
    if entry.recurrence_id is None:
        return (False, _instant_of(date.min))
    return (True, _instant_of(entry.recurrence_id))


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


def _distinct(words: Iterable[str]) -> list[str]:
    """Each word once, as it was first written."""
    found: dict[str, str] = {}
    for word in words:
        found.setdefault(word.casefold(), word)
    return list(found.values())


def _address(text: str) -> str:
    """An address as it stands in a value of type URI, which knows no escaping."""
    return "".join(_line(text).split())


_RULE = re.compile(r"[A-Za-z0-9=;,:+-]+")
# Half of a surrogate pair cannot be written in UTF-8; the others end a line for one reader and not for the next.
_LINE_ENDS = dict.fromkeys(map(ord, "\r\v\f\x85\u2028\u2029"), "\n") | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
