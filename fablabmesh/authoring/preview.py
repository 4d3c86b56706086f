"""The dates of an event before it is saved: the next ones, those left out, and what is to be known of them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from fablabmesh.authoring.schedule import goes_on_beyond, holiday_starts
from fablabmesh.events import wording
from fablabmesh.events.dates import list_starts
from fablabmesh.events.rules import When, comes_twice, is_skipped
from fablabmesh.kit.i18n import day, ngettext
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.school_holidays import SchoolZone, known_until

SHOWN = 10
MONTHS = 6


@dataclass(frozen=True)
class Cell:
    """One day of a small calendar. `state`: first, on, out (by hand), holiday, added; empty when nothing is due."""

    day: date
    state: str = ""


@dataclass(frozen=True)
class Dates:
    """What a series gives. `next`: events by the times of one date, ten at most; `has_more`: there are others."""

    sentence: str
    next: list[When]
    has_more: bool
    notes: list[str]
    months: list[tuple[date, list[list[Cell | None]]]]
    weekdays: list[str]


def preview_dates(when: When, zone: SchoolZone | None, *, now: datetime) -> Dates:
    """The dates that come, from now or from the first one on."""
    since = max(when.starts_local, now.replace(tzinfo=None) - timedelta(days=1))
    if not when.is_recurring:
        since = when.starts_local
    starts = list(islice(list_starts(when, since=since), SHOWN + 1))
    return Dates(
        wording.sentence(_told(when, zone)),
        [_single(when, start) for start in starts[:SHOWN]],
        len(starts) > SHOWN,
        _notes(when, zone, starts[:SHOWN]),
        list(_months(when, zone, since)) if when.is_recurring else [],
        list(wording.weekday_names().values()),
    )


def _told(when: When, zone: SchoolZone | None) -> Any:
    class Told:
        rrule, rdates, starts_local, timezone = when.rrule, when.rdates, when.starts_local, when.timezone
        school_holidays = zone.value if zone else ""

    return Told


def _single(when: When, start: datetime) -> When:
    return When(start, start + (when.ends_local - when.starts_local), when.timezone, when.is_all_day)


def _notes(when: When, zone: SchoolZone | None, starts: Iterable[datetime]) -> list[str]:
    notes = []
    during = len(holiday_starts(when, zone))
    if zone:
        notes.append(
            ngettext(
                "Vacances scolaires de la zone %(zone)s connues jusqu’au %(day)s : une date y tombe.",
                "Vacances scolaires de la zone %(zone)s connues jusqu’au %(day)s : %(num)d dates y tombent.",
                during,
                zone=zone.value,
                day=day(known_until(zone)),
            )
        )
        if goes_on_beyond(when, zone):
            notes.append(
                _(
                    "La série va plus loin que les vacances connues. "
                    "Les suivantes seront écartées à leur tour, dès qu’elles seront publiées."
                )
            )
    if not when.is_all_day:
        notes += [note for start in starts for note in _clock_notes(_single(when, start))]
    return notes


def _clock_notes(single: When) -> Iterable[str]:
    for moment in (single.starts_local, single.ends_local):
        if comes_twice(moment, single.timezone):
            yield _(
                "Le %(day)s, %(hour)s vient deux fois : les horloges reculent. C’est la première fois qui compte.",
                day=day(moment.date()),
                hour=wording.hour(moment),
            )
        if is_skipped(moment, single.timezone):
            yield _(
                "Le %(day)s, %(hour)s n’existe pas : les horloges avancent. Changez l’heure de cette date.",
                day=day(moment.date()),
                hour=wording.hour(moment),
            )


# --- a small calendar --------------------------------------------------------------------------------------------


def _months(when: When, zone: SchoolZone | None, since: datetime) -> Iterable[tuple[date, list[list[Cell | None]]]]:
    first = since.date().replace(day=1)
    end = _later(first, MONTHS)
    states = _states(when, zone, datetime.combine(first, time()), datetime.combine(end, time()))
    for number in range(MONTHS):
        month = _later(first, number)
        after = _later(month, 1)
        days = [month + timedelta(days=each) for each in range((after - month).days)]
        if not any(each in states for each in days):
            continue
        cells: list[Cell | None] = [None] * month.weekday()
        cells += [Cell(each, states.get(each, "")) for each in days]
        cells += [None] * (-len(cells) % 7)
        yield month, [cells[week : week + 7] for week in range(0, len(cells), 7)]


def _later(month: date, count: int) -> date:
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def _states(when: When, zone: SchoolZone | None, since: datetime, until: datetime) -> dict[date, str]:
    during = {start.date() for start in holiday_starts(when, zone)}
    rule = When(when.starts_local, when.ends_local, when.timezone, when.is_all_day, when.rrule)
    states: dict[date, str] = {}
    if when.rrule:
        states = {start.date(): "out" for start in list_starts(rule, since=since, until=until)}
    held_at = set(list_starts(when, since=since, until=until))
    held = {start.date() for start in held_at}
    extra = {wall.date() for wall in when.rdates}
    for each in held:
        states[each] = "added" if each in extra or each in during else "on"
    for each, state in states.items():
        if state == "out" and each in during:
            states[each] = "holiday"
    if when.starts_local in held_at:
        states[when.starts_local.date()] = "first"
    return states
