"""Writes of events. What subscribers must notice (time, place, status) moves `sequence`; any change moves `version`."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from fablabmesh.accounts.models import Account
from fablabmesh.events import queries
from fablabmesh.events.dates import list_starts, series_of
from fablabmesh.events.models import Event, EventChange, EventVersion
from fablabmesh.events.rules import Deed, EventStatus, When
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.recurrence import is_anchored
from fablabmesh.kit.text import free_slug
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place
from fablabmesh.zones.moderation import ModerationState, Thing

# RFC 5546 §2.1.4: a new SEQUENCE tells calendars to ask their owner anew; a corrected title does not.
_TIMES = ("starts_local", "ends_local", "timezone", "is_all_day", "rrule", "rdates", "exdates")
_MOVING = ("place_id", "venue_id", "venue_text", *_TIMES)
_CARRIED = (
    *("is_cancelled", "cancel_reason", "title", "description", "venue_id", "venue_text", "sequence", "changed_at"),
)
# Taken by whoever makes an event, until it is made.
_ONE_AT_A_TIME = 0x65766E74
EDITABLE = frozenset(
    [
        *("title", "description", "category_slug", "tags", "language", "audience", "accessibility"),
        *("price_kind", "price_amount", "capacity", "registration_url", "contact"),
        *("venue_id", "venue_text", "venue_latitude", "venue_longitude", "online_url", "online_access"),
        "school_holidays",
    ]
)


def create_event(
    place: Place,
    values: Mapping[str, Any],
    when: When,
    *,
    by: Account | None,
    now: datetime,
    uid: str | None = None,
    partners: Sequence[Place] = (),
    is_draft: bool = False,
    state: ModerationState | None = None,
) -> Event:
    """A new event with a free slug. `values`: see EDITABLE. `uid`: the one a form was given when it was shown.

    The same form sent twice (a double click, a page reloaded) gives the event of the first time. Unless it is a draft,
    the zone's rule says whether it is published at once or waits; `state`: of the event that it was a part of.
    """
    # Two at once would both find the uid unknown and the slug free.
    session.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    if uid is not None:
        event = queries.find_by_uid(uid)
        if event is not None:
            return event
    slug = free_slug(str(values["title"]), queries.is_slug_taken)
    state = state or (ModerationState.DRAFT if is_draft else _let_through(place, by))
    event = build_event(
        place, values, when, by=by, now=now, uid=uid or new_uid(), slug=slug, partners=partners, state=state
    )
    session.add(event)
    session.flush()
    remember(event, Deed.CREATED, by=by, now=now)
    return event


def _let_through(place: Place, by: Account | None, *, was_refused: bool = False) -> ModerationState:
    trusted = places.is_trusted(by, place, Thing.EVENT, was_refused=was_refused)
    return ModerationState.PUBLISHED if trusted else ModerationState.PENDING


def build_event(
    place: Place,
    values: Mapping[str, Any],
    when: When,
    *,
    by: Account | None,
    now: datetime,
    uid: str,
    slug: str,
    partners: Sequence[Place] = (),
    state: ModerationState = ModerationState.PUBLISHED,
) -> Event:
    """A new event that is not written yet: whoever writes many does so at once."""
    event = Event(
        uid=uid,
        slug=slug,
        created_by_id=by.id if by else None,
        created_at=now,
        changed_at=now,
        published_at=None if state.is_hidden else now,
        moderation=state,
        status=EventStatus.CONFIRMED,
        cancel_reason="",
        sequence=0,
        partners=list(partners),
        changes=[],
    )
    _assign(event, values)
    _set_time(event, when)
    event.place_id, event.place = place.id, place
    return event


def new_uid() -> str:
    """A name for calendars, good for ever (RFC 7986 §5.3)."""
    return str(uuid.uuid4())


def edit_event(
    event: Event,
    place: Place,
    values: Mapping[str, Any],
    when: When,
    *,
    now: datetime,
    version: int,
    by: Account | None = None,
    partners: Sequence[Place] | None = None,
) -> bool:
    """Bring an event, every date of it, up to date; says whether anything changed.

    What had been decided about single dates moves along with the series, and goes where their date is gone.
    Conflict unless `version` is still the event's.
    """
    event = lock(event, version)
    before = told(event)
    _assign(event, values)
    former = event.starts_local
    _set_time(event, when)
    event.place_id, event.place = place.id, place
    if partners is not None:
        event.partners = list(partners)
    after = told(event)
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if not changed:
        return False
    if event.changes and any(name in changed for name in _TIMES):
        carried = carried_changes(event, event.changes, when.starts_local - former)
        # A date may come to bear the name of one that was told more often: what is newer must not seem older.
        event.sequence += max(change.sequence for change in event.changes)
        # Emptied first: two dates of a moved series may come to bear each other's names.
        event.changes = []
        session.flush()
        event.changes = carried
    if any(name in changed for name in _MOVING):
        event.sequence += 1
    event.changed_at = now
    session.flush()
    remember(event, Deed.EDITED, changed, by=by, now=now)
    return True


def carried_changes(event: Event, changes: Sequence[EventChange], moved: timedelta) -> list[EventChange]:
    """What differs about single dates of a series that was moved: moved along, or left out where its date is gone.

    A date whose time was chosen keeps that time.
    """
    if not event.is_recurring:
        return []
    length = event.ends_local - event.starts_local
    last = max((change.recurrence_local + moved for change in changes), default=event.starts_local)
    starts = set(list_starts(event, until=last))
    kept = []
    for change in changes:
        follows = change.starts_local == change.recurrence_local
        named = change.recurrence_local + moved
        if named not in starts:
            continue
        first, end = (named, named + length) if follows else (change.starts_local, change.ends_local)
        values = {name: getattr(change, name) for name in _CARRIED}
        kept.append(EventChange(recurrence_local=named, starts_local=first, ends_local=end, **values))
    return kept


def publish_event(event: Event, *, now: datetime, version: int, by: Account | None = None) -> ModerationState:
    """Show a draft to everybody, or have it wait for the zone's word, as its rule says; says which."""
    event = lock(event, version)
    if event.moderation not in (ModerationState.DRAFT, ModerationState.REFUSED):
        waits = event.moderation is ModerationState.PENDING
        raise Refused(_("Cet événement attend déjà d’être publié.") if waits else _("Cet événement est déjà publié."))
    # What the zone took out comes back by its word alone.
    was_refused = (
        event.moderation is ModerationState.REFUSED or bool(event.zone_reason) or queries.was_refused(event.id)
    )
    state = _let_through(event.place, by, was_refused=was_refused)
    deed = Deed.PUBLISHED if state is ModerationState.PUBLISHED else Deed.SUBMITTED
    move(event, state, deed, by=by, now=now)
    return state


