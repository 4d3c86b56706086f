"""What people are told of by letter, how often, and what the link that stops it is proven by. Pure."""

import enum
import hmac
import re
from base64 import urlsafe_b64encode
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fablabmesh.accounts.rules import Role
from fablabmesh.kit.i18n import gettext as _

HOUR = time(7)
CLOCK = ZoneInfo("Europe/Paris")
# What could not be told for so long says what is no longer so.
KEPT_WAITING = timedelta(days=30)
# More than that in one letter is not read; the rest is counted.
MOST_IN_A_DIGEST = 100


class Frequency(enum.StrEnum):
    """How often somebody wants to be told of a kind of things."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NONE = "none"

    @property
    def label(self) -> str:
        return {
            Frequency.AT_ONCE: _("Tout de suite"),
            Frequency.DAILY: _("Une fois par jour"),
            Frequency.WEEKLY: _("Une fois par semaine"),
            Frequency.NONE: _("Jamais"),
        }[self]


class Kind(enum.StrEnum):
    """What a notice is about."""

    # To whoever coordinates a zone, or administers the site.
    PROPOSAL = "proposal"
    PENDING = "pending"
    CLAIM = "claim"
    LATE = "late"
    # To whoever looks after a place.
    DECISION = "decision"
    PARTNER_REQUEST = "partner_request"
    PARTNER_ANSWER = "partner_answer"
    TEAM = "team"
    SOURCE = "source"
    FRESHNESS = "freshness"
    # To anybody.
    REPORT = "report"
    ZONE_NEWS = "zone_news"
    SECURITY = "security"

    @property
    def label(self) -> str:
        return {
            Kind.PROPOSAL: _("Propositions et signalements du public"),
            Kind.PENDING: _("Événements, projets et fiches à relire"),
            Kind.CLAIM: _("Demandes de prise en charge d’un lieu, demandes de compte"),
            Kind.LATE: _("Rappels de ce qui attend depuis longtemps"),
            Kind.DECISION: _("Publication ou refus de ce que vous proposez pour vos lieux"),
            Kind.PARTNER_REQUEST: _("Demandes de participation à vos projets"),
            Kind.PARTNER_ANSWER: _("Réponses à vos demandes de participation"),
            Kind.TEAM: _("Arrivées et départs dans l’équipe de vos lieux"),
            Kind.SOURCE: _("Pannes des agendas que vos lieux font suivre"),
            Kind.FRESHNESS: _("Fiches à confirmer, une fois par an"),
            Kind.REPORT: _("Suites données à vos signalements"),
            Kind.ZONE_NEWS: _("Nouvelles du pôle de votre zone"),
            Kind.SECURITY: _("Sécurité de votre compte"),
        }[self]

    @property
    def is_tunable(self) -> bool:
        """May somebody choose not to be told?"""
        return self is not Kind.SECURITY

    @property
    def is_of_desk(self) -> bool:
        """Is it told to those who decide, and to nobody else?"""
        return self in (Kind.PROPOSAL, Kind.PENDING, Kind.CLAIM, Kind.LATE)


_DEFAULTS = {
    Kind.PROPOSAL: Frequency.DAILY,
    Kind.PENDING: Frequency.DAILY,
    Kind.CLAIM: Frequency.AT_ONCE,
    Kind.ZONE_NEWS: Frequency.WEEKLY,
}


def default_frequency(kind: Kind, person: Any) -> Frequency:
    """For who never chose. Administrators who coordinate no zone are there for the whole: a summary is enough, but of
    what nobody does."""
    if kind.is_of_desk and kind is not Kind.LATE and person.role is Role.ADMIN and not person.zone_ids:
        return Frequency.WEEKLY
    return _DEFAULTS.get(kind, Frequency.AT_ONCE)


def kinds_for(person: Any) -> list[Kind]:
    """What somebody may tune, in the order of the page."""
    decides = person.role is Role.ADMIN or bool(person.zone_ids)
    return [kind for kind in Kind if kind.is_tunable and (decides or not kind.is_of_desk)]


def due_after(now: datetime, frequency: Frequency) -> datetime:
    """When what happens now is told: at the next seven o’clock of the morning, or of the Monday."""
    if frequency not in (Frequency.DAILY, Frequency.WEEKLY):
        return now
    here = now.astimezone(CLOCK).replace(tzinfo=None)
    due = datetime.combine(here.date(), HOUR)
    while due <= here or (frequency is Frequency.WEEKLY and due.weekday() != 0):
        due += timedelta(days=1)
    return due.replace(tzinfo=CLOCK).astimezone(now.tzinfo)


# What stands in the place of a kind in the link of a digest, which tells of several.
EVERYTHING = "tout"
_STOP = re.compile(r"([1-9][0-9]{0,8})-([a-z_]{1,20})-([A-Za-z0-9_-]{22})", re.ASCII)


def write_stop(key: bytes, account_id: int, kind: str) -> str:
    """The word of the link that stops a kind of notices: nothing in the database is enough to make one."""
    mark = hmac.digest(key, b"notices/stop:%d:%s" % (account_id, kind.encode()), "sha256")[:16]
    return f"{account_id}-{kind}-{urlsafe_b64encode(mark).decode().rstrip('=')}"


def read_stop(key: bytes, word: str) -> tuple[int, str] | None:
    """Whose notices it stops and which; None if we did not write it."""
    found = _STOP.fullmatch(word)
    if found is None or not hmac.compare_digest(word, write_stop(key, int(found[1]), found[2])):
        return None
    return int(found[1]), found[2]
