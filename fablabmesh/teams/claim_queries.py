"""Reads of claims: which wait, for whom, and how many places of the directory share a site."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.places.models import Place, PlaceManager
from fablabmesh.places.rules import ManagerRole
from fablabmesh.teams.models import Claim, ClaimLine
from fablabmesh.teams.queries import reach_of
from fablabmesh.teams.rules import ClaimState, unknown_claim

_OPEN = (ClaimState.PENDING, ClaimState.ASKED)
_WHOLE = (
    joinedload(Claim.place).selectinload(Place.managers),
    joinedload(Claim.account),
    selectinload(Claim.lines).joinedload(ClaimLine.by),
)


def count_sharing(host: str) -> int:
    """How many places of the directory give this host, or a page of it, as their site."""
    given = or_(Place.web_key == host, Place.web_key.startswith(f"{host}/", autoescape=True))
    return session.scalar(select(func.count()).where(given)) or 0


def find_claim(digest: bytes, *, now: datetime) -> Claim | None:
    """The one of that link, while it is good; held."""
    statement = select(Claim).where(Claim.digest == digest, Claim.digest_until > now).options(*_WHOLE)
    return session.scalar(statement.with_for_update(of=Claim).execution_options(populate_existing=True))


def hold_claim_of(place_id: int, email: str) -> Claim:
    """What is under way for an address and a place; held."""
    statement = select(Claim).where(Claim.place_id == place_id, Claim.email == email).options(*_WHOLE)
    return session.scalars(statement.with_for_update(of=Claim).execution_options(populate_existing=True)).one()


def find_own(account_id: int, place_id: int) -> Claim | None:
    """What somebody has under way for a place."""
    mine = select(Claim).where(Claim.account_id == account_id, Claim.place_id == place_id, Claim.state.in_(_OPEN))
    return session.scalar(mine.order_by(Claim.id).limit(1))


def list_own(account_id: int) -> list[Claim]:
    """What somebody has under way, the oldest first."""
    mine = select(Claim).where(Claim.account_id == account_id, Claim.state.in_(_OPEN)).options(*_WHOLE)
    return list(session.scalars(mine.order_by(Claim.id)))


def get_claim(claim_id: int) -> Claim:
    """With its place, who asks, and what was said."""
    statement = select(Claim).where(Claim.id == claim_id).options(*_WHOLE)
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None or found.state is ClaimState.UNCONFIRMED:
        raise NotFound(unknown_claim())
    return found


# --- for whom ----------------------------------------------------------------------------------------------------


def _is_mine_to_answer(person: Any) -> ColumnElement[bool]:
    """Of a place that I manage, or of one in my zones, where a coordinator's word counts at any time."""
    mine = Claim.place_id.in_(
        select(PlaceManager.place_id).where(
            PlaceManager.account_id == person.id, PlaceManager.role == ManagerRole.MANAGER
        )
    )
    codes, is_demo = reach_of(person)
    here = true() if codes is None else and_(Place.department_code.in_(sorted(codes)), Place.is_demo == is_demo)
    return or_(mine, here)


def _has_no_manager() -> ColumnElement[bool]:
    return ~exists(
        select(PlaceManager.account_id)
        .join(Account, Account.id == PlaceManager.account_id)
        .where(PlaceManager.place_id == Place.id, PlaceManager.role == ManagerRole.MANAGER, Account.is_active)
        .correlate(Place)
    )


def _claims(person: Any, *, is_open: bool) -> Select[Claim]:
    state = Claim.state.in_(_OPEN) if is_open else Claim.state.in_((ClaimState.ACCEPTED, ClaimState.REFUSED))
    return select(Claim).join(Claim.place).where(_is_mine_to_answer(person), state)


def list_claims(person: Any, *, is_open: bool = True, limit: int = 30, offset: int = 0) -> list[Claim]:
    """Those that somebody may answer, the oldest first; or those that were answered, the latest first."""
    order = (Claim.confirmed_at, Claim.id) if is_open else (Claim.decided_at.desc(), Claim.id.desc())
    statement = _claims(person, is_open=is_open).options(*_WHOLE).order_by(*order)
    return list(session.scalars(statement.limit(limit).offset(offset)))


def count_claims(person: Any, *, is_open: bool = True) -> int:
    """How many they are."""
    statement = _claims(person, is_open=is_open).with_only_columns(func.count(Claim.id))
    return session.scalar(statement) or 0


def _waiting_in(codes: Collection[str] | None, is_demo: bool | None, now: datetime) -> Select[Claim]:
    here = true() if codes is None else Place.department_code.in_(sorted(codes))
    same = true() if is_demo is None else Place.is_demo == is_demo
    due = or_(Claim.coordinator_from <= now, _has_no_manager())
    return select(Claim).join(Claim.place).where(Claim.state.in_(_OPEN), here, same, due)


def list_claims_in(
    department_codes: Collection[str] | None, is_demo: bool | None, *, now: datetime, limit: int = 50, offset: int = 0
) -> list[Claim]:
    """Those that wait for who coordinates these departments (none: all): their place has no manager, or its managers
    let a fortnight pass. The oldest first."""
    statement = _waiting_in(department_codes, is_demo, now).options(*_WHOLE)
    return list(session.scalars(statement.order_by(Claim.confirmed_at, Claim.id).limit(limit).offset(offset)))


def count_claims_in(department_codes: Collection[str] | None, is_demo: bool | None, *, now: datetime) -> int:
    """How many they are."""
    statement = _waiting_in(department_codes, is_demo, now).with_only_columns(func.count(Claim.id))
    return session.scalar(statement) or 0


def list_untold(now: datetime, *, limit: int) -> list[Claim]:
    """Those that coordinators are to be told of now; held, and left to whoever holds them."""
    due = or_(Claim.coordinator_from <= now, _has_no_manager())
    statement = (
        select(Claim)
        .join(Claim.place)
        .where(Claim.state == ClaimState.PENDING, Claim.coordinator_told_at.is_(None), due)
        .options(joinedload(Claim.place), joinedload(Claim.account))
        .order_by(Claim.id)
    )
    return list(session.scalars(statement.limit(limit).with_for_update(of=Claim, skip_locked=True)))
