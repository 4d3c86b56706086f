"""Reads of the one queue of a zone: what waits, about what, for whom, since when."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fablabmesh.accounts.models import Account
from fablabmesh.accounts.rules import Role
from fablabmesh.curation.models import Decision, Proposal
from fablabmesh.curation.queries import is_all, is_open, visible
from fablabmesh.curation.rules import LATE_AFTER, ProposalKind, ProposalState, Scope
from fablabmesh.events.models import Event, EventVersion
from fablabmesh.events.queries import WHOLE as WHOLE_EVENT
from fablabmesh.events.rules import Deed
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.moderation.rules import Charge, Wanted, late_before
from fablabmesh.places.models import Place, PlaceVersion
from fablabmesh.projects.models import Project
from fablabmesh.zones.models import Zone, ZoneCoordinator, ZoneDepartment
from fablabmesh.zones.moderation import Thing

_WHOLE = (
    joinedload(Proposal.place).selectinload(Place.managers),
    joinedload(Proposal.event).options(*WHOLE_EVENT),
    joinedload(Proposal.project).joinedload(Project.lead).selectinload(Place.managers),
    joinedload(Proposal.by),
    joinedload(Proposal.assigned_to),
    selectinload(Proposal.decisions).joinedload(Decision.by),
)


def get_case(proposal_id: int) -> Proposal:
    """An item with what it is about, who wrote it, who takes care of it and what was decided by whom."""
    statement = select(Proposal).where(Proposal.id == proposal_id)
    found = session.scalar(statement.options(*_WHOLE).execution_options(populate_existing=True))
    if found is None:
        raise NotFound(_("Cette proposition n’existe pas, ou n’existe plus."))
    return found


# --- the queue ---------------------------------------------------------------------------------------------------


def list_queue(scope: Scope, wanted: Wanted, *, me: int, now: datetime, limit: int, offset: int = 0) -> list[Proposal]:
    """What waits, the oldest first; or what was decided, the latest first."""
    order = (Proposal.created_at, Proposal.id) if wanted.is_open else (Proposal.decided_at.desc(), Proposal.id.desc())
    statement = _asked(scope, wanted, me, now).options(
        joinedload(Proposal.place),
        joinedload(Proposal.event),
        joinedload(Proposal.project),
        joinedload(Proposal.by),
        joinedload(Proposal.assigned_to),
    )
    return list(session.scalars(statement.order_by(*order).limit(limit).offset(offset)))


def count_queue(scope: Scope, wanted: Wanted, *, me: int, now: datetime) -> int:
    """How many they are."""
    statement = _asked(scope, wanted, me, now).with_only_columns(func.count(Proposal.id))
    return session.scalar(statement) or 0


def count_by(scope: Scope, wanted: Wanted, *, me: int, now: datetime) -> dict[str, int]:
    """How many there would be with each filter beside the others, in one reading."""
    base = _asked(scope, Wanted(is_open=wanted.is_open), me, now).subquery()
    column = base.c
    parts: dict[str, Any] = {f"genre:{kind.value}": column.kind == kind.value for kind in ProposalKind}
    parts |= {
        "quoi:evenement": column.event_id.is_not(None),
        "quoi:projet": column.project_id.is_not(None),
        "quoi:lieu": and_(column.event_id.is_(None), column.project_id.is_(None)),
        "qui:moi": column.assigned_to_id == me,
        "qui:personne": column.assigned_to_id.is_(None),
        "retard": and_(column.state == ProposalState.PENDING.value, column.created_at < now - LATE_AFTER),
    }
    counts = [func.count().filter(part) for part in parts.values()]
    row = session.execute(select(*counts).select_from(base)).one()
    return dict(zip(parts, row, strict=True))


def _asked(scope: Scope, wanted: Wanted, me: int, now: datetime) -> Select[Any]:
    found: list[ColumnElement[bool]] = [visible(scope), is_open() if wanted.is_open else ~is_open()]
    if wanted.kind:
        found.append(Proposal.kind == wanted.kind)
    if wanted.thing:
        found.append(
            {
                Thing.EVENT: Proposal.event_id.is_not(None),
                Thing.PROJECT: Proposal.project_id.is_not(None),
                Thing.PLACE: and_(Proposal.event_id.is_(None), Proposal.project_id.is_(None)),
            }[wanted.thing]
        )
    if wanted.whose:
        found.append(
            Proposal.assigned_to_id == me if wanted.whose is Charge.MINE else Proposal.assigned_to_id.is_(None)
        )
    if wanted.zone:
        codes = select(ZoneDepartment.department_code).where(ZoneDepartment.zone_id == wanted.zone)
        found.append(Proposal.department_code.in_(codes))
    if wanted.is_late:
        found += [Proposal.state == ProposalState.PENDING, Proposal.created_at < now - LATE_AFTER]
    return select(Proposal).where(*found)


def list_zones_of(scope: Scope) -> list[Zone]:
    """The zones that a queue may be parted by."""
    statement = select(Zone).order_by(Zone.programme_id, Zone.position, Zone.id)
    return list(session.scalars(statement if is_all(scope) else statement.where(Zone.id.in_(scope.zone_ids))))


# --- who takes care ----------------------------------------------------------------------------------------------


def list_colleagues(scope: Scope, me: int) -> list[Account]:
    """Who decides in the same zones, oneself first."""
    mine = select(ZoneCoordinator.account_id).where(ZoneCoordinator.zone_id.in_(scope.zone_ids))
    others = select(ZoneCoordinator.account_id) if is_all(scope) else mine
    statement = select(Account).where(
        Account.is_active, or_(Account.id == me, and_(Account.id.in_(others), Account.is_demo == scope.is_demo))
    )
    return list(session.scalars(statement.order_by((Account.id != me), Account.name, Account.id)))


def list_late(stage: int, *, now: datetime) -> list[Proposal]:
    """What is so late that those of this stage must know, and do not yet. Of what is invented nobody is told."""
    statement = select(Proposal).where(
        Proposal.state == ProposalState.PENDING,
        Proposal.late_told < stage,
        Proposal.created_at < late_before(stage, now),
        Proposal.is_demo.is_(False),
    )
    return list(session.scalars(statement.order_by(Proposal.created_at, Proposal.id)))


def list_admins() -> list[Account]:
    """The people who look after the whole."""
    statement = select(Account).where(Account.role == Role.ADMIN, Account.is_active, Account.is_demo.is_(False))
    return list(session.scalars(statement.order_by(Account.id)))


# --- one item ----------------------------------------------------------------------------------------------------


def was_retouched(proposal: Proposal, by_id: int) -> bool:
    """Has this person written what it is about since it waits?"""
    if proposal.event_id is not None:
        lines = select(EventVersion.id).where(
            EventVersion.event_id == proposal.event_id,
            EventVersion.by_id == by_id,
            EventVersion.deed == Deed.EDITED,
            EventVersion.at >= proposal.created_at,
        )
    elif proposal.project_id is None:
        lines = select(PlaceVersion.id).where(
            PlaceVersion.place_id == proposal.place_id,
            PlaceVersion.by_id == by_id,
            PlaceVersion.at >= proposal.created_at,
        )
    else:
        return False
    return session.scalar(lines.limit(1)) is not None


def map_versions(proposals: Collection[Proposal]) -> dict[int, int]:
    """Item → the version of what it is about, 0 where there is nothing yet."""
    return {each.id: thing_version(each) for each in proposals}


def thing_version(proposal: Proposal) -> int:
    """That of the event, the project or the place; they must have been loaded."""
    thing: Event | Project | Place | None = proposal.event or proposal.project or proposal.place
    return thing.version if thing is not None else 0
