"""Reads: all that is kept of one person, found by what the register says, and who has not come for long."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, or_, select
from sqlalchemy.orm import joinedload

from fablabmesh.accounts.models import Account
from fablabmesh.accounts.rules import Role
from fablabmesh.events.models import Event
from fablabmesh.kit.db import Base, session
from fablabmesh.places.models import Place, PlaceManager, PlacePerson
from fablabmesh.privacy.held import HELD
from fablabmesh.privacy.models import AccountLife
from fablabmesh.projects.models import Project
from fablabmesh.zones.models import Zone

# What a number in a row stands for, so that who reads it elsewhere knows.
_NAMES: dict[str, Any] = {
    "place": select(Place.id, Place.name, Place.slug),
    "event": select(Event.id, Event.title, Event.slug),
    "project": select(Project.id, Project.title, Project.slug),
    "zone": select(Zone.id, Zone.name, Zone.slug),
}
_STANDS_FOR = {
    **{"place_id": "place", "other_id": "place", "place_ids": "place", "event_id": "event"},
    **{"project_id": "project", "zone_id": "zone", "zone_ids": "zone"},
}


@dataclass(frozen=True)
class Parcel:
    """Somebody's data: rows by table, and the names of what they refer to."""

    rows: dict[str, list[dict[str, Any]]]
    names: dict[str, dict[int, dict[str, str]]] = field(default_factory=dict)


def gather(account: Account) -> Parcel:
    """All that the register says is of this person: a constant number of queries."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for name, held in HELD.items():
        table = Base.metadata.tables[name]
        theirs = [table.c[column] == account.id for column in held.owners]
        theirs += [func.lower(table.c[column]) == account.email for column in held.address.split()]
        if name == "place_person":
            theirs = [PlacePerson.id.in_([person.id for person in list_public_roles(account)])]
        if theirs:
            rows[name] = _read(table, held.exported, or_(*theirs))
        if held.actors:
            acted = or_(*(table.c[column] == account.id for column in held.actors))
            rows[f"{name}_by_you"] = _read(table, held.acted.split(), acted)
    return Parcel(rows, _name_all(rows))


def _read(table: Table, columns: Iterable[str], theirs: ColumnElement[bool]) -> list[dict[str, Any]]:
    statement = select(*(table.c[column] for column in columns)).where(theirs).order_by(*table.primary_key.columns)
    return [dict(row) for row in session.execute(statement).mappings()]


def _name_all(rows: dict[str, list[dict[str, Any]]]) -> dict[str, dict[int, dict[str, str]]]:
    wanted: dict[str, set[int]] = {kind: set() for kind in _NAMES}
    for row in (row for table in rows.values() for row in table):
        for column in row.keys() & _STANDS_FOR.keys():
            value = row[column]
            wanted[_STANDS_FOR[column]].update(
                value if isinstance(value, list) else [value] if value is not None else []
            )
    named = {}
    for kind, ids in wanted.items():
        if ids:
            statement = _NAMES[kind]
            key = statement.selected_columns[0]
            found = session.execute(statement.where(key.in_(ids)).order_by(key))
            named[kind] = {row[0]: {"name": row[1], "slug": row[2]} for row in found}
    return named


def list_public_roles(account: Account) -> list[PlacePerson]:
    """Where somebody is named in public: under their own name, at a place they look after."""
    statement = (
        select(PlacePerson)
        .join(PlaceManager, PlaceManager.place_id == PlacePerson.place_id)
        .where(PlaceManager.account_id == account.id, func.lower(PlacePerson.name) == func.lower(account.name))
        .order_by(PlacePerson.id)
    )
    return list(session.scalars(statement))


def list_left_alone(account: Account) -> list[Place]:
    """Places that nobody would look after any more without this person."""
    others = select(PlaceManager.place_id).where(PlaceManager.account_id != account.id)
    statement = select(Place).join(PlaceManager, PlaceManager.place_id == Place.id)
    statement = statement.where(PlaceManager.account_id == account.id, Place.id.not_in(others))
    return list(session.scalars(statement.order_by(Place.name, Place.id)))


def is_last_administrator(account: Account) -> bool:
    """Would nobody administer the site without this person?"""
    if account.role is not Role.ADMIN or account.is_demo:
        return False
    others = select(func.count()).where(
        Account.role == Role.ADMIN, Account.is_active, Account.id != account.id, Account.is_demo.is_(False)
    )
    return not session.scalar(others)


def get_and_lock(account_id: int) -> Account | None:
    """The account, ours until the transaction ends."""
    return session.scalar(select(Account).where(Account.id == account_id).with_for_update())


def list_quiet(before: datetime) -> list[AccountLife]:
    """Accounts without a sign of life since then, of real people."""
    statement = (
        select(AccountLife)
        .join(AccountLife.account)
        .where(and_(AccountLife.seen_at <= before, Account.is_demo.is_(False)))
        .options(joinedload(AccountLife.account))
        .order_by(AccountLife.account_id)
    )
    return list(session.scalars(statement))


def list_events_that_say(address: str) -> list[Event]:
    """Events in whose own words a mail address stands."""
    words = or_(
        Event.contact.icontains(address, autoescape=True), Event.description.icontains(address, autoescape=True)
    )
    return list(session.scalars(select(Event).where(words).order_by(Event.id)))
