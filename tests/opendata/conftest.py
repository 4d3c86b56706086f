"""A database with the national data in it, loaded once; each test's changes are undone."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from fablabmesh.kit import db as kit_db
from fablabmesh.kit import migrations
from fablabmesh.opendata import actions
from fablabmesh.opendata.actions import NationalLoad
from tests.factories import NOW


@dataclass
class National:
    """The session on the loaded database, and what the first load said."""

    session: kit_db.Session
    first: NationalLoad


@pytest.fixture(scope="session")
def national_engine(app, make_database) -> Iterator[tuple[sa.Engine, NationalLoad]]:
    url = make_database(f"fablabmesh_national_{os.getpid()}")
    migrations.upgrade(url)
    engine = kit_db.connect(url)
    with app.app_context():
        kit_db.session.remove()
        kit_db.session.configure(bind=engine)
        with app.test_request_context("/"), kit_db.transaction():
            first = actions.load_national_data(now=NOW)
        kit_db.session.remove()
        kit_db.session.configure(bind=app.extensions["engine"])
    yield engine, first
    engine.dispose()


@pytest.fixture
def national(app, national_engine) -> Iterator[National]:
    engine, first = national_engine
    with app.app_context():
        connection = engine.connect()
        outer = connection.begin()
        kit_db.session.remove()
        kit_db.session.configure(bind=connection, join_transaction_mode="create_savepoint")
        with app.test_request_context("/"):
            yield National(kit_db.session, first)
        kit_db.session.remove()
        outer.rollback()
        connection.close()
        kit_db.session.configure(bind=app.extensions["engine"], join_transaction_mode="conditional_savepoint")
