"""What is copied comes back row by row; a broken copy, a newer one and a database in use are refused, untouched."""

import json
import os
import stat
import subprocess
import sys
import tarfile
from datetime import UTC, datetime

import backup
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from fablabmesh.accounts.models import Account
from fablabmesh.events.models import Image
from fablabmesh.kit import migrations
from fablabmesh.places.models import Place
from fablabmesh.zones.models import Department, Programme


def things():
    """Texts, arrays, points, bytes, generated columns, and what triggers make of them."""
    yield Programme(slug="fablab", name="Fab Labs", position=1)
    yield Account(email="zoe@exemple.test", name="Zoé « É »", role="member")
    box = "SRID=4326;MULTIPOLYGON(((-2 47,-1 47,-1 49,-2 49,-2 47)))"
    yield Department(code="35", name="Ille-et-Vilaine", region_code="53", region_name="Bretagne", geom=box)
    for number in range(200):
        yield Place(
            slug=f"lieu-{number}",
            name=f"Lieu {number}",
            folded_name=f"lieu {number}",
            kind="fablab",
            description=f"Un\ttexte\\ à « lignes »\n{number}",
            services=["coworking"],
            audiences=[],
            fees=[],
            support=[],
            edited_fields=[],
            latitude=48.1 + number / 1000,
            longitude=-1.6,
            department_code="35",
        )
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    yield Image(
        digest="abc", content=b"\x00\xff\\", width=1, height=1, small=b"\xde", small_width=1, small_height=1,
        created_at=moment,
    )  # fmt: skip


@pytest.fixture(scope="module")
def source(make_database):
    """A database with a little of everything that is hard to copy."""
    url = make_database(f"fablabmesh_backup_{os.getpid()}")
    migrations.upgrade(url)
    engine = sa.create_engine(url)
    with Session(engine) as session:
        session.add_all(list(things()))
        session.commit()
    engine.dispose()
    return backup.read_target(url)


@pytest.fixture(scope="module")
def archive(source, tmp_path_factory):
    path = tmp_path_factory.mktemp("copies") / "new" / "copy.tar"
    backup.backup(source, path)
    return path


@pytest.fixture
def empty(make_database):
    return backup.read_target(make_database(f"fablabmesh_restore_{os.getpid()}"))


def tables_of(target):
    with backup.connect(target) as connection, connection.cursor() as cursor:
        return backup.read_tables(cursor)


CATALOGUE = (
    "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2",
    "SELECT indexname, split_part(indexdef, ' WHERE ', 1) FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    # A check is told by its name, for it is written in another way once it was read anew; so is what indexes leave out.
    "SELECT conname, contype, CASE contype WHEN 'c' THEN '' ELSE pg_get_constraintdef(oid) END"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 3",
    "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
    " WHERE table_schema = 'public' ORDER BY 1, 2",
)


def catalogue(target):
    with backup.connect(target) as connection, connection.cursor() as cursor:
        found = []
        for statement in CATALOGUE:
            cursor.execute(statement)
            found.append(cursor.fetchall())
        return found


def test_a_copy_put_into_an_empty_database_is_the_same_row_by_row(source, archive, empty):
    manifest = backup.restore(empty, archive, force=False)

    assert tables_of(empty) == tables_of(source) == manifest["tables"]
    assert manifest["tables"]["place"]["rows"] == 200


def test_what_triggers_wrote_comes_back_as_it_was_and_goes_on_from_there(source, archive, empty):
    """A copy is put back below the triggers: none of them writes anew of rows that are not new."""
    backup.restore(empty, archive, force=False)

    told = {name: tables_of(source)[name] for name in ("journal_entry", "journal_act", "place_number", "place_change")}
    assert {name: tables_of(empty)[name] for name in told} == told
    assert [name for name in ("journal_entry", "place_number", "place_change") if not told[name]["rows"]] == []
    numbers = [ask_after_an_edit(target) for target in (source, empty)]
    assert numbers[0] == numbers[1]


def ask_after_an_edit(target):
    """The number of places, and of entries of the journal, after one more edit that is taken back."""
    with backup.connect(target) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE place SET summary = 'Autrement', version = version + 1 WHERE slug = 'lieu-7'")
        cursor.execute("SELECT (SELECT number FROM place_number), (SELECT count(*) FROM journal_entry)")
        found = cursor.fetchone()
        connection.rollback()
        return found


def test_the_schema_comes_back_with_its_triggers_and_sequences(source, archive, empty):
    backup.restore(empty, archive, force=False)

    assert catalogue(empty) == catalogue(source)
    with backup.connect(empty) as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO programme (slug, name, position) VALUES ('epn', 'EPN', 2) RETURNING id")
        assert cursor.fetchone() == (2,)


