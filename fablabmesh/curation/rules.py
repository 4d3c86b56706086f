"""Kinds of proposals and what may become of them, who decides, how much may be sent. Pure."""

import enum
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fablabmesh.accounts.rights import Act, Tie, allows
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places.rules import PlaceKind, Precision

# An address to answer to is kept so long at most, and until the answer.
CONTACT_KEPT = timedelta(days=90)
# What waits for longer is late.
LATE_AFTER = timedelta(days=14)

NETWORK_WINDOW, MOST_PER_NETWORK = timedelta(hours=1), 10
# Anybody may have an account: whoever is signed in is trusted with more, and not with everything.
MOST_PER_PERSON = 60
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
    # Something that its own people wrote, and that waits for the zone's word: see `zones.moderation`.
    PUBLICATION = "publication"

    @property
    def label(self) -> str:
        return {
            ProposalKind.MISSING: _("Lieu manquant"),
            ProposalKind.CORRECTION: _("Correction"),
            ProposalKind.CLOSED: _("Lieu fermé"),
            ProposalKind.DUPLICATE: _("Double"),
            ProposalKind.ABUSE: _("Contenu déplacé"),
            ProposalKind.OTHER: _("Autre remarque"),
            ProposalKind.PUBLICATION: _("À publier"),
        }[self]


class ProposalState(enum.StrEnum):
    """Where a proposal stands."""

    PENDING = "pending"
    ASKED = "asked"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {
            ProposalState.PENDING: _("À traiter"),
            ProposalState.ASKED: _("Question posée"),
            ProposalState.PUBLISHED: _("Acceptée"),
            ProposalState.REFUSED: _("Refusée"),
            ProposalState.WITHDRAWN: _("Retirée"),
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


# What a place's own people do not decide: their word is what waits, or what somebody complains of.
NOT_BY_ITS_PEOPLE = (ProposalKind.MISSING, ProposalKind.PUBLICATION, ProposalKind.ABUSE)


@dataclass(frozen=True)
class Scope:
    """What somebody may decide about: everything, or zones that they coordinate, or their own places."""

    is_admin: bool = False
    is_demo: bool = False
    zone_ids: frozenset[int] = frozenset()
    place_ids: frozenset[int] = frozenset()

    @property
    def moderates(self) -> bool:
        """Do they look after more than their own places?"""
        return self.is_admin or bool(self.zone_ids)


def unknown() -> str:
    """What is said of a proposal that is not there, or that is nobody else's business."""
    return _("Cette proposition n’existe pas, ou n’existe plus.")


def ties_to_desk(scope: Scope) -> frozenset[Tie]:
    """What somebody is to the desk: they look after zones, or after places of their own, or neither."""
    found = {Tie.COORDINATOR} if scope.zone_ids else set()
    found |= {Tie.ADMIN} if scope.is_admin else set()
    return frozenset(found | ({Tie.EDITOR} if scope.place_ids else set()) | {Tie.VISITOR})


def ties_to_zones(scope: Scope, zone_ids: Collection[int], *, is_demo: bool = False) -> frozenset[Tie]:
    """What somebody is to what lies in these zones."""
    may = can_moderate(scope, zone_ids, is_demo=is_demo)
    return frozenset({Tie.VISITOR, Tie.COORDINATOR} if may else {Tie.VISITOR})


def ties_to_proposal(scope: Scope, proposal: Any, zone_ids: Collection[int]) -> frozenset[Tie]:
    """What somebody is to a proposal: they look after its zone, or after the place that it is about."""
    is_own = proposal.kind not in NOT_BY_ITS_PEOPLE and proposal.place_id in scope.place_ids
    return ties_to_zones(scope, zone_ids, is_demo=proposal.is_demo) | ({Tie.EDITOR} if is_own else set())


def can_moderate(scope: Scope, zone_ids: Collection[int], *, is_demo: bool = False) -> bool:
    """Administrators, and who coordinates one of the zones. Invented people moderate invented places."""
    if scope.is_admin and not scope.is_demo:
        return True
    return scope.is_demo == is_demo and (scope.is_admin or not scope.zone_ids.isdisjoint(zone_ids))


def can_decide(scope: Scope, proposal: Any, zone_ids: Collection[int]) -> bool:
    """Moderators; and a place's own people, of what is said about it."""
    return allows(ties_to_proposal(scope, proposal, zone_ids), Act.PROPOSAL_DECIDE)


def is_of_a_page(proposal: Any) -> bool:
    """Is it about what a place's page says, and decided field by field? The rest is decided as a whole."""
    is_of_place = proposal.event_id is None and proposal.project_id is None
    return is_of_place and proposal.kind is not ProposalKind.PUBLICATION


def is_late(proposal: Any, now: datetime) -> bool:
    """Has it waited for too long?"""
    return proposal.state is ProposalState.PENDING and now - proposal.created_at > LATE_AFTER


# --- what is proposed, as JSON keeps it -----------------------------------------------------------------------------

# Columns that may be proposed, in the order in which people are shown them.
PROPOSABLE = (
    *("name", "kind", "address", "address_extra", "postcode", "commune", "insee", "latitude", "longitude", "precision"),
    *("website", "phone", "opening_hours", "services", "summary", "description", "closed_on"),
)


def plain(value: Any) -> Any:
    """A value of a column as JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, enum.Enum) else value


def read_plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Back again, by column."""
    read = {"kind": PlaceKind, "precision": Precision, "closed_on": date.fromisoformat}
    return {name: read[name](value) if name in read and value else value for name, value in values.items()}


# --- forms for strangers -----------------------------------------------------------------------------------------


def anonymous(key: bytes, network: str) -> bytes:
    """To count by: without the key, not even a guess can be tried."""
    return _subject(key, f"network:{network}")


def anonymous_person(key: bytes, account_id: int) -> bytes:
    """The same of who is signed in, from wherever they send."""
    return _subject(key, f"account:{account_id}")


def _subject(key: bytes, about: str) -> bytes:
    return hmac.digest(key, f"curation/{about}".encode(), "sha256")[:16]


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


# --- « still right? » ---------------------------------------------------------------------------------------------

YEAR, REMIND_AFTER, LINK_GOOD_FOR = timedelta(days=365), timedelta(days=30), timedelta(days=60)


@dataclass(frozen=True)
class Question:
    """What a letter is to ask about."""

    place_ids: tuple[int, ...]
    is_reminder: bool = False


def question_of(due: Collection[int], letters: Sequence[Any], now: datetime) -> Question | None:
    """What to ask somebody whose places `due` nobody confirmed for a year. `letters`: a year's, the latest first.

    Each place is asked about once a year, with one reminder, and nobody has two letters in a month.
    """
    if not due or (letters and now - letters[0].sent_at < REMIND_AFTER):
        return None
    asked = {place_id for letter in letters for place_id in letter.place_ids}
    reminded = {place_id for letter in letters if letter.is_reminder for place_id in letter.place_ids}
    first = tuple(sorted(set(due) - asked))
    if first:
        return Question(first)
    left = tuple(sorted({id_ for letter in letters if letter.used_at is None for id_ in letter.place_ids} & set(due)))
    again = tuple(place_id for place_id in left if place_id not in reminded)
    return Question(again, is_reminder=True) if again else None
