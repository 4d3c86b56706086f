"""Reads of events. Lists for people are in the order of wall times, which is that of the days they see."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fablabmesh.events.filters import AgendaFilter
from fablabmesh.events.models import Event, EventChange
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.models import Laureate, Place
from fablabmesh.zones.models import Programme, Zone, ZoneDepartment

# An event with all that its page, its forms and its calendars tell.
WHOLE = (
    joinedload(Event.place).selectinload(Place.managers),
    joinedload(Event.venue),
    selectinload(Event.changes).joinedload(EventChange.venue),
    selectinload(Event.partners),
)

# The addresses of pages that an event's title could take.
_TAKEN_BY_PAGES = {"nouveau"}

# What everybody may see.
_SHOWN = (Event.is_draft.is_(False), Event.deleted_at.is_(None))


def find_event(slug: str) -> Event | None:
    """An event with its place and those who look after it."""
    return session.scalar(select(Event).where(Event.slug == slug).options(*WHOLE))


def get_event(slug: str) -> Event:
    """An event with its place and those who look after it."""
    event = find_event(slug)
    if event is None:
        raise NotFound(_("Cet événement n’existe pas, ou n’existe plus."))
    return event


def find_by_uid(uid: str) -> Event | None:
    """An event by the name calendars know it by."""
    return session.scalar(select(Event).where(Event.uid == uid).options(*WHOLE))


def is_slug_taken(slug: str) -> bool:
    """Is there a page of that address?"""
    return slug in _TAKEN_BY_PAGES or bool(session.scalar(select(exists().where(Event.slug == slug))))


def count_events(wanted: AgendaFilter, *, now: datetime) -> int:
    """How many events the filter lets through."""
    return session.scalar(_filtered(select(Event), wanted, now).with_only_columns(func.count(Event.id))) or 0


def list_events(wanted: AgendaFilter, *, now: datetime, limit: int | None = None, offset: int = 0) -> list[Event]:
    """With their places; the soonest first, or the latest first for past ones."""
    order = (Event.starts_local.desc(), Event.id.desc()) if wanted.past else (Event.starts_local, Event.id)
    statement = _filtered(select(Event), wanted, now).options(joinedload(Event.place)).order_by(*order)
    return list(session.scalars(statement.limit(limit).offset(offset)))


def list_upcoming_at(place_id: int, *, after: datetime, limit: int) -> list[Event]:
    """What is not over in one place, cancelled ones too, the soonest first."""
    return list_upcoming_at_any([place_id], after=after, limit=limit)


def list_upcoming_at_any(place_ids: Sequence[int], *, after: datetime, limit: int) -> list[Event]:
    """What is not over in any of these places, cancelled ones too, the soonest first."""
    if not place_ids:
        return []
    return _upcoming(Event.place_id.in_(place_ids), after, limit)


def list_upcoming_in_zone(zone: Zone, *, after: datetime, limit: int) -> list[Event]:
    """What is not over in the places of a zone, cancelled ones too, the soonest first."""
    return _upcoming(_is_in_zone(zone), after, limit)


def _upcoming(condition: ColumnElement[bool], after: datetime, limit: int) -> list[Event]:
    statement = select(Event).where(condition, Event.ends_at > after, *_SHOWN).options(joinedload(Event.place))
    return list(session.scalars(statement.order_by(Event.starts_local, Event.id).limit(limit)))


def _is_in_zone(zone: Zone) -> ColumnElement[bool]:
    departments = select(ZoneDepartment.department_code).where(ZoneDepartment.zone_id == zone.id)
    return Event.place_id.in_(select(Place.id).where(Place.department_code.in_(departments)))


def _filtered(statement: Select[tuple[Event]], wanted: AgendaFilter, now: datetime) -> Select[tuple[Event]]:
    conditions = [*_period(wanted, now), *_SHOWN]
    if wanted.categories:
        conditions.append(Event.category.in_(sorted(wanted.categories)))
    if not wanted.place.is_everything:
        conditions.append(Event.place_id.in_(select(Place.id).where(*_place_conditions(wanted.place))))
    return statement.where(*conditions)


def _period(wanted: AgendaFilter, now: datetime) -> list[ColumnElement[bool]]:
    if wanted.past:
        return [Event.ends_at <= now]
    if not wanted.has_period:
        return [Event.ends_at > now]
    found: list[ColumnElement[bool]] = []
    if wanted.since:
        dawn = datetime.combine(wanted.since, time())
        # An all-day event keeps the midnight that begins its last day; a workshop that ends at midnight is over.
        found.append(
            or_(
                Event.ends_local > dawn,
                Event.starts_local >= dawn,
                and_(Event.is_all_day, Event.ends_local >= dawn),
            )
        )
    if wanted.until:
        found.append(Event.starts_local < datetime.combine(wanted.until, time()) + timedelta(days=1))
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
