"""Reads of events. Lists for people are in the order of wall times, which is that of the days they see."""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from fablabmesh.events.filters import AgendaFilter
from fablabmesh.events.models import Category, Event, EventChange, EventDate, EventPartner, EventVersion
from fablabmesh.events.rules import Deed, unknown
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.models import Laureate, Place
from fablabmesh.zones.models import Programme, Zone, ZoneDepartment
from fablabmesh.zones.moderation import ModerationState

# An event with all that its page, its forms and its calendars tell.
WHOLE = (
    joinedload(Event.place).selectinload(Place.managers),
    joinedload(Event.venue),
    selectinload(Event.changes).joinedload(EventChange.venue),
    selectinload(Event.partners),
    joinedload(Event.image),
)

# The addresses of pages that an event's title could take.
_TAKEN_BY_PAGES = {"nouveau"}

# What lists and counts of the agenda show. What is archived has left them, and calendars keep it.
IS_LISTED = and_(Event.moderation == ModerationState.PUBLISHED, Event.deleted_at.is_(None))


def find_event(slug: str) -> Event | None:
    """An event with its place and those who look after it."""
    return session.scalar(select(Event).where(Event.slug == slug).options(*WHOLE))


def get_event(slug: str) -> Event:
    """An event with its place and those who look after it."""
    event = find_event(slug)
    if event is None:
        raise NotFound(unknown())
    return event


def find_by_uid(uid: str) -> Event | None:
    """An event by the name calendars know it by."""
    return session.scalar(select(Event).where(Event.uid == uid).options(*WHOLE))


def is_slug_taken(slug: str) -> bool:
    """Is there a page of that address?"""
    return slug in _TAKEN_BY_PAGES or bool(session.scalar(select(exists().where(Event.slug == slug))))


def list_taken_slugs(slugs: Collection[str]) -> set[str]:
    """Those of these addresses where there is a page already."""
    taken = session.scalars(select(Event.slug).where(Event.slug.in_(list(slugs))))
    return {*taken, *(_TAKEN_BY_PAGES & set(slugs))}


def list_categories(*, with_retired: bool = False) -> list[Category]:
    """The vocabulary, in its order; what is retired is no longer offered for new events."""
    statement = select(Category).order_by(Category.position, Category.slug)
    return list(session.scalars(statement if with_retired else statement.where(Category.is_retired.is_(False))))


def find_category(slug: str) -> Category | None:
    """A word of the vocabulary, retired or not."""
    return session.get(Category, slug)


def count_events(wanted: AgendaFilter, *, now: datetime) -> int:
    """How many events have a date that the filter lets through."""
    return session.scalar(_filtered(select(func.count(Event.id)), wanted, now)) or 0


def list_events(wanted: AgendaFilter, *, now: datetime, limit: int | None = None, offset: int = 0) -> list[Event]:
    """Those with a date that the filter lets through, with all that a program is told of them; by their first dates."""
    order = (Event.starts_local.desc(), Event.id.desc()) if wanted.past else (Event.starts_local, Event.id)
    told = (joinedload(Event.place), joinedload(Event.venue), joinedload(Event.image), selectinload(Event.partners))
    statement = _filtered(select(Event), wanted, now).options(*told).order_by(*order)
    return list(session.scalars(statement.limit(limit).offset(offset)))


def list_dates_of(event_id: int, *, after: datetime, limit: int, offset: int = 0) -> list[EventDate]:
    """The dates of one event that are not over."""
    statement = _dates().where(EventDate.event_id == event_id, EventDate.ends_at > after)
    return list(
        session.scalars(
            statement.order_by(EventDate.starts_local, EventDate.recurrence_local).limit(limit).offset(offset)
        )
    )


