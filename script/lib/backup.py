"""A copy of everything in one archive, and back: all of it is in the database, pictures too.

An archive is a tar of two files. `database.dump` is pg_dump's; `manifest.json` says of which version and migration it
is, its SHA-256, and for each table how many rows it had and a digest of them, all taken of one snapshot. Going back
checks the archive before anything is touched, and the tables before anything is kept: one transaction, all or nothing.

The secret key is not in it: it is no data, and who finds an archive must not be able to make cookies. Without it
sessions end and links in older letters are void.
"""

import argparse
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg2  # type: ignore[import-untyped]
from cluster import ROOT, find_cluster
from psycopg2 import sql

FORMAT = 1
DUMP, MANIFEST = "database.dump", "manifest.json"
PIECE = 1024 * 1024
# A table's digest: of each row as the database writes it, added up, so that the order of rows is of no account.
DIGEST = "SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 15))::bit(60)::bigint), 0)::text FROM {} t"
TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1
"""
# What is in the way of a restored copy, extensions and what belongs to them left alone.
CLEAR = """
DO $clear$
DECLARE item record;
BEGIN
  FOR item IN SELECT c.oid::regclass AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
      AND c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  LOOP EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', item.name); END LOOP;
  FOR item IN SELECT c.oid::regclass AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
      AND c.relkind = 'S' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  LOOP EXECUTE format('DROP SEQUENCE IF EXISTS %s CASCADE', item.name); END LOOP;
  FOR item IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', item.name); END LOOP;
END $clear$;
"""


class BackupError(SystemExit):
    """Why there is no copy, or why it is not put back; nothing was changed."""


@dataclass(frozen=True)
class Target:
    """A database as the programs of PostgreSQL are told of it: no password on a command line."""

    url: str
    environ: Mapping[str, str]

    def run(self, program: str, *words: str, **options: Any) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([self.find(program), *words], env=self.environ, **options)

    def find(self, program: str) -> str:
        """Of the server's own version, where it is on this machine."""
        with connect(self) as connection:
            major = connection.server_version // 10000
        beside = Path(f"/usr/lib/postgresql/{major}/bin/{program}")
        return str(beside) if beside.exists() else program


def read_target(url: str) -> Target:
    scheme, _colon, rest = url.partition("://")
    parts = urlsplit(f"postgresql://{rest}" if scheme.startswith("postgres") else url)
    password = unquote(parts.password or "")
    if password:
        host = parts.netloc.rpartition("@")[2]
        parts = parts._replace(netloc=f"{quote(unquote(parts.username or ''), safe='')}@{host}")
    environ = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
    return Target(urlunsplit(parts), environ | {"LC_ALL": "C.UTF-8"} | ({"PGPASSWORD": password} if password else {}))


@contextmanager
def connect(target: Target) -> Iterator[Any]:
    try:
        connection = psycopg2.connect(target.url, password=target.environ.get("PGPASSWORD"), application_name="backup")
    except psycopg2.OperationalError as error:
        raise BackupError(f"The database does not answer: {error}") from None
    try:
        yield connection
    finally:
        connection.close()


# --- the copy ----------------------------------------------------------------------------------------------------


