"""Writes of what was read elsewhere to the events of a place. Names and SEQUENCE are kept; nothing comes twice."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update

from fablabmesh.accounts.models import Account
from fablabmesh.events import actions as events
from fablabmesh.events import queries as event_queries
from fablabmesh.events.models import Event, EventChange
from fablabmesh.events.rules import Deed, EventStatus
from fablabmesh.events.rules import when_of as when_of_event
from fablabmesh.imports.models import ImportedEvent
from fablabmesh.imports.plan import Proposal, Setting, difference, values_of, when_of
from fablabmesh.imports.rules import Kind
from fablabmesh.kit.db import session
from fablabmesh.kit.ical_apart import digest_of, told_of
from fablabmesh.kit.ical_reading import ReadChange, ReadEvent
from fablabmesh.kit.text import free_slug, slugify
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place
from fablabmesh.zones.moderation import Thing

_CHANGE = ("starts_local", "ends_local", "is_cancelled", "title", "description", "venue_text")


def write(
    proposals: Iterable[Proposal], place: Place, setting: Setting, *, origin: str, by: Account | None, now: datetime
) -> dict[str, int]:
    """Write what is new, changed or called off; says how many of each kind. `origin`: where from, to people."""
    proposals = list(proposals)
    events.hold([each.known.event.id for each in proposals if each.kind.is_writable and each.known is not None])
    counts: dict[str, int] = {}
    new, unchanged = list[ReadEvent](), list[int]()
    for each in proposals:
        if each.kind.is_writable and each.known is None:
            new.append(each.read)
        elif each.kind.is_writable and each.known is not None:
            _update(each.read, each.known.event, each.known.record, setting, by=by, now=now)
        elif each.known is not None and each.known.record is not None and each.kind is Kind.UNCHANGED:
            unchanged.append(each.known.event.id)
        counts[each.kind.value] = counts.get(each.kind.value, 0) + 1
    _create(new, place, setting, origin=origin, by=by, now=now)
    if setting.source_id is not None and unchanged:
        session.execute(
            update(ImportedEvent)
            .where(ImportedEvent.event_id.in_(unchanged))
            .values(source_id=setting.source_id, seen_at=now)
            .execution_options(synchronize_session=False)
        )
    session.flush()
    return counts


def _create(
    new: Sequence[ReadEvent], place: Place, setting: Setting, *, origin: str, by: Account | None, now: datetime
) -> None:
    """All at once: an agenda of some thousand events is a matter of seconds."""
    made = []
    state = places.state_of_imported(place, Thing.EVENT)
    for read, slug in zip(new, _slugs_of(new), strict=True):
        values, when = values_of(read, setting), when_of(read)
        event = events.build_event(place, values, when, by=by, now=now, uid=read.uid, slug=slug, state=state)
        event.origin, event.sequence = origin, read.sequence
        event.changes = [_new_change(each, now, each.sequence) for each in read.changes]
        if read.is_cancelled:
            event.status = EventStatus.CANCELLED
        made.append(event)
    session.add_all(made)
    session.flush()
    for read, event in zip(new, made, strict=True):
        record = ImportedEvent(
            event_id=event.id,
            source_id=setting.source_id,
            sequence=read.sequence,
            modified=read.modified,
            digest=digest_of(read),
            told=told_of(read),
            seen_at=now,
        )
        session.add(record)
        session.add(events.line_of_history(event, Deed.IMPORTED, {"origin": ["", origin]}, by=by, now=now))
    session.flush()


def _slugs_of(new: Sequence[ReadEvent]) -> list[str]:
    """The title; where that is taken, with the day; where that is too, with a number."""
    plain = [slugify(read.title) for read in new]
    dated = [f"{slug}-{read.starts:%Y-%m-%d}" for slug, read in zip(plain, new, strict=True)]
    taken = event_queries.list_taken_slugs({*plain, *dated})
    found = []
    for slugs in zip(plain, dated, strict=True):
        slug = next((each for each in slugs if each not in taken), "")
        if not slug:
            slug = free_slug(slugs[1], lambda each: each in taken or event_queries.is_slug_taken(each))
        taken.add(slug)
        found.append(slug)
    return found


def _update(
    read: ReadEvent, event: Event, record: ImportedEvent, setting: Setting, *, by: Account | None, now: datetime
) -> None:
    """Only what was changed at the origin since the last time; the rest stays as it is here."""
    what = difference(read, record, setting)
    when = what.when or when_of_event(event)
    events.edit_event(event, event.place, what.values, when, now=now, version=event.version, by=by)
    if what.changes is not None and _set_changes(event, what.changes, now):
        event.changed_at = now
        session.flush()
        events.remember(event, Deed.DATE_CHANGED, by=by, now=now)
    is_back = record.missing_since is not None and not read.is_cancelled
    if what.is_cancelled and event.status is EventStatus.CONFIRMED:
        events.cancel_event(event, reason="", now=now, version=event.version, by=by)
    elif (what.is_cancelled is False or is_back) and event.status is EventStatus.CANCELLED:
        events.reinstate_event(event, now=now, version=event.version, by=by)
    event.sequence = max(event.sequence, read.sequence)
    record.source_id = setting.source_id if setting.source_id is not None else record.source_id
    record.sequence, record.modified = max(record.sequence, read.sequence), read.modified
    record.digest, record.told = digest_of(read), told_of(read)
    record.seen_at, record.missing_since = now, None
    session.flush()


def call_off(record: ImportedEvent, *, reason: str, now: datetime) -> None:
    """Call off what is no longer at its origin."""
    events.cancel_event(record.event, reason=reason, now=now, version=record.event.version)
    record.missing_since = now
    session.flush()


# --- single dates ------------------------------------------------------------------------------------------------


def _set_changes(event: Event, wanted: Sequence[ReadChange], now: datetime) -> bool:
    """Have exactly these dates of the series differ; says whether anything did change."""
    known = {change.recurrence_local: change for change in event.changes}
    changed = False
    for each in wanted:
        change = known.pop(each.recurrence, None)
        if change is None:
            event.changes.append(_new_change(each, now, max(1, each.sequence)))
            changed = True
        elif any(getattr(change, name) != value for name, value in _values_of(each).items()):
            for name, value in _values_of(each).items():
                setattr(change, name, value)
            change.venue_id, change.venue = None, None
            change.sequence, change.changed_at = max(change.sequence + 1, each.sequence), now
            changed = True
    for change in known.values():
        # Calendars that hold the single date must learn that the series speaks for it again.
        event.changes.remove(change)
        event.sequence += 1 + change.sequence
        changed = True
    session.flush()
    return changed


def _new_change(each: ReadChange, now: datetime, sequence: int) -> EventChange:
    return EventChange(
        recurrence_local=each.recurrence, cancel_reason="", sequence=sequence, changed_at=now, **_values_of(each)
    )


def _values_of(each: ReadChange) -> dict[str, Any]:
    values = (each.starts, each.ends, each.is_cancelled, each.title, each.description, each.place)
    return dict(zip(_CHANGE, values, strict=True))
