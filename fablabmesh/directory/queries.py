"""Reads of the directory: what there is to choose from, what fits a search, and the list of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased, contains_eager, selectinload

from fablabmesh.directory.facets import Names
from fablabmesh.directory.filters import TERMS, Args, Box, Known, Search, Sort, read_search
from fablabmesh.directory.moments import HOME, OVERSEAS, Windows, event_days, updated_since, windows_of
from fablabmesh.events import queries as events
from fablabmesh.events.models import Event, EventDate
from fablabmesh.feeds.queries import map_zones
from fablabmesh.feeds.slices import Around, is_spot
from fablabmesh.kit import geo
from fablabmesh.kit.db import session
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places import queries as places
from fablabmesh.places.filters import LAUREATE
from fablabmesh.places.models import FundingCall, Laureate, Place, PlaceNumber, PlaceOpening
from fablabmesh.places.queries import Marker
from fablabmesh.places.rules import PlaceKind
from fablabmesh.projects import queries as projects
from fablabmesh.projects.models import Project
from fablabmesh.projects.rules import ProjectState
from fablabmesh.terms import queries as terms
from fablabmesh.terms.models import Term
from fablabmesh.terms.rules import Vocabulary
from fablabmesh.zones import queries as zones
from fablabmesh.zones.models import Commune, Department, Programme, Zone, ZoneDepartment

# Search's attribute → the column that holds such codes.
COLUMNS = {
    "labels": Place.labels,
    "services": Place.services,
    "machines": Place.machine_types,
    "audiences": Place.audiences,
    "accessibility": Place.accessibility,
    "fees": Place.fees,
    "support": Place.support,
}


def find_number() -> int:
    """How many changes of places there were: the version of all that is made of them."""
    return session.scalar(select(PlaceNumber.number)) or 0


# --- reading an address ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What an address asks for, and the communes that a typed name may have meant; `lost`: a name that none bears."""

    search: Search
    towns: tuple[Commune, ...] = ()
    lost: str = ""


def find_known() -> Known:
    """What there is to choose from."""
    codes: dict[Vocabulary, set[str]] = {}
    for vocabulary, code in session.execute(select(Term.vocabulary, Term.code)):
        codes.setdefault(vocabulary, set()).add(code)
    return Known(
        zones=map_zones(),
        departments=set(session.scalars(select(Department.code))),
        calls=set(session.scalars(select(FundingCall.slug))),
        terms=codes,
    )


def read_asked(args: Args, *, now: datetime) -> Asked:
    """From the parameters of an address, where a commune may be called by its name."""
    spelled = {name: list(values) for name, values in args.items()}
    spots = [text.strip() for text in spelled.get("autour", []) if text.strip()][:1]
    towns: list[Commune] = []
    lost: tuple[str, ...] = ()
    if spots and not is_spot(spots[0]):
        towns = zones.list_towns_called(spots[0], limit=6)
        lost = () if towns else (spots[0][:60],)
        spelled["autour"] = [town.insee for town in towns[:1]]
    search = read_search(spelled, known=find_known(), today=now.astimezone(ZoneInfo(HOME)).date())
    if search.around and search.around.commune and session.get(Commune, search.around.commune) is None:
        lost = (search.around.commune,)
        search = search.without("autour")
    return Asked(replace(search, unknown=(*search.unknown, *lost)), tuple(towns), "".join(lost))


def find_centre(around: Around) -> geo.Point | None:
    """The point that is searched around; None for a commune that is not, or not any more."""
    if not around.commune:
        return geo.Point(around.latitude, around.longitude)
    commune = session.get(Commune, around.commune)
    return geo.Point(commune.latitude, commune.longitude) if commune else None


def list_departments_of(search: Search) -> list[str]:
    """What the zone that is searched is made of today."""
    statement = (
        select(ZoneDepartment.department_code)
        .join(Zone, Zone.id == ZoneDepartment.zone_id)
        .join(Programme, Programme.id == Zone.programme_id)
        .where(Programme.slug == search.programme, Zone.slug == search.zone)
        .order_by(ZoneDepartment.department_code)
    )
    return list(session.scalars(statement)) if search.zone else []


