"""Who acts, without anybody having to think of it."""

from dataclasses import replace
from types import SimpleNamespace

import click
import sqlalchemy as sa
from click.testing import CliRunner
from flask import g

from fablabmesh.kit.acting import Actor, act_by_program, acting, undoing, who

TOLD = "SELECT current_setting('journal.actor', true)"


def test_a_request_is_by_whoever_has_signed_in_or_by_a_stranger(pages):
    with pages.test_request_context("/"):
        stranger = who()
        g._login_user = SimpleNamespace(id=7)
        person = who()
        act_by_program(8)
        program = who()

    assert stranger == Actor("stranger", "")
    assert person == Actor("person", "", 7)
    assert program == Actor("program", "", 8)


def test_a_chore_says_its_name_and_what_is_undone_is_named(pages):
    with acting("worker", "twins"):
        chore = who()
        with undoing(12):
            back = who()

    assert chore == Actor("worker", "twins")
    assert back == replace(chore, undoes_id=12)
    assert who() == Actor("terminal", "")


def test_reading_tells_the_database_nothing_and_writing_tells_it_once(db, engine):
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        reading = connection.scalar(sa.text(TOLD))
        with acting("worker", "twins"):
            connection.execute(sa.text("UPDATE place SET name = name WHERE false"))
            writing = connection.scalar(sa.text(TOLD))
        connection.rollback()

        assert not reading
        assert writing == '{"actor": "worker", "deed": "twins"}'
        assert not connection.scalar(sa.text(TOLD))


def test_what_a_savepoint_undoes_is_told_again(db, engine):
    with acting("worker", "twins"), engine.connect() as connection, connection.begin() as whole:
        with connection.begin_nested() as part:
            connection.execute(sa.text("UPDATE place SET name = name WHERE false"))
            part.rollback()
        lost = connection.scalar(sa.text(TOLD))
        connection.execute(sa.text("UPDATE place SET name = name WHERE false"))
        told = connection.scalar(sa.text(TOLD))
        whole.rollback()

    assert not lost
    assert told == '{"actor": "worker", "deed": "twins"}'


def test_a_command_is_known_by_its_name():
    seen = []

    @click.group()
    def main():
        pass

    @main.command("brings")
    def brings():
        seen.append(who())

    CliRunner().invoke(main, ["brings"], prog_name="fablabmesh")

    assert seen == [Actor("terminal", "brings")]
