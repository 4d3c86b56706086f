"""When an event happens, between what a form says of it and what is kept of it. Pure.

A form speaks of a first date, of how it comes again, of school holidays, of dates left out and of dates added. What is
kept is a `When`: a rule with its RDATEs and EXDATEs.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from fablabmesh.authoring.repetition import Repetition, Rhythm, read_rule, rule_of
from fablabmesh.events.dates import anchored, list_starts, series_of
from fablabmesh.events.rules import When, is_skipped
from fablabmesh.kit import recurrence
from fablabmesh.kit.i18n import day, format_date
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.recurrence import WEEKDAYS, RuleError
from fablabmesh.kit.school_holidays import Holidays, SchoolZone, is_holiday, known_until, read_holidays

MOST_SINGLE_DATES = 400
FARTHEST = timedelta(days=10 * 366)
_MOST_STARTS = 50_000
_LINE = re.compile(
    r"(?:(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|(?P<d2>\d{1,2})[/.](?P<m2>\d{1,2})[/.](?P<y2>\d{4}))"
    r"(?:\s*(?:,|à|T)?\s*(?P<hour>\d{1,2})\s*(?:[:hH]\s*(?P<minute>\d{2})?)?)?"
)


ONCE = Repetition()


@dataclass(frozen=True, order=True)
class Single:
    """One date of a list. Without an hour: that of the series."""

    day: date
    hour: time | None = None


@dataclass(frozen=True)
class Plan:
    """How an event comes again. `holidays`: the school zone in whose holidays it does not."""

    repetition: Repetition = ONCE
    holidays: SchoolZone | None = None
    left_out: tuple[Single, ...] = ()
    extra: tuple[Single, ...] = ()


class PlanError(ValueError):
    """A plan that cannot be; `part` of it is wrong, `message` says why to people."""

    def __init__(self, part: str, message: str) -> None:
        super().__init__(message)
        self.part, self.message = part, message


# --- from a form -------------------------------------------------------------------------------------------------


def make_schedule(first: When, plan: Plan, *, kept: When | None = None, former_day: date | None = None) -> When:
    """The first date with all that comes after it.

    `kept`: the times as they are now, if the event exists. `former_day`: the first day the form was shown with; what
    was typed for it follows to the new one.
    """
    rule = _rule(first, plan.repetition, kept, former_day)
    series = replace(first, rrule=rule, rdates=(), exdates=())
    moved = first.starts_local.date() - former_day if former_day else timedelta()
    extra = _extra(series, plan.extra, kept)
    by_rule = _starts_by_day(series, max(extra, default=series.starts_local))
    rdates = tuple(wall for wall in extra if wall not in by_rule.get(wall.date(), ()))
    excluded = _left_out(replace(series, rdates=rdates), plan.left_out, moved, kept)
    both = excluded & set(extra)
    if both:
        raise PlanError("extra", _("Le %(day)s est à la fois écarté et ajouté.", day=day(min(both).date())))
    during = set(holiday_starts(series, plan.holidays)) - set(extra)
    if first.starts_local in during:
        raise PlanError(
            "first_day",
            _("La première date tombe pendant les vacances scolaires écartées : choisissez la date de la reprise."),
        )
    if first.starts_local in excluded and not (kept and first.starts_local in kept.exdates):
        raise PlanError("left_out", _("La première date ne s’écarte pas : changez plutôt la date de l’événement."))
    if not (rule or rdates):
        return series
    # The first date of a kept rule may be none of its own.
    return anchored(replace(series, rdates=rdates, exdates=tuple(sorted(excluded | during))))


def _rule(first: When, repetition: Repetition, kept: When | None, former_day: date | None) -> str:
    if kept and repetition.rhythm is Rhythm.KEPT:
        return _carried_rule(first, kept)
    # Not written anew when nothing about it changed: an UNTIL may be spelled in many ways.
    if kept and _same_start(first, kept) and repetition == read_rule(kept.rrule, kept.starts_local, kept.timezone):
        return kept.rrule
    try:
        return rule_of(
            follow_first_day(repetition, first.starts_local.date(), former_day),
            first.starts_local,
            first.timezone,
            is_all_day=first.is_all_day,
        )
    except RuleError as error:
        raise PlanError("rhythm", error.message) from error


def follow_first_day(repetition: Repetition, first: date, former: date | None) -> Repetition:
    """A series of Tuesdays whose first date goes to a Wednesday is one of Wednesdays."""
    new = WEEKDAYS[first.weekday()]
    old = WEEKDAYS[former.weekday()] if former else ""
    if repetition.rhythm is not Rhythm.WEEKLY or new in repetition.weekdays or old not in repetition.weekdays:
        return repetition
    moved = {new if name == old else name for name in repetition.weekdays}
    return replace(repetition, weekdays=tuple(name for name in WEEKDAYS if name in moved))


def _carried_rule(first: When, kept: When) -> str:
    """A rule that no field shows, for times that may have changed: it ends on the same day, and holds its start."""
    if _same_start(first, kept):
        return kept.rrule
    parts = recurrence.parts_of(kept.rrule)
    start = first.starts_local.date() if first.is_all_day else first.starts_local
    until = recurrence.until_of(kept.rrule, kept.timezone)
    if until:
        parts["UNTIL"] = recurrence.spell_until(until.date(), start, first.timezone)
    try:
        text = ";".join(f"{name}={value}" for name, value in parts.items())
        rule = recurrence.check_rule(text, start, first.timezone)
    except RuleError as error:
        raise PlanError("rhythm", error.message) from error
    if not recurrence.begins_in_rule(series_of(replace(first, rrule=rule))):
        raise PlanError(
            "rhythm",
            _(
                "Le %(day)s ne suit pas la règle gardée : choisissez une date qui la suit, ou une autre répétition.",
                day=_long(first.starts_local.date()),
            ),
        )
    return rule


def _same_start(first: When, kept: When) -> bool:
    return (first.starts_local, first.timezone, first.is_all_day) == (
        kept.starts_local,
        kept.timezone,
        kept.is_all_day,
    )


def _extra(series: When, singles: Iterable[Single], kept: When | None) -> list[datetime]:
    found = []
    as_before = set(kept.rdates) if kept and _same_start(series, kept) else set()
    for single in singles:
        wall = _wall(series, single)
        if wall in as_before:  # whatever an import once brought
            found.append(wall)
            continue
        _check_reach("extra", series, wall)
        if wall < series.starts_local:
            message = _("Le %(day)s vient avant la première date : avancez plutôt celle-ci.", day=day(single.day))
            raise PlanError("extra", message)
        if not series.is_all_day and is_skipped(wall, series.timezone):
            message = _("Le %(day)s, cette heure n’existe pas : les horloges avancent.", day=day(single.day))
            raise PlanError("extra", message)
        found.append(wall)
    return found


def _left_out(series: When, singles: Iterable[Single], moved: timedelta, kept: When | None) -> set[datetime]:
    found: set[datetime] = set()
    known = _starts_by_day(series, _last_of(series, singles, moved))
    as_before = set(kept.exdates) if kept else set()
    for single in singles:
        wall = _wall(series, single)
        if wall not in as_before:
            _check_reach("left_out", series, wall)
        starts = _at_hour(known, single, series) or _at_hour(known, replace(single, day=single.day + moved), series)
        if not starts and wall in as_before:
            starts = [wall]  # an import may bring exceptions that except nothing
        if not starts and series.is_recurring:
            raise PlanError(
                "left_out",
                _(
                    "Le %(day)s n’est pas une date de l’événement : ôtez-le de la liste, ou corrigez-le.",
                    day=_long(single.day),
                ),
            )
        found.update(starts)
    return found


def _check_reach(part: str, series: When, wall: datetime) -> None:
    if abs(wall - series.starts_local) > FARTHEST:
        raise PlanError(part, _("Le %(day)s est trop loin : vérifiez l’année.", day=day(wall.date())))


def _last_of(series: When, singles: Iterable[Single], moved: timedelta) -> datetime:
    """As far as dates are worth counting out."""
    days = [single.day for single in singles if abs(single.day - series.starts_local.date()) <= FARTHEST]
    last = max(days, default=series.starts_local.date()) + abs(moved)
    return datetime.combine(last, time.max)


def _starts_by_day(series: When, last: datetime) -> dict[date, list[datetime]]:
    """All starts up to a moment, counted out once: a list of dates may be long."""
    found: dict[date, list[datetime]] = {}
    for start in list_starts(series, until=last, limit=_MOST_STARTS):
        found.setdefault(start.date(), []).append(start)
    return found


def _at_hour(known: dict[date, list[datetime]], single: Single, series: When) -> list[datetime]:
    at = None if series.is_all_day else single.hour
    starts = known.get(single.day, []) if series.is_recurring else []
    return [start for start in starts if at is None or start.time() == at]


def _wall(series: When, single: Single) -> datetime:
    hour = series.starts_local.time() if single.hour is None or series.is_all_day else single.hour
    return datetime.combine(single.day, hour)


def holiday_starts(series: When, zone: SchoolZone | None) -> list[datetime]:
    """The starts that a rule, by itself, gives in the school holidays that are known."""
    if zone is None or not series.rrule:
        return []
    end = datetime.combine(known_until(zone), time.max)
    alone = replace(series, rdates=(), exdates=())
    return [start for start in list_starts(alone, until=end, limit=_MOST_STARTS) if is_holiday(start.date(), zone)]


def without_later_holidays(
    when: When, school_holidays: str, holidays: Holidays, *, since: datetime, decided: Iterable[datetime] = ()
) -> When:
    """The times, without the starts in holidays that were not known yet when they were written.

    `since`: what was before has taken place; `decided`: single dates that somebody chose to hold otherwise.
    """
    zone, known = read_holidays(school_holidays)
    if zone is None or not when.rrule:
        return when
    first = max(since, datetime.combine(known + timedelta(days=1), time()))
    last = datetime.combine(known_until(zone, holidays), time.max)
    alone = replace(when, rdates=(), exdates=())
    starts = list_starts(alone, since=first, until=last, limit=_MOST_STARTS)
    during = {start for start in starts if start.date() in holidays[zone]}
    during -= {when.starts_local, *when.rdates, *decided}
    return replace(when, exdates=tuple(sorted({*when.exdates, *during})))


# --- to a form ---------------------------------------------------------------------------------------------------


def read_schedule(when: When, school_holidays: str) -> Plan:
    """What a form shows of the times of an event: made again, it gives the same. `school_holidays`: its column."""
    holidays, known = read_holidays(school_holidays)
    during = set(holiday_starts(when, holidays))
    # Kept on purpose, though in the holidays. Later ones were not known when the event was written.
    spared = {start for start in during - set(when.exdates) if start.date() <= known}
    return Plan(
        read_rule(when.rrule, when.starts_local, when.timezone),
        holidays,
        tuple(_single(when, wall) for wall in sorted(set(when.exdates) - during)),
        tuple(_single(when, wall) for wall in sorted((spared | set(when.rdates)) - {when.starts_local})),
    )


def _single(when: When, wall: datetime) -> Single:
    """The hour is left to the series where it is the series' own, and the rule gives no other."""
    plain = when.is_all_day or (wall.time() == when.starts_local.time() and "BYHOUR" not in when.rrule)
    return Single(wall.date(), None if plain else wall.time())