def list_calls() -> list[FundingCall]:
    """The latest first, without their laureates."""
    return list(session.scalars(select(FundingCall).order_by(FundingCall.year.desc(), FundingCall.id)))


def map_names(search: Search, programme: Programme | None) -> Names:
    """Parameter → value → what people call it, in the order of the form. `programme`: the one shown, with its zones."""
    known = terms.map_terms()
    found = {
        name: {code: term.label for code, term in known[vocabulary].items()}
        for name, (_attribute, vocabulary) in TERMS.items()
    }
    found["appel"] = {call.slug: call.name for call in list_calls()}
    found["departement"] = {department.code: department.name for department in zones.list_departments()}
    found["genre"] = {LAUREATE: _("Lauréats")} | {kind.value: kind.plural for kind in PlaceKind}
    found["zone"] = {zone.slug: zone.name for zone in programme.zones} if programme else {}
    commune = zones.find_commune(search.around.commune) if search.around and search.around.commune else None
    found["autour"] = {commune.insee: f"{commune.name} ({commune.department_code})"} if commune else {}
    return found


# --- conditions ------------------------------------------------------------------------------------------------------


def fits(search: Search, *, now: datetime) -> list[ColumnElement[bool]]:
    """What a place must be to be found: conditions on `Place`, all of them to hold."""
    return [*places.fits(search.place), *_fits_beyond(search, now)]


def _fits_beyond(search: Search, now: datetime) -> list[ColumnElement[bool]]:
    """What `PlaceFilter` does not know of."""
    today = now.astimezone(ZoneInfo(HOME)).date()
    found: list[ColumnElement[bool]] = [
        column.overlap(values) for name, column in COLUMNS.items() if (values := list(getattr(search, name)))
    ]
    if search.departments:
        found.append(Place.department_code.in_(search.departments))
    if search.calls:
        found.append(is_chosen_by(search.calls))
    if search.open:
        found.append(is_open_within(windows_of(search.open, now)))
    if search.has_events:
        found.append(has_events(*event_days(search, today), now=now))
    if search.seeks_partners:
        found.append(seeks_partners())
    if search.updated:
        found.append(is_updated_since(updated_since(search, today)))
    if search.around:
        centre = find_centre(search.around)
        found.append(geo.within(Place.location, centre, search.around.km * 1000) if centre else false())
    if search.view:
        found.append(is_in(search.view))
    if not search.with_closed:
        found.append(is_not_closed(today))
    return found


def is_not_closed(today: date) -> ColumnElement[bool]:
    """Has it not closed for good?"""
    return or_(Place.closed_on.is_(None), Place.closed_on > today)


def is_chosen_by(calls: Iterable[str]) -> ColumnElement[bool]:
    """Was it chosen by any of these calls?"""
    return exists().where(
        Laureate.place_id == Place.id, Laureate.call_id == FundingCall.id, FundingCall.slug.in_(list(calls))
    )


def is_open_within(windows: Windows) -> ColumnElement[bool]:
    """Is it open then, on its own clocks? Only where its hours could be counted out.

    One reading for all clocks: as a set for each, sets too great for memory would be searched through for every place.
    """
    there = aliased(Place)
    first, last = min(start for (start, _end), _codes in windows), max(end for (_start, end), _codes in windows)
    opening = select(PlaceOpening.place_id).where(PlaceOpening.opens_at <= last, PlaceOpening.closes_at > first)
    if len(windows) > 1:
        opening = opening.join(there, there.id == PlaceOpening.place_id)
    inside = []
    for (start, end), departments in windows:
        until = PlaceOpening.opens_at <= end if start == end else PlaceOpening.opens_at < end
        on_its_clock = [_has_clock_of(there.department_code, departments)] if len(windows) > 1 else []
        inside.append(and_(*on_its_clock, until, PlaceOpening.closes_at > start))
    return Place.id.in_(opening.where(or_(*inside)))


