"""Words of events, who may change them, and what a wall time means. Pure."""

import enum
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fablabmesh.accounts.rights import Act, Tie, allows
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places import rules as places
from fablabmesh.zones.moderation import ModerationState

HOME_ZONE = "Europe/Paris"
LONGEST = timedelta(days=366)
FIRST_YEAR, LAST_YEAR = 2000, 2100


class EventStatus(enum.StrEnum):
    """RFC 5545 §3.8.1.11, as far as it is used."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {EventStatus.CONFIRMED: _("Confirmé"), EventStatus.CANCELLED: _("Annulé")}[self]


class Deed(enum.StrEnum):
    """What somebody did to an event: a line of its history."""

    CREATED = "created"
    EDITED = "edited"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    REINSTATED = "reinstated"
    DELETED = "deleted"
    RESTORED = "restored"
    DATE_CHANGED = "date_changed"
    DATE_CANCELLED = "date_cancelled"
    DATE_REINSTATED = "date_reinstated"
    DATE_ADDED = "date_added"
    SPLIT = "split"
    IMPORTED = "imported"
    UNDONE = "undone"
    SUBMITTED = "submitted"
    RECALLED = "recalled"
    REFUSED = "refused"
    ARCHIVED = "archived"
    UNARCHIVED = "unarchived"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {
            Deed.CREATED: _("a créé l’événement"),
            Deed.EDITED: _("a modifié l’événement"),
            Deed.PUBLISHED: _("a publié l’événement"),
            Deed.CANCELLED: _("a annulé l’événement"),
            Deed.REINSTATED: _("a rétabli l’événement"),
            Deed.DELETED: _("a supprimé l’événement"),
            Deed.RESTORED: _("a repris l’événement supprimé"),
            Deed.DATE_CHANGED: _("a modifié une date"),
            Deed.DATE_CANCELLED: _("a annulé une date"),
            Deed.DATE_REINSTATED: _("a rétabli une date"),
            Deed.DATE_ADDED: _("a ajouté une date"),
            Deed.SPLIT: _("a modifié une date et les suivantes"),
            Deed.IMPORTED: _("a importé l’événement"),
            Deed.UNDONE: _("est revenu sur une modification"),
            Deed.SUBMITTED: _("a proposé l’événement à la publication"),
            Deed.RECALLED: _("a remis l’événement en brouillon"),
            Deed.REFUSED: _("n’a pas publié l’événement"),
            Deed.ARCHIVED: _("a archivé l’événement"),
            Deed.UNARCHIVED: _("a sorti l’événement des archives"),
            Deed.WITHDRAWN: _("a retiré l’événement pour le relire"),
        }[self]


class PriceKind(enum.StrEnum):
    """What it costs to come."""

    UNSAID = "unsaid"
    FREE = "free"
    MEMBERSHIP = "membership"
    AMOUNT = "amount"

    @property
    def label(self) -> str:
        return {
            PriceKind.UNSAID: _("Non précisé"),
            PriceKind.FREE: _("Gratuit"),
            PriceKind.MEMBERSHIP: _("Sur adhésion"),
            PriceKind.AMOUNT: _("Payant"),
        }[self]


class OnlineAccess(enum.StrEnum):
    """Can one take part from afar, and who is given the link?"""

    NONE = "none"
    PUBLIC = "public"
    ON_REQUEST = "on_request"

    @property
    def label(self) -> str:
        return {
            OnlineAccess.NONE: _("Sur place seulement"),
            OnlineAccess.PUBLIC: _("En ligne, lien montré à tout le monde"),
            OnlineAccess.ON_REQUEST: _("En ligne, lien envoyé aux personnes inscrites"),
        }[self]


def zone_labels() -> dict[str, str]:
    """The time zones of France by the name people know them by, in the order of a list to choose from."""
    return {
        "Europe/Paris": _("Paris"),
        "America/Martinique": _("Martinique"),
        "America/Guadeloupe": _("Guadeloupe"),
        "America/Cayenne": _("Guyane"),
        "Indian/Reunion": _("La Réunion"),
        "Indian/Mayotte": _("Mayotte"),
        "America/Miquelon": _("Saint-Pierre-et-Miquelon"),
        "America/St_Barthelemy": _("Saint-Barthélemy"),
        "America/Marigot": _("Saint-Martin"),
        "Pacific/Noumea": _("Nouméa"),
        "Pacific/Wallis": _("Wallis-et-Futuna"),
        "Pacific/Tahiti": _("Tahiti"),
        "Pacific/Marquesas": _("Îles Marquises"),
        "Pacific/Gambier": _("Îles Gambier"),
        "Indian/Kerguelen": _("Kerguelen"),
    }


def can_edit(person: Any, event: Any) -> bool:
    """May they write it? It is the business of the place that organises it."""
    return allows(ties_to(person, event), Act.EVENT_WRITE)


def ties_to(person: Any, event: Any) -> frozenset[Tie]:
    """What somebody is to it: what they are to its place. What waits is the zone’s to retouch as well."""
    ties = places.ties_to(person, event.place)
    is_theirs = event.moderation is ModerationState.PENDING and allows(ties, Act.EVENT_MODERATE)
    return ties | {Tie.EDITOR} if is_theirs else ties


def can_moderate(person: Any, event: Any) -> bool:
    """May they decide whether it is published?"""
    return places.may(person, Act.EVENT_MODERATE, event.place)


def unknown() -> str:
    """What is said of an event that is not there, or that is nobody else's business."""
    return _("Cet événement n’existe pas, ou n’existe plus.")


