"""Decisions about what waits to be published and about reports on it; many at once; who takes care of what.

What a place's page says is decided field by field by `curation.actions`, of which this uses the same steps.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm.exc import StaleDataError

from fablabmesh.accounts.models import Account
from fablabmesh.curation import actions as curation
from fablabmesh.curation.models import Proposal
from fablabmesh.curation.queries import list_assignees, list_zone_ids
from fablabmesh.curation.rules import (
    DecisionDeed,
    ProposalKind,
    ProposalState,
    Scope,
    can_decide,
    is_of_a_page,
    plain,
    read_plain,
)
from fablabmesh.events import actions as events
from fablabmesh.events.models import Event
from fablabmesh.events.rules import Deed, EventStatus
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Conflict, NotFound, Refusal, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.moderation import queries
from fablabmesh.moderation.rules import Remedy, Ticket, remedies_of
from fablabmesh.moderation.state_actions import move_place
from fablabmesh.places.rules import PlaceDeed
from fablabmesh.projects import actions as projects
from fablabmesh.projects.models import Project
from fablabmesh.zones.moderation import ModerationState

# --- one at a time -----------------------------------------------------------------------------------------------


def accept(
    proposal: Proposal,
    *,
    by: Account,
    now: datetime,
    version: int,
    thing_version: int,
    reason: str = "",
    remedy: Remedy = Remedy.NOTHING,
) -> None:
    """Publish what waits; or do what a report asks for. `thing_version`: of what was on the screen."""
    curation.hold(proposal, version)
    _check(proposal, thing_version)
    if proposal.kind is ProposalKind.PUBLICATION:
        deed = DecisionDeed.AMENDED if queries.was_retouched(proposal, by.id) else DecisionDeed.ACCEPTED
        move = _Move(ModerationState.PUBLISHED, Deed.PUBLISHED, PlaceDeed.PUBLISHED)
    else:
        if remedy not in remedies_of(proposal):
            raise Refused(_("Choisissez ce qui doit suivre."))
        deed = DecisionDeed.ACCEPTED
        move = _Move(ModerationState.REFUSED, Deed.REFUSED, PlaceDeed.REFUSED, reason)
    is_moved = proposal.kind is ProposalKind.PUBLICATION or remedy is Remedy.WITHDRAW
    # First the item, then the thing: a trigger ends what still waits when its thing no longer does.
    changed = _foretell(proposal, move.state) if is_moved else {}
    if remedy is Remedy.CANCEL and proposal.event is not None:
        changed = {"status": [EventStatus.CONFIRMED, EventStatus.CANCELLED], **_next_version(proposal)}
    curation.decide(proposal, ProposalState.PUBLISHED, deed, by=by, now=now, reason=reason, changed=changed)
    if is_moved:
        _bring(proposal, move, by=by, now=now)
    elif remedy is Remedy.CANCEL and proposal.event is not None:
        events.cancel_event(proposal.event, reason=reason, now=now, version=thing_version, by=by)


def refuse(proposal: Proposal, *, reason: str, by: Account, now: datetime, version: int, thing_version: int) -> None:
    """Do not publish it; or leave what was reported as it is. Whoever wrote it is told why."""
    curation.hold(proposal, version)
    _check(proposal, thing_version)
    is_moved = proposal.kind is ProposalKind.PUBLICATION
    changed = _foretell(proposal, ModerationState.REFUSED) if is_moved else {}
    curation.decide(
        proposal, ProposalState.REFUSED, DecisionDeed.REFUSED, by=by, now=now, reason=reason, changed=changed
    )
    if is_moved:
        _bring(proposal, _Move(ModerationState.REFUSED, Deed.REFUSED, PlaceDeed.REFUSED, reason), by=by, now=now)


def undo(proposal: Proposal, *, by: Account, now: datetime, version: int) -> None:
    """Back to where it waited, with what it is about, for as long as nobody has written that since."""
    curation.hold(proposal, version, is_open=False)
    if not proposal.decisions or proposal.state is ProposalState.WITHDRAWN:
        raise Refused(_("Ses auteurs et autrices l’ont retirée : il n’y a pas de décision sur laquelle revenir."))
    changed = proposal.decisions[-1].changed
    if changed and queries.thing_version(proposal) != changed["version"][1]:
        raise Conflict(_("La page a changé depuis cette décision : corrigez-la à la main."))
    curation.decide(proposal, ProposalState.PENDING, DecisionDeed.UNDONE, by=by, now=now)
    if "moderation" in changed:
        before = ModerationState(changed["moderation"][0])
        deeds = (Deed.SUBMITTED, PlaceDeed.UNDONE) if before is ModerationState.PENDING else (
            Deed.PUBLISHED, PlaceDeed.UNDONE)  # fmt: skip
        _bring(proposal, _Move(before, *deeds), by=by, now=now)
    elif "status" in changed and proposal.event is not None:
        events.reinstate_event(proposal.event, now=now, version=proposal.event.version, by=by)


@dataclass(frozen=True)
class _Move:
    """Where to, and how it is called in the histories of events and of places."""

    state: ModerationState
    event_deed: Deed
    place_deed: PlaceDeed
    # What its page tells its team.
    reason: str = ""


def _check(proposal: Proposal, thing_version: int) -> None:
    if queries.thing_version(proposal) != thing_version:
        raise Conflict(_("La page a changé pendant que vous la lisiez : la voici comme elle est maintenant."))


def _next_version(proposal: Proposal) -> dict[str, Any]:
    before = queries.thing_version(proposal)
    return {"version": [before, before + 1]}


def _foretell(proposal: Proposal, state: ModerationState) -> dict[str, Any]:
    """What `_bring` will change, for the record."""
    thing: Any = proposal.event or proposal.project or proposal.place
    return {"moderation": [thing.moderation, state], **_next_version(proposal)}


def _bring(proposal: Proposal, move: _Move, *, by: Account, now: datetime) -> None:
    thing: Event | Project | None = proposal.event or proposal.project
    if isinstance(thing, Event):
        events.move(
            events.lock(thing, thing.version), move.state, move.event_deed, by=by, now=now, zone_reason=move.reason
        )
    elif isinstance(thing, Project):
        projects.settle(thing, move.state, now=now, zone_reason=move.reason)
    elif proposal.place is not None:
        move_place(proposal.place, move.state, move.place_deed, by=by, now=now, zone_reason=move.reason)


# --- many at once ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What became of one of many. `problem`: why nothing did, in words."""

    ticket: Ticket
    name: str
    problem: str = ""


