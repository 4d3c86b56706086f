"""Reads of imports and of followed calendars."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload, undefer

from fablabmesh.accounts.models import Account
from fablabmesh.events import queries as events
from fablabmesh.events.models import Event, EventDate
from fablabmesh.events.rules import EventStatus
from fablabmesh.imports.models import CalendarImport, CalendarSource, ImportedEvent
from fablabmesh.imports.plan import Known, Setting
from fablabmesh.imports.rules import DEAD_AFTER, LEASE, ImportState, unknown_import, unknown_source
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.text import fold
from fablabmesh.places.models import Place, PlaceManager

_MINE = {ImportState.WAITING: ImportState.READING, ImportState.CHOSEN: ImportState.WRITING}


# --- imports -----------------------------------------------------------------------------------------------------


def get_import(place: Place, import_id: int, *, with_reading: bool = False) -> CalendarImport:
    """An import of this place."""
    statement = select(CalendarImport).where(CalendarImport.id == import_id, CalendarImport.place_id == place.id)
    if with_reading:
        statement = statement.options(undefer(CalendarImport.reading))
    found = session.scalar(statement.options(joinedload(CalendarImport.place)))
    if found is None:
        raise NotFound(unknown_import())
    return found


def list_imports(place_id: int, *, limit: int = 10) -> list[CalendarImport]:
    """The latest imports of a place, the newest first."""
    statement = select(CalendarImport).where(CalendarImport.place_id == place_id)
    return list(session.scalars(statement.order_by(CalendarImport.id.desc()).limit(limit)))


def count_waiting(account_id: int) -> int:
    """How many imports of a person the worker has before it."""
    states = [state for state in ImportState if state.is_moving]
    statement = select(func.count()).where(CalendarImport.by_id == account_id, CalendarImport.state.in_(states))
    return session.scalar(statement) or 0


def take_import(*, now: datetime) -> CalendarImport | None:
    """The next one for the worker, locked; also one that a worker took and never brought to its end."""
    abandoned = and_(CalendarImport.state.in_(list(_MINE.values())), CalendarImport.taken_at < now - LEASE)
    return session.scalar(
        select(CalendarImport)
        .where(or_(CalendarImport.state.in_(list(_MINE)), abandoned))
        .options(joinedload(CalendarImport.place), undefer(CalendarImport.content), undefer(CalendarImport.reading))
        .order_by(CalendarImport.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=CalendarImport)
        .execution_options(populate_existing=True)
    )


def lock_import(import_id: int) -> CalendarImport | None:
    """An import as it is now, held until the transaction ends; None when it was given up."""
    return session.scalar(
        select(CalendarImport)
        .where(CalendarImport.id == import_id)
        .with_for_update(of=CalendarImport)
        .execution_options(populate_existing=True)
    )


# --- followed calendars ------------------------------------------------------------------------------------------


def get_source(place: Place, source_id: int) -> CalendarSource:
    """A calendar that this place has followed."""
    statement = select(CalendarSource).where(CalendarSource.id == source_id, CalendarSource.place_id == place.id)
    found = session.scalar(statement.options(joinedload(CalendarSource.place)))
    if found is None:
        raise NotFound(unknown_source())
    return found


def list_sources(place_id: int) -> list[CalendarSource]:
    """The calendars that a place has followed."""
    statement = select(CalendarSource).where(CalendarSource.place_id == place_id)
    return list(session.scalars(statement.order_by(CalendarSource.id)))


def list_troubled_sources(place_ids: Sequence[int]) -> list[CalendarSource]:
    """Followed calendars of these places that need a person: they fail, or would take away too much."""
    if not place_ids:
        return []
    troubled = or_(CalendarSource.failing_since.is_not(None), CalendarSource.held_since.is_not(None))
    statement = select(CalendarSource).where(CalendarSource.place_id.in_(place_ids), troubled)
    return list(session.scalars(statement.options(joinedload(CalendarSource.place)).order_by(CalendarSource.id)))


def list_dead_sources(*, now: datetime, limit: int) -> list[CalendarSource]:
    """Followed calendars of the whole site that have not answered for long, the longest first."""
    long_ago = CalendarSource.failing_since < now - DEAD_AFTER
    statement = select(CalendarSource).where(long_ago, CalendarSource.is_paused.is_(False))
    order = (CalendarSource.failing_since, CalendarSource.id)
    return list(session.scalars(statement.options(joinedload(CalendarSource.place)).order_by(*order).limit(limit)))


def find_source_by_url(place_id: int, url: str) -> CalendarSource | None:
    """The place's followed calendar of that address."""
    statement = select(CalendarSource).where(CalendarSource.place_id == place_id, CalendarSource.url == url)
    return session.scalar(statement)