def recall_event(event: Event, *, now: datetime, version: int, by: Account | None = None) -> None:
    """Take it back from the zone's desk: it is a draft again."""
    event = lock(event, version)
    if event.moderation is not ModerationState.PENDING:
        raise Refused(_("Cet événement n’attend plus : quelqu’un vient de décider."))
    move(event, ModerationState.DRAFT, Deed.RECALLED, by=by, now=now)


def archive_event(
    event: Event, *, now: datetime, version: int, by: Account | None = None, zone_reason: str = ""
) -> None:
    """Take what is over out of lists. It did happen: its page stays, and calendars keep it as it was.

    `zone_reason`: why, where it is the zone that does so.
    """
    event = lock(event, version)
    if event.moderation is not ModerationState.PUBLISHED or event.deleted_at is not None:
        raise Refused(_("Seul un événement publié s’archive."))
    if event.ends_at > now or queries.count_dates_of(event.id, after=now):
        raise Refused(_("Cet événement n’est pas passé : annulez-le plutôt, les calendriers abonnés l’apprendront."))
    event.moderation, event.zone_reason = ModerationState.ARCHIVED, zone_reason
    _note(event, Deed.ARCHIVED, by, now)


def unarchive_event(
    event: Event, *, now: datetime, version: int, by: Account | None = None, is_zone: bool = False
) -> None:
    """Back into the lists of what is over. What the zone archived, the zone alone (`is_zone`) brings back."""
    event = lock(event, version)
    if event.moderation is not ModerationState.ARCHIVED:
        raise Refused(_("Cet événement n’est pas archivé."))
    if event.zone_reason and not is_zone:
        raise Refused(_("Le pôle de la zone l’a archivé, et a dit pourquoi : écrivez-lui pour qu’il y revienne."))
    event.moderation, event.zone_reason = ModerationState.PUBLISHED, ""
    _note(event, Deed.UNARCHIVED, by, now)


def _note(event: Event, deed: Deed, by: Account | None, now: datetime) -> None:
    """Nothing that calendars read has changed: neither its SEQUENCE nor its last change moves."""
    session.flush()
    remember(event, deed, by=by, now=now)


def move(
    event: Event,
    state: ModerationState,
    deed: Deed,
    *,
    by: Account | None,
    now: datetime,
    zone_reason: str = "",
) -> None:
    """Bring a locked event into another state of moderation. `zone_reason`: why its zone does so, if it does.

    What was published and is refused is deleted too: calendars that showed it must hear that it is cancelled.
    """
    before = event.moderation
    event.moderation, event.zone_reason = state, zone_reason or event.zone_reason
    if state is ModerationState.PUBLISHED:
        event.published_at, event.zone_reason = event.published_at or now, ""
    if state is ModerationState.REFUSED and before is ModerationState.PUBLISHED:
        event.deleted_at = now
    elif before is ModerationState.REFUSED:
        event.deleted_at = None
    _touch(event, now)
    remember(event, deed, {"moderation": [before, state]}, by=by, now=now)