def _has_clock_of(code: Any, departments: Sequence[str]) -> ColumnElement[bool]:
    """See `windows_of`."""
    if "" not in departments:
        is_there: ColumnElement[bool] = code.in_(departments)
        return is_there
    others = sorted(set(OVERSEAS) - set(departments))
    return func.coalesce(code, "").not_in(others) if others else true()


def _happens(first: date, last: date | None, now: datetime) -> list[ColumnElement[bool]]:
    """What is to be seen of the agenda from one day to another, cancelled dates left out."""
    dawn = datetime.combine(first, time())
    found = [
        events.IS_LISTED,
        EventDate.is_cancelled.is_(False),
        or_(EventDate.ends_local > dawn, EventDate.starts_local >= dawn),
        # The instants are within a day of the wall times, and have an index.
        EventDate.ends_at > max(now, datetime.combine(first - timedelta(days=2), time(), UTC)),
    ]
    if last is not None:
        found.append(EventDate.starts_local < datetime.combine(last, time()) + timedelta(days=1))
    return found


def has_events(first: date, last: date | None, *, now: datetime) -> ColumnElement[bool]:
    """Does something happen there from one day to another?"""
    return Place.id.in_(_with_events(first, last, now))


def list_with_events(first: date, last: date | None, *, now: datetime) -> list[int]:
    """Ids of the places where something happens from one day to another."""
    return list(session.scalars(_with_events(first, last, now).distinct()))


def _with_events(first: date, last: date | None, now: datetime) -> Select[int]:
    dates = select(Event.place_id).join(EventDate, EventDate.event_id == Event.id)
    return dates.where(*_happens(first, last, now))


def seeks_partners() -> ColumnElement[bool]:
    """Does it lead a project that looks for partners?"""
    return Place.id.in_(select(Project.lead_id).where(projects.IS_LISTED, Project.state == ProjectState.SEEKING))


def is_updated_since(day: date) -> ColumnElement[bool]:
    """Was it written, confirmed or renewed at its source since that day? What an importer did to it is no news."""
    written = and_(Place.changed_at >= day, or_(Place.source == "", func.cardinality(Place.edited_fields) > 0))
    return or_(written, Place.confirmed_at >= day, Place.source_updated_on >= day)


def is_in(box: Box) -> ColumnElement[bool]:
    """Is it on that part of the map?"""
    across: ColumnElement[bool]
    if box.west <= box.east:
        across = Place.longitude.between(box.west, box.east)
    else:
        across = or_(Place.longitude >= box.west, Place.longitude <= box.east)
    return and_(Place.latitude.between(box.south, box.north), across)


# --- lists -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opening:
    """A time that a place is open: it is now, or begins later."""

    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True)
class Found:
    """A row of the list. `metres`: from where one searches around; `opening`: the present or the next one that is
    known, within the weeks that are counted out."""

    place: Place
    metres: int | None
    next_event: EventDate | None
    opening: Opening | None


def count_found(search: Search, *, now: datetime) -> int:
    """How many places fit."""
    return session.scalar(select(func.count(Place.id)).where(*fits(search, now=now))) or 0


# In the usual order.
_KINDS = ([PlaceKind.POLE], [PlaceKind.FABLAB], [PlaceKind.EPN])


def list_found(search: Search, *, now: datetime, limit: int, offset: int = 0) -> list[Found]:
    """So many of what fits, in the order that is asked for, with what a row of the list tells of each."""
    centre = find_centre(search.around) if search.around else None
    away = geo.distance(Place.location, centre) if centre else None
    # First where each stands, then what it tells: whole rows are not to be sorted.
    standing: Any = select(Place.id, *([] if away is None else [away])).where(*fits(search, now=now))
    if search.order is Sort.USUAL:
        sorted_ids = _in_usual_order(standing, limit + offset)
    else:
        sorted_ids = _in_order(standing, search, now, away)
    order = session.execute(sorted_ids.limit(limit).offset(offset)).all()
    ids = [row[0] for row in order]
    rows = session.scalars(
        select(Place).where(Place.id.in_(ids)).options(selectinload(Place.laureates).joinedload(Laureate.call))
    )
    found = {place.id: place for place in rows}
    events = find_next_events(ids, now)
    openings = find_openings(ids, now)
    return [
        Found(
            place=found[place_id],
            metres=round(metres[0]) if metres and metres[0] is not None else None,
            next_event=events.get(place_id),
            opening=openings.get(place_id),
        )
        for place_id, *metres in order
        # Of two statements the second may come after somebody's write.
        if place_id in found
    ]


