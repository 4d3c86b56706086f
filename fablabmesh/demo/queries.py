"""Reads of the demonstration."""

from fablabmesh.accounts import queries as accounts
from fablabmesh.accounts.models import Account
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place


def is_there() -> bool:
    """Has the demonstration been set up, and not removed?"""
    return bool(places.list_demo_places() or accounts.list_demo_accounts())


def list_people() -> list[tuple[Account, list[Place]]]:
    """The invented people with the places they look after."""
    return [(account, places.list_managed_by(account.id)) for account in accounts.list_demo_accounts()]
