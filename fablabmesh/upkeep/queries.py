"""Reads about events that exist: their images, who did what to them, and those of one's own places."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from fablabmesh.events.models import Event, EventDate, EventVersion, Image
from fablabmesh.kit.db import session
from fablabmesh.places.models import Place, PlacePicture
from fablabmesh.upkeep.rules import Pile


def find_content(digest: str, *, is_small: bool) -> bytes | None:
    """The bytes of an image, or of its smaller copy."""
    shown = or_(
        exists().where(Event.image_digest == Image.digest), exists().where(PlacePicture.image_digest == Image.digest)
    )
    return session.scalar(select(Image.small if is_small else Image.content).where(Image.digest == digest, shown))


def find_place(place_id: int) -> Place | None:
    """A place by its number."""
    return session.get(Place, place_id)


# --- history -----------------------------------------------------------------------------------------------------


def count_versions(event_id: int) -> int:
    """How many lines the history of an event has."""
    return session.scalar(select(func.count()).where(EventVersion.event_id == event_id)) or 0


def list_versions(event_id: int, *, limit: int) -> list[EventVersion]:
    """The lines of an event's history with who wrote them, the latest first."""
    statement = select(EventVersion).where(EventVersion.event_id == event_id).options(joinedload(EventVersion.by))
    return list(session.scalars(statement.order_by(EventVersion.id.desc()).limit(limit)))


def name_places(ids: Collection[int]) -> dict[int, str]:
    """The names of places that still exist."""
    rows = session.execute(select(Place.id, Place.name).where(Place.id.in_(sorted(ids))))
    return {row.id: row.name for row in rows}


def list_relatives(event: Event) -> list[Event]:
    """The series whose later dates this one took over, and those that took over its own."""
    related = Event.split_from_id == event.id
    if event.split_from_id is not None:
        related = related | (Event.id == event.split_from_id)
    return list(session.scalars(select(Event).where(related).order_by(Event.starts_local, Event.id)))


def map_images(digests: Collection[str]) -> dict[str, Image]:
    """By digest, without what they show: how large they are."""
    found = session.scalars(select(Image).where(Image.digest.in_(digests))) if digests else ()
    return {image.digest: image for image in found}


# --- one's own events --------------------------------------------------------------------------------------------


def count_own(place_ids: Sequence[int], *, now: datetime) -> dict[Pile, int]:
    """How many events of these places are in each pile."""
    counts = [func.count().filter(_is_in(pile, now)) for pile in Pile]
    row = session.execute(select(*counts).select_from(Event).where(Event.place_id.in_(place_ids))).one()
    return dict(zip(Pile, row, strict=True))


def list_own(
    place_ids: Sequence[int], pile: Pile, *, now: datetime, limit: int, offset: int
) -> list[tuple[Event, datetime | None]]:
    """The events of these places in a pile, with their places and their next dates; what comes first first."""
    following = (
        select(func.min(EventDate.starts_local))
        .where(EventDate.event_id == Event.id, EventDate.ends_at > now)
        .scalar_subquery()
    )
    order: Any = {
        Pile.COMING: following,
        Pile.DRAFTS: Event.changed_at.desc(),
        Pile.PAST: Event.starts_local.desc(),
        Pile.DELETED: Event.deleted_at.desc(),
    }[pile]
    statement = (
        select(Event, following)
        .where(Event.place_id.in_(place_ids), _is_in(pile, now))
        .options(joinedload(Event.place))
        .order_by(order, Event.id)
    )
    return [(event, start) for event, start in session.execute(statement.limit(limit).offset(offset))]


def _is_in(pile: Pile, now: datetime) -> ColumnElement[bool]:
    coming = exists().where(EventDate.event_id == Event.id, EventDate.ends_at > now)
    is_published = and_(Event.is_draft.is_(False), Event.deleted_at.is_(None))
    return {
        Pile.COMING: and_(is_published, coming),
        Pile.DRAFTS: and_(Event.is_draft, Event.deleted_at.is_(None)),
        Pile.PAST: and_(is_published, ~coming),
        Pile.DELETED: Event.deleted_at.is_not(None),
    }[pile]
