"""libical (Evolution, GNOME Calendar, Cyrus), called in C without a compiler.

It reads rules, dates and zones; how they make a series is left to the programs, and is done here as Evolution does it:
the starts of the rule and the added ones, without those left out, each lasting as long as the first; and one whose
start is the RECURRENCE-ID of an override gives way to it. (Its own icalcomponent_foreach_recurrence takes the zone of
an RDATE for UTC.)
"""

import ctypes
from collections.abc import Iterator
from functools import cache

from tests.judges.occurrence import Occurrence, Span, spell_seconds


class _Time(ctypes.Structure):
    """struct icaltimetype of libical 3."""

    _fields_ = [
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        *((name, ctypes.c_int) for name in ("is_date", "is_daylight")),
        ("zone", ctypes.c_void_p),
    ]  # fmt: skip


class _Rule(ctypes.Structure):
    """struct icalrecurrencetype of libical 3, which is only carried from one call to the next."""

    _fields_ = [("opaque", ctypes.c_uint64 * 362)]


@cache
def _library() -> ctypes.CDLL:
    found = ctypes.CDLL("libical.so.3")
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, answer, *given in (
        ("icalparser_parse_string", pointer, text),
        ("icalcomponent_free", None, pointer),
        ("icalcomponent_string_to_kind", number, text),
        ("icalcomponent_get_first_component", pointer, pointer, number),
        ("icalcomponent_get_next_component", pointer, pointer, number),
        ("icalcomponent_get_timezone", pointer, pointer, text),
        ("icaltimezone_get_utc_timezone", pointer),
        ("icalproperty_string_to_kind", number, text),
        ("icalcomponent_get_first_property", pointer, pointer, number),
        ("icalcomponent_get_next_property", pointer, pointer, number),
        ("icalproperty_get_value_as_string", text, pointer),
        ("icalproperty_get_parameter_as_string", text, pointer, text),
        ("icalcomponent_get_uid", text, pointer),
        ("icalcomponent_get_summary", text, pointer),
        ("icaltime_from_string", _Time, text),
        ("icaltime_is_null_time", number, _Time),
        ("icaltime_as_timet_with_zone", ctypes.c_long, _Time, pointer),
        ("icalproperty_get_rrule", _Rule, pointer),
        ("icalrecur_iterator_new", pointer, _Rule, _Time),
        ("icalrecur_iterator_next", _Time, pointer),
        ("icalrecur_iterator_free", None, pointer),
    ):
        function = getattr(found, name)
        function.restype, function.argtypes = answer, given
    return found


def read(calendar: bytes, span: Span) -> list[Occurrence]:
    root = _library().icalparser_parse_string(calendar)
    assert root
    try:
        found = []
        events = list(_events(root))
        replaced = {(_uid(event), start) for event in events for start in _moments(root, event, b"RECURRENCE-ID")}
        for event in events:
            is_override = bool(list(_properties(event, b"RECURRENCE-ID")))
            starts = [
                start for start in _starts(root, event, span) if is_override or (_uid(event), start) not in replaced
            ]
            found += _occurrences(root, event, starts)
        return sorted(each for each in found if span.holds(each.start))
    finally:
        _library().icalcomponent_free(root)


def _events(root: int) -> Iterator[int]:
    library = _library()
    kind = library.icalcomponent_string_to_kind(b"VEVENT")
    event = library.icalcomponent_get_first_component(root, kind)
    while event:
        yield event
        event = library.icalcomponent_get_next_component(root, kind)


def _properties(event: int, name: bytes) -> Iterator[int]:
    library = _library()
    kind = library.icalproperty_string_to_kind(name)
    found = library.icalcomponent_get_first_property(event, kind)
    while found:
        yield found
        found = library.icalcomponent_get_next_property(event, kind)


def _uid(event: int) -> str:
    uid: bytes = _library().icalcomponent_get_uid(event)
    return uid.decode()


def _times(root: int, event: int, name: bytes) -> Iterator[_Time]:
    """What a property of this name says, in the zone that the calendar describes."""
    library = _library()
    for each in _properties(event, name):
        value = library.icalproperty_get_value_as_string(each)
        time = library.icaltime_from_string(value)
        zone = library.icalproperty_get_parameter_as_string(each, b"TZID")
        if zone is not None:
            time.zone = library.icalcomponent_get_timezone(root, zone)
            assert time.zone
        yield time


def _seconds(time: _Time) -> int:
    """Since 1970; a day is taken for its first moment in UTC."""
    found: int = _library().icaltime_as_timet_with_zone(time, time.zone)
    return found


def _moments(root: int, event: int, name: bytes) -> list[int]:
    return [_seconds(time) for time in _times(root, event, name)]


def _starts(root: int, event: int, span: Span) -> list[int]:
    library = _library()
    (first,) = _times(root, event, b"DTSTART")
    found = {_seconds(first), *_moments(root, event, b"RDATE")}
    for rule in _properties(event, b"RRULE"):
        walk = library.icalrecur_iterator_new(library.icalproperty_get_rrule(rule), first)
        time = library.icalrecur_iterator_next(walk)
        while not library.icaltime_is_null_time(time) and time.year <= span.after.year:
            found.add(_seconds(time))
            time = library.icalrecur_iterator_next(walk)
        library.icalrecur_iterator_free(walk)
    return sorted(found - set(_moments(root, event, b"EXDATE")))


def _occurrences(root: int, event: int, starts: list[int]) -> Iterator[Occurrence]:
    library = _library()
    (first,) = _times(root, event, b"DTSTART")
    (end,) = list(_times(root, event, b"DTEND")) or [first]
    (status,) = _properties(event, b"STATUS")
    for start in starts:
        yield Occurrence(
            _uid(event),
            _spell(start, first),
            _spell(start + _seconds(end) - _seconds(first), first),
            library.icalcomponent_get_summary(event).decode(),
            library.icalproperty_get_value_as_string(status).decode(),
        )


def _spell(seconds: int, kind: _Time) -> str:
    return spell_seconds(seconds)[:10] if kind.is_date else spell_seconds(seconds)
