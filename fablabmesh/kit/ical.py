"""Calendars in iCalendar (RFC 5545, RFC 7986): the only door to the icalendar library. Pure: no HTTP, no SQL.

An event is rendered once and kept; a calendar is a head, the time zones it uses and the rendered events, spliced.
Nothing here asks what time it is: the same entries give the same bytes, so that an unchanged feed keeps its ETag.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from icalendar import Calendar, Event, vText
from icalendar.prop import vCategory, vInline

from fablabmesh.kit.entries import Entry, Moment, in_order, instant_of, order_in_event, zone_of
from fablabmesh.kit.vtimezone import render_timezone

__all__ = ["END", "Entry", "Rendered", "in_order", "render_calendar", "render_event", "render_head", "render_zones"]

MEDIA_TYPE = "text/calendar"
HOME_ZONE = "Europe/Paris"
REFRESH = timedelta(hours=1)
END = b"END:VCALENDAR\r\n"
_MAX_KEPT = 8192


Property = tuple[str, Any] | tuple[str, Any, dict[str, str]]


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


def render_event(entries: Iterable[Entry]) -> Rendered:
    """All that calendars know of one event: the master first, then what differs from it, in the order of time."""
    event = sorted(entries, key=order_in_event)
    if len({entry.uid for entry in event}) != 1:
        raise ValueError("the entries of one event have one uid")
    if len({order_in_event(entry) for entry in event}) != len(event):
        raise ValueError("an event has one master, and each of its occurrences is told once")
    zones = sorted(set().union(*(entry.zones for entry in event)))
    return Rendered(b"".join(render_component(entry) for entry in event), tuple(zones))


def render_zones(zones: Iterable[str]) -> bytes:
    """The VTIMEZONEs of a calendar. One without events needs HOME_ZONE: RFC 5545 §3.4 asks for a component."""
    return b"".join(render_timezone(zone) for zone in sorted(set(zones)))


def render_object(text: str, zones: Iterable[str]) -> str:
    """One event alone, as CalDAV keeps it: without METHOD, which RFC 4791 §4.1 forbids there. `text`: its VEVENTs."""
    return _object_head(tuple(zones)) + text + END.decode()


@lru_cache(maxsize=256)
def _object_head(zones: tuple[str, ...]) -> str:
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Fab Lab Mesh//Agenda//FR\r\nCALSCALE:GREGORIAN\r\n"
    return head + render_zones(zones).decode()


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
    yield "status", "CANCELLED" if entry.cancelled else "TENTATIVE" if entry.tentative else "CONFIRMED"
    yield "class", "PUBLIC"
    # To follow an agenda is not to be busy.
    yield "transp", "TRANSPARENT"


def _times(entry: Entry) -> Iterator[Property]:
    written = entry.written()
    start, end = written.start, written.end
    yield _moment("dtstart", start)
    # RFC 5545 §3.8.2.2: an end must be later than the start; without one, the event ends as it starts.
    if not isinstance(start, datetime):
        yield _moment("dtend", end + timedelta(days=1))
    elif instant_of(end) > instant_of(start):
        yield _moment("dtend", end)
    if written.recurrence_id is not None:
        yield _moment("recurrence-id", written.recurrence_id)


def _recurrence(entry: Entry) -> Iterator[Property]:
    """A date a line: there are readers that see only the first of a list."""
    if entry.is_series:
        # Without any rule, ical.js forgets the first date.
        yield "rrule", vInline(entry.rrule or "FREQ=DAILY;COUNT=1")
    written = entry.written()
    yield from (_moment("rdate", moment) for moment in written.rdates)
    yield from (_moment("exdate", moment) for moment in written.exdates)


def _moment(name: str, moment: Moment) -> Property:
    """By wall time and zone: left to itself, the library may take another zone that it holds for the same."""
    if not isinstance(moment, datetime):
        return name, vInline(f"{moment:%Y%m%d}"), {"VALUE": "DATE"}
    zone = zone_of(moment)
    return name, vInline(f"{moment:%Y%m%dT%H%M%S}{'' if zone else 'Z'}"), {"TZID": zone} if zone else {}


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
    categories: Iterable[str] = (),
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
    if words := _distinct(categories):
        calendar.add("categories", _words_of(words))
    if changed_at is not None:
        calendar.add("last-modified", _instant(changed_at))
    return bytes(calendar.to_ical()).removesuffix(END)


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


# Half of a surrogate pair cannot be written in UTF-8; the others end a line for one reader and not for the next.
_LINE_ENDS = dict.fromkeys(map(ord, "\r\v\f\x85\u2028\u2029"), "\n") | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
