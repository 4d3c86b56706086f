"""Reads of teams: who looks after what, who is invited, which places nobody looks after any more; and people."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from fablabmesh.accounts.models import Account, SignIn
from fablabmesh.accounts.rights import Act, allows, ties_to_thing
from fablabmesh.accounts.rules import Role
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.text import fold, search_words, word_patterns
from fablabmesh.places.models import Place, PlaceManager
from fablabmesh.places.rules import ManagerRole
from fablabmesh.teams.models import Invitation, PlaceTenure, TeamRequest
from fablabmesh.teams.rules import unknown_invitation
from fablabmesh.zones.models import Zone, ZoneCoordinator

_IS_OPEN = and_(Invitation.accepted_at.is_(None), Invitation.declined_at.is_(None), Invitation.withdrawn_at.is_(None))

# --- the team of a place -----------------------------------------------------------------------------------------


def list_team(place_id: int, *, is_held: bool = False) -> list[PlaceManager]:
    """Who looks after a place: managers first, by name. `is_held`: until the end of the transaction, nobody else
    changes who they are."""
    statement = select(PlaceManager).where(PlaceManager.place_id == place_id).options(joinedload(PlaceManager.account))
    if is_held:
        statement = statement.with_for_update(of=PlaceManager).execution_options(populate_existing=True)
    found = list(session.scalars(statement.order_by(PlaceManager.account_id)))
    return sorted(found, key=lambda link: (link.role is not ManagerRole.MANAGER, link.account.name, link.account_id))


def _is_managed() -> ColumnElement[bool]:
    """Has the place somebody who can act as its manager?"""
    return exists(
        select(PlaceManager.account_id)
        .join(Account, Account.id == PlaceManager.account_id)
        .where(PlaceManager.place_id == Place.id, PlaceManager.role == ManagerRole.MANAGER, Account.is_active)
        .correlate(Place)
    )


def is_looked_after(place_id: int) -> bool:
    """Has it a manager who can act?"""
    return bool(session.scalar(select(_is_managed()).where(Place.id == place_id)))


def list_coordinators_of(place: Place) -> list[Account]:
    """Those who coordinate a zone in which a place lies, the longest there first."""
    found = select(Account).where(
        Account.department_codes.contains([place.department_code]), Account.is_demo == place.is_demo, Account.is_active
    )
    return list(session.scalars(found.order_by(Account.id))) if place.department_code else []


def list_admins() -> list[Account]:
    """Those who run the site."""
    found = select(Account).where(Account.role == Role.ADMIN, Account.is_active, ~Account.is_demo)
    return list(session.scalars(found.order_by(Account.id)))


# --- orphans, and the teams of a zone ----------------------------------------------------------------------------


def _in_departments(codes: Collection[str] | None, is_demo: bool | None) -> ColumnElement[bool]:
    """`codes`: none means everywhere; `is_demo`: none means what is invented and what is not."""
    here = true() if codes is None else Place.department_code.in_(sorted(codes))
    return here if is_demo is None else and_(here, Place.is_demo == is_demo)


def _orphans(codes: Collection[str] | None, is_demo: bool | None) -> Select[Place]:
    tended = select(PlaceTenure.place_id)
    return select(Place).where(
        _in_departments(codes, is_demo), Place.id.in_(tended), ~_is_managed(), Place.closed_on.is_(None)
    )


def list_orphans(
    department_codes: Collection[str] | None, is_demo: bool | None = False, *, limit: int = 50, offset: int = 0
) -> list[tuple[Place, datetime]]:
    """Places that had a manager and have none who can act, with the day on which their team changed last: the longest
    first. `department_codes`: of the zones asked about; none: of all."""
    statement = (
        _orphans(department_codes, is_demo)
        .join(PlaceTenure, PlaceTenure.place_id == Place.id)
        .add_columns(PlaceTenure.changed_at)
        .options(selectinload(Place.managers))
        .order_by(PlaceTenure.changed_at, Place.id)
    )
    return [(place, at) for place, at in session.execute(statement.limit(limit).offset(offset))]


def count_orphans(department_codes: Collection[str] | None, is_demo: bool | None = False) -> int:
    """How many they are."""
    statement = _orphans(department_codes, is_demo).with_only_columns(func.count(Place.id))
    return session.scalar(statement) or 0


def reach_of(person: Any) -> tuple[frozenset[str] | None, bool | None]:
    """Department codes and demo mark of the places whose teams somebody sees: see `list_orphans`."""
    if allows(ties_to_thing(person, is_demo=False), Act.SITE_PEOPLE):
        return None, None
    return frozenset(person.department_codes), bool(person.is_demo)


@dataclass(frozen=True)
class TeamSearch:
    """What is asked of the list of teams. `state`: `tended`, `orphan`, `never` or all."""

    words: str = ""
    state: str = ""


def _teams(codes: Collection[str] | None, is_demo: bool | None, wanted: TeamSearch) -> Select[Place]:
    tended = Place.id.in_(select(PlaceTenure.place_id))
    state = {
        "tended": _is_managed(),
        "orphan": and_(tended, ~_is_managed()),
        "never": ~tended,
    }.get(wanted.state, true())
    words = [
        or_(*(Place.name_text.like(pattern) for pattern in word_patterns(word))) for word in search_words(wanted.words)
    ]
    return select(Place).where(_in_departments(codes, is_demo), state, *words)


def list_places_with_teams(
    codes: Collection[str] | None, is_demo: bool | None, wanted: TeamSearch, *, limit: int, offset: int
) -> list[Place]:
    """Places by name, with the people of their teams."""
    statement = _teams(codes, is_demo, wanted).options(selectinload(Place.managers).joinedload(PlaceManager.account))
    return list(session.scalars(statement.order_by(Place.folded_name, Place.id).limit(limit).offset(offset)))


def count_places_with_teams(codes: Collection[str] | None, is_demo: bool | None, wanted: TeamSearch) -> int:
    """How many they are."""
    return session.scalar(_teams(codes, is_demo, wanted).with_only_columns(func.count(Place.id))) or 0


# --- invitations -------------------------------------------------------------------------------------------------

_WHOLE = (joinedload(Invitation.place), joinedload(Invitation.zone), joinedload(Invitation.invited_by))


def list_invitations(*, place_id: int | None = None, zone_id: int | None = None) -> list[Invitation]:
    """Those that nobody has answered, the latest first; the ones that expired too, to be sent again."""
    of = Invitation.place_id == place_id if place_id is not None else Invitation.zone_id == zone_id
    statement = select(Invitation).where(of, _IS_OPEN).options(*_WHOLE)
    return list(session.scalars(statement.order_by(Invitation.id.desc())))


def list_zone_invitations() -> list[Invitation]:
    """Those to coordinate a zone that nobody has answered."""
    statement = select(Invitation).where(Invitation.zone_id.is_not(None), _IS_OPEN).options(*_WHOLE)
    return list(session.scalars(statement.order_by(Invitation.id.desc())))


def list_invitations_to(account: Any, *, now: datetime) -> list[Invitation]:
    """Those that wait for somebody's answer, if the address is known to be theirs."""
    if account.email_confirmed_at is None:
        return []
    mine = select(Invitation).where(Invitation.email == account.email, _IS_OPEN, Invitation.expires_at > now)
    return list(session.scalars(mine.options(*_WHOLE).order_by(Invitation.id)))


