"""What each address answers to whom, as it is measured: one real request for each, undone at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from fablabmesh.kit.acts import acts_of
from fablabmesh.kit.db import session
from tests.access.world import PERSONAS, World, addresses_of

GOLDEN = Path(__file__).parent.parent / "access.txt"
HEAD = "address"
# A star: of another place, of another zone.
TITLES = ("visitor", "member", "editor", "manager", "manager*", "coord.", "coord.*", "admin")
# The door was open: what lies behind it may refuse what it was given, all the same.
_BEHIND = (400, 406, 409, 412, 415, 422, 428, 429, 503)


@dataclass(frozen=True)
class Door:
    """One method of one route."""

    method: str
    rule: str
    endpoint: str
    acts: str
    is_shared: bool
    is_by_token: bool = False

    @property
    def key(self) -> str:
        return f"{self.method} {self.rule.replace(' ', '')}"


def list_doors(app: Flask) -> list[Door]:
    """Every route of the site, method by method, in the order of the table."""
    found = [door for rule in app.url_map.iter_rules() if rule.endpoint != "static" for door in _doors_of(app, rule)]
    return sorted(found, key=lambda door: (door.rule, door.method))


def _doors_of(app: Flask, rule: Rule) -> Iterator[Door]:
    view = app.view_functions[rule.endpoint]
    acts = " or ".join(str(act) for act in acts_of(view)) or "-"
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        yield Door(
            method,
            rule.rule,
            rule.endpoint,
            acts,
            getattr(view, "is_shared", False),
            getattr(view, "is_by_token", False),
        )


def measure(world: World, door: Door) -> list[str]:
    """The lines of one door: one for each thing that its address may name."""
    lines = []
    for label, address in addresses_of(door.rule, world.things):
        # What is the same for everybody reads no cookie: asking once is enough, and it says so.
        asked = ("visitor",) if door.is_shared and not door.is_by_token else PERSONAS
        outcomes = [_ask(world, door, address, persona) for persona in asked]
        lines.append(_line(door, label, outcomes))
    return lines


def _ask(world: World, door: Door, address: str, persona: str) -> str:
    if door.is_by_token:
        given, headers = world.tokens, {"Authorization": f"Bearer {world.tokens.get(persona, '')}"}
    else:
        given, headers = world.cookies, {"Cookie": world.cookies.get(persona, "")}
    if persona not in given:
        headers = {}
    undone = world.connection.begin_nested()
    try:
        answer: Any = world.app.test_client(use_cookies=False).open(
            address, method=door.method, headers=headers, json=world.bodies.get(door.key)
        )
        answer.close()
    finally:
        session.remove()
        undone.rollback()
    return _outcome(answer.status_code, answer.headers.get("Location", ""))


def _outcome(status: int, location: str) -> str:
    if status == 303 and location.startswith("/connexion"):
        return "sign-in"
    return "ok" if status < 400 or status in _BEHIND else str(status)


def _line(door: Door, label: str, outcomes: list[str]) -> str:
    name = door.key + (f" [{label}]" if label else "")
    told = outcomes if len(outcomes) > 1 else [f"{outcomes[0]} for all alike"]
    return f"{name:<84} {door.acts:<34} " + " ".join(f"{each:<8}" for each in told).rstrip()


def head() -> str:
    """What the columns are."""
    return f"{HEAD:<84} {'act':<34} " + " ".join(f"{title:<8}" for title in TITLES).rstrip()


def key_of(line: str) -> str:
    """The door of a line of the table."""
    method, rest = line.split(" ", 1)
    return f"{method} {rest.split(' ')[0]}"


def outcomes_of(line: str) -> list[str]:
    """What each person gets, by the columns; nothing where it is the same for all."""
    return [] if line.endswith("alike") else line.split()[-len(PERSONAS) :]


def read_golden() -> dict[str, list[str]]:
    """The table as it was reviewed, by door."""
    found: dict[str, list[str]] = {}
    for line in GOLDEN.read_text("utf-8").splitlines()[1:]:
        found.setdefault(key_of(line), []).append(line)
    return found


def write_golden(world: World) -> None:
    """Measure all of it anew."""
    lines = [line for door in list_doors(world.app) for line in measure(world, door)]
    GOLDEN.write_text("\n".join([head(), *lines]) + "\n", "utf-8")
