"""The session, the one transaction of a request, who acts in it, and column types shared by all tables."""

import enum
import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response
from psycopg2.extensions import BYTES, register_type  # type: ignore[import-untyped]
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from fablabmesh.kit import acting

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Mother of all tables."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: sa.DateTime(timezone=True),
        str: sa.Text(),
        list[str]: postgresql.ARRAY(sa.Text()),
    }


# What is raised when the database is away, too slow or has no room left.
OperationalError = sa.exc.OperationalError
Unreachable = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)
Stale = StaleDataError

# The database ended this transaction so that others could go on (deadlock_detected, serialization_failure).
_CROSSED = ("40P01", "40001")

# expire_on_commit=False: an object handed to a template after the commit must not ask the database again.
session = scoped_session(sessionmaker(expire_on_commit=False))


def text_enum(kind: type[enum.StrEnum]) -> sa.Enum:
    """A StrEnum kept as text with a check, so that a new value is a plain migration."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def connect(url: str) -> sa.Engine:
    """The engine. pre_ping: a restarted server costs no failed request. UTC: no session speaks local time.

    No JIT: what is asked here takes milliseconds, and to compile it first takes seconds. Errors do not repeat what was
    sent, for it is what people wrote.
    """
    engine = sa.create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=10,
        connect_args={
            "options": "-c timezone=UTC -c statement_timeout=30s -c jit=off",
            "application_name": "fablabmesh",
        },
    )
    sa.event.listen(engine, "before_cursor_execute", _leave_undecoded)
    acting.install(engine)
    return engine


# For a statement whose texts are sent on as they are: they come as bytes in UTF-8, many megabytes in less time.
UNDECODED = {"texts_undecoded": True}


def _leave_undecoded(_connection: Any, cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
    if context is not None and context.execution_options.get("texts_undecoded"):
        register_type(BYTES, cursor)


def install(app: Flask, engine: sa.Engine) -> None:
    """Bind the session; commit a request whose answer is below 400, undo any other."""
    session.remove()
    session.configure(bind=engine)
    app.extensions["engine"] = engine

    @app.after_request
    def end_transaction(response: Response) -> Response:
        if response.status_code >= 400:
            session.rollback()
            return response
        try:
            session.commit()
        except (*Unreachable, StaleDataError) as error:
            # What a view raises is answered by the application's handlers; so is this, although the view is over.
            response = app.make_response(app.handle_user_exception(error))
            with suppress(*Unreachable):
                session.rollback()
        return response

    @app.teardown_appcontext
    def forget(_error: BaseException | None) -> None:
        session.remove()


def equip(factory: scoped_session[Session], **things: object) -> None:
    """Have every session of this factory carry these in its `info`, beside what it carries already."""
    factory.configure(info={**factory.session_factory.kw.get("info", {}), **things})


def has_crossed(error: sa.exc.DBAPIError) -> bool:
    """Did it meet another write, so that to do it once more may go well?"""
    return getattr(error.orig, "pgcode", None) in _CROSSED


def reason(error: Exception) -> str:
    """What went wrong, for the log: the kind of error alone, for its words repeat what people wrote."""
    cause = getattr(error, "orig", None) or error
    return " ".join(filter(None, (type(cause).__name__, getattr(cause, "pgcode", None))))


def keep() -> None:
    """Commit now, although the answer will be an error: for what must be remembered of a refusal."""
    session.commit()


@contextmanager
def transaction() -> Iterator[Session]:
    """For the command line: all or nothing."""
    with acting.unit():
        try:
            yield session()
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def alone(engine: sa.Engine, number: int) -> Iterator[Callable[[], bool]]:
    """Hold a lock on the database that no other process has; gives a function that says whether it is held still."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        held = [bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(number))))]

        def is_held() -> bool:
            # A connection that was lost took the lock with it, and says so by an error.
            return held[0] and connection.scalar(sa.text("SELECT 1")) == 1

        try:
            yield is_held
        finally:
            if held[0] and not connection.invalidated:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(number)))


def is_alive() -> bool:
    """Does the database answer? For /readyz."""
    try:
        session.execute(sa.text("SELECT 1"))
    except sa.exc.DBAPIError:
        session.rollback()
        return False
    return True


def current_revision() -> str | None:
    """The migration the database stands at, or None for an empty one."""
    result: Any = session.scalar(sa.text("SELECT to_regclass('alembic_version')"))
    if result is None:
        return None
    revision: str | None = session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return revision


def listen(engine: sa.Engine, channel: str, patience: Callable[[], float] = lambda: 10.0) -> Iterator[list[str]]:
    """What is told on a channel, as it comes, on a connection of its own. Nothing at first, and after so many seconds.

    Raises the driver's error when the connection is lost: what is told then is not known.
    """
    _words, given = engine.dialect.create_connect_args(engine.url)
    connection: Any = engine.dialect.loaded_dbapi.connect(**given, application_name="fablabmesh", connect_timeout=5)
    try:
        connection.autocommit = True
        waiting = select.poll()
        waiting.register(connection.fileno(), select.POLLIN)
        with connection.cursor() as cursor:
            cursor.execute(f'LISTEN "{channel}"')
            yield []
            while True:
                if not waiting.poll(patience() * 1000):
                    cursor.execute("SELECT 1")  # a connection that died in silence is found out
                connection.poll()
                told = [note.payload for note in connection.notifies]
                connection.notifies.clear()
                yield told
    finally:
        connection.close()
