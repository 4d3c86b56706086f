"""Kinds of proposals and what may become of them, who decides, how much may be sent. Pure."""

import enum
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fablabmesh.kit.i18n import gettext as _

# An address to answer to is kept so long at most, and until the answer.
CONTACT_KEPT = timedelta(days=90)
# What waits for longer is late.
LATE_AFTER = timedelta(days=14)

NETWORK_WINDOW, MOST_PER_NETWORK = timedelta(hours=1), 10
# Nobody reads and fills in a form so fast; a page that was open for longer is shown again.
FASTEST, FORM_KEPT = timedelta(seconds=3), timedelta(hours=12)
LONGEST_MESSAGE = 2_000


class ProposalKind(enum.StrEnum):
    """What somebody says."""

    MISSING = "missing"
    CORRECTION = "correction"
    CLOSED = "closed"
    DUPLICATE = "duplicate"
    ABUSE = "abuse"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            ProposalKind.MISSING: _("Lieu manquant"),
            ProposalKind.CORRECTION: _("Correction"),
            ProposalKind.CLOSED: _("Lieu fermé"),
            ProposalKind.DUPLICATE: _("Double"),
            ProposalKind.ABUSE: _("Contenu déplacé"),
            ProposalKind.OTHER: _("Autre remarque"),
        }[self]


class ProposalState(enum.StrEnum):
    """Where a proposal stands."""

    PENDING = "pending"
    ASKED = "asked"
    PUBLISHED = "published"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {
            ProposalState.PENDING: _("À traiter"),
            ProposalState.ASKED: _("Question posée"),
            ProposalState.PUBLISHED: _("Acceptée"),
            ProposalState.REFUSED: _("Refusée"),
        }[self]

    @property
    def is_open(self) -> bool:
        return self in (ProposalState.PENDING, ProposalState.ASKED)


class DecisionDeed(enum.StrEnum):
    """What was done with a proposal."""

    ACCEPTED = "accepted"
    AMENDED = "amended"
    REFUSED = "refused"
    ASKED = "asked"
    ANSWERED = "answered"
    UNDONE = "undone"

    @property
    def label(self) -> str:
        return {
            DecisionDeed.ACCEPTED: _("a accepté la proposition"),
            DecisionDeed.AMENDED: _("a accepté la proposition après l’avoir retouchée"),
            DecisionDeed.REFUSED: _("a refusé la proposition"),
            DecisionDeed.ASKED: _("a posé une question"),
            DecisionDeed.ANSWERED: _("a répondu"),
            DecisionDeed.UNDONE: _("est revenu sur la décision"),
        }[self]


@dataclass(frozen=True)
class Scope:
    """What somebody may decide about: everything, or zones whose pole they look after, or their own places."""

    is_admin: bool = False
    is_demo: bool = False
    zone_ids: frozenset[int] = frozenset()
    place_ids: frozenset[int] = frozenset()

    @property
    def moderates(self) -> bool:
        """Do they look after more than their own places?"""
        return self.is_admin or bool(self.zone_ids)


def can_moderate(scope: Scope, zone_ids: Collection[int], *, is_demo: bool = False) -> bool:
    """Administrators, and whoever looks after a pole of one of the zones. Invented people moderate invented places."""
    if scope.is_admin and not scope.is_demo:
        return True
    return scope.is_demo == is_demo and (scope.is_admin or not scope.zone_ids.isdisjoint(zone_ids))


def can_decide(scope: Scope, proposal: Any, zone_ids: Collection[int]) -> bool:
    """Moderators; and a place's own people, of what is said about it."""
    if proposal.kind is not ProposalKind.MISSING and proposal.place_id in scope.place_ids:
        return True
    return can_moderate(scope, zone_ids, is_demo=proposal.is_demo)


def is_late(proposal: Any, now: datetime) -> bool:
    """Has it waited for too long?"""
    return proposal.state is ProposalState.PENDING and now - proposal.created_at > LATE_AFTER


# --- forms for strangers -----------------------------------------------------------------------------------------


def write_stamp(key: bytes, now: datetime) -> str:
    """When a form was shown, so that nobody can make it up."""
    seconds = str(int(now.timestamp()))
    return f"{seconds}-{hmac.digest(key, b'curation/form:' + seconds.encode(), 'sha256').hex()[:32]}"


def read_stamp(key: bytes, stamp: str) -> datetime | None:
    """When the form was shown; None unless we wrote it."""
    seconds, _dash, _mark = stamp.partition("-")
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 12):
        return None
    shown = datetime.fromtimestamp(int(seconds), UTC)
    return shown if hmac.compare_digest(stamp.encode(), write_stamp(key, shown).encode()) else None


def is_stamp_fine(key: bytes, stamp: str, now: datetime) -> bool:
    """Was the form shown by us, long enough ago for a person and not too long ago?"""
    shown = read_stamp(key, stamp)
    return shown is not None and FASTEST <= now - shown <= FORM_KEPT
