"""People and places for tests of pure rules: what predicates ask of them, and no database."""

from types import SimpleNamespace

from fablabmesh.accounts.rules import Role
from fablabmesh.places.rules import ManagerRole


def make_person(number: int, role: Role = Role.MEMBER, *, zones=(), departments=(), is_demo: bool = False):
    return SimpleNamespace(
        id=number, role=role, zone_ids=list(zones), department_codes=list(departments), is_demo=is_demo
    )


def make_lab(number: int = 10, *managers, editors=(), department: str = "35", is_demo: bool = False):
    roles = {person.id: ManagerRole.MANAGER for person in managers}
    roles |= {person.id: ManagerRole.EDITOR for person in editors}
    return SimpleNamespace(
        id=number, manager_ids=set(roles), role_of=roles.get, department_code=department, is_demo=is_demo
    )