def is_shown(event: Any) -> bool:
    """May everybody see it?"""
    return not event.moderation.is_hidden and event.deleted_at is None


# --- time --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class When:
    """The time of an event as people say it: wall times of a zone, both naive, and how they come again.

    An all-day event goes from the midnight that begins its first day to the midnight that begins its last one.
    `rrule` is an RRULE value of RFC 5545 without its name; `rdates` and `exdates` are starts that come in addition and
    that do not come.
    """

    starts_local: datetime
    ends_local: datetime
    timezone: str
    is_all_day: bool = False
    rrule: str = ""
    rdates: tuple[datetime, ...] = ()
    exdates: tuple[datetime, ...] = ()

    @property
    def is_recurring(self) -> bool:
        return bool(self.rrule or self.rdates)

    @property
    def starts_at(self) -> datetime:
        return instant(self.starts_local, self.timezone)

    @property
    def ends_at(self) -> datetime:
        """The instant it is over; for an all-day event, the midnight that ends its last day."""
        end = self.ends_local + timedelta(days=1) if self.is_all_day else self.ends_local
        return instant(end, self.timezone)


def when_of(event: Any) -> When:
    """The times of an event as they are."""
    return When(
        event.starts_local,
        event.ends_local,
        event.timezone,
        event.is_all_day,
        event.rrule,
        tuple(event.rdates),
        tuple(event.exdates),
    )


def instant(local: datetime, timezone: str) -> datetime:
    """The UTC instant of a wall time. One that comes twice, on the night clocks go back, is the first of the two."""
    return local.replace(tzinfo=ZoneInfo(timezone), fold=0).astimezone(UTC)


def is_skipped(local: datetime, timezone: str) -> bool:
    """Does this wall time not exist, because clocks jump over it that night?"""
    there_and_back = instant(local, timezone).astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    return there_and_back != local.replace(fold=0)


def comes_twice(local: datetime, timezone: str) -> bool:
    """Do clocks show this wall time twice, because they go back that night?"""
    zone = ZoneInfo(timezone)
    first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return first != second and not is_skipped(local, timezone)


def has_paris_time(event: Any) -> bool:
    """Is the wall time of this event, at that date, the one that clocks in Paris show?"""
    start: datetime = event.starts_at
    return start.astimezone(ZoneInfo(event.timezone)).utcoffset() == start.astimezone(ZoneInfo(HOME_ZONE)).utcoffset()


# --- place -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Where:
    """A place of the mesh, or else an address in words; with its point when it is known."""

    place: Any
    text: str
    latitude: float | None
    longitude: float | None


def where_of(event: Any, change: Any = None) -> Where:
    """Where an event is, or a date of it: where its change says, else its venue, else the organising place."""
    if change is not None and change.venue is not None:
        return _at(change.venue)
    if change is not None and change.venue_text:
        # The point is that of the series' address.
        return Where(None, change.venue_text, None, None)
    if event.venue is not None:
        return _at(event.venue)
    if event.venue_text:
        return Where(None, event.venue_text, event.venue_latitude, event.venue_longitude)
    return _at(event.place)


def _at(place: Any) -> Where:
    return Where(place, "", place.latitude, place.longitude)


def image_path(digest: str, *, is_small: bool = False) -> str:
    """Where an image is, below the root of the site in all languages."""
    return f"/images/{digest}{'-480' if is_small else ''}.jpg"
