"""Reads of curation: who decides about what, what waits, what was decided, what nobody confirmed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from fablabmesh.accounts.models import Account
from fablabmesh.accounts.rules import Role
from fablabmesh.curation.models import Decision, FreshnessLetter, PlaceTwin, Proposal, ProposalRequest
from fablabmesh.curation.rules import LATE_AFTER, NOT_BY_ITS_PEOPLE, ProposalState, Scope, unknown
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.places.freshness import STALE_AFTER
from fablabmesh.places.models import Place, PlaceManager
from fablabmesh.places.queries import IS_LISTED
from fablabmesh.zones import rule_queries
from fablabmesh.zones.models import ZoneCoordinator, ZoneDepartment
from fablabmesh.zones.moderation import Thing, Whose

_OPEN = (ProposalState.PENDING, ProposalState.ASKED)

# --- who ---------------------------------------------------------------------------------------------------------


def find_scope(person: Any) -> Scope:
    """What somebody may decide about; nothing for a visitor."""
    if person.role is None:
        return Scope()
    mine = select(PlaceManager.place_id).where(PlaceManager.account_id == person.id)
    return Scope(
        is_admin=person.role is Role.ADMIN,
        is_demo=person.is_demo,
        zone_ids=frozenset(person.zone_ids),
        place_ids=frozenset(session.scalars(mine)),
    )


def is_place_trusted(person: Any, department_code: str | None) -> bool:
    """Is a place that this person adds there published at once? What invented people add waits for ever."""
    if person.is_demo:
        return False
    decides = person.role is Role.ADMIN or department_code in person.department_codes
    whose = Whose.COORDINATOR if decides else Whose.MEMBER
    trusted = whose is Whose.COORDINATOR or person.email_confirmed_at is not None
    return trusted and rule_queries.is_trusted(department_code, Thing.PLACE, whose, is_demo=False)


def list_zone_ids(department_code: str | None) -> list[int]:
    """The zones of a department, in all programmes."""
    zones = select(ZoneDepartment.zone_id).where(ZoneDepartment.department_code == department_code)
    return list(session.scalars(zones.order_by(ZoneDepartment.zone_id)))


def is_all(scope: Scope) -> bool:
    """May they decide about everything?"""
    return scope.is_admin and not scope.is_demo


def _is_in_zones(scope: Scope, department: Any, is_demo: Any) -> ColumnElement[bool]:
    if is_all(scope):
        return true()
    mine = select(ZoneDepartment.department_code).where(ZoneDepartment.zone_id.in_(scope.zone_ids))
    return and_(department.in_(mine), is_demo == scope.is_demo)


def _active(*, is_demo: bool) -> Select[Any]:
    return select(Account).where(Account.is_active, Account.is_demo == is_demo).order_by(Account.name, Account.id)


def _coordinators_of(department_code: str | None) -> Select[int]:
    zones = select(ZoneDepartment.zone_id).where(ZoneDepartment.department_code == department_code)
    return select(ZoneCoordinator.account_id).where(ZoneCoordinator.zone_id.in_(zones))


def list_deciders(department_code: str | None, *, is_demo: bool) -> list[Account]:
    """The coordinators of a department's zones, by name; the administrators where there are none."""
    active = _active(is_demo=is_demo)
    found = list(session.scalars(active.where(Account.id.in_(_coordinators_of(department_code)))))
    return found or list(session.scalars(active.where(Account.role == Role.ADMIN)))


def list_assignees(department_code: str | None, *, is_demo: bool) -> list[Account]:
    """All who may decide there, by name."""
    chosen = or_(Account.id.in_(_coordinators_of(department_code)), Account.role == Role.ADMIN)
    return list(session.scalars(_active(is_demo=is_demo).where(chosen)))


# --- proposals ---------------------------------------------------------------------------------------------------


def visible(scope: Scope) -> ColumnElement[bool]:
    """What somebody may decide about."""
    of_mine = and_(Proposal.kind.not_in(NOT_BY_ITS_PEOPLE), Proposal.place_id.in_(scope.place_ids))
    return or_(_is_in_zones(scope, Proposal.department_code, Proposal.is_demo), of_mine)


def is_open() -> ColumnElement[bool]:
    """Does it wait?"""
    return Proposal.state.in_(_OPEN)


def _asked(scope: Scope, *, is_open: bool) -> Select[Proposal]:
    state = Proposal.state.in_(_OPEN) if is_open else Proposal.state.not_in(_OPEN)
    return select(Proposal).where(visible(scope), state)


def list_proposals(scope: Scope, *, is_open: bool, limit: int, offset: int = 0) -> list[Proposal]:
    """What waits, the oldest first; or what was decided, the latest first."""
    order = (Proposal.created_at, Proposal.id) if is_open else (Proposal.decided_at.desc(), Proposal.id.desc())
    statement = _asked(scope, is_open=is_open).options(joinedload(Proposal.place), joinedload(Proposal.by))
    return list(session.scalars(statement.order_by(*order).limit(limit).offset(offset)))


def count_proposals(scope: Scope, *, is_open: bool) -> int:
    """How many they are."""
    return session.scalar(_asked(scope, is_open=is_open).with_only_columns(func.count(Proposal.id))) or 0


def count_waiting(person: Any) -> int | None:
    """How many proposals wait for a decision that this person may take; None for who decides about nothing."""
    scope = find_scope(person)
    return count_proposals(scope, is_open=True) if scope.moderates or scope.place_ids else None