def backup(target: Target, path: Path) -> dict[str, Any]:
    """Write the archive, whole or not at all; returns its manifest."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        raise BackupError(f"{path} is there already; name another file.")
    half = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with open(os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
            manifest = _write(target, out, path.parent)
            out.flush()
            os.fsync(out.fileno())
        os.link(half, path)  # never over a file that somebody made meanwhile
    except FileExistsError:
        raise BackupError(f"{path} is there already; name another file.") from None
    finally:
        half.unlink(missing_ok=True)
    return manifest


def _write(target: Target, out: IO[bytes], folder: Path) -> dict[str, Any]:
    with connect(target) as connection, tempfile.TemporaryFile(dir=folder) as dump:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
            words = (
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--snapshot={snapshot}",
                f"--dbname={target.url}",
            )
            _hold(
                target.run("pg_dump", *words, stdout=dump, stderr=subprocess.PIPE), "The database could not be copied"
            )
            size, digest = dump.seek(0, os.SEEK_END), _digest(dump)
            manifest = {
                "format": FORMAT,
                "application": version("fablabmesh"),
                "migration": _one(cursor, "SELECT version_num FROM alembic_version"),
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "postgresql": _one(cursor, "SHOW server_version"),
                "extensions": _column(cursor, "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1"),
                "files": {DUMP: {"sha256": digest, "bytes": size}},
                "tables": read_tables(cursor),
            }
        with tarfile.open(fileobj=out, mode="w") as archive:
            text = json.dumps(manifest, indent=1).encode()
            _add(archive, MANIFEST, io.BytesIO(text), len(text))
            dump.seek(0)
            _add(archive, DUMP, dump, size)
    return manifest


def read_tables(cursor: Any) -> dict[str, dict[str, Any]]:
    """How many rows each table has, and their digest."""
    found = {}
    for name in _column(cursor, TABLES):
        cursor.execute(sql.SQL(DIGEST).format(sql.Identifier(name)))
        rows, digest = cursor.fetchone()
        found[name] = {"rows": rows, "digest": digest}
    return found


def _column(cursor: Any, statement: str) -> list[str]:
    cursor.execute(statement)
    return [row[0] for row in cursor.fetchall()]


def _one(cursor: Any, statement: str) -> str:
    return _column(cursor, statement)[0]


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    archive.addfile(info, content)


def _digest(content: IO[bytes]) -> str:
    content.seek(0)
    found = hashlib.sha256()
    while piece := content.read(PIECE):
        found.update(piece)
    return found.hexdigest()


def _hold(process: "subprocess.Popen[bytes]", problem: str) -> None:
    _out, errors = process.communicate()
    if process.returncode:
        raise BackupError(f"{problem}: {errors.decode(errors='replace').strip()}")


def _is_used(cursor: Any) -> bool:
    """Is somebody else connected? Who has just left has time to be gone; the server's own workers do not count."""
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    for _try in range(20):
        if not _one(cursor, others):
            return False
        cursor.execute("SELECT pg_sleep(0.1), pg_stat_clear_snapshot()")
    return True


# --- and back ----------------------------------------------------------------------------------------------------


def restore(target: Target, path: Path, *, force: bool) -> dict[str, Any]:
    """Put an archive back. Refuses a broken one, one of a newer version, and a database that holds something."""
    with tempfile.TemporaryFile() as dump:
        manifest = read_archive(path, dump)
        with connect(target) as connection, connection.cursor() as cursor:
            tables = _column(cursor, TABLES)
            if tables and not force:
                raise BackupError("The database is not empty: add --force to have the copy instead of what is there.")
            if _is_used(cursor):
                raise BackupError("Somebody is using the database: stop the site and its worker first.")
        _pour(target, manifest, dump)
    return manifest


