"""What the database itself counts, which no transaction that a test undoes would show."""

import os

import pytest
import sqlalchemy as sa

from fablabmesh.kit import migrations

COLUMNS = (
    "slug, name, folded_name, search_text, kind, description, address, address_extra, postcode, commune, precision,"
    " department_found_by, phone, website, opening_hours, services, audiences, fees, support, source, source_licence,"
    " edited_fields, is_demo, version"
)
VALUES = (
    ":slug, 'x', 'x', 'x', 'epn', '', '', '', '', '', 'unknown', 'nothing', '', '', '', '{}', '{}', '{}', '{}', '', '',"
    " '{}', false, 1"
)


@pytest.fixture(scope="module")
def engine(make_database):
    """A database of its own: what is counted here would be news to whatever else keeps things by the count."""
    url = make_database(f"fablabmesh_counts_{os.getpid()}")
    migrations.upgrade(url)
    made = sa.create_engine(url)
    yield made
    made.dispose()


def places(connection, slug):
    statement = sa.text(f"INSERT INTO place ({COLUMNS}) VALUES ({VALUES}) RETURNING id")
    return connection.scalar(statement, {"slug": slug})


def number(engine):
    with engine.connect() as connection:
        return connection.scalar(sa.text("SELECT number FROM place_number"))


def changes(engine, since):
    with engine.connect() as connection:
        rows = connection.execute(
            sa.text("SELECT place_id, number FROM place_change WHERE number > :since ORDER BY number, place_id"),
            {"since": since},
        )
        return [tuple(row) for row in rows]


def test_a_transaction_counts_once_however_much_it_writes(engine):
    before = number(engine)

    with engine.begin() as connection:
        first, second = places(connection, "compte-1"), places(connection, "compte-2")
        connection.execute(sa.text("UPDATE place SET name = 'y' WHERE id = :id"), {"id": first})

    assert number(engine) == before + 1
    assert changes(engine, before) == [(first, before + 1), (second, before + 1)]


def test_what_is_undone_counts_for_nothing(engine):
    before = number(engine)

    with engine.connect() as connection:
        places(connection, "defait")
        connection.rollback()

    assert (number(engine), changes(engine, before)) == (before, [])


def test_numbers_come_in_the_order_of_commits(engine):
    before = number(engine)
    with engine.connect() as one, engine.connect() as other:
        early = places(one, "tot")
        late = places(other, "tard")
        other.commit()
        between = number(engine)
        one.commit()

    assert between == before + 1
    assert changes(engine, before) == [(late, before + 1), (early, before + 2)]


def test_a_place_that_is_gone_is_told_too(engine):
    with engine.begin() as connection:
        place_id = places(connection, "parti")
    before = number(engine)

    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM place WHERE id = :id"), {"id": place_id})

    assert changes(engine, before) == [(place_id, before + 1)]


def test_whoever_listens_hears_the_number(engine):
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as ear:
        ear.execute(sa.text("LISTEN places"))
        with engine.begin() as connection:
            places(connection, "entendu")
        ear.execute(sa.text("SELECT 1"))
        wire = ear.connection.dbapi_connection
        wire.poll()
        heard = [note.payload for note in wire.notifies]
        ear.execute(sa.text("UNLISTEN places"))

    assert heard == [str(number(engine))]