def test_the_archive_is_its_owner_s_alone_and_holds_no_secret(archive):
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with tarfile.open(archive) as tar:
        assert tar.getnames() == ["manifest.json", "database.dump"]
        assert sorted(json.load(tar.extractfile("manifest.json"))) == [
            *("application", "extensions", "files", "format", "made_at", "migration", "postgresql", "tables"),
        ]
    assert [path.name for path in archive.parent.iterdir()] == ["copy.tar"]


def test_a_copy_is_never_written_over_another(source, archive):
    before = archive.read_bytes()

    with pytest.raises(backup.BackupError, match="is there already"):
        backup.backup(source, archive)

    assert archive.read_bytes() == before


def test_what_is_there_stays_unless_one_insists(archive, empty):
    with backup.connect(empty) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE mine (word text); INSERT INTO mine VALUES ('precious')")
        cursor.execute("CREATE FUNCTION fold(text) RETURNS text LANGUAGE sql AS 'SELECT $1'")
        connection.commit()
    before = tables_of(empty)

    with pytest.raises(backup.BackupError, match="not empty"):
        backup.restore(empty, archive, force=False)
    assert tables_of(empty) == before

    backup.restore(empty, archive, force=True)
    assert "mine" not in tables_of(empty)
    # And once more over itself.
    backup.restore(empty, archive, force=True)


def test_a_database_that_somebody_uses_is_not_restored_under_their_feet(archive, empty):
    with backup.connect(empty), pytest.raises(backup.BackupError, match="stop the site"):
        backup.restore(empty, archive, force=True)

    assert tables_of(empty) == {}


@pytest.mark.parametrize("harm", ["cut", "bit", "text", "nothing"])
def test_a_broken_archive_is_refused_before_anything_is_touched(archive, empty, tmp_path, harm):
    broken, content = tmp_path / "broken.tar", bytearray(archive.read_bytes())
    if harm == "cut":
        del content[len(content) // 2 :]
    elif harm == "bit":
        content[len(content) // 2] ^= 1
    elif harm == "text":
        content = bytearray(b"not an archive")
    else:
        content.clear()
    broken.write_bytes(content)

    with pytest.raises(backup.BackupError, match="broken"):
        backup.restore(empty, broken, force=True)

    assert tables_of(empty) == {}


def rewrite(archive, path, change):
    """The same archive with another manifest."""
    with tarfile.open(archive) as tar, tarfile.open(path, "w") as out:
        manifest = json.load(tar.extractfile("manifest.json"))
        change(manifest)
        text = json.dumps(manifest).encode()
        backup._add(out, "manifest.json", backup.io.BytesIO(text), len(text))
        member = tar.getmember("database.dump")
        backup._add(out, "database.dump", tar.extractfile(member), member.size)


def test_a_copy_of_a_newer_version_is_refused_with_what_to_do(archive, empty, tmp_path):
    newer = tmp_path / "newer.tar"
    rewrite(archive, newer, lambda manifest: manifest.update(migration="9999", application="7.0"))

    with pytest.raises(backup.BackupError, match=r"made by version 7\.0 \(migration 9999\).*install that version"):
        backup.restore(empty, newer, force=False)

    assert tables_of(empty) == {}


def test_a_table_that_differs_from_the_manifest_undoes_everything(archive, empty, tmp_path):
    other = tmp_path / "other.tar"
    rewrite(archive, other, lambda manifest: manifest["tables"]["place"].update(rows=201))
    with backup.connect(empty) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE mine (word text)")
        connection.commit()

    with pytest.raises(backup.BackupError, match=r"Nothing was changed.*place is not what the manifest says"):
        backup.restore(empty, other, force=True)

    assert sorted(tables_of(empty)) == ["mine"]


def test_the_commands_say_what_they_did_and_what_comes_next(source, empty, tmp_path, root):
    def run(target, *words):
        command = [sys.executable, str(root / "script" / "lib" / "backup.py"), *words]
        environ = {**os.environ, "DATABASE_URL": target.url, "FABLABMESH_DATA": str(tmp_path)}
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    saved = run(source, "backup")
    (path,) = (tmp_path / "backups").iterdir()
    put = run(empty, "restore", str(path))
    again = run(empty, "restore", str(path))

    assert (saved.returncode, "keep FABLABMESH_SECRET_KEY apart" in saved.stdout) == (0, True)
    assert (put.returncode, "Next: script/server" in put.stdout) == (0, True)
    assert (again.returncode, "add --force" in again.stderr) == (1, True)


def test_a_password_never_stands_on_a_command_line():
    target = backup.read_target("postgresql+psycopg2://zoe:s%40cret@db.test:5433/mesh?sslmode=require")

    assert target.url == "postgresql://zoe@db.test:5433/mesh?sslmode=require"
    assert target.environ["PGPASSWORD"] == "s@cret"


def test_a_database_that_does_not_answer_is_said_to_be_away(tmp_path):
    with pytest.raises(backup.BackupError, match="does not answer"):
        backup.backup(backup.read_target(f"postgresql://x@/x?host={tmp_path}"), tmp_path / "a.tar")

    assert list(tmp_path.iterdir()) == []