def find_invitation(digest: bytes, *, now: datetime, is_held: bool = False) -> Invitation | None:
    """The one of that link, if it can be answered still."""
    return _one(Invitation.digest == digest, Invitation.expires_at > now, is_held=is_held)


def get_invitation(invitation_id: int, *, is_held: bool = True) -> Invitation:
    """One that nobody has answered, held."""
    found = _one(Invitation.id == invitation_id, is_held=is_held)
    if found is None:
        raise NotFound(unknown_invitation())
    return found


def find_open(email: str, *, place_id: int | None = None, zone_id: int | None = None) -> Invitation | None:
    """The one to that address that nobody has answered."""
    of = Invitation.place_id == place_id if place_id is not None else Invitation.zone_id == zone_id
    return _one(of, Invitation.email == email)


def _one(*conditions: ColumnElement[bool], is_held: bool = False) -> Invitation | None:
    statement = select(Invitation).where(_IS_OPEN, *conditions).options(*_WHOLE)
    if is_held:
        statement = statement.with_for_update(of=Invitation).execution_options(populate_existing=True)
    return session.scalar(statement)


def count_open(place_id: int) -> int:
    """How many nobody has answered."""
    return session.scalar(select(func.count()).where(Invitation.place_id == place_id, _IS_OPEN)) or 0