def list_next_dates(event_ids: Sequence[int], *, after: datetime, most: int) -> dict[int, list[EventDate]]:
    """For each of these events the dates that are not over, so many at most, with what differs about them."""
    ranked = (
        select(
            EventDate.event_id,
            EventDate.recurrence_local,
            func.row_number()
            .over(partition_by=EventDate.event_id, order_by=(EventDate.starts_local, EventDate.recurrence_local))
            .label("rank"),
        )
        .where(EventDate.event_id.in_(event_ids), EventDate.ends_at > after)
        .subquery()
    )
    statement = (
        select(EventDate)
        .join(
            ranked,
            and_(EventDate.event_id == ranked.c.event_id, EventDate.recurrence_local == ranked.c.recurrence_local),
        )
        .where(ranked.c.rank <= most)
        .options(joinedload(EventDate.change))
        .order_by(EventDate.event_id, ranked.c.rank)
    )
    found: dict[int, list[EventDate]] = {event_id: [] for event_id in event_ids}
    for date in session.scalars(statement):
        found[date.event_id].append(date)
    return found


def count_dates_of(event_id: int, *, after: datetime) -> int:
    """How many dates of one event are not over."""
    conditions = (EventDate.event_id == event_id, EventDate.ends_at > after)
    return session.scalar(select(func.count()).select_from(EventDate).where(*conditions)) or 0


def was_refused(event_id: int) -> bool:
    """Is a refusal the last that its zone said of it? A draft that was sent again and taken back remembers it."""
    last = (
        select(EventVersion.deed)
        .where(EventVersion.event_id == event_id, EventVersion.deed.in_([Deed.REFUSED, Deed.PUBLISHED]))
        .order_by(EventVersion.id.desc())
        .limit(1)
    )
    return session.scalar(last) == Deed.REFUSED


def find_date_of(event_id: int, recurrence_local: datetime) -> EventDate | None:
    """The date of one event that has this name, over or not; of a long series only those of the years around."""
    statement = _dates().where(EventDate.event_id == event_id, EventDate.recurrence_local == recurrence_local)
    return session.scalars(statement).one_or_none()


def find_date_before(event_id: int, recurrence_local: datetime) -> EventDate | None:
    """The date that the series has before the one of this name."""
    statement = _dates().where(EventDate.event_id == event_id, EventDate.recurrence_local < recurrence_local)
    return session.scalars(statement.order_by(EventDate.recurrence_local.desc()).limit(1)).one_or_none()


def find_former_start(event: Event) -> datetime | None:
    """When what happens once had been announced for, before it was last moved; None if it never was."""
    if event.is_recurring or event.published_at is None or not event.sequence:
        return None
    statement = (
        select(EventVersion.changed["starts_local"][0].astext)
        .where(
            EventVersion.event_id == event.id,
            EventVersion.deed == Deed.EDITED,
            EventVersion.at > event.published_at,
            EventVersion.changed.has_key("starts_local"),
        )
        .order_by(EventVersion.id.desc())
        .limit(1)
    )
    text = session.scalar(statement)
    former = datetime.fromisoformat(text) if text else None
    return None if former == event.starts_local else former


def list_upcoming_at(place_id: int, *, after: datetime, limit: int) -> list[EventDate]:
    """What is not over in one place, cancelled ones too, the soonest first; of a series the next date."""
    return list_upcoming_at_any([place_id], after=after, limit=limit)


def list_upcoming_at_any(place_ids: Sequence[int], *, after: datetime, limit: int) -> list[EventDate]:
    """What is not over in any of these places, cancelled ones too, the soonest first; of a series the next date."""
    if not place_ids:
        return []
    return _upcoming(_is_held_by(select(Place.id).where(Place.id.in_(place_ids))), after, limit)


def list_upcoming_in(codes: Collection[str], *, is_demo: bool, after: datetime, limit: int) -> list[EventDate]:
    """What is not over in the places of these departments, the invented or the real ones, the soonest first."""
    if not codes:
        return []
    there = select(Place.id).where(Place.department_code.in_(codes), Place.is_demo.is_(is_demo))
    return _upcoming(_is_held_by(there), after, limit)


def list_upcoming_in_zone(zone: Zone, *, after: datetime, limit: int) -> list[EventDate]:
    """What is not over in the places of a zone, cancelled ones too, the soonest first; of a series the next date."""
    return _upcoming(_is_in_zone(zone), after, limit)


