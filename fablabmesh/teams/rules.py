"""Where invitations and claims stand, how long they live, how much may be sent, who is the last manager. Pure."""

import enum
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places.rules import ManagerRole

INVITATION_LIVES = timedelta(days=14)
# The link that proves an address, or answers a question.
LINK_LIVES, ANSWER_LIVES = timedelta(days=3), timedelta(days=30)
# So long, a claim is left to the people of the place: who coordinates is told after it, and warned before.
MANAGERS_FIRST = timedelta(days=14)
# What is over is forgotten so long after.
ENDED_KEPT = timedelta(days=90)
MOST_OPEN_INVITATIONS, MOST_SENT = 20, 5
NETWORK_WINDOW, MOST_PER_NETWORK = timedelta(hours=1), 10
ADDRESS_WINDOW, MOST_PER_ADDRESS = timedelta(days=1), 3
# Letters that one person has the site write to teams.
MESSAGE_WINDOW, MOST_MESSAGES = timedelta(hours=1), 20
LONGEST_MESSAGE = 2_000

# Domains where nobody has an address (RFC 2606, 6761): what is invented writes to nobody else.
_NOWHERE = (".invalid", ".test", ".example", "@example.com", "@example.org", "@example.net")


class InvitationState(enum.StrEnum):
    """Where an invitation stands."""

    OPEN = "open"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {
            InvitationState.OPEN: _("En attente"),
            InvitationState.EXPIRED: _("Expirée"),
            InvitationState.ACCEPTED: _("Acceptée"),
            InvitationState.DECLINED: _("Déclinée"),
            InvitationState.WITHDRAWN: _("Retirée"),
        }[self]


class After(enum.StrEnum):
    """What somebody becomes who hands a place over."""

    EDITOR = "editor"
    LEAVE = "leave"

    @property
    def label(self) -> str:
        return {
            After.EDITOR: _("Je reste dans l’équipe, comme rédaction"),
            After.LEAVE: _("Je quitte l’équipe"),
        }[self]


class ClaimState(enum.StrEnum):
    """Where the claim of a place stands."""

    UNCONFIRMED = "unconfirmed"
    PENDING = "pending"
    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {
            ClaimState.UNCONFIRMED: _("Adresse à confirmer"),
            ClaimState.PENDING: _("À traiter"),
            ClaimState.ASKED: _("Question posée"),
            ClaimState.ACCEPTED: _("Acceptée"),
            ClaimState.REFUSED: _("Refusée"),
        }[self]

    @property
    def is_open(self) -> bool:
        return self in (ClaimState.PENDING, ClaimState.ASKED)


class Proof(enum.StrEnum):
    """What is known of who claims a place."""

    ADDRESS = "address"
    DOMAIN = "domain"

    @property
    def label(self) -> str:
        return {
            Proof.ADDRESS: _("L’adresse électronique est bien la sienne."),
            Proof.DOMAIN: _("L’adresse électronique est bien la sienne, et elle est au nom de domaine du lieu."),
        }[self]


class ClaimDeed(enum.StrEnum):
    """What was done with a claim."""

    ASKED = "asked"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {
            ClaimDeed.ASKED: _("a posé une question"),
            ClaimDeed.ANSWERED: _("a répondu"),
            ClaimDeed.ACCEPTED: _("a accepté la demande"),
            ClaimDeed.REFUSED: _("a refusé la demande"),
        }[self]


def state_of(invitation: Any, now: datetime) -> InvitationState:
    """Where it stands now."""
    if invitation.accepted_at is not None:
        return InvitationState.ACCEPTED
    if invitation.declined_at is not None:
        return InvitationState.DECLINED
    if invitation.withdrawn_at is not None:
        return InvitationState.WITHDRAWN
    return InvitationState.OPEN if invitation.expires_at > now else InvitationState.EXPIRED


def managers_in(team: Iterable[Any]) -> list[Any]:
    """Of the links of a place to its people (`account` loaded), those who can act as its managers."""
    return [link for link in team if link.role is ManagerRole.MANAGER and link.account.is_active]


def is_last_manager(team: Iterable[Any], account_id: int) -> bool:
    """Would nobody be left who can manage the place?"""
    return {link.account_id for link in managers_in(team)} == {account_id}


def is_nowhere(email: str) -> bool:
    """Is it an address that nobody can have?"""
    return email.lower().endswith(_NOWHERE)


def unknown_invitation() -> str:
    """What is said of an invitation that is not there, or is nobody's business."""
    return _("Cette invitation n’existe plus : la personne a répondu, ou elle a été retirée.")


def unknown_claim() -> str:
    """The same of a claim."""
    return _("Cette demande n’existe pas, ou n’existe plus.")