def count_late(person: Any, *, now: datetime) -> int:
    """How many of them have waited for too long."""
    late = (Proposal.state == ProposalState.PENDING, Proposal.created_at < now - LATE_AFTER)
    return session.scalar(select(func.count(Proposal.id)).where(visible(find_scope(person)), *late)) or 0


def get_proposal(proposal_id: int) -> Proposal:
    """With its place, who proposed it, and what was decided by whom."""
    statement = select(Proposal).where(Proposal.id == proposal_id)
    found = session.scalar(statement.options(*_WHOLE).execution_options(populate_existing=True))
    if found is None:
        raise NotFound(unknown())
    return found


def find_by_answer(answer_hash: bytes) -> Proposal | None:
    """The proposal of a link to answer."""
    return session.scalar(select(Proposal).where(Proposal.answer_hash == answer_hash).options(*_WHOLE))


_WHOLE = (
    joinedload(Proposal.place).selectinload(Place.managers),
    joinedload(Proposal.event),
    joinedload(Proposal.project),
    joinedload(Proposal.by),
    selectinload(Proposal.decisions).joinedload(Decision.by),
)


def list_open_of(place_id: int) -> list[Proposal]:
    """What waits about a place, the oldest first."""
    statement = select(Proposal).where(Proposal.place_id == place_id, Proposal.state.in_(_OPEN))
    return list(session.scalars(statement.order_by(Proposal.id)))


def count_requests(subject: bytes, *, since: datetime) -> int:
    """How much came from a network or a person since then."""
    statement = select(func.count()).where(ProposalRequest.subject == subject, ProposalRequest.at > since)
    return session.scalar(statement) or 0


# --- twins -------------------------------------------------------------------------------------------------------


def list_dismissed(place_id: int) -> list[PlaceTwin]:
    """The pairs with this place that somebody said are two places."""
    pair = or_(PlaceTwin.place_id == place_id, PlaceTwin.other_id == place_id)
    return list(session.scalars(select(PlaceTwin).where(pair, PlaceTwin.dismissed_at.is_not(None))))


# --- freshness ---------------------------------------------------------------------------------------------------

# The last day on which somebody, or the source, said that the page is right; none if nobody ever did.
_KNOWN_SINCE: Any = func.greatest(func.date(Place.confirmed_at), Place.source_updated_on)


def _stale(scope: Scope, now: datetime) -> Select[Place]:
    old = or_(_KNOWN_SINCE.is_(None), (now - STALE_AFTER).date() > _KNOWN_SINCE)
    return select(Place).where(IS_LISTED, _is_in_zones(scope, Place.department_code, Place.is_demo), old)


def list_stale(scope: Scope, *, now: datetime, limit: int, offset: int = 0) -> list[Place]:
    """Places that nobody has confirmed for long: those with people who look after them first, then the oldest."""
    looked_after = select(PlaceManager.place_id).where(PlaceManager.place_id == Place.id).exists()
    statement = _stale(scope, now).options(selectinload(Place.managers))
    order = (looked_after.desc(), _KNOWN_SINCE.asc().nulls_first(), Place.folded_name, Place.id)
    return list(session.scalars(statement.order_by(*order).limit(limit).offset(offset)))


def count_stale(scope: Scope, *, now: datetime) -> int:
    """How many they are."""
    return session.scalar(_stale(scope, now).with_only_columns(func.count(Place.id))) or 0


def map_due(*, before: datetime) -> dict[int, list[int]]:
    """Account → their open places that nobody confirmed since then; invented people are not written to."""
    old = or_(_KNOWN_SINCE.is_(None), before.date() > _KNOWN_SINCE)
    rows = session.execute(
        select(PlaceManager.account_id, Place.id)
        .join(Place, Place.id == PlaceManager.place_id)
        .join(Account, Account.id == PlaceManager.account_id)
        .where(
            old, IS_LISTED, Account.is_active, ~Account.is_demo, Place.closed_on.is_(None), Place.created_at < before
        )
        .order_by(PlaceManager.account_id, Place.folded_name, Place.id)
    )
    found: dict[int, list[int]] = {}
    for account_id, place_id in rows:
        found.setdefault(account_id, []).append(place_id)
    return found


def list_letters(account_id: int, *, since: datetime) -> list[FreshnessLetter]:
    """Those that a person was sent since then, the latest first."""
    statement = select(FreshnessLetter).where(FreshnessLetter.account_id == account_id, FreshnessLetter.sent_at > since)
    return list(session.scalars(statement.order_by(FreshnessLetter.sent_at.desc(), FreshnessLetter.id.desc())))


def find_letter(secret_hash: bytes, *, now: datetime) -> FreshnessLetter | None:
    """The letter of that link, if it was not used and is not too old; locked."""
    statement = select(FreshnessLetter).where(
        FreshnessLetter.secret_hash == secret_hash, FreshnessLetter.used_at.is_(None), FreshnessLetter.expires_at > now
    )
    return session.scalar(statement.options(joinedload(FreshnessLetter.account)).with_for_update(of=FreshnessLetter))


def list_places_of(letter: FreshnessLetter) -> list[Place]:
    """The places that it asks about and that its reader still looks after, by name."""
    mine = select(PlaceManager.place_id).where(PlaceManager.account_id == letter.account_id)
    statement = select(Place).where(Place.id.in_(letter.place_ids), Place.id.in_(mine))
    return list(session.scalars(statement.order_by(Place.folded_name, Place.id)))
