"""The one door of opening-hours-py: opening hours in the OpenStreetMap notation, read, checked and counted out.

Public holidays are those of the whole of France; school holidays (SH) are known to nobody here and count as no day.
What a text calls « unknown » (by appointment, say) is not open.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

import opening_hours

LONGEST = 500
# What changes later than that is told as « not soon ».
FARTHEST = timedelta(days=366)
_MOST = 2_000
# The library's own description of itself forgot this one.
_Unreadable: type[Exception] = vars(opening_hours)["ParserError"]
_POSITION = re.compile(r"--> [0-9]+:([0-9]+)")


class Opening(NamedTuple):
    """A time of being open, in UTC; `note` is what the text says of it between quotes."""

    opens_at: datetime
    closes_at: datetime
    note: str = ""


class Stretch(NamedTuple):
    """A time in one state, on the clocks of the place. `is_open`: None where the text leaves it open itself."""

    starts: datetime
    ends: datetime
    is_open: bool | None
    note: str = ""


@dataclass(frozen=True)
class State:
    """Open or not at an instant, and until when, in UTC; no end within a year is None."""

    is_open: bool
    until: datetime | None
    note: str = ""


class Mistake(NamedTuple):
    """Where a text stops being one that can be read: what was understood, and what comes then."""

    understood: str
    rest: str


def is_valid(text: str) -> bool:
    """Can it be counted out?"""
    return _read(text, "Europe/Paris") is not None


def find_mistake(text: str) -> Mistake | None:
    """For who wrote it: where reading stopped; None when all of it was read."""
    if len(text) > LONGEST:
        return Mistake(text[:LONGEST], text[LONGEST:])
    try:
        opening_hours.OpeningHours(text, country="FR", auto_country=False, auto_timezone=False)
    except _Unreadable as error:
        found = _POSITION.search(str(error))
        # Columns begin at one.
        at = min(int(found[1]) - 1, len(text)) if found else 0
        return Mistake(text[:at], text[at:])
    return None


def list_openings(text: str, timezone: str, start: datetime, end: datetime) -> list[Opening]:
    """When it is open between two instants, cut off at both, in order; none for a text that cannot be read.

    What follows without a gap, with the same note, is one.
    """
    found: list[Opening] = []
    for opens_at, closes_at, note in _open_intervals(text, timezone, start, end):
        if found and found[-1].closes_at == opens_at and found[-1].note == note:
            found[-1] = found[-1]._replace(closes_at=closes_at)
        else:
            found.append(Opening(opens_at, closes_at, note))
    return found


def list_stretches(text: str, timezone: str, start: datetime, end: datetime) -> list[Stretch] | None:
    """All that it says of the time between two instants, in order: closed times too, which may bear a note.

    None for a text that cannot be read.
    """
    read = _read(text, timezone)
    if read is None:
        return None
    clock = ZoneInfo(timezone)
    told = {opening_hours.State.OPEN: True, opening_hours.State.CLOSED: False}
    intervals = islice(read.intervals(start.astimezone(clock), end.astimezone(clock)), _MOST)
    return [Stretch(first, last, told.get(state), note) for first, last, state, note in intervals]


def find_state(text: str, timezone: str, now: datetime) -> State | None:
    """Is it open now, and until when does that last? None for a text that cannot be read."""
    if _read(text, timezone) is None:
        return None
    note = ""
    until = None
    for opening in list_openings(text, timezone, now, now + FARTHEST):
        if until is None and opening.opens_at > now:
            return State(False, opening.opens_at)
        if until is not None and opening.opens_at != until:
            return State(True, until, note)
        note = note if until is not None else opening.note
        until = opening.closes_at
    if until is None:
        return State(False, None)
    return State(True, until if until < now + FARTHEST else None, note)


def _open_intervals(text: str, timezone: str, start: datetime, end: datetime) -> Iterator[Opening]:
    read = _read(text, timezone)
    if read is None or end <= start:
        return
    clock = ZoneInfo(timezone)
    first, last = (moment.astimezone(clock) for moment in (start, end))
    for count, (opens_at, closes_at, state, note) in enumerate(read.intervals(first, last)):
        if count >= _MOST:
            return
        if state == opening_hours.State.OPEN:
            yield Opening(max(opens_at.astimezone(UTC), start), min(closes_at.astimezone(UTC), end), note)


@lru_cache(maxsize=512)
def _read(text: str, timezone: str) -> opening_hours.OpeningHours | None:
    """The library guesses countries and zones from a point; ours are told, and nothing is guessed."""
    if not text.strip() or len(text) > LONGEST:
        return None
    try:
        return opening_hours.OpeningHours(
            text, timezone=ZoneInfo(timezone), country="FR", auto_country=False, auto_timezone=False
        )
    except _Unreadable:
        return None
