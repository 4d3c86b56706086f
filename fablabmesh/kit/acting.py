"""Who acts: told to the database at the first write of each transaction, so that its journal can say so.

Nobody has to think of it. In a request it is the person who has signed in, or a stranger; a chore and a command say
their names. Where only is read, nothing is told, and nothing asked.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from typing import Any

import click
import sqlalchemy as sa
from flask import g, has_request_context, request

PERSON, STRANGER, PROGRAM, WORKER, TERMINAL = "person", "stranger", "program", "worker", "terminal"
_TELL = "SELECT set_config('journal.actor', %s, true), set_config('journal.act', '', true)"
_TOLD = "fablabmesh_actor"
_WRITES = ("INSERT", "UPDATE", "DELETE", "WITH", "MERGE")


@dataclass(frozen=True)
class Actor:
    """`deed`: the endpoint, the chore or the command. `undoes_id`: the act of the journal that is taken back."""

    actor: str
    deed: str = ""
    account_id: int | None = None
    undoes_id: int | None = None


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)
# What is done in one transaction, where there is no request: a new object each time.
_unit: ContextVar[object] = ContextVar("unit", default=None)
_undone: ContextVar[int | None] = ContextVar("undone", default=None)


@contextmanager
def acting(actor: str, deed: str, account_id: int | None = None) -> Iterator[None]:
    """Whatever is written meanwhile is theirs."""
    token = _actor.set(Actor(actor, deed, account_id))
    try:
        yield
    finally:
        _actor.reset(token)


@contextmanager
def undoing(act_id: int) -> Iterator[None]:
    """Whatever is written meanwhile takes an act of the journal back."""
    token = _undone.set(act_id)
    try:
        yield
    finally:
        _undone.reset(token)


@contextmanager
def unit() -> Iterator[None]:
    """Whatever is written meanwhile is one act."""
    token = _unit.set(object())
    try:
        yield
    finally:
        _unit.reset(token)


def act_by_program(account_id: int) -> None:
    """The rest of this request is by a program that holds a token of this person."""
    g.actor_by_token = account_id


def who() -> Actor:
    """Who acts now."""
    found = _actor.get() or (_of_request() if has_request_context() else _of_terminal())
    undone = _undone.get()
    return found if undone is None else replace(found, undoes_id=undone)


def _of_request() -> Actor:
    endpoint = request.endpoint or ""
    if (by_token := g.get("actor_by_token")) is not None:
        return Actor(PROGRAM, endpoint, by_token)
    # Flask-Login keeps who was found to ask; to ask it would be to ask the database, in the middle of a write.
    person_id = getattr(g.get("_login_user"), "id", None) or None
    return Actor(PERSON if person_id else STRANGER, endpoint, person_id)


def _of_terminal() -> Actor:
    context = click.get_current_context(silent=True)
    return Actor(TERMINAL, context.command_path.partition(" ")[2] if context else "")


def _unit_now() -> object:
    if has_request_context() and _unit.get() is None:
        if "act_unit" not in g:
            g.act_unit = object()
        return g.act_unit
    return _unit.get()


def install(engine: sa.Engine) -> None:
    """Have every connection of this engine say who acts, before it writes."""
    sa.event.listen(engine, "before_cursor_execute", _tell)
    for name in ("begin", "rollback_savepoint"):
        sa.event.listen(engine, name, _forget)


def _tell(connection: Any, cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
    if not (context is not None and context.is_crud) and not statement.lstrip()[:6].upper().startswith(_WRITES):
        return
    actor, now = who(), _unit_now()
    told = connection.info.get(_TOLD)
    if told is not None and told[0] == actor and told[1] is now:
        return
    cursor.execute(_TELL, (json.dumps({name: value for name, value in asdict(actor).items() if value is not None}),))
    connection.info[_TOLD] = (actor, now)


def _forget(connection: Any, *_rest: Any) -> None:
    connection.info.pop(_TOLD, None)