def goes_on_beyond(when: When, zone: SchoolZone) -> bool:
    """Has the series dates after the last holidays that are known?"""
    later = datetime.combine(known_until(zone) + timedelta(days=1), time())
    return bool(when.rrule) and any(islice(list_starts(when, since=later), 1))


# --- lists of dates ----------------------------------------------------------------------------------------------


def read_singles(text: str) -> tuple[Single, ...]:
    """One date a line, or between semicolons: « 12/03/2026 », « 2026-03-12 14:30 ». ValueError says which is none."""
    found = set()
    for piece in filter(None, (each.strip() for each in re.split(r"[\n;]", text))):
        single = _read_single(piece)
        if single is None:
            raise ValueError(_("« %(text)s » n’est pas une date : écrivez par exemple 12/03/2026.", text=piece[:40]))
        found.add(single)
    if len(found) > MOST_SINGLE_DATES:
        raise ValueError(_("Une liste compte %(count)s dates au plus.", count=MOST_SINGLE_DATES))
    return tuple(sorted(found, key=lambda single: (single.day, single.hour or time())))


def _read_single(piece: str) -> Single | None:
    match = _LINE.fullmatch(piece)
    if match is None:
        return None
    year, month, number = (match[name] or match[f"{name}2"] for name in ("y", "m", "d"))
    try:
        hour = time(int(match["hour"]), int(match["minute"] or 0)) if match["hour"] else None
        return Single(date(int(year), int(month), int(number)), hour)
    except ValueError:
        return None


def spell_singles(singles: Iterable[Single]) -> str:
    """A list as people type it, a date a line."""
    return "\n".join(f"{single.day:%d/%m/%Y}" + (f" {single.hour:%H:%M}" if single.hour else "") for single in singles)


def _long(value: date) -> str:
    return f"{format_date(value, 'EEEE')} {day(value)}"
