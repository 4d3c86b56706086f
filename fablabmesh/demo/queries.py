"""Reads of the demonstration."""

from fablabmesh.accounts import queries as accounts
from fablabmesh.accounts.models import Account
from fablabmesh.places import queries as places
from fablabmesh.zones import queries as zones


def is_there() -> bool:
    """Has the demonstration been set up, and not removed?"""
    return bool(places.list_demo_places() or accounts.list_demo_accounts())


def list_people() -> list[tuple[Account, list[str]]]:
    """The invented people with the names of the places they look after, or of the zones they coordinate."""
    return [(account, _names(account)) for account in accounts.list_demo_accounts()]


def _names(account: Account) -> list[str]:
    zones_ = [f"{zone.programme.name} – {zone.name}" for zone in zones.list_coordinated(account.zone_ids)]
    return [place.name for place in places.list_managed_by(account.id)] + zones_