def cancel_event(event: Event, *, reason: str, now: datetime, version: int, by: Account | None = None) -> None:
    """Call it off, every date. The event stays, so that calendars that follow it learn of it."""
    event = lock(event, version)
    if event.status is EventStatus.CANCELLED:
        raise Refused(_("Cet événement est déjà annulé."))
    event.status, event.cancel_reason = EventStatus.CANCELLED, reason
    _touch(event, now)
    remember(event, Deed.CANCELLED, {"cancel_reason": ["", reason]}, by=by, now=now)


def reinstate_event(event: Event, *, now: datetime, version: int, by: Account | None = None) -> None:
    """Take a cancellation back."""
    event = lock(event, version)
    if event.status is EventStatus.CONFIRMED:
        raise Refused(_("Cet événement n’est pas annulé."))
    event.status, event.cancel_reason = EventStatus.CONFIRMED, ""
    _touch(event, now)
    remember(event, Deed.REINSTATED, by=by, now=now)


def delete_event(event: Event, *, now: datetime, version: int, by: Account | None = None) -> None:
    """Take it away from pages. Calendars are told that it is cancelled; it can be brought back."""
    event = lock(event, version)
    if event.deleted_at is not None:
        raise Refused(_("Cet événement est déjà supprimé."))
    event.deleted_at = now
    _touch(event, now)
    remember(event, Deed.DELETED, by=by, now=now)


def restore_event(event: Event, *, now: datetime, version: int, by: Account | None = None) -> None:
    """Undo a deletion."""
    event = lock(event, version)
    if event.deleted_at is None:
        raise Refused(_("Cet événement n’est pas supprimé."))
    event.deleted_at = None
    _touch(event, now)
    remember(event, Deed.RESTORED, by=by, now=now)


def take_image(event: Event, model: Event) -> None:
    """Give an event that was just made of another one the image of that one."""
    if model.image_digest is not None:
        event.image_digest, event.image_text = model.image_digest, model.image_text
        session.flush()


def remember(
    event: Event,
    deed: Deed,
    changed: Mapping[str, list[Any]] | None = None,
    *,
    by: Account | None,
    now: datetime,
) -> None:
    """Write a line of the event's history. `changed`: by column, the value before and the value after."""
    session.add(line_of_history(event, deed, changed, by=by, now=now))
    session.flush()


def line_of_history(
    event: Event,
    deed: Deed,
    changed: Mapping[str, list[Any]] | None = None,
    *,
    by: Account | None,
    now: datetime,
) -> EventVersion:
    """A line that is not written yet: see `remember`."""
    plain = {name: [_plain(value) for value in pair] for name, pair in (changed or {}).items()}
    return EventVersion(event_id=event.id, at=now, by_id=by.id if by else None, deed=deed, changed=plain)


def _plain(value: Any) -> Any:
    """As JSON can keep it."""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _touch(event: Event, now: datetime) -> None:
    event.sequence += 1
    event.changed_at = now
    session.flush()


def lock(event: Event, version: int) -> Event:
    """The event as it stands now, held until the request ends: of two who save at once, one waits and is told."""
    statement = select(Event).where(Event.id == event.id).options(*queries.WHOLE)
    current = session.scalars(
        statement.with_for_update(of=Event).execution_options(populate_existing=True)
    ).one_or_none()
    if current is None or current.version != version:
        raise Conflict(_("Cet événement a été modifié par quelqu’un d’autre entre-temps."))
    return current


def hold(ids: Collection[int]) -> None:
    """Lock events in the order that all keep who write several at once, so that no two wait for each other."""
    session.execute(select(Event.id).where(Event.id.in_(ids)).order_by(Event.id).with_for_update())


def _assign(event: Event, values: Mapping[str, Any]) -> None:
    stranger = set(values) - EDITABLE
    if stranger:
        raise ValueError(f"not for outsiders to set: {sorted(stranger)}")
    for name, value in values.items():
        setattr(event, name, value)


def _set_time(event: Event, when: When) -> None:
    """The one door for whoever writes times: pages and calendars must agree about every date."""
    if not is_anchored(series_of(when)):
        raise ValueError(f"a series begins with a start of its rule, or has it as a date of its own: {when}")
    event.starts_local, event.ends_local = when.starts_local, when.ends_local
    event.timezone, event.is_all_day = when.timezone, when.is_all_day
    event.starts_at, event.ends_at = when.starts_at, when.ends_at
    event.rrule = when.rrule
    event.rdates, event.exdates = sorted(set(when.rdates)), sorted(set(when.exdates))


def told(event: Event) -> dict[str, Any]:
    """What a form can change, as it is now; lists as copies."""
    values = {name: getattr(event, name) for name in (*_MOVING, *sorted(EDITABLE))}
    values["partners"] = sorted(place.id for place in event.partners)
    return {name: list(value) if isinstance(value, list) else value for name, value in values.items()}
