"""A process, or a session of the database, that is killed in the middle of a write leaves all of it or nothing.

Each write is stopped at tables that it writes, by a trigger that waits for the test, and killed there: by turns the
process that writes and its session in the database. What every table holds is then what it held before; or all of it is
written, where the process had asked for the commit already.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import psycopg2
import pytest
from psycopg2 import sql

from fablabmesh.kit import migrations

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WRITES = ("event", "sheet", "partnership", "proposal", "letter", "erasure")
# Of the tables of one write, evenly: each stop takes its time.
MOST_STOPS = 3
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
DIGEST = "SELECT {name}, count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {table} t"
WAIT = """
CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared(77); RETURN NULL; END $$
"""
STOPPED = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    " AND wait_event = 'advisory'"
)


class Faults:
    """The database looked at from outside, and the writer."""

    def __init__(self, url: str, writer: subprocess.Popen) -> None:
        self.connection = psycopg2.connect(url.replace("+psycopg2", ""))
        self.connection.autocommit = True
        self.writer = writer
        self.words = iter(f"mot{number}" for number in range(10_000))
        self.tables = [name for (name,) in self.ask(TABLES) if name != "spatial_ref_sys"]

    def ask(self, statement) -> list[tuple]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def content(self) -> dict[str, tuple]:
        one = [sql.SQL(DIGEST).format(name=sql.Literal(name), table=sql.Identifier(name)) for name in self.tables]
        return {name: rest for name, *rest in self.ask(sql.SQL(" UNION ALL ").join(one))}

    def start(self, name: str) -> int:
        self.writer.stdin.write(f"{name} {next(self.words)}\n")
        self.writer.stdin.flush()
        return int(self.writer.stdout.readline())

    def end(self) -> int:
        return int(self.writer.stdout.readline())

    def write(self, name: str) -> int:
        self.start(name)
        return self.end()

    @contextmanager
    def stopped_at(self, table: str):
        """Whoever writes this table waits, until the block is left."""
        at = sql.Identifier(table)
        self.ask(sql.SQL(
            'CREATE TRIGGER "zz_wait" AFTER INSERT OR UPDATE OR DELETE ON {} EXECUTE FUNCTION wait_for_the_test()'
        ).format(at))  # fmt: skip
        self.ask("SELECT pg_advisory_lock(77)")
        try:
            yield
        finally:
            self.ask("SELECT pg_advisory_unlock(77)")
            self.wait_until("SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'relation' AND mode LIKE 'RowExcl%'")
            self.ask(sql.SQL('DROP TRIGGER "zz_wait" ON {}').format(at))

    def wait_until(self, question: str, patience: float = 20.0) -> None:
        deadline = time.monotonic() + patience
        while not self.ask(question)[0][0]:
            assert time.monotonic() < deadline, question
            time.sleep(0.01)


@pytest.fixture(scope="module")
def faults(make_database, tmp_path_factory):
    url = make_database(f"fablabmesh_faults_{os.getpid()}")
    migrations.upgrade(url)
    environ = os.environ | {
        "DATABASE_URL": url,
        "FABLABMESH_ENV": "development",
        "FABLABMESH_DATA": str(tmp_path_factory.mktemp("faults")),
        "FABLABMESH_SECRET_KEY": "a key for the faults, long enough for anybody",
    }
    words = [sys.executable, "-m", "tests.faults.writer"]
    writer = subprocess.Popen(
        words,
        env=environ,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    found = Faults(url, writer)
    found.ask(WAIT)
    assert found.write("set_up") == 0
    yield found
    found.connection.close()
    writer.stdin.close()
    writer.wait(20)
    writer.stdout.close()


def find_written(faults, name) -> list[str]:
    """The tables that a write writes."""
    before = faults.content()
    assert faults.write(name) == 0
    after = faults.content()
    return [table for table in faults.tables if before[table] != after[table]]


def take_away(faults, number, turn) -> None:
    """By turns the process, and its session."""
    if turn % 2:
        os.kill(number, signal.SIGKILL)
    else:
        faults.ask(f"SELECT pg_terminate_backend(pid) FROM ({STOPPED}) t")
    assert faults.end() != 0


@pytest.mark.parametrize("name", WRITES)
def test_a_write_that_is_killed_at_any_table_leaves_nothing(faults, name):
    # That one can be done once: a table of it is named.
    once = {"erasure": ["account"]}
    written = once.get(name) or find_written(faults, name)
    assert written
    before = faults.content()

    for turn, table in enumerate(written[:: -(-len(written) // MOST_STOPS)]):
        with faults.stopped_at(table):
            number = faults.start(name)
            faults.wait_until(f"SELECT EXISTS ({STOPPED})")
            take_away(faults, number, turn)
        faults.wait_until(f"SELECT NOT EXISTS ({STOPPED})")
        after = faults.content()
        changed = [each for each in faults.tables if before[each] != after[each]]
        assert (table, changed) in ((table, []), (table, written if turn % 2 else []))
        before = after

    # And it can be done after all.
    began = time.monotonic()
    assert faults.write(name) == 0
    assert time.monotonic() - began < 5
    assert faults.content() != before


def test_an_import_that_is_killed_at_any_table_leaves_nothing_and_is_written_later(faults):
    """The worker takes it again when its lease is over: the import was accepted, and is not lost."""
    assert faults.write("ask_import") == 0
    before = faults.content()
    count = "SELECT count(*) FROM event WHERE uid LIKE '%@ailleurs'"

    # One is tried three times.
    for turn, table in enumerate(("event", "event_date")):
        with faults.stopped_at(table):
            number = faults.start("write_import")
            faults.wait_until(f"SELECT EXISTS ({STOPPED})")
            take_away(faults, number, turn)
        faults.wait_until(f"SELECT NOT EXISTS ({STOPPED})")
        after = faults.content()
        # That it was taken is known, and nothing else.
        assert [each for each in faults.tables if before[each] != after[each]] == ["calendar_import"]

    assert faults.write("write_import") == 0
    assert faults.ask(count) == [(30,)]
    assert faults.ask("SELECT state, attempts FROM calendar_import") == [("done", 3)]
