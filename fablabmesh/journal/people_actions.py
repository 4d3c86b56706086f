"""Writes: what people were given or lost comes back by the rooms that give it, under their rules, with their letters.

Nothing that a person has here is a mere row: the last manager stays, the last administrator too, sessions end with the
account, and whoever is concerned is told.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fablabmesh.accounts.models import Account
from fablabmesh.accounts.rules import Role
from fablabmesh.journal.rules import RowDeed
from fablabmesh.journal.undoing import Net
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places import queries as places
from fablabmesh.places.models import PlaceManager
from fablabmesh.places.rules import ManagerRole
from fablabmesh.teams import actions as teams
from fablabmesh.teams import queries as team_queries
from fablabmesh.teams.rules import is_last_manager
from fablabmesh.zones.models import Zone

# People of a page or of a zone that comes or goes as a whole come and go with it.
_GOES_WITH = {"place_manager": "place", "zone_coordinator": "zone"}


def people_of(rows: Sequence[Net]) -> list[Net]:
    """The rows that are what somebody may do here; what is given first, so that somebody is there when others go."""
    whole = {row.table for row in rows if row.deed is not RowDeed.UPDATE}
    found = [
        row
        for row in rows
        if (row.table in _GOES_WITH and _GOES_WITH[row.table] not in whole)
        or (row.table == "account" and row.deed is not RowDeed.DELETE)
    ]
    return sorted(found, key=_takes)


def _takes(row: Net) -> bool:
    """Has somebody less once it is undone?"""
    if row.deed is RowDeed.UPDATE:
        return row.before.get("role") in (Role.MEMBER, ManagerRole.EDITOR) or row.before.get("is_active") is False
    return row.deed is RowDeed.INSERT


def take_back(row: Net, values: Mapping[str, Any], *, by: Account, now: datetime) -> None:
    """One of them. `values`: by column, what differs from how it was."""
    if row.table == "account":
        _take_account_back(row, values, by, now)
    elif row.table == "place_manager":
        _take_manager_back(row, values, by, now)
    elif row.deed is not RowDeed.UPDATE:
        zone, account = session.get_one(Zone, row.key["zone_id"]), _account(row.key["account_id"])
        if row.deed is RowDeed.INSERT:
            teams.withdraw_zone(zone, account, now=now)
        else:
            teams.grant_zone(zone, account, by=by, now=now)


def _account(account_id: int) -> Account:
    return session.get_one(Account, account_id, populate_existing=True)


def _take_account_back(row: Net, values: Mapping[str, Any], by: Account, now: datetime) -> None:
    account = _account(row.key["id"])
    if row.deed is RowDeed.INSERT:
        # It is never deleted from here: nothing could make it anew.
        teams.deactivate(account, by=by, now=now)
        return
    if values.get("is_active"):
        teams.reactivate(account, now=now)
    if "role" in values:
        teams.set_role(account, Role(values["role"]), by=by, now=now)
    if values.get("is_active") is False:
        teams.deactivate(account, by=by, now=now)
    for name, value in values.items():
        if name not in ("is_active", "role"):
            setattr(account, name, value)
    session.flush()


def _take_manager_back(row: Net, values: Mapping[str, Any], by: Account, now: datetime) -> None:
    place, account_id = places.get_place_by_id(row.key["place_id"]), row.key["account_id"]
    if row.deed is RowDeed.DELETE:
        teams.bring_back(place, _account(account_id), ManagerRole(row.before["role"]), by=by, now=now)
        return
    role = None if row.deed is RowDeed.INSERT else ManagerRole(values["role"])
    if role is not ManagerRole.MANAGER and is_last_manager(team_queries.list_team(place.id), account_id):
        raise Refused(
            _(
                "Plus personne ne serait responsable du lieu « %(name)s » : nommez d’abord quelqu’un d’autre "
                "sur la page de son équipe, ou retirez-y cette personne en disant que personne ne prend la suite.",
                name=place.name,
            )
        )
    if role is None:
        teams.remove(place, account_id, by=by, now=now)
    else:
        link = session.get_one(PlaceManager, (place.id, account_id))
        teams.change_role(place, account_id, role, seen=link.role, by=by, now=now)