def read_archive(path: Path, dump: IO[bytes]) -> dict[str, Any]:
    """The manifest, and the dump into that file; every check that needs no database."""
    try:
        with tarfile.open(path, "r:") as archive:
            manifest: dict[str, Any] = json.load(_member(archive, MANIFEST))
            told = manifest["files"][DUMP]
            content = _member(archive, DUMP)
            while piece := content.read(PIECE):
                dump.write(piece)
        known = {file.name[:4] for file in (ROOT / "alembic" / "versions").glob("*.py")}
        for name, table in manifest["tables"].items():
            if not re.fullmatch(r"[a-z0-9_]+ \d+ -?\d+", f"{name} {table['rows']} {table['digest']}"):
                raise ValueError(f"table {name!r}")
        if not all(re.fullmatch(r"[a-z0-9_-]+", name) for name in manifest["extensions"]):
            raise ValueError("extensions")
        is_newer = manifest["format"] > FORMAT or manifest["migration"] not in known
        is_whole = _digest(dump) == told["sha256"]
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{path} is not an archive of script/backup, or is broken: {error}") from None
    if not is_whole:
        raise BackupError(f"{path} is broken: its content is not what was written. Take another copy.")
    if is_newer:
        raise BackupError(
            f"{path} was made by version {manifest.get('application')} (migration {manifest['migration']}), which is "
            "newer than this one: install that version, or a later one, first."
        )
    return manifest


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _pour(target: Target, manifest: Mapping[str, Any], dump: IO[bytes]) -> None:
    """In one transaction: clear, fill, compare. The last statement undoes all of it where something differs."""
    with tempfile.NamedTemporaryFile("wb") as whole, tempfile.NamedTemporaryFile("w") as chosen:
        dump.seek(0)
        while piece := dump.read(PIECE):
            whole.write(piece)
        whole.flush()
        listed = subprocess.run(
            [target.find("pg_restore"), "--list", whole.name], capture_output=True, text=True, check=False
        )
        if listed.returncode:
            raise BackupError(f"The copy cannot be read: {listed.stderr.strip()}")
        # Extensions are the server's, and so is the schema that everybody has.
        kept = [line for line in listed.stdout.splitlines() if " EXTENSION " not in line and " SCHEMA " not in line]
        chosen.write("\n".join(kept))
        chosen.flush()
        words = ("-X", "--quiet", "--single-transaction", "-v", "ON_ERROR_STOP=1", f"--dbname={target.url}")
        psql = target.run("psql", *words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if psql.stdin is None:
            raise RuntimeError("psql was given no input")
        try:
            psql.stdin.write((CLEAR + _extensions(manifest)).encode())
            psql.stdin.flush()
            reader = target.run(
                "pg_restore",
                "--no-owner",
                "--no-privileges",
                "-L",
                chosen.name,
                "-f",
                "-",
                whole.name,
                stdout=psql.stdin,
            )
            is_read = reader.wait() == 0
            psql.stdin.write((_comparison(manifest) if is_read else "SELECT 1 / 0;").encode())
        except BrokenPipeError:
            pass  # what psql says tells why
        _hold(psql, "Nothing was changed; the copy was not put back")


def _extensions(manifest: Mapping[str, Any]) -> str:
    return "".join(f'CREATE EXTENSION IF NOT EXISTS "{name}";\n' for name in manifest["extensions"])


def _comparison(manifest: Mapping[str, Any]) -> str:
    """Raises unless every table is as the manifest says. The dump left the search path empty."""
    checks = []
    for name, told in manifest["tables"].items():
        found = DIGEST.format(f'public."{name}"').replace("count(*), ", "count(*) || ' ' || ", 1)
        told_so = f"{told['rows']} {told['digest']}"
        checks.append(
            f"IF ({found}) <> '{told_so}' THEN RAISE EXCEPTION 'table {name} is not what the manifest says'; END IF;"
        )
    return (
        "DO $compare$ BEGIN\nSET LOCAL search_path = public, pg_catalog;\n" + "\n".join(checks) + "\nEND $compare$;\n"
    )


# --- the command line --------------------------------------------------------------------------------------------


@contextmanager
def find_target() -> Iterator[Target]:
    """DATABASE_URL, or the private database, started if need be."""
    if os.environ.get("DATABASE_URL"):
        yield read_target(os.environ["DATABASE_URL"])
        return
    cluster = find_cluster(os.environ)
    with cluster.used():
        yield read_target(cluster.environ()["DATABASE_URL"])


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/backup, script/restore", description=__doc__.splitlines()[0])
    doing = parser.add_subparsers(dest="deed", required=True)
    saving = doing.add_parser("backup")
    saving.add_argument("file", nargs="?", type=Path, help="var/backups/<the moment>.tar unless told otherwise")
    putting = doing.add_parser("restore")
    putting.add_argument("file", type=Path)
    putting.add_argument("--force", action="store_true", help="instead of what the database holds now")
    asked = parser.parse_args(words)
    with find_target() as target:
        if asked.deed == "backup":
            folder = Path(os.environ.get("FABLABMESH_DATA") or ROOT / "var") / "backups"
            path = asked.file or folder / f"fablabmesh-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar"
            manifest = backup(target, path.absolute())
            print(f"{path}: {count(manifest)}, migration {manifest['migration']}.")
            print("The secret key is not in it: keep FABLABMESH_SECRET_KEY apart. Throw copies away after 30 days.")
        else:
            manifest = restore(target, asked.file.absolute(), force=asked.force)
            print(f"Put back: {count(manifest)}, as of {manifest['made_at']}; every table is what it was.")
            print("Next: script/server (or `fablabmesh setup`) brings the schema up to date.")
    return 0


def count(manifest: Mapping[str, Any]) -> str:
    tables = manifest["tables"]
    return f"{sum(table['rows'] for table in tables.values())} rows of {len(tables)} tables"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