def _upcoming(condition: ColumnElement[bool], after: datetime, limit: int) -> list[EventDate]:
    following = (
        select(EventDate.event_id, func.min(EventDate.recurrence_local).label("recurrence_local"))
        .join(Event, Event.id == EventDate.event_id)
        .where(condition, EventDate.ends_at > after, IS_LISTED)
        .group_by(EventDate.event_id)
        .subquery()
    )
    statement = _dates().join(
        following,
        and_(following.c.event_id == EventDate.event_id, following.c.recurrence_local == EventDate.recurrence_local),
    )
    # Where each is held, and by whom.
    event = contains_eager(EventDate.event)
    statement = statement.options(
        event.joinedload(Event.venue),
        event.selectinload(Event.partners),
        joinedload(EventDate.change).joinedload(EventChange.venue),
    )
    return list(session.scalars(statement.order_by(EventDate.starts_local, EventDate.event_id).limit(limit)))


def _dates() -> Select[Any]:
    """With all that a list tells of them."""
    return (
        select(EventDate)
        .join(Event, Event.id == EventDate.event_id)
        .options(contains_eager(EventDate.event).joinedload(Event.place), joinedload(EventDate.change))
    )


def _is_in_zone(zone: Zone) -> ColumnElement[bool]:
    departments = select(ZoneDepartment.department_code).where(ZoneDepartment.zone_id == zone.id)
    return _is_held_by(select(Place.id).where(Place.department_code.in_(departments)))


def _is_held_by(places: Select[int]) -> ColumnElement[bool]:
    """By one of these places, alone or with others."""
    shared = select(EventPartner.event_id).where(EventPartner.place_id.in_(places))
    return or_(Event.place_id.in_(places), Event.id.in_(shared))


def _filtered(statement: Select[Any], wanted: AgendaFilter, now: datetime) -> Select[Any]:
    dated = exists().where(EventDate.event_id == Event.id, *_period(wanted, now))
    return statement.where(dated, *_conditions(wanted))


def _conditions(wanted: AgendaFilter) -> list[ColumnElement[bool]]:
    """On the event, whatever its dates."""
    found: list[ColumnElement[bool]] = [IS_LISTED]
    if wanted.categories:
        found.append(Event.category_slug.in_(sorted(wanted.categories)))
    if not wanted.place.is_everything:
        found.append(_is_held_by(select(Place.id).where(*_place_conditions(wanted.place))))
    return found


def _period(wanted: AgendaFilter, now: datetime) -> list[ColumnElement[bool]]:
    """On a date, with its event beside it."""
    if wanted.past:
        return [EventDate.ends_at <= now]
    if not wanted.has_period:
        return [EventDate.ends_at > now]
    found: list[ColumnElement[bool]] = []
    if wanted.since:
        dawn = datetime.combine(wanted.since, time())
        # An all-day event keeps the midnight that begins its last day; a workshop that ends at midnight is over.
        found.append(
            or_(
                EventDate.ends_local > dawn,
                EventDate.starts_local >= dawn,
                and_(Event.is_all_day, EventDate.ends_local >= dawn),
            )
        )
    if wanted.until:
        found.append(EventDate.starts_local < datetime.combine(wanted.until, time()) + timedelta(days=1))
    return found


def _place_conditions(wanted: PlaceFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.zone:
        departments = (
            select(ZoneDepartment.department_code)
            .join(Zone, Zone.id == ZoneDepartment.zone_id)
            .join(Programme, Programme.id == Zone.programme_id)
            .where(Programme.slug == wanted.programme, Zone.slug == wanted.zone)
        )
        found.append(Place.department_code.in_(departments))
    if wanted.kinds or wanted.laureates_only:
        choices: list[ColumnElement[bool]] = [Place.kind.in_(sorted(wanted.kinds))] if wanted.kinds else []
        if wanted.laureates_only:
            choices.append(exists().where(Laureate.place_id == Place.id))
        found.append(or_(*choices))
    return found
