"""The dates of an event one by one, with what differs about each. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from fablabmesh.events.rules import EventStatus, When
from fablabmesh.kit import recurrence
from fablabmesh.kit.recurrence import Series, occurrences

# So far ahead, and so far back, the pages of the agenda know the dates of a series; calendars know them for ever.
HORIZON = timedelta(days=3 * 366)
MOST_DATES = 2500


@dataclass(frozen=True)
class Date:
    """One date. `recurrence_local` names it for ever, wherever it is moved; `change`: what differs, if anything."""

    recurrence_local: datetime
    when: When
    is_cancelled: bool
    change: Any = None


def series_of(when: Any) -> Series:
    """The series of an event, or of the times of one."""
    return Series(
        start=_native(when, when.starts_local),
        timezone=when.timezone,
        rule=when.rrule,
        extra=tuple(_native(when, wall) for wall in when.rdates),
        excluded=tuple(_native(when, wall) for wall in when.exdates),
    )


def anchored(when: When) -> When:
    """The same dates, said so that all readers agree about the first one: see `kit.recurrence.anchored`."""
    held = recurrence.anchored(series_of(when))
    left_out = when.exdates if held.rule or held.extra else ()
    return replace(when, rrule=held.rule, rdates=to_walls(held.extra), exdates=left_out)


def list_starts(
    when: Any, *, since: datetime | None = None, until: datetime | None = None, limit: int = MOST_DATES
) -> Iterator[datetime]:
    """Wall times of the starts from `since` to `until`, in order. What happens once happens whatever one asks."""
    if not (when.rrule or when.rdates):
        yield when.starts_local
        return
    for start in occurrences(
        series_of(when),
        since=None if since is None else _native(when, since),
        until=None if until is None else _native(when, until),
        limit=limit,
    ):
        yield from to_walls((start,))


def to_walls(starts: tuple[datetime | date, ...]) -> tuple[datetime, ...]:
    """Starts of a series as columns keep them: days as the midnight that begins them."""
    return tuple(start if isinstance(start, datetime) else datetime.combine(start, time()) for start in starts)


def list_dates(event: Any, *, now: datetime) -> Iterator[Date]:
    """Each date of an event with its changes loaded, from a horizon ago to one after `now` or after its start."""
    today = now.replace(tzinfo=None)
    since, until = today - HORIZON, max(today, event.starts_local) + HORIZON
    length = event.ends_local - event.starts_local
    off = event.status is EventStatus.CANCELLED
    changes = {change.recurrence_local: change for change in event.changes} if event.is_recurring else {}
    for start in list_starts(event, since=since, until=until):
        change = changes.get(start)
        first, last = (change.starts_local, change.ends_local) if change else (start, start + length)
        yield Date(
            start,
            When(first, last, event.timezone, event.is_all_day),
            off or (change is not None and change.is_cancelled),
            change,
        )


def key_of(event: Any, wall: datetime) -> str:
    """How addresses name a date: « 2026-03-10T18:00 », or « 2026-03-10 » of an all-day event."""
    return wall.date().isoformat() if event.is_all_day else wall.isoformat(timespec="minutes")


def read_key(text: str) -> datetime | None:
    """The wall time that an address names; None for nonsense."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if wall.tzinfo or wall.second or wall.microsecond else wall


def _native(when: Any, wall: datetime) -> datetime | date:
    return wall.date() if when.is_all_day else wall
