"""From the components of one UID to one event: its times, its rule, its single dates that differ. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.ical_component import Context, Parsed, as_utc
from fablabmesh.kit.ical_values import BadValue, Moment, is_kept, read_moments, wall_in, zone_of
from fablabmesh.kit.ical_zones import UTC_ZONE
from fablabmesh.kit.recurrence import Series, anchored, check_rule, occurrences

MOST_DATES = 2000
# A second rule of one event is counted out so far.
_COUNTED_FOR = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Times:
    """Wall times of a zone, as an event keeps them."""

    starts: datetime
    ends: datetime
    timezone: str
    is_all_day: bool
    rrule: str = ""
    rdates: tuple[datetime, ...] = ()
    exdates: tuple[datetime, ...] = ()


@dataclass
class Gathered:
    """The components of one UID together. Without `times` there is nothing that takes place."""

    master: Parsed
    times: Times | None
    changes: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[tuple[int, str]] = field(default_factory=list)


def gather(members: Sequence[Parsed], context: Context) -> Gathered:
    """The series and its dates that differ. RuleError for a rule that cannot be kept."""
    masters = sorted((each for each in members if each.recurrence is None), key=lambda each: each.rank)
    overrides: dict[datetime, Parsed] = {}
    for each in sorted(members, key=lambda each: each.rank):
        if each.recurrence is not None:
            overrides[as_utc(each.recurrence, context.home)] = each
    if not masters:
        return _without_master([overrides[key] for key in sorted(overrides)], context)
    master = masters[-1]
    remarks = [
        (each.component.number, _("Deux événements ont le même identifiant : seul le plus récent est repris."))
        for each in masters[:-1]
        if each.start != master.start
    ]
    found = Gathered(master, None, remarks=remarks)
    rules = [line.parts()[1] for line in master.component.all("RRULE") if line.parts()[1].strip()]
    extra, excluded = (_single_dates(name, context, found) for name in ("RDATE", "EXDATE"))
    if not rules and not extra:
        found.times = _single(master, context)
        return found
    return _series(found, list(dict.fromkeys(rules)), extra, excluded, list(overrides.values()), context)


def _single_dates(name: str, context: Context, found: Gathered) -> list[Moment]:
    moments: list[Moment] = []
    for line in found.master.component.all(name):
        try:
            moments += read_moments(line, context.zones, [])
        except BadValue:
            words = _("« %(name)s » : une date n’est pas lisible et n’est pas reprise.", name=name)
            found.remarks.append((line.number, words))
    if len(moments) > MOST_DATES:
        raise BadValue(_("La série a plus de %(count)s dates isolées : coupez-la en deux.", count=MOST_DATES))
    return moments


def _single(each: Parsed, context: Context) -> Times:
    if not isinstance(each.start, datetime):
        last = wall_in(each.end, context.home) - timedelta(days=1)
        return Times(wall_in(each.start, context.home), last, context.home, is_all_day=True)
    zone = zone_of(each.start)
    if zone in ("", UTC_ZONE):
        zone = context.home
    if not (is_kept(each.start, zone) and is_kept(each.end, zone)):
        zone = UTC_ZONE
    starts, ends = wall_in(each.start, zone), wall_in(each.end, zone)
    return Times(starts, max(starts, ends), zone, is_all_day=False)


def _without_master(overrides: list[Parsed], context: Context) -> Gathered:
    """Single dates of a series that the file does not hold: a series of just these, under the names they have."""
    first = overrides[0]
    if len(overrides) == 1:
        return Gathered(first, _single(first, context))
    dates = [each.recurrence for each in overrides if each.recurrence is not None]
    length = as_utc(first.end, context.home) - as_utc(first.start, context.home)
    start, end = dates[0], dates[0] + length
    if first.is_all_day or not isinstance(start, datetime):
        start = _day(start)
        end = start + max(length, timedelta(days=1))
    master = replace(
        first,
        start=start,
        end=end,
        length=None,
        recurrence=None,
        sequence=max(each.sequence for each in overrides),
        modified=max((each.modified for each in overrides if each.modified), default=None),
        is_cancelled=False,
    )
    return _series(Gathered(master, None), [], dates[1:], [], overrides, context)


# --- a series ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Wall:
    """How one series names its dates."""

    zone: str
    starts: datetime
    is_all_day: bool

    def name(self, moment: Moment) -> datetime:
        """The wall time of a date; a day alone stands for the start on that day."""
        if self.is_all_day:
            return _midnight(_day(moment))
        if not isinstance(moment, datetime):
            return datetime.combine(moment, self.starts.time())
        return wall_in(moment, self.zone)

    def series(self, rule: str, extra: Iterable[datetime], excluded: Iterable[datetime]) -> Series:
        native: Callable[[datetime], Moment] = (lambda wall: wall.date()) if self.is_all_day else (lambda wall: wall)
        start = native(self.starts)
        return Series(start, self.zone, rule, tuple(map(native, sorted(extra))), tuple(map(native, sorted(excluded))))


def _series(
    found: Gathered,
    rules: list[str],
    extra: list[Moment],
    excluded: list[Moment],
    overrides: list[Parsed],
    context: Context,
) -> Gathered:
    master = found.master
    zone = _zone_of_series(master, rules, context)
    starts, ends = _first(master, zone, context)
    wall = _Wall(zone, starts, master.is_all_day)
    plain = wall.series("", (), ())
    checked = [check_rule(rule, plain.start, zone) for rule in rules[:5]]
    rule = checked[0] if checked else ""
    added = {wall.name(each) for each in extra}
    if len(checked) > 1:
        bound = max(context.now.replace(tzinfo=None), starts) + _COUNTED_FOR
        for other in checked[1:]:
            given = occurrences(replace(plain, rule=other), until=bound, limit=MOST_DATES)
            added |= {_midnight(each) for each in given}
        words = _("Plusieurs règles de répétition : la première est gardée, les autres sont comptées en dates.")
        found.remarks.append((master.component.number, words))
    added.discard(starts)
    held = anchored(wall.series(rule, (), ()))
    rule, added = held.rule, added | {_midnight(each) for each in held.extra}
    changed = {wall.name(each.recurrence): each for each in overrides if each.recurrence is not None}
    gone = _excluded(excluded, wall, wall.series(rule, added, ()))
    known = _known_starts(wall.series(rule, added, gone), changed)
    # A date that is told apart takes place, also when the series would not give it.
    added |= {name for name, each in changed.items() if name not in known | gone and not each.is_cancelled}
    series = wall.series(rule, added, gone)
    if next(occurrences(series), None) is None:
        found.remarks.append((master.component.number, _("Toutes les dates de la série en sont exclues.")))
        return found
    gone = gone if rule or added else set()  # what happens once leaves nothing out
    times = Times(starts, ends, zone, master.is_all_day, rule, tuple(sorted(added)), tuple(sorted(gone)))
    found.times = times
    known = _known_starts(series, changed)
    changes = (_change(name, changed[name], times, found) for name in sorted(changed) if name in known)
    found.changes = [change for change in changes if change]
    return found


def _known_starts(series: Series, named: Iterable[datetime]) -> set[datetime]:
    last = max(named, default=None)
    if last is None:
        return set()
    return {_midnight(each) for each in occurrences(series, until=last)}


def _change(name: datetime, each: Parsed, times: Times, found: Gathered) -> dict[str, Any] | None:
    """What differs about one date; None when nothing does."""
    master = found.master
    if each.is_all_day != master.is_all_day:
        words = _("La date du %(day)s passe de la journée entière à des heures, ou l’inverse.", day=f"{name:%d/%m/%Y}")
        found.remarks.append((each.component.number, words))
    if times.is_all_day:
        starts = _midnight(_day(each.start))
        ends = _midnight(_day(each.end)) - timedelta(days=0 if isinstance(each.end, datetime) else 1)
    else:
        starts, ends = wall_in(each.start, times.timezone), wall_in(each.end, times.timezone)
    change = {
        "recurrence": name,
        "starts": starts,
        "ends": max(starts, ends),
        "is_cancelled": each.is_cancelled,
        "title": "" if each.title == master.title else each.title,
        "description": _if_other(each, master, "description"),
        "place": _if_other(each, master, "place"),
    }
    is_moved = (starts, change["ends"]) != (name, name + (times.ends - times.starts))
    if not (is_moved or any(change[word] for word in ("is_cancelled", "title", "description", "place"))):
        return None
    return change | {"sequence": max(0, each.sequence - master.sequence)}


def _if_other(each: Parsed, master: Parsed, word: str) -> str:
    return "" if each.words[word] == master.words[word] else str(each.words[word])


def _zone_of_series(master: Parsed, rules: list[str], context: Context) -> str:
    """The zone of its start. One in UTC is on the place's clocks only if its dates are then the same instants."""
    if not isinstance(master.start, datetime):
        return context.home
    zone = zone_of(master.start)
    if zone != UTC_ZONE or not rules:
        return context.home if zone in ("", UTC_ZONE) else zone
    if wall_in(master.start, context.home).date() != master.start.date() or "BYHOUR" in "".join(rules).upper():
        return UTC_ZONE
    home = ZoneInfo(context.home)
    years = range(master.start.year, max(master.start.year, context.now.year) + 12)
    months = [datetime(year, month, 1, tzinfo=UTC) for year in years for month in (1, 4, 7, 10)]
    return context.home if len({each.astimezone(home).utcoffset() for each in months}) == 1 else UTC_ZONE


def _first(master: Parsed, zone: str, context: Context) -> tuple[datetime, datetime]:
    """The first date. Start and end in one zone are a length on the wall; in two, a length in hours."""
    starts = wall_in(master.start, zone)
    if not isinstance(master.start, datetime):
        return starts, wall_in(master.end, zone) - timedelta(days=1)
    if master.length is not None:
        return starts, starts + master.length
    if zone_of(master.start) == zone_of(master.end) and zone_of(master.start) in ("", zone):
        ends = wall_in(master.end, zone)
    else:
        ends = starts + (as_utc(master.end, context.home) - as_utc(master.start, context.home))
    return starts, max(starts, ends)


def _excluded(moments: list[Moment], wall: _Wall, series: Series) -> set[datetime]:
    """A day alone leaves out all that starts on it."""
    gone = {wall.name(each) for each in moments}
    days = {each for each in moments if not isinstance(each, datetime)}
    if days and not wall.is_all_day:
        last = datetime.combine(max(days), datetime.max.time())
        gone |= {_midnight(each) for each in occurrences(series, until=last) if _day(each) in days}
    return gone


def _day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _midnight(moment: Moment) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, datetime.min.time())
