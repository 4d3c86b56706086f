"""Writes about some dates of a series: one, or one and all that follow. Calendars are told; nothing just disappears."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from fablabmesh.accounts.models import Account
from fablabmesh.events.actions import (
    EDITABLE,
    cancel_event,
    carried_changes,
    create_event,
    edit_event,
    lock,
    remember,
    take_image,
)
from fablabmesh.events.dates import list_starts, series_of, to_walls
from fablabmesh.events.models import Event, EventChange
from fablabmesh.events.rules import Deed, When, when_of
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.recurrence import Series, occurrences, split
from fablabmesh.places.models import Place

# Of a series that is called off from a date on, calendars go on showing so much, struck out.
STRUCK_OUT_FOR = timedelta(days=180)


def change_date(
    event: Event,
    recurrence_local: datetime,
    *,
    starts_local: datetime,
    ends_local: datetime,
    title: str = "",
    description: str = "",
    venue: Place | None = None,
    venue_text: str = "",
    by: Account | None,
    now: datetime,
    version: int,
) -> None:
    """Hold one date at another time, elsewhere, or under another name. Empty: as the series says.

    What is said is all that differs: what was said before about this date is forgotten, but not that it is called off.
    """
    event = lock(event, version)
    change = _change_of(event, recurrence_local)
    before = _told(change)
    change.starts_local, change.ends_local = starts_local, ends_local
    change.title = "" if title == event.title else title
    change.description = "" if description == event.description else description
    change.venue, change.venue_id, change.venue_text = venue, venue.id if venue else None, venue_text
    _save(event, change, Deed.DATE_CHANGED, before, by=by, now=now)


def cancel_date(
    event: Event, recurrence_local: datetime, *, reason: str, by: Account | None, now: datetime, version: int
) -> None:
    """Call one date off. It stays in calendars, struck out."""
    event = lock(event, version)
    change = _change_of(event, recurrence_local)
    if change.is_cancelled:
        raise Refused(_("Cette date est déjà annulée."))
    before = _told(change)
    change.is_cancelled, change.cancel_reason = True, reason
    _save(event, change, Deed.DATE_CANCELLED, before, by=by, now=now)


def reinstate_date(
    event: Event, recurrence_local: datetime, *, by: Account | None, now: datetime, version: int
) -> None:
    """Take the cancellation of one date back."""
    event = lock(event, version)
    change = _change_of(event, recurrence_local)
    if not change.is_cancelled:
        raise Refused(_("Cette date n’est pas annulée."))
    before = _told(change)
    change.is_cancelled, change.cancel_reason = False, ""
    _save(event, change, Deed.DATE_REINSTATED, before, by=by, now=now)


def add_date(event: Event, starts_local: datetime, *, by: Account | None, now: datetime, version: int) -> None:
    """One date more, as long as the others; one that was left out comes back."""
    event = lock(event, version)
    if _is_date(event, starts_local):
        raise Refused(_("Cette date fait déjà partie de l’événement."))
    if starts_local < event.starts_local:
        raise Refused(_("Une date ajoutée vient après la première : modifiez plutôt le début de l’événement."))
    if starts_local in event.exdates:
        event.exdates = [wall for wall in event.exdates if wall != starts_local]
    if not _is_date(event, starts_local):
        event.rdates = sorted({*event.rdates, starts_local})
    event.sequence += 1
    event.changed_at = now
    session.flush()
    remember(event, Deed.DATE_ADDED, {"starts_local": [None, starts_local]}, by=by, now=now)


def edit_following(
    event: Event,
    recurrence_local: datetime,
    place: Place,
    values: Mapping[str, Any],
    when: When,
    *,
    by: Account | None,
    now: datetime,
    version: int,
    partners: Sequence[Place] | None = None,
) -> Event:
    """Change a date and all that follow: they become an event of their own, which is returned.

    From the first date on it is the event itself. What was decided about single dates goes with them.
    """
    if recurrence_local <= event.starts_local:
        edit_event(event, place, values, when, by=by, now=now, version=version, partners=partners)
        return event
    event = lock(event, version)
    _early, late = _cut(event, recurrence_local)
    together = event.partners if partners is None else partners
    following = create_event(place, values, when, by=by, now=now, partners=together, state=event.moderation)
    following.split_from_id = event.id
    take_image(following, event)
    following.status, following.cancel_reason = event.status, event.cancel_reason
    following.published_at = event.published_at
    following.changes = carried_changes(following, late, when.starts_local - recurrence_local)
    _end_before(event, recurrence_local, now)
    told: dict[str, list[Any]] = {"starts_local": [recurrence_local, when.starts_local]}
    remember(event, Deed.SPLIT, told, by=by, now=now)
    return following


def cancel_following(
    event: Event, recurrence_local: datetime, *, reason: str, by: Account | None, now: datetime, version: int
) -> Event:
    """Call a date and all that follow off. They become a cancelled event of their own, which is returned."""
    if recurrence_local <= event.starts_local:
        cancel_event(event, reason=reason, by=by, now=now, version=version)
        return event
    values = {name: getattr(event, name) for name in EDITABLE}
    rest = _cut(event, recurrence_local)[0][1]
    length = event.ends_local - event.starts_local
    known = list(occurrences(rest, until=recurrence_local + STRUCK_OUT_FOR))
    first, *others = (_wall(start) for start in known)
    # As a list of dates and without a rule: it ends, and nothing more is to be said of it.
    when = When(first, first + length, event.timezone, event.is_all_day, rdates=tuple(others))
    following = edit_following(event, recurrence_local, event.place, values, when, by=by, now=now, version=version)
    cancel_event(following, reason=reason, by=by, now=now, version=following.version)
    return following


def following_when(event: Event, recurrence_local: datetime) -> When:
    """The times of a date and all that follow, as they are: what a form that changes them begins with."""
    if recurrence_local <= event.starts_local:
        return when_of(event)
    series = _cut(event, recurrence_local)[0][1]
    start = _wall(series.start)
    return When(
        start,
        start + (event.ends_local - event.starts_local),
        event.timezone,
        event.is_all_day,
        series.rule,
        to_walls(series.extra),
        to_walls(series.excluded),
    )


def _cut(event: Event, at: datetime) -> tuple[tuple[Series, Series], list[EventChange]]:
    """Both halves of a series, and what differs in the second one."""
    if not _is_date(event, at):
        raise NotFound(_("Cette date ne fait pas partie de l’événement."))
    try:
        halves = split(series_of(event), at.date() if event.is_all_day else at)
    except ValueError as error:
        raise Refused(_("Cette date a été ajoutée à part : elle ne se modifie que seule.")) from error
    return halves, [change for change in event.changes if change.recurrence_local >= at]


def _end_before(event: Event, at: datetime, now: datetime) -> None:
    early = _cut(event, at)[0][0]
    event.rrule, event.rdates, event.exdates = early.rule, list(to_walls(early.extra)), list(to_walls(early.excluded))
    late = [change.sequence for change in event.changes if change.recurrence_local >= at]
    event.changes = [change for change in event.changes if change.recurrence_local < at]
    # What was told of a date that comes back one day must not seem newer than what is told of it then.
    event.sequence += 1 + max(late, default=0)
    event.changed_at = now
    session.flush()


def _wall(start: Any) -> datetime:
    return to_walls((start,))[0]


def _is_date(event: Event, wall: datetime) -> bool:
    return event.is_recurring and wall in list_starts(event, since=wall, until=wall)


def _change_of(event: Event, recurrence_local: datetime) -> EventChange:
    """What differs about one date; new when nothing did."""
    if not _is_date(event, recurrence_local):
        raise NotFound(_("Cette date ne fait pas partie de l’événement."))
    for change in event.changes:
        if change.recurrence_local == recurrence_local:
            return change
    return EventChange(
        recurrence_local=recurrence_local,
        starts_local=recurrence_local,
        ends_local=recurrence_local + (event.ends_local - event.starts_local),
        is_cancelled=False,
        cancel_reason="",
        title="",
        description="",
        venue_text="",
        sequence=0,
    )


_TOLD = (
    *("starts_local", "ends_local", "is_cancelled", "cancel_reason"),
    *("title", "description", "venue_id", "venue_text"),
)


def _told(change: EventChange) -> dict[str, Any]:
    return {name: getattr(change, name) for name in _TOLD}


def _save(
    event: Event, change: EventChange, deed: Deed, before: dict[str, Any], *, by: Account | None, now: datetime
) -> None:
    after = _told(change)
    changed = {name: [before[name], after[name]] for name in _TOLD if before[name] != after[name]}
    if not changed:
        return
    change.changed_at = now
    if _differs(event, change):
        change.sequence += 1
        if change not in event.changes:
            event.changes.append(change)
    elif change in event.changes:
        # Calendars that hold the single date must learn that the series speaks for it again.
        event.changes.remove(change)
        event.sequence += 1 + change.sequence
    event.changed_at = now
    session.flush()
    changed["recurrence_local"] = [change.recurrence_local, change.recurrence_local]
    remember(event, deed, changed, by=by, now=now)


def _differs(event: Event, change: EventChange) -> bool:
    length = event.ends_local - event.starts_local
    moved = (change.starts_local, change.ends_local) != (change.recurrence_local, change.recurrence_local + length)
    words = change.title or change.description or change.venue_id or change.venue_text
    return moved or change.is_cancelled or bool(words)