def accept_all(tickets: Sequence[Ticket], scope: Scope, *, by: Account, now: datetime) -> list[Outcome]:
    """Each as it is, whatever becomes of the others. A report says what is wrong and not what to do: it is left out."""

    def one(proposal: Proposal, ticket: Ticket) -> None:
        if proposal.kind is not ProposalKind.PUBLICATION and not proposal.proposed:
            raise Refused(_("C’est un signalement : ouvrez-le pour choisir ce qui doit suivre."))
        if is_of_a_page(proposal):
            _accept_on_page(proposal, ticket, by, now)
        else:
            accept(proposal, by=by, now=now, version=ticket.version, thing_version=ticket.thing)

    return _each(tickets, scope, one)


def refuse_all(tickets: Sequence[Ticket], scope: Scope, *, reason: str, by: Account, now: datetime) -> list[Outcome]:
    """For the same reason, which each of their authors is told."""

    def one(proposal: Proposal, ticket: Ticket) -> None:
        if is_of_a_page(proposal):
            curation.refuse(proposal, reason=reason, by=by, now=now, version=ticket.version)
        else:
            refuse(proposal, reason=reason, by=by, now=now, version=ticket.version, thing_version=ticket.thing)

    return _each(tickets, scope, one)


def assign_all(tickets: Sequence[Ticket], scope: Scope, to: Account | None) -> list[Outcome]:
    """To somebody who may decide about it, or to nobody."""
    return _each(tickets, scope, lambda proposal, _ticket: assign(proposal, to))


def assign(proposal: Proposal, to: Account | None) -> None:
    """Say who takes care of it. What others have on their screens stays good: nothing of it has changed."""
    if not proposal.state.is_open:
        raise Conflict(_("Quelqu’un d’autre vient de traiter cette proposition."))
    if to is not None and to.id not in {
        each.id for each in list_assignees(proposal.department_code, is_demo=proposal.is_demo)
    }:
        raise Refused(_("Cette personne ne décide pas pour cette zone."))
    session.execute(
        update(Proposal)
        .where(Proposal.id == proposal.id)
        .values(assigned_to_id=to.id if to else None)
        .execution_options(synchronize_session=False)
    )
    session.refresh(proposal, ["assigned_to_id", "assigned_to"])


def _accept_on_page(proposal: Proposal, ticket: Ticket, by: Account, now: datetime) -> None:
    """All that was proposed, unless the page says something else by now than its author saw."""
    place = proposal.place
    if place is not None and any(plain(getattr(place, name)) != was for name, was in proposal.before.items()):
        raise Conflict(_("La fiche a changé depuis l’envoi : à regarder à part."))
    values = read_plain(proposal.proposed)
    version = place.version if place is not None else None
    curation.accept(proposal, values, by=by, now=now, version=ticket.version, place_version=version)


def _each(tickets: Sequence[Ticket], scope: Scope, act: Callable[[Proposal, Ticket], None]) -> list[Outcome]:
    """One after the other, each undone by itself where it is refused."""
    told = []
    for ticket in sorted(tickets, key=lambda each: each.proposal_id):
        name, problem = "", ""
        try:
            with session.begin_nested():
                proposal = queries.get_case(ticket.proposal_id)
                if not can_decide(scope, proposal, list_zone_ids(proposal.department_code)):
                    raise NotFound(_("Cette proposition n’existe pas, ou n’existe plus."))
                name = proposal.place_name
                act(proposal, ticket)
        except Refusal as refusal:
            problem = refusal.message
        except StaleDataError:
            problem = _("Quelqu’un d’autre vient de modifier cette page.")
        told.append(Outcome(ticket, name, problem))
    return told
