"""The transaction of a request and of a command, and what the session speaks."""

import pytest
import sqlalchemy as sa

from fablabmesh.accounts.rights import Act
from fablabmesh.kit import db as kit_db
from fablabmesh.zones import actions as zones
from fablabmesh.zones.models import Programme


def count(db) -> int:
    return db.scalar(sa.select(sa.func.count()).select_from(Programme))


def test_an_answer_below_400_is_kept_and_another_is_undone(app, client, db):
    def write(status: int):
        zones.put_programme(slug=f"p{status}", name="P", position=1)
        return "", status

    write.access, write.acts = "anyone", (Act.SITE_READ,)
    app.view_functions["trial"] = write
    rule = app.url_rule_class("/essai/<int:status>", endpoint="trial", methods=["GET"])
    app.url_map.add(rule)

    client.get("/essai/200")
    client.get("/essai/422")

    app.url_map._rules.remove(rule)
    app.url_map._rules_by_endpoint.pop("trial")
    app.view_functions.pop("trial")
    assert [p.slug for p in db.scalars(sa.select(Programme))] == ["p200"]


def test_a_command_is_all_or_nothing(db):
    def fail_half_way():
        with kit_db.transaction():
            zones.put_programme(slug="a", name="A", position=1)
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        fail_half_way()
    with kit_db.transaction():
        zones.put_programme(slug="b", name="B", position=1)

    assert [p.slug for p in db.scalars(sa.select(Programme))] == ["b"]


def test_every_session_speaks_utc_and_gives_up_in_time(db):
    assert db.scalar(sa.text("SHOW timezone")) == "UTC"
    assert db.scalar(sa.text("SHOW statement_timeout")) == "30s"


def test_the_database_tells_its_revision(db, root):
    newest = sorted((root / "alembic" / "versions").glob("*.py"))[-1].name[:4]

    assert kit_db.is_alive() is True
    assert kit_db.current_revision() == newest


def test_an_enum_is_checked_by_the_database(db):
    with pytest.raises(sa.exc.IntegrityError, match="role"):
        db.execute(
            sa.text(
                "INSERT INTO account (email, name, password_hash, role, is_demo, is_active)"
                " VALUES ('a@b.test', 'A', 'x', 'king', false, true)"
            )
        )


def test_who_listens_hears_what_is_told_and_first_that_it_listens(engine):
    heard = kit_db.listen(engine, "feeds", lambda: 5)

    assert next(heard) == []
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_notify('feeds', '7:1'), pg_notify('other', 'no')"))
    assert next(heard) == ["7:1"]
    heard.close()


def test_who_listens_learns_that_the_connection_is_lost(engine):
    heard = kit_db.listen(engine, "feeds", lambda: 0.1)
    next(heard)
    with engine.begin() as connection:
        listener = "datname = current_database() AND query = 'LISTEN \"feeds\"'"
        connection.execute(sa.text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {listener}"))

    with pytest.raises(engine.dialect.loaded_dbapi.Error):
        list(heard)
