"""What a zone does with what is published: archive it, bring it back, take it out to be read again; its team is told.

What waits or was reported is decided at the desk (`actions`).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, or_, select

from fablabmesh.accounts.models import Account
from fablabmesh.events import actions as events
from fablabmesh.events.models import Event, EventDate
from fablabmesh.events.queries import IS_LISTED
from fablabmesh.events.rules import Deed, EventStatus
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.moderation.rules import Turn, next_steps, turns_of, what_was_done
from fablabmesh.notices import actions as notices
from fablabmesh.notices.rules import Kind
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place, PlaceManager
from fablabmesh.places.rules import PlaceDeed
from fablabmesh.projects import actions as projects
from fablabmesh.projects import queries as project_queries
from fablabmesh.projects.models import Project
from fablabmesh.zones.moderation import ModerationState

Shown = Event | Project | Place

_TO = {
    Turn.ARCHIVE: ModerationState.ARCHIVED,
    Turn.UNARCHIVE: ModerationState.PUBLISHED,
    Turn.WITHDRAW: ModerationState.PENDING,
}
_PLACE_DEEDS = {
    Turn.ARCHIVE: PlaceDeed.ARCHIVED,
    Turn.UNARCHIVE: PlaceDeed.UNARCHIVED,
    Turn.WITHDRAW: PlaceDeed.WITHDRAWN,
}


def turn(thing: Shown, what: Turn, *, reason: str, by: Account, now: datetime, version: int) -> None:
    """Do it to what was on the screen, and tell its team why and what they may do.

    `place` of an event and `lead` of a project must have been loaded.
    """
    if what is not Turn.UNARCHIVE and not reason:
        raise ValueError("a team is always told why")
    if isinstance(thing, Event):
        _turn_event(thing, what, reason, by, now, version)
    elif isinstance(thing, Project):
        project_queries.lock_project(thing)
        if version != thing.version:
            raise Conflict(_("Ce projet a été modifié par quelqu’un d’autre entre-temps."))
        _check(thing, what)
        projects.settle(thing, _TO[what], now=now, zone_reason=reason)
    else:
        places.check_version(thing, version)
        _check(thing, what)
        if what is not Turn.UNARCHIVE and has_events_to_come(thing.id, now=now):
            raise Refused(
                _("Des événements y sont encore annoncés : annulez-les d’abord, les calendriers abonnés l’apprendront.")
            )
        move_place(thing, _TO[what], _PLACE_DEEDS[what], by=by, now=now, zone_reason=reason)
    _tell(thing, what, reason, by, now)


def _turn_event(event: Event, what: Turn, reason: str, by: Account, now: datetime, version: int) -> None:
    if what is Turn.ARCHIVE:
        events.archive_event(event, now=now, version=version, by=by, zone_reason=reason)
    elif what is Turn.UNARCHIVE:
        events.unarchive_event(event, now=now, version=version, by=by, is_zone=True)
    else:
        held = events.lock(event, version)
        _check(held, what)
        events.move(held, ModerationState.PENDING, Deed.WITHDRAWN, by=by, now=now, zone_reason=reason)


def _check(thing: Shown, what: Turn) -> None:
    if what not in turns_of(thing):
        raise Refused(_("C’est déjà dans un autre état : « %(state)s ».", state=thing.moderation.label))


def move_place(
    place: Place, state: ModerationState, deed: PlaceDeed, *, by: Account, now: datetime, zone_reason: str = ""
) -> None:
    """Bring a place into another state, and write so into its history. `zone_reason`: why its zone does so."""
    before, place.moderation, place.changed_at = place.moderation, state, now
    place.zone_reason = "" if state is ModerationState.PUBLISHED else zone_reason or place.zone_reason
    session.flush()
    places.remember(place, deed, {"moderation": [before, state]}, by=by, now=now)


def has_events_to_come(place_id: int, *, now: datetime) -> bool:
    """Is something announced there, by the place itself or by others?"""
    held = or_(Event.place_id == place_id, Event.venue_id == place_id)
    dated = exists().where(EventDate.event_id == Event.id, EventDate.ends_at > now, EventDate.is_cancelled.is_(False))
    found = select(Event.id).where(held, IS_LISTED, Event.status != EventStatus.CANCELLED, dated)
    return session.scalar(found.limit(1)) is not None


# --- telling -----------------------------------------------------------------------------------------------------


def _tell(thing: Shown, what: Turn, reason: str, by: Account, now: datetime) -> None:
    name = thing.name if isinstance(thing, Place) else thing.title

    def values(_language: str) -> dict[str, object]:
        said = [_("« %(words)s »", words=reason)] if reason else []
        lines = [*said, *next_steps(what)]
        return {"title": what_was_done(what, name), "lines": lines, "button": _("Ouvrir la page")}

    notices.notify_all(_team_of(thing, but=by.id), Kind.DECISION, values, path=path_of(thing), now=now)


def path_of(thing: Shown) -> str:
    """Where its page is."""
    if isinstance(thing, Event):
        return f"/evenements/{thing.slug}"
    return f"/projets/{thing.slug}" if isinstance(thing, Project) else f"/lieux/{thing.slug}"


def _team_of(thing: Shown, *, but: int) -> Sequence[Account]:
    place_id = thing.place_id if isinstance(thing, Event) else thing.lead_id if isinstance(thing, Project) else thing.id
    people = select(Account).join(PlaceManager, PlaceManager.account_id == Account.id)
    mine = people.where(PlaceManager.place_id == place_id, Account.is_active, Account.id != but)
    return session.scalars(mine.order_by(Account.id)).all()
