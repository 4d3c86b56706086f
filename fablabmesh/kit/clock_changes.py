"""The occurrences of a series that clock changes make doubtful, told one by one. Pure.

A rule repeats a wall time. Where the clocks are moved during an occurrence, some readers keep its length and others the
hour of its end; where they are moved at its start, some take one hour and some the other. Such an occurrence gets an
entry of its own, which says its moments in UTC: the end is then what the clock on the wall shows.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fablabmesh.kit.entries import Entry, is_over_a_change
from fablabmesh.kit.vtimezone import LAST_YEAR, list_changes

# The naive wall times between two, both included, at which the series has an occurrence.
Starts = Callable[[datetime, datetime], Iterable[datetime]]


def tell_changes(entries: Iterable[Entry], starts: Starts) -> list[Entry]:
    """The entries of one event, and those that its clock changes ask for, as far as the zones are told."""
    given = list(entries)
    told = {entry.recurrence_id for entry in given}
    added = [
        occurrence
        for master in given
        if master.is_series
        for occurrence in _doubtful(master, starts)
        if occurrence.recurrence_id not in told
    ]
    return [*given, *added]


def _doubtful(master: Entry, starts: Starts) -> Iterator[Entry]:
    start, end = master.start, master.end
    if not isinstance(start, datetime) or not isinstance(end, datetime) or not isinstance(start.tzinfo, ZoneInfo):
        return
    zone, length = start.tzinfo, end.replace(tzinfo=None) - start.replace(tzinfo=None)
    for change in list_changes(zone, start.year, LAST_YEAR):
        moved = abs(change.after - change.before)
        first, last = change.onset - moved - length, change.onset + moved
        if _may_start(master, first, last):
            for wall in starts(first, last):
                yield from _told(master, wall.replace(tzinfo=zone), (wall + length).replace(tzinfo=zone))


def _may_start(master: Entry, first: datetime, last: datetime) -> bool:
    """Without this, every series of evenings would be counted out at every change."""
    times = {moment.time() for moment in (master.start, *master.rdates) if isinstance(moment, datetime)}
    if "BYHOUR" in master.rrule or "BYMINUTE" in master.rrule:
        return True
    days = [first.date() + timedelta(days=number) for number in range((last.date() - first.date()).days + 1)]
    return any(first <= datetime.combine(day, time) <= last for day in days for time in times)


def _told(master: Entry, start: datetime, end: datetime) -> Iterator[Entry]:
    if is_over_a_change(start, end):
        yield replace(master, start=start, end=end, rrule="", rdates=(), exdates=(), recurrence_id=start)
