"""Reads of subscriptions, and of what a letter tells of the agenda."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload

from fablabmesh.digests.models import DigestRequest, Subscription
from fablabmesh.events.models import Event, EventChange, EventDate, EventVersion, Wall
from fablabmesh.events.rules import Deed, EventStatus
from fablabmesh.feeds import queries as feeds
from fablabmesh.feeds.slices import Slice
from fablabmesh.kit.db import session


def find_subscription(subscription_id: int) -> Subscription | None:
    """By its id."""
    return session.get(Subscription, subscription_id)


def find_and_lock(subscription_id: int) -> Subscription | None:
    """The same, ours until the transaction ends; None once whoever is stopping it has done so."""
    return session.get(Subscription, subscription_id, with_for_update=True)


def find_asked(confirm_hash: bytes, *, now: datetime) -> Subscription | None:
    """The one that waits to be confirmed by this secret, if it is not too late."""
    return session.scalar(
        select(Subscription).where(Subscription.confirm_hash == confirm_hash, Subscription.confirm_until > now)
    )


def lock_subscription(email: str, query: str) -> Subscription:
    """The one of an address to a slice, ours until the transaction ends."""
    statement = select(Subscription).where(Subscription.email == email, Subscription.query == query)
    return session.scalars(statement.with_for_update()).one()


def list_of_address(email: str) -> list[Subscription]:
    """All that an address is sent or asked for, in the order it was asked for."""
    return list(session.scalars(select(Subscription).where(Subscription.email == email).order_by(Subscription.id)))


def find_due(issue: date) -> Subscription | None:
    """A confirmed one not considered for this letter yet, which nobody else is at; ours until the transaction ends."""
    return session.scalar(
        select(Subscription)
        .where(Subscription.last_issue < issue)
        .order_by(Subscription.last_issue, Subscription.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def list_late(now: datetime) -> list[Subscription]:
    """Those that were not confirmed in time."""
    late = (Subscription.confirmed_at.is_(None), Subscription.confirm_until <= now)
    return list(session.scalars(select(Subscription).where(*late).order_by(Subscription.id)))


def count_requests(subject: bytes, *, since: datetime) -> int:
    """How often this address or network asked since then."""
    statement = select(func.count()).where(DigestRequest.subject == subject, DigestRequest.at > since)
    return session.scalar(statement) or 0


# --- what a letter tells -----------------------------------------------------------------------------------------


def list_coming(wanted: Slice, *, now: datetime, until: datetime, limit: int) -> list[EventDate]:
    """Dates that are not over and begin before `until`, in order."""
    statement = _dates().where(*_coming(wanted, now, until)).order_by(EventDate.starts_local, EventDate.event_id)
    return list(session.scalars(statement.limit(limit)))


def count_coming(wanted: Slice, *, now: datetime, until: datetime) -> int:
    """How many they are."""
    statement = select(func.count()).select_from(EventDate).join(Event, Event.id == EventDate.event_id)
    return session.scalar(statement.where(*_coming(wanted, now, until))) or 0


def _coming(wanted: Slice, now: datetime, until: datetime) -> list[ColumnElement[bool]]:
    return [*_shown(wanted), *_not_over(now), EventDate.starts_at < until]


def list_announced(
    wanted: Slice, *, since: datetime, until: datetime, now: datetime, after: datetime, limit: int
) -> list[EventDate]:
    """The first date of each event published from `since` to `until` that begins `after` what comes soon."""
    first = _first_dates(wanted, [Event.published_at > since, Event.published_at <= until], _not_over(now))
    statement = _dates().join(first, _is_same_date(first)).where(EventDate.starts_at >= after)
    return list(session.scalars(statement.order_by(EventDate.starts_local, EventDate.event_id).limit(limit)))


def list_cancelled_dates(
    wanted: Slice, *, since: datetime, until: datetime, now: datetime, limit: int
) -> list[EventDate]:
    """Single dates of series called off from `since` to `until` that were still to come."""
    statement = _dates(is_changed=True).where(
        *_shown(wanted),
        _was_known(since),
        Event.status == EventStatus.CONFIRMED,
        EventChange.is_cancelled,
        EventChange.changed_at > since,
        EventChange.changed_at <= until,
        EventDate.starts_at > now,
    )
    return list(session.scalars(statement.order_by(EventDate.starts_local, EventDate.event_id).limit(limit)))


def list_cancelled_events(
    wanted: Slice, *, since: datetime, until: datetime, now: datetime, limit: int
) -> list[EventDate]:
    """The first date still to come of each event called off as a whole from `since` to `until`."""
    then = exists().where(
        EventVersion.event_id == Event.id,
        EventVersion.deed == Deed.CANCELLED,
        EventVersion.at > since,
        EventVersion.at <= until,
    )
    off = [Event.status == EventStatus.CANCELLED, _was_known(since), then]
    first = _first_dates(wanted, off, [EventDate.ends_at > now])
    statement = _dates().join(first, _is_same_date(first))
    return list(session.scalars(statement.order_by(EventDate.starts_local, EventDate.event_id).limit(limit)))


def list_moved_dates(wanted: Slice, *, since: datetime, until: datetime, now: datetime, limit: int) -> list[EventDate]:
    """Single dates of series that were given another time from `since` to `until`."""
    statement = _dates(is_changed=True).where(
        *_shown(wanted),
        *_not_over(now),
        _was_known(since),
        EventDate.starts_local != EventDate.recurrence_local,
        EventChange.changed_at > since,
        EventChange.changed_at <= until,
    )
    return list(session.scalars(statement.order_by(EventDate.starts_local, EventDate.event_id).limit(limit)))


def list_moved_events(
    wanted: Slice, *, since: datetime, until: datetime, now: datetime, limit: int
) -> list[tuple[EventDate, datetime]]:
    """Events of one date that were given another time from `since` to `until`, with the wall time they had before."""
    first = (
        select(func.min(EventVersion.id))
        .where(EventVersion.deed.in_((Deed.EDITED, Deed.IMPORTED)), EventVersion.changed.has_key("starts_local"))
        .where(EventVersion.at > since, EventVersion.at <= until)
        .group_by(EventVersion.event_id)
    )
    was = EventVersion.changed["starts_local"][0].astext.cast(Wall)
    statement = (
        _dates()
        .add_columns(was)
        .join(EventVersion, EventVersion.event_id == Event.id)
        .where(EventVersion.id.in_(first), *_shown(wanted), *_not_over(now), _was_known(since))
        .where(Event.rrule == "", Event.rdates == [], was != EventDate.starts_local)
    )
    rows = session.execute(statement.order_by(EventDate.starts_local, EventDate.event_id).limit(limit)).all()
    return [(each, before) for each, before in rows]


def list_withdrawn(wanted: Slice, *, since: datetime, until: datetime, now: datetime, limit: int) -> list[Event]:
    """Events taken away from `since` to `until` that were shown before and were still to come."""
    statement = select(Event).where(
        feeds.fits(wanted),
        Event.is_draft.is_(False),
        _was_known(since),
        Event.status == EventStatus.CONFIRMED,
        Event.deleted_at > since,
        Event.deleted_at <= until,
        (Event.ends_at > now) | (Event.rrule != ""),
    )
    statement = statement.options(joinedload(Event.place), joinedload(Event.venue)).order_by(
        Event.starts_local, Event.id
    )
    return list(session.scalars(statement.limit(limit)))


def _dates(*, is_changed: bool = False) -> Select[Any]:
    """With all that a letter tells of them."""
    statement = select(EventDate).join(Event, Event.id == EventDate.event_id)
    if is_changed:
        statement = statement.join(EventChange, EventChange.id == EventDate.change_id)
    change = contains_eager(EventDate.change) if is_changed else joinedload(EventDate.change)
    event = contains_eager(EventDate.event)
    return statement.options(
        event.joinedload(Event.place), event.joinedload(Event.venue), change.joinedload(EventChange.venue)
    )


def _first_dates(wanted: Slice, of: list[ColumnElement[bool]], dated: list[ColumnElement[bool]]) -> Any:
    order = (EventDate.starts_at, EventDate.recurrence_local)
    rank = func.row_number().over(partition_by=EventDate.event_id, order_by=order)
    ranked = (
        select(EventDate.event_id, EventDate.recurrence_local, rank.label("rank"))
        .join(Event, Event.id == EventDate.event_id)
        .where(*_shown(wanted), *of, *dated)
        .subquery()
    )
    return select(ranked).where(ranked.c.rank == 1).subquery()


def _is_same_date(first: Any) -> ColumnElement[bool]:
    return and_(first.c.event_id == EventDate.event_id, first.c.recurrence_local == EventDate.recurrence_local)


def _shown(wanted: Slice) -> list[ColumnElement[bool]]:
    return [feeds.fits(wanted), Event.is_draft.is_(False), Event.deleted_at.is_(None)]


def _not_over(now: datetime) -> list[ColumnElement[bool]]:
    return [EventDate.is_cancelled.is_(False), EventDate.ends_at > now]


def _was_known(since: datetime) -> ColumnElement[bool]:
    """Nobody is told that what they never heard of is off."""
    return Event.published_at <= since
