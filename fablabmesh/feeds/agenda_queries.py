"""Reads of the pages of the agenda: dates one by one, in a list or day by day, and how many there are of what."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true, tuple_
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from fablabmesh.events.models import Event, EventChange, EventDate
from fablabmesh.events.queries import IS_LISTED
from fablabmesh.feeds.agenda import Wanted, days_of, read_wanted, slice_of, without_missing
from fablabmesh.feeds.queries import Part, find_known_names, fits, follow_moved, list_category_slugs, map_zones
from fablabmesh.feeds.slices import Args, Names, Slice, is_spot, split_name
from fablabmesh.kit.db import session
from fablabmesh.places.models import Place
from fablabmesh.zones.models import Commune
from fablabmesh.zones.queries import list_towns_called


@dataclass(frozen=True)
class Asked:
    """What an address asks for, the names of what it names, and the communes that a typed name may have meant."""

    wanted: Wanted
    names: Names
    towns: dict[str, list[Commune]]


def read_asked(args: Args, *, today: date) -> Asked:
    """From the parameters of a page; what is not there is left out of what is wanted, and told in it."""
    spelled, towns, lost = _find_towns(args)
    wanted = read_wanted(spelled, today=today, zones=map_zones(), categories=list_category_slugs())
    names, missing = find_known_names(wanted.slice)
    if "places" in missing:
        wanted = replace(wanted, slice=follow_moved(wanted.slice))
        names, missing = find_known_names(wanted.slice)
    wanted = without_missing(wanted, missing)
    return Asked(replace(wanted, unknown=(*wanted.unknown, *lost)), names, towns)


def _find_towns(args: Args) -> tuple[dict[str, list[str]], dict[str, list[Commune]], list[str]]:
    """The parameters with communes by their codes; which others a name may mean, the likeliest first; what is none."""
    spelled = {name: list(values) for name, values in args.items()}
    towns: dict[str, list[Commune]] = {}
    lost: list[str] = []
    for name in args:
        if name != "commune" and (split_name(name) or ("", ""))[1] != "autour":
            continue
        typed = [text.strip() for text in args[name] if name == "commune" or not is_spot(text.strip())]
        for text in list(filter(None, typed))[:_MOST_TOWNS]:
            found = list_towns_called(text, limit=6)
            spelled.setdefault("autour" if name == "commune" else name, []).extend(town.insee for town in found[:1])
            if not found:
                lost.append(text[:60])
            elif len(found) > 1:
                towns[text] = found
        if name != "commune":
            spelled[name] = [text for text in spelled[name] if is_spot(text.strip())]
    return spelled, towns, lost


_MOST_TOWNS = 3


@dataclass
class Day:
    """What happens on one day: the first dates of it, and how many there are in all."""

    total: int = 0
    dates: list[EventDate] = field(default_factory=list)


def count_dates(wanted: Wanted, *, now: datetime) -> int:
    """How many dates the page tells of, each of a series by itself."""
    statement = select(func.count()).select_from(EventDate).join(Event, Event.id == EventDate.event_id)
    return session.scalar(statement.where(*_shown(wanted, now))) or 0


def list_dates(wanted: Wanted, *, now: datetime, limit: int | None = None, offset: int = 0) -> list[EventDate]:
    """With all that a list tells of them; the soonest first, or the latest first for past ones."""
    columns = (EventDate.starts_local, EventDate.event_id)
    order = [column.desc() for column in columns] if wanted.past else columns
    statement = _whole(select(EventDate)).where(*_shown(wanted, now)).order_by(*order)
    return list(session.scalars(statement.limit(limit).offset(offset)))


def list_coming(wanted: Part, *, now: datetime, limit: int) -> list[EventDate]:
    """The next dates, with all that a list tells of them."""
    order = (EventDate.starts_local, EventDate.event_id)
    statement = _whole(select(EventDate)).where(IS_LISTED, fits(wanted), EventDate.ends_at > now).order_by(*order)
    return list(session.scalars(statement.limit(limit)))


def list_days(wanted: Part, first: date, last: date, *, most: int) -> dict[date, Day]:
    """Every day on which something happens, with at most so many dates; what lasts several days is on each of them."""
    near = (
        select(
            EventDate.event_id,
            EventDate.recurrence_local,
            EventDate.starts_local,
            EventDate.ends_local,
            Event.is_all_day,
        )
        .join(Event, Event.id == EventDate.event_id)
        .where(IS_LISTED, fits(wanted), *_between(first, last))
        .order_by(EventDate.starts_local, EventDate.event_id, EventDate.recurrence_local)
    )
    keys: dict[date, list[tuple[int, datetime]]] = {}
    for event_id, recurrence_local, starts_local, ends_local, is_all_day in session.execute(near):
        for day in days_of(starts_local, ends_local, is_all_day, first, last):
            keys.setdefault(day, []).append((event_id, recurrence_local))
    shown = {key for on_day in keys.values() for key in on_day[:most]}
    statement = _whole(select(EventDate)).where(tuple_(EventDate.event_id, EventDate.recurrence_local).in_(shown))
    found = {(each.event_id, each.recurrence_local): each for each in session.scalars(statement)}
    return {day: Day(len(on_day), [found[key] for key in on_day[:most]]) for day, on_day in sorted(keys.items())}


def count_days(wanted: Slice, first: date, last: date) -> int:
    """How many dates there are from one day to another, each counted once however long it lasts."""
    statement = select(func.count()).select_from(EventDate).join(Event, Event.id == EventDate.event_id)
    return session.scalar(statement.where(IS_LISTED, fits(wanted), *_between(first, last))) or 0


def list_news(wanted: Part, *, now: datetime, most: int, dates: int) -> list[tuple[Event, list[EventDate]]]:
    """What is still to come, the last changed first, each with its next dates. What was deleted is told as well: who
    was told of it must hear that it will not be. Of one event alone: itself, whatever its time."""
    at = func.max(EventChange.changed_at).label("at")
    changes = select(EventChange.event_id, at).group_by(EventChange.event_id).subquery()
    is_series = or_(Event.rrule != "", func.cardinality(Event.rdates) > 0)
    to_come = or_(
        exists().where(EventDate.event_id == Event.id, EventDate.ends_at > now),
        and_(Event.deleted_at.is_not(None), or_(Event.ends_at > now, is_series)),
    )
    statement = (
        select(Event)
        .outerjoin(changes, changes.c.event_id == Event.id)
        .where(Event.ical != "", fits(wanted), true() if _is_one_event(wanted) else to_come)
        .options(
            joinedload(Event.place),
            joinedload(Event.venue),
            selectinload(Event.partners),
            selectinload(Event.changes),
        )
        .order_by(func.greatest(Event.changed_at, changes.c.at).desc(), Event.id.desc())
        .limit(most)
    )
    events = list(session.scalars(statement))
    next_dates = _list_next_dates([event.id for event in events], now, dates)
    return [(event, next_dates.get(event.id, [])) for event in events]


def _is_one_event(wanted: Part) -> bool:
    return isinstance(wanted, Slice) and bool(wanted.only("events"))


def _list_next_dates(ids: list[int], now: datetime, most: int) -> dict[int, list[EventDate]]:
    rank = func.row_number().over(partition_by=EventDate.event_id, order_by=EventDate.starts_local).label("rank")
    coming = (
        select(EventDate.event_id, EventDate.recurrence_local, rank)
        .where(EventDate.event_id.in_(ids), EventDate.ends_at > now)
        .subquery()
    )
    statement = (
        select(EventDate)
        .join(
            coming,
            and_(coming.c.event_id == EventDate.event_id, coming.c.recurrence_local == EventDate.recurrence_local),
        )
        .join(EventDate.event)
        .options(contains_eager(EventDate.event))
        .where(coming.c.rank <= most)
        .order_by(EventDate.event_id, EventDate.starts_local)
    )
    found: dict[int, list[EventDate]] = {}
    for each in session.scalars(statement):
        found.setdefault(each.event_id, []).append(each)
    return found


# --- how many of what --------------------------------------------------------------------------------------------


def count_categories(wanted: Wanted, first: date | None, last: date | None, *, now: datetime) -> dict[str, int]:
    """Category slug → dates there would be of it, whichever are chosen now. `first` and `last`: see `_period_of`."""
    return _count_by(Event.category_slug, _open(wanted, "categories"), first, last, now)


def count_kinds(wanted: Wanted, first: date | None, last: date | None, *, now: datetime) -> dict[str, int]:
    """Kind of place → dates there would be of it, whichever are chosen now."""
    return _count_by(Place.kind, _open(wanted, "kinds"), first, last, now)


def list_languages() -> list[str]:
    """The codes of the languages that some event is held in."""
    return list(session.scalars(select(Event.language).where(IS_LISTED).distinct().order_by(Event.language)))


def _open(wanted: Wanted, attribute: str) -> Wanted:
    """The first choice alone, widened to every value of one kind: what the boxes of the form speak of."""
    widened: dict[str, Any] = {attribute: ()}
    return replace(wanted, slice=slice_of([replace(wanted.choice, **widened)]))


def _count_by(column: Any, wanted: Wanted, first: date | None, last: date | None, now: datetime) -> dict[str, int]:
    period = _between(first, last) if first and last else _period(wanted, now)
    statement = (
        select(column, func.count())
        .select_from(EventDate)
        .join(Event, Event.id == EventDate.event_id)
        .join(Place, Place.id == Event.place_id)
        .where(IS_LISTED, fits(wanted.slice), *period)
        .group_by(column)
    )
    return {str(value): count for value, count in session.execute(statement)}


# --- conditions --------------------------------------------------------------------------------------------------


def _whole(statement: Select[Any]) -> Select[Any]:
    """Dates with their events, where those are, and who holds them together."""
    event = contains_eager(EventDate.event)
    return statement.join(Event, Event.id == EventDate.event_id).options(
        event.joinedload(Event.place),
        event.joinedload(Event.venue),
        event.selectinload(Event.partners),
        joinedload(EventDate.change).joinedload(EventChange.venue),
    )


def _shown(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    return [IS_LISTED, fits(wanted.slice), *_period(wanted, now)]


def _period(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    if wanted.past:
        return [EventDate.ends_at <= now]
    if not wanted.has_period:
        return [EventDate.ends_at > now]
    return _between(wanted.since, wanted.until)


def _between(first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    """Days of the places' own calendars, both included."""
    found: list[ColumnElement[bool]] = []
    if first:
        dawn = datetime.combine(first, time())
        # An all-day event keeps the midnight that begins its last day; a workshop that ends at midnight is over.
        is_on = or_(
            EventDate.ends_local > dawn,
            EventDate.starts_local >= dawn,
            and_(Event.is_all_day, EventDate.ends_local >= dawn),
        )
        # The instants are within a day of the wall times, and have an index.
        found += [is_on, EventDate.ends_at > datetime.combine(first - timedelta(days=2), time(), UTC)]
    if last:
        found.append(EventDate.starts_local < datetime.combine(last, time()) + timedelta(days=1))
    return found
