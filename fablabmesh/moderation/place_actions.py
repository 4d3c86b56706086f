"""The state of a place: published, refused, archived, and the way back."""

from datetime import datetime

from sqlalchemy import exists, or_, select

from fablabmesh.accounts.models import Account
from fablabmesh.events.models import Event, EventDate
from fablabmesh.events.queries import IS_LISTED
from fablabmesh.events.rules import EventStatus
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place
from fablabmesh.places.rules import PlaceDeed
from fablabmesh.zones.moderation import ModerationState


def archive_place(place: Place, *, by: Account, now: datetime, version: int) -> None:
    """Take it off the map, out of lists and counts. Its page stays and says so, its address leads there for ever."""
    places.check_version(place, version)
    if place.moderation is not ModerationState.PUBLISHED:
        raise Refused(_("Seul un lieu publié s’archive."))
    if has_events_to_come(place.id, now=now):
        raise Refused(
            _("Des événements y sont encore annoncés : annulez-les d’abord, les calendriers abonnés l’apprendront.")
        )
    move_place(place, ModerationState.ARCHIVED, PlaceDeed.ARCHIVED, by=by, now=now)


def unarchive_place(place: Place, *, by: Account, now: datetime, version: int) -> None:
    """Back on the map."""
    places.check_version(place, version)
    if place.moderation is not ModerationState.ARCHIVED:
        raise Refused(_("Ce lieu n’est pas archivé."))
    move_place(place, ModerationState.PUBLISHED, PlaceDeed.UNARCHIVED, by=by, now=now)


def move_place(place: Place, state: ModerationState, deed: PlaceDeed, *, by: Account, now: datetime) -> None:
    """Bring a place into another state, and write so into its history."""
    before, place.moderation, place.changed_at = place.moderation, state, now
    session.flush()
    places.remember(place, deed, {"moderation": [before, state]}, by=by, now=now)


def has_events_to_come(place_id: int, *, now: datetime) -> bool:
    """Is something announced there, by the place itself or by others?"""
    held = or_(Event.place_id == place_id, Event.venue_id == place_id)
    dated = exists().where(EventDate.event_id == Event.id, EventDate.ends_at > now, EventDate.is_cancelled.is_(False))
    found = select(Event.id).where(held, IS_LISTED, Event.status != EventStatus.CANCELLED, dated)
    return session.scalar(found.limit(1)) is not None