def _in_order(statement: Any, search: Search, now: datetime, away: ColumnElement[float] | None) -> Any:
    last: list[Any] = [Place.folded_name, Place.id]
    if search.order is Sort.DISTANCE and away is not None:
        return statement.order_by(away.asc().nulls_last(), *last)
    if search.order is Sort.NEXT_EVENT:
        day = (now - timedelta(days=1)).date()
        coming = (
            select(Event.place_id, func.min(EventDate.starts_at).label("starts_at"))
            .join(EventDate, EventDate.event_id == Event.id)
            .where(*_happens(day, None, now))
            .group_by(Event.place_id)
            .subquery()
        )
        statement = statement.outerjoin(coming, coming.c.place_id == Place.id)
        return statement.order_by(coming.c.starts_at.asc().nulls_last(), *last)
    return statement.order_by(*last)


def _in_usual_order(statement: Any, most: int) -> Any:
    """Laureates, then poles, then labs, then all others, each by name.

    Each part comes along an index in its order, and is read no farther than `most`: to sort all that fits takes longer
    with every place there is.
    """
    chosen = select(Laureate.place_id)
    parts = [statement.where(Place.id.in_(chosen))]
    parts += [statement.where(Place.id.not_in(chosen), Place.kind.in_(kinds)) for kinds in _KINDS]
    rank: Any = case({kind.value: place for place, kinds in enumerate(_KINDS) for kind in kinds}, value=Place.kind)
    sorted_parts = []
    for number, part in enumerate(parts):
        within = [] if number else [rank]
        told = part.add_columns(
            literal(number).label("part"), (within or [literal(0)])[0].label("rank"), Place.folded_name
        )
        sorted_parts.append(told.order_by(*within, Place.folded_name, Place.id).limit(most).subquery())
    first, *others = [select(part) for part in sorted_parts]
    whole = first.union_all(*others).subquery()
    return select(whole.c.id).order_by(whole.c.part, whole.c.rank, whole.c.folded_name, whole.c.id)


def find_next_events(ids: Sequence[int], now: datetime) -> dict[int, EventDate]:
    """Place id → the next date there, with its event."""
    day = (now - timedelta(days=1)).date()
    rank = func.row_number().over(partition_by=Event.place_id, order_by=[EventDate.starts_at, EventDate.event_id])
    coming = (
        select(EventDate.event_id, EventDate.recurrence_local, rank.label("rank"))
        .join(Event, Event.id == EventDate.event_id)
        .where(Event.place_id.in_(ids), *_happens(day, None, now))
        .subquery()
    )
    statement = (
        select(EventDate)
        .join(
            coming,
            and_(coming.c.event_id == EventDate.event_id, coming.c.recurrence_local == EventDate.recurrence_local),
        )
        .join(EventDate.event)
        .options(contains_eager(EventDate.event), selectinload(EventDate.change))
        .where(coming.c.rank == 1)
    )
    return {each.event.place_id: each for each in session.scalars(statement)}


def find_openings(ids: Sequence[int], now: datetime) -> dict[int, Opening]:
    statement = (
        select(PlaceOpening.place_id, PlaceOpening.opens_at, PlaceOpening.closes_at)
        .where(PlaceOpening.place_id.in_(ids), PlaceOpening.closes_at > now)
        .ext(distinct_on(PlaceOpening.place_id))
        .order_by(PlaceOpening.place_id, PlaceOpening.opens_at)
    )
    return {place_id: Opening(opens_at, closes_at) for place_id, opens_at, closes_at in session.execute(statement)}


def list_markers(search: Search, *, now: datetime) -> list[Marker]:
    """All that fits as the map needs it, in one light query, in a fixed order."""
    return places.list_markers(search.place, *_fits_beyond(search, now))