def count_requests(subject: bytes, *, since: datetime) -> int:
    """How much was asked for since then."""
    return session.scalar(select(func.count()).where(TeamRequest.subject == subject, TeamRequest.at > since)) or 0


# --- people ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PeopleSearch:
    """What is asked of the list of people. `what`: `admin`, `coordinator`, `manager`, `nothing`, `inactive` or all."""

    words: str = ""
    what: str = ""


def _people(wanted: PeopleSearch) -> Select[Account]:
    manages = exists(select(PlaceManager.place_id).where(PlaceManager.account_id == Account.id).correlate(Account))
    coordinates = func.cardinality(Account.zone_ids) > 0
    what = {
        "admin": Account.role == Role.ADMIN,
        "coordinator": coordinates,
        "manager": manages,
        "nothing": and_(~manages, ~coordinates, Account.role != Role.ADMIN),
        "inactive": ~Account.is_active,
    }.get(wanted.what, true())
    words = [
        or_(
            func.fold(Account.name).contains(word, autoescape=True),
            Account.email.contains(word, autoescape=True),
        )
        for word in fold(wanted.words).split()[:8]
    ]
    return select(Account).where(what, *words)


def list_people(wanted: PeopleSearch, *, limit: int, offset: int) -> list[Account]:
    """By name."""
    statement = _people(wanted).order_by(func.fold(Account.name), Account.id)
    return list(session.scalars(statement.limit(limit).offset(offset)))


def count_people(wanted: PeopleSearch) -> int:
    """How many they are."""
    return session.scalar(_people(wanted).with_only_columns(func.count(Account.id))) or 0


def map_places_of(account_ids: Sequence[int]) -> dict[int, list[PlaceManager]]:
    """Account → its places, by name."""
    statement = (
        select(PlaceManager)
        .join(PlaceManager.place)
        .where(PlaceManager.account_id.in_(account_ids))
        .options(joinedload(PlaceManager.place))
        .order_by(Place.folded_name, Place.id)
    )
    found: dict[int, list[PlaceManager]] = {}
    for link in session.scalars(statement):
        found.setdefault(link.account_id, []).append(link)
    return found


def map_zones_of(account_ids: Sequence[int]) -> dict[int, list[Zone]]:
    """Account → the zones that it coordinates."""
    statement = (
        select(ZoneCoordinator)
        .join(ZoneCoordinator.zone)
        .where(ZoneCoordinator.account_id.in_(account_ids))
        .options(joinedload(ZoneCoordinator.zone))
        .order_by(Zone.programme_id, Zone.position, Zone.id)
    )
    found: dict[int, list[Zone]] = {}
    for link in session.scalars(statement):
        found.setdefault(link.account_id, []).append(link.zone)
    return found


def get_person(account_id: int) -> Account:
    """One of them."""
    found = session.get(Account, account_id)
    if found is None:
        raise NotFound(_("Cette personne n’a pas, ou n’a plus, de compte."))
    return found


def get_zone(zone_id: int) -> Zone:
    """A zone by its number."""
    found = session.get(Zone, zone_id)
    if found is None:
        raise NotFound(_("Cette zone n’existe pas."))
    return found


def find_last_seen(account_id: int) -> datetime | None:
    """When they last did something here, as far as sessions that are kept tell."""
    return session.scalar(select(func.max(SignIn.last_seen_at)).where(SignIn.account_id == account_id))


def list_active_admin_ids() -> list[int]:
    """Administrators who can act, held: whom nobody else can take away meanwhile."""
    rows = select(Account.id).where(Account.role == Role.ADMIN, Account.is_active, Account.is_demo.is_(false()))
    return list(session.scalars(rows.order_by(Account.id).with_for_update()))
