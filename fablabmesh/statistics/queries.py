"""Reads of what statistics count, department by department, so that any zone is a sum; and of the lists behind them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Interval,
    Select,
    and_,
    case,
    cast,
    distinct,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    union,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from fablabmesh.directory.queries import is_not_closed, is_updated_since
from fablabmesh.events.models import Event, EventDate, EventPartner
from fablabmesh.feeds.queries import fits
from fablabmesh.feeds.slices import Slice
from fablabmesh.kit.db import session
from fablabmesh.places.models import FundingCall, Laureate, Place, PlaceNumber
from fablabmesh.places.queries import IS_LISTED
from fablabmesh.projects.models import Partnership
from fablabmesh.statistics.figures import Month, Tally, reach_keys
from fablabmesh.statistics.models import CommuneReach, ReachMeasure
from fablabmesh.statistics.rules import IN_PARTS, PARTS, Sort, fresh_since, month_after
from fablabmesh.terms.models import Term
from fablabmesh.zones.models import Commune, Zone, ZoneDepartment

_METRES = {Sort.FABLAB: CommuneReach.fablab_m, Sort.EPN: CommuneReach.epn_m, Sort.LAUREATE: CommuneReach.laureate_m}
_SHOWN = (Event.is_draft.is_(False), Event.deleted_at.is_(None))
# The code of a department; nothing for places whose department is not known.
_CODE = func.coalesce(Place.department_code, "")


def find_measure() -> ReachMeasure | None:
    """When distances were measured; None before the first time."""
    return session.get(ReachMeasure, 1)


def find_version() -> tuple[object, ...]:
    """Of all that figures are made of, as small reads tell it: places, events, links, zones, distances, words."""
    composed = func.concat(ZoneDepartment.department_code, ":", ZoneDepartment.zone_id)
    named = func.concat(Zone.id, Zone.name, Zone.colour, Zone.position)
    answered = func.concat(Partnership.project_id, ":", Partnership.place_id, ":", Partnership.status)
    terms = func.concat(Term.vocabulary, ":", Term.code, Term.name_fr, Term.name_en, Term.position, Term.is_retired)
    parts: list[Any] = [
        select(PlaceNumber.number),
        select(func.max(Event.feed_number)),
        select(ReachMeasure.measured_at),
        *(select(func.md5(func.string_agg(told, aggregate_order_by(literal(","), told)))) for told in
          (composed, named, answered, terms)),
    ]  # fmt: skip
    return tuple(session.execute(select(*(part.scalar_subquery() for part in parts))).one())


# --- counts by department -----------------------------------------------------------------------------------------


def map_tallies(now: datetime) -> dict[str, Tally]:
    """Code of department → what is counted there; under an empty code the places whose department is not known."""
    today = now.date()
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    for code, people, *reached in session.execute(_people()):
        counts = {(sort.value, km): int(count or 0) for (sort, km), count in zip(reach_keys(), reached, strict=True)}
        tallies[code] = Tally(people=int(people or 0), reached=Counter(counts))
    for code, kind, count, fresh, confirmed, invented in session.execute(_places(now)):
        tallies[code].kinds[kind.value] += count
        tallies[code].fresh += fresh
        tallies[code].confirmed += confirmed
        tallies[code].invented += invented
    for code, term, count in session.execute(_coded(Place.labels, today)):
        tallies[code].labels[term] += count
    for code, term, count in session.execute(_coded(Place.machine_types, today)):
        tallies[code].machines[term] += count
    for code, call, count in session.execute(_laureates(today)):
        (tallies[code].calls if call else tallies[code].kinds)[call or Sort.LAUREATE.value] += count
    return dict(tallies)


def _people() -> Any:
    counted = func.coalesce(Commune.population, 0)
    reached = [func.sum(counted).filter(_METRES[sort] <= km * 1000) for sort, km in reach_keys()]
    return (
        select(Commune.department_code, func.sum(counted), *reached)
        .outerjoin(CommuneReach, CommuneReach.insee == Commune.insee)
        .where(_is_counted())
        .group_by(Commune.department_code)
    )


def _is_counted() -> ColumnElement[bool]:
    """A commune that is there in parts as well is counted in these."""
    part = aliased(Commune)
    whole = [and_(Commune.insee == code, exists().where(part.insee == first)) for code, first in IN_PARTS.items()]
    return not_(or_(*whole))


def _places(now: datetime) -> Any:
    since = fresh_since(now.date())
    return (
        select(
            _CODE,
            Place.kind,
            func.count(),
            func.count().filter(is_updated_since(since)),
            func.count().filter(Place.confirmed_at >= since),
            func.count().filter(Place.is_demo),
        )
        .where(IS_LISTED, is_not_closed(now.date()))
        .group_by(_CODE, Place.kind)
    )


def _coded(column: Any, today: date) -> Select[Any]:
    """Places by each code of such a column."""
    term = func.unnest(column).label("term")
    inner = (
        select(_CODE.label("code"), term)
        .where(IS_LISTED, is_not_closed(today), func.cardinality(column) > 0)
        .subquery()
    )
    return select(inner.c.code, inner.c.term, func.count()).group_by(inner.c.code, inner.c.term)


def _laureates(today: date) -> Select[Any]:
    """By call, and in all under no call: a place chosen twice is one laureate."""
    joined = (
        select(_CODE.label("code"), FundingCall.slug.label("call"), Place.id.label("place_id"))
        .join(Laureate, Laureate.place_id == Place.id)
        .join(FundingCall, FundingCall.id == Laureate.call_id)
        .where(IS_LISTED, is_not_closed(today))
        .subquery()
    )
    return select(joined.c.code, joined.c.call, func.count(distinct(joined.c.place_id))).group_by(
        func.grouping_sets(tuple_(joined.c.code, joined.c.call), tuple_(joined.c.code))
    )


# --- communes -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FarCommune:
    """A commune that has none near; `metres` to the nearest one, None where there is none at all."""

    insee: str
    name: str
    department_code: str
    people: int
    metres: int | None


def list_far_communes(
    sort: Sort, km: int, departments: Collection[str] | None, *, limit: int | None = None
) -> list[FarCommune]:
    """Those without one within so many kilometres, the most peopled first. Cities are told whole, and not in parts."""
    metres = _METRES[sort]
    statement = (
        select(Commune.insee, Commune.name, Commune.department_code, Commune.population, metres)
        .join(CommuneReach, CommuneReach.insee == Commune.insee)
        .where(
            Commune.population > 0,
            or_(metres.is_(None), metres > km * 1000),
            *(not_(Commune.insee.like(parts)) for parts in PARTS.values()),
        )
        .order_by(Commune.population.desc(), Commune.insee)
        .limit(limit)
    )
    if departments is not None:
        statement = statement.where(Commune.department_code.in_(sorted(departments)))
    return [
        FarCommune(insee, name, code, people or 0, far) for insee, name, code, people, far in session.execute(statement)
    ]


# --- events -------------------------------------------------------------------------------------------------------


def _last_instant() -> ColumnElement[datetime]:
    """The last moment of a date: what ends at midnight is over the day before, a whole day is not."""
    before = EventDate.ends_local - cast(case((Event.is_all_day, "0"), else_="1 microsecond"), Interval)
    last: ColumnElement[datetime] = func.greatest(EventDate.starts_local, before)
    return last


def list_months(wanted: Slice, months: Sequence[date]) -> list[Month]:
    """What the agenda shows in each of these months; what lasts into another month is in both."""
    first, end = months[0], month_after(months[-1])
    month = func.generate_series(
        func.greatest(func.date_trunc("month", EventDate.starts_local), first),
        func.least(func.date_trunc("month", _last_instant()), months[-1]),
        cast("1 month", Interval),
    ).label("month")
    dates = (
        select(month, EventDate.is_cancelled)
        .join(Event, Event.id == EventDate.event_id)
        .where(*_SHOWN, fits(wanted), *_between(first, end))
        .subquery()
    )
    held, cancelled = (func.count().filter(condition) for condition in (~dates.c.is_cancelled, dates.c.is_cancelled))
    statement = select(dates.c.month, held, cancelled).group_by(dates.c.month)
    found = {moment.date(): counts for moment, *counts in session.execute(statement)}
    return [Month(each, *found.get(each, (0, 0))) for each in months]


def _between(first: date, end: date) -> list[ColumnElement[bool]]:
    """Dates that are on after the dawn of one day and before that of another."""
    # The instants are within a day of the wall times, and have an index.
    near = EventDate.ends_at > func.timezone("UTC", cast(first - timedelta(days=2), EventDate.starts_local.type))
    return [near, _last_instant() >= first, EventDate.starts_local < end]


def count_dates_by_zone(programme_id: int, periods: Sequence[tuple[date, date]]) -> dict[str, list[int]]:
    """Zone → dates that its places hold, alone or with others, in each period from one day to the dawn of another."""
    held = _held_in_zones(programme_id)
    counts = [func.count().filter(and_(*_between(*period))) for period in periods]
    statement = (
        select(held.c.zone, *counts)
        .join(Event, Event.id == held.c.event_id)
        .join(EventDate, EventDate.event_id == Event.id)
        .where(*_SHOWN, *_between(min(first for first, _ in periods), max(end for _, end in periods)))
        .group_by(held.c.zone)
    )
    return {zone: list(found) for zone, *found in session.execute(statement)}


def _held_in_zones(programme_id: int) -> Any:
    """(event, zone), each once: of the place that publishes it, and of those that hold it with it."""
    shared = select(EventPartner.event_id, EventPartner.place_id)
    own = select(Event.id.label("event_id"), Event.place_id)
    both = union(own, shared).subquery()
    return (
        select(both.c.event_id, Zone.slug.label("zone"))
        .join(Place, Place.id == both.c.place_id)
        .join(ZoneDepartment, ZoneDepartment.department_code == Place.department_code)
        .join(Zone, Zone.id == ZoneDepartment.zone_id)
        .where(ZoneDepartment.programme_id == programme_id)
        .distinct()
        .subquery()
    )