def count_events_of(source_id: int) -> int:
    """How many events a followed calendar has brought."""
    return session.scalar(select(func.count()).where(ImportedEvent.source_id == source_id)) or 0


def take_due_source(*, now: datetime) -> CalendarSource | None:
    """The one that has waited longest of those to be read again, locked."""
    return session.scalar(
        select(CalendarSource)
        .where(CalendarSource.is_paused.is_(False), CalendarSource.next_fetch_at <= now)
        .options(joinedload(CalendarSource.place))
        .order_by(CalendarSource.next_fetch_at, CalendarSource.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=CalendarSource)
        .execution_options(populate_existing=True)
    )


def lock_source(source_id: int) -> CalendarSource | None:
    """One followed calendar as it is now, held until the transaction ends; None when it is followed no more."""
    return session.scalar(
        select(CalendarSource)
        .where(CalendarSource.id == source_id)
        .options(joinedload(CalendarSource.place))
        .with_for_update(of=CalendarSource)
        .execution_options(populate_existing=True)
    )


def list_people_of(place_id: int) -> list[Account]:
    """Who looks after a place and can be written to."""
    statement = (
        select(Account)
        .join(PlaceManager, PlaceManager.account_id == Account.id)
        .where(PlaceManager.place_id == place_id, Account.is_active, Account.is_demo.is_(False))
    )
    return list(session.scalars(statement.order_by(Account.id)))


# --- whose event is whose ----------------------------------------------------------------------------------------


def find_known(uids: Collection[str]) -> dict[str, Known]:
    """The events of the site with these UIDs, with what was last said of them elsewhere."""
    statement = (
        select(Event, ImportedEvent)
        .outerjoin(ImportedEvent, ImportedEvent.event_id == Event.id)
        .where(Event.uid.in_(list(uids)))
        .options(*events.WHOLE)
    )
    return {event.uid: Known(event, record) for event, record in session.execute(statement).unique()}


def list_future_of(source_id: int, *, now: datetime) -> list[ImportedEvent]:
    """What a followed calendar brought that is yet to come and not called off."""
    upcoming = select(EventDate.event_id).where(EventDate.ends_at > now)
    statement = (
        select(ImportedEvent)
        .join(Event, Event.id == ImportedEvent.event_id)
        .where(
            ImportedEvent.source_id == source_id,
            Event.status == EventStatus.CONFIRMED,
            Event.deleted_at.is_(None),
            Event.id.in_(upcoming),
        )
        .options(joinedload(ImportedEvent.event).options(*events.WHOLE))
        .order_by(ImportedEvent.event_id)
    )
    return list(session.scalars(statement).unique())


def setting_of(place: Place, *, category_slug: str, language: str, source_id: int | None = None) -> Setting:
    """What the events of one calendar have in common when they are written to a place."""
    names: dict[str, str] = {}
    for category in events.list_categories():
        names |= {fold(word): category.slug for word in (category.slug, category.name_fr, category.name_en)}
    return Setting(place.id, place.name, category_slug, language, names, source_id)
