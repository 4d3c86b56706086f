"""A real PostGIS for every test that asks for it: one migrated template, one database a worker, one rolled-back
transaction a test."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask.testing import FlaskClient

from fablabmesh import app as application
from fablabmesh.accounts import actions as accounts
from fablabmesh.directory.views import Shelf
from fablabmesh.kit import clock, i18n, migrations
from fablabmesh.kit import db as kit_db
from fablabmesh.kit.config import Settings, driver_url
from tests.factories import make_account

# All that touch the database stand on this one, and pytest names the fixtures behind those asked for too.
DATABASE_FIXTURES = {"make_database"}
BROWSER_FIXTURES = {"site", "browser_page", "browser"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by the fixtures asked for, so that no author can forget it."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if asked & DATABASE_FIXTURES:
            item.add_marker("db")
        if asked & BROWSER_FIXTURES:
            item.add_marker("browser")


def maintenance_url() -> str:
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        pytest.exit("TEST_DATABASE_URL is not set: run script/test, which starts the test database.", 3)
    return url


def sibling_url(name: str) -> str:
    """The address of another database of the same server."""
    return sa.make_url(driver_url(maintenance_url())).set(database=name).render_as_string(hide_password=False)


def run_outside_transaction(*statements: str) -> None:
    connection = psycopg2.connect(maintenance_url().replace("postgresql+psycopg2://", "postgresql://"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


@pytest.fixture(scope="session")
def make_database() -> Iterator:
    """Call it with a name: an empty database of that name, dropped at the end."""
    made = []

    def make(name: str, template: str = "template0") -> str:
        run_outside_transaction(
            f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{template}"'
        )
        made.append(name)
        return sibling_url(name)

    yield make
    run_outside_transaction(*(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in made))


@pytest.fixture(scope="session")
def database_url(make_database) -> str:
    url = make_database(f"fablabmesh_test_{os.getpid()}")
    migrations.upgrade(url)
    return url


@pytest.fixture(scope="session")
def worker_url(make_database) -> str:
    """A database for processes that do their chores for good: what these leave would be news to other tests."""
    url = make_database(f"fablabmesh_worker_{os.getpid()}")
    migrations.upgrade(url)
    return url


@pytest.fixture(scope="session")
def settings(database_url, tmp_path_factory) -> Settings:
    return Settings(
        database_url=database_url,
        data_dir=tmp_path_factory.mktemp("data"),
        environment="test",
        secret_key="a key for tests only",
        base_url="http://localhost",
        feed_past_days=36_500,
    )


def prepare_app(settings: Settings) -> Flask:
    """The application, asked in ways that only tests do."""
    made = application.create_app(settings)
    made.config["WTF_CSRF_ENABLED"] = False
    # The application context of a test outlives its requests, and extensions keep in it who asked last, in which
    # language, with which token. A request begins with nothing, as it does outside tests.
    made.before_request_funcs[None].insert(0, lambda: vars(g._get_current_object()).clear())
    # What a test writes is never committed, so that nobody is told of it: no calendar in memory may pass for right.
    made.wsgi_app.hear = threading.Event().wait
    made.extensions["places_memory"].is_trusted = False
    # Nor is it counted, so that all have one version: nothing may be kept by it, and all is drawn anew for each test.
    made.extensions["map_memory"].most_bytes = 0
    made.extensions["directory_shelf"] = Shelf(most_bytes=0)
    return made


@pytest.fixture(scope="session")
def app(settings) -> Flask:
    return prepare_app(settings)


@pytest.fixture(scope="session")
def pages() -> Flask:
    """An application that knows languages and no database: for what is pure and speaks."""
    made = Flask("pages")
    i18n.install(made)
    return made


@pytest.fixture(scope="session")
def engine(app) -> sa.Engine:
    return app.extensions["engine"]


@pytest.fixture
def db(app, engine) -> Iterator:
    """The session, in a transaction that the test's end undoes; a request's commit is a savepoint inside it."""
    with app.app_context():
        connection = engine.connect()
        outer = connection.begin()
        kit_db.session.remove()
        kit_db.session.configure(bind=connection, join_transaction_mode="create_savepoint")
        kit_db.session.execute(sa.text("UPDATE map_number SET number = 0"))
        with app.test_request_context("/"):
            yield kit_db.session
        kit_db.session.remove()
        outer.rollback()
        connection.close()
        kit_db.session.configure(bind=engine, join_transaction_mode="conditional_savepoint")


@pytest.fixture
def client(app, db) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def as_person(app, db):
    """`as_person(account)`: a browser in which that person has signed in; the form itself is tested with accounts."""

    def sign_in(account):
        token = accounts.open_sign_in(account, now=clock.now())
        db.commit()
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        return browser

    return sign_in


@pytest.fixture
def alice(db):
    """Somebody with an account; a test says what she looks after."""
    return make_account(name="Alice")


@pytest.fixture
def root() -> Path:
    return Path(__file__).parent.parent


@pytest.fixture
def count_queries(engine):
    """`with count_queries() as seen:` gathers the statements sent meanwhile, savepoints left out."""

    @contextmanager
    def watch():
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                seen.append(statement)

        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)

    return watch
