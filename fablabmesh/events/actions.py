"""Writes of events. What subscribers must notice (time, place, status) moves `sequence`; any change moves `version`."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fablabmesh.accounts.models import Account
from fablabmesh.events import queries
from fablabmesh.events.models import Event
from fablabmesh.events.rules import EventStatus, When
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.text import free_slug
from fablabmesh.places.models import Place

# RFC 5546 §2.1.4: a new SEQUENCE tells calendars to ask their owner anew; a corrected title does not.
_MOVING = ("place_id", "starts_local", "ends_local", "timezone", "is_all_day")
EDITABLE = frozenset(["title", "description", "category"])


def create_event(
    place: Place, values: Mapping[str, Any], when: When, *, by: Account | None, now: datetime, uid: str | None = None
) -> Event:
    """A new event with a free slug. `values`: see EDITABLE. `uid`: the one a form was given when it was shown.

    The same form sent twice (a double click, a page reloaded) gives the event of the first time.
    """
    if uid is not None:
        event = queries.find_by_uid(uid)
        if event is not None:
            return event
    event = Event(
        uid=uid or new_uid(),
        slug=free_slug(str(values["title"]), queries.is_slug_taken),
        created_by_id=by.id if by else None,
        created_at=now,
        changed_at=now,
        status=EventStatus.CONFIRMED,
        cancel_reason="",
        sequence=0,
    )
    _assign(event, values)
    _set_time(event, when)
    event.place_id, event.place = place.id, place
    session.add(event)
    session.flush()
    return event


def new_uid() -> str:
    """A name for calendars, good for ever (RFC 7986 §5.3)."""
    return str(uuid.uuid4())


def edit_event(
    event: Event, place: Place, values: Mapping[str, Any], when: When, *, now: datetime, version: int
) -> bool:
    """Bring an event up to date; says whether anything changed. Conflict unless `version` is still the event's."""
    event = _lock(event, version)
    before = _told(event)
    _assign(event, values)
    _set_time(event, when)
    event.place_id, event.place = place.id, place
    after = _told(event)
    if before == after:
        return False
    if any(before[name] != after[name] for name in _MOVING):
        event.sequence += 1
    event.changed_at = now
    session.flush()
    return True


def cancel_event(event: Event, *, reason: str, now: datetime, version: int) -> None:
    """Call it off. The event stays, so that calendars that follow it learn of it."""
    event = _lock(event, version)
    if event.status is EventStatus.CANCELLED:
        raise Refused(_("Cet événement est déjà annulé."))
    event.status, event.cancel_reason = EventStatus.CANCELLED, reason
    event.sequence += 1
    event.changed_at = now
    session.flush()


def reinstate_event(event: Event, *, now: datetime, version: int) -> None:
    """Take a cancellation back."""
    event = _lock(event, version)
    if event.status is EventStatus.CONFIRMED:
        raise Refused(_("Cet événement n’est pas annulé."))
    event.status, event.cancel_reason = EventStatus.CONFIRMED, ""
    event.sequence += 1
    event.changed_at = now
    session.flush()


def _lock(event: Event, version: int) -> Event:
    """The event as it stands now, held until the request ends: of two who save at once, one waits and is told."""
    statement = select(Event).where(Event.id == event.id).options(joinedload(Event.place))
    current = session.scalars(
        statement.with_for_update(of=Event).execution_options(populate_existing=True)
    ).one_or_none()
    if current is None or current.version != version:
        raise Conflict(_("Cet événement a été modifié par quelqu’un d’autre entre-temps."))
    return current


def _assign(event: Event, values: Mapping[str, Any]) -> None:
    stranger = set(values) - EDITABLE
    if stranger:
        raise ValueError(f"not for outsiders to set: {sorted(stranger)}")
    for name, value in values.items():
        setattr(event, name, value)


def _set_time(event: Event, when: When) -> None:
    event.starts_local, event.ends_local = when.starts_local, when.ends_local
    event.timezone, event.is_all_day = when.timezone, when.is_all_day
    event.starts_at, event.ends_at = when.starts_at, when.ends_at


def _told(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in (*_MOVING, *sorted(EDITABLE))}
