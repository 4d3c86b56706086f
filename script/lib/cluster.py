"""The private PostgreSQL + PostGIS: made, started, stopped, asked by psql. By local socket, for its owner and root.

There are two: `cluster` is durable and keeps the site's data; `test-cluster` is fast and keeps nothing of worth. What
the application stores in them is not here. Standard library only.

How it stays right whatever happens:
- A server inherits a locked file (`alive`); the kernel lets go of the lock when the last of its processes is dead, so
  "is it running?" never depends on a process number that somebody else may bear by now.
- PostgreSQL inherits its folder already open and knows it as /proc/self/fd/…: no parent folder needs to let it in, and
  no path is too long. So root, whom PostgreSQL refuses, can hand the folder to the account `postgres` even below /root.
"""

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import quote

ROOT: Final = Path(__file__).resolve().parent.parent.parent
ROLE = DATABASE = "fablabmesh"
SUPERUSER: Final = "postgres"
SOCKET: Final = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH: Final = 107
PATIENCE: Final = 60.0

COMMON: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # What a statement was given, and what it failed on, is what people wrote: the application notes that it failed.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
DURABLE: Final = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FAST: Final = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "max_connections": "60"}

# A role without powers owns the database; the extension needs the superuser, so it is made here.
PREPARE: Final = f"""
SELECT 'CREATE ROLE {ROLE} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') \\gexec
SELECT 'CREATE DATABASE {DATABASE} OWNER {ROLE}'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec
\\connect {DATABASE}
CREATE EXTENSION IF NOT EXISTS postgis;
"""


class ClusterError(SystemExit):
    """Why the database cannot be had, and what to do."""


@dataclass(frozen=True)
class Cluster:
    """One private cluster and the folder that holds all of it."""

    home: Path
    is_durable: bool = True

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def sockets(self) -> Path:
        """Where its socket is: beside the data, or in a private place of plain name. The path of a socket is to be
        short; and clients disagree on a space in an address, and take a comma for the end of a host."""
        beside = self.home / "socket"
        if len(os.fsencode(beside / SOCKET)) <= LONGEST_SOCKET_PATH and re.fullmatch(r"[A-Za-z0-9_./-]+", str(beside)):
            return beside
        return Path("/tmp") / f"fablabmesh-{hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]}"

    def url(self, role: str = ROLE, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets), safe='')}"

    def environ(self) -> dict[str, str]:
        """What tells an application, or the tests, where the database is."""
        if self.is_durable:
            return {"DATABASE_URL": self.url()}
        url = self.url(SUPERUSER, "postgres")
        return {"DATABASE_URL": url, "TEST_DATABASE_URL": url}

    def is_alive(self) -> bool:
        """Whether any process of its server lives, were it the last backend of a killed one."""
        if not (self.home / "alive").exists():
            return False
        with open(self.home / "alive", "rb") as file:
            return not _try_lock(file, fcntl.LOCK_SH)

    def is_ready(self) -> bool:
        """Whether it answers: after a `kill -9` its file still says so, and its backends live for a moment."""
        lines = self._pid_lines()
        return len(lines) > 7 and lines[7].strip() == "ready" and self.is_alive() and self._answers()

    def start(self) -> bool:
        """Makes it if need be, and starts it. False if it ran already."""
        self._make_home()
        with self._one_at_a_time():
            if self.is_ready():
                return False
            version = self._make_data()
            self._launch(version)
            if not (self.home / "prepared").exists():
                if self.is_durable:
                    self.psql("-v", "ON_ERROR_STOP=1", "--quiet", "-d", "postgres", script=PREPARE)
                self._mark("prepared")
        return True

    def stop(self) -> bool:
        """Ends it in good order, or as a crash would if it does not listen. False if it did not run."""
        if not self.is_alive():
            return False
        with self._one_at_a_time():
            for sign in (signal.SIGINT, signal.SIGQUIT):
                lines = self._pid_lines()
                if lines and self.is_alive():
                    _signal(int(lines[0]), sign)
                if self._wait_for_end(PATIENCE / 2):
                    return True
        raise ClusterError(f"The database below {self.home} does not stop: see {self.home / 'log'}.")

    @contextmanager
    def used(self) -> Iterator[None]:
        """Started for as long as somebody uses it so, unless `start` had been asked for it before."""
        self._make_home()
        with open(self._mark("users"), "rb") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            if self.start():
                self._mark("on-demand")
            try:
                yield
            finally:
                # The last one out closes: an exclusive lock is had only when no other user holds a shared one.
                if (self.home / "on-demand").exists() and _try_lock(users, fcntl.LOCK_EX):
                    self.keep()
                    self.stop()

    def keep(self) -> None:
        """It stays when its last user leaves."""
        (self.home / "on-demand").unlink(missing_ok=True)

    def psql(self, *words: str, script: str | None = None) -> None:
        command = [str(_binaries(self._version()) / "psql"), "-X", "-h", str(self.sockets), "-U", SUPERUSER, *words]
        result = subprocess.run(command, env=_bare_environ(), input=script, text=True, check=False)
        if result.returncode:
            raise ClusterError(result.returncode)

    # -- making

    def _make_home(self) -> None:
        if self.home.exists():
            owner = self.home.stat().st_uid
            if os.geteuid() not in (0, owner):
                name = pwd.getpwuid(owner).pw_name
                raise ClusterError(f"{self.home} belongs to {name}: start as that account or as root, or set "
                                   "FABLABMESH_DATA to a folder of your own.")  # fmt: skip
            return
        self.home.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.home.with_name(f"{self.home.name}.{os.getpid()}")
        fresh.mkdir(mode=0o700)
        (fresh / "mutex").touch()
        _give(fresh, fresh / "mutex")
        try:
            fresh.rename(self.home)
        except OSError:  # somebody else made it just now
            shutil.rmtree(fresh)

    def _make_data(self) -> str:
        """The data folder, whole or not at all; returns the version of PostgreSQL that it is for."""
        if not (self.data / "PG_VERSION").exists():
            version = _newest_version()
            print(f"Creating the database below {self.home}…", file=sys.stderr, flush=True)
            fresh = self.home / "data.new"
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(mode=0o700)
            _give(fresh, like=self.home)
            options = ["-U", SUPERUSER, "--auth=peer", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"]
            if not self.is_durable:
                options.append("--no-sync")
            with open(self._log(), "ab") as log, self._spawn(version, "initdb", fresh, options, log) as process:
                if process.wait():
                    raise ClusterError(f"The database could not be created: see {self.home / 'log'}.")
            fresh.rename(self.data)
        self._write_access()
        return self._version()

    def _write_access(self) -> None:
        """The kernel vouches for who connects: the owner of the folder and root, and nobody else. No password."""
        owner = pwd.getpwuid(self.home.stat().st_uid).pw_name
        people = dict.fromkeys([owner, "root"])
        texts = {
            "pg_hba.conf": "local all all peer map=owners\n",
            "pg_ident.conf": "".join(f'owners "{who}" {role}\n' for who in people for role in (SUPERUSER, ROLE)),
        }
        for name, text in texts.items():
            (self.data / name).write_text(text)

    def _version(self) -> str:
        return (self.data / "PG_VERSION").read_text().strip()

    # -- running

    def _launch(self, version: str) -> None:
        with open(self._mark("alive"), "rb") as alive, open(self._log(), "ab") as log:
            self._wait_for_remains(alive)
            self._refuse_a_stranger()
            self._make_sockets()
            # Nobody lives here: what a killed server left would only stop the next one.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            settings = COMMON | (DURABLE if self.is_durable else FAST)
            settings |= {"unix_socket_directories": str(self.sockets), "cluster_name": f"fablabmesh {self.home.name}"}
            if self.sockets.parent == self.home:
                settings["unix_socket_directories"] = "../socket"
            options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
            server = self._spawn(version, "postgres", self.data, options, log, alive)
        deadline = time.monotonic() + PATIENCE * 5  # recovering from a crash may take its time
        while not self.is_ready():
            if server.poll() is not None or time.monotonic() > deadline:
                tail = (self.home / "log").read_text(errors="replace").splitlines()[-8:]
                raise ClusterError("\n".join(["The database did not start. Its log ends with:", *tail]))
            time.sleep(0.02)
        server.returncode = 0  # it outlives us on purpose: no warning about it at our end

    def _wait_for_remains(self, alive: IO[bytes]) -> None:
        """Backends of a killed server end by themselves in a moment; then the lock is ours, for the server to keep."""
        deadline = time.monotonic() + PATIENCE
        while not _try_lock(alive, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise ClusterError(f"Processes of an earlier database still use {self.data}; it is not started twice.")
            time.sleep(0.05)

    def _refuse_a_stranger(self) -> None:
        """A server that somebody started on this folder by other means does not hold our lock."""
        lines = self._pid_lines()
        if lines and _works_in(int(lines[0]), self.data):
            raise ClusterError(f"Process {lines[0]} already serves {self.data}; stop it, then start again.")

    def _make_sockets(self) -> None:
        folder = self.sockets
        folder.mkdir(mode=0o700, exist_ok=True)
        owner, found = self.home.stat().st_uid, folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.geteuid()) or found.st_mode & 0o077:
            raise ClusterError(f"{folder} must be a private folder of this account: remove it, then start again.")
        _give(folder, like=self.home)
        for leftover in folder.glob(".s.PGSQL.*"):
            leftover.unlink()

    def _log(self) -> Path:
        log = self.home / "log"
        if log.exists() and log.stat().st_size > 10_000_000:
            log.rename(self.home / "log.old")
        return self._mark("log")

    def _mark(self, name: str) -> Path:
        """A file that says something by being there, the owner's even when root makes it."""
        path = self.home / name
        if not path.exists():
            path.touch()
            _give(path, like=self.home)
        return path

    def _pid_lines(self) -> list[str]:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []
        return lines if lines and lines[0].isdecimal() else []

    def _answers(self) -> bool:
        """Whether the server answers the question every client may begin with: do you speak TLS?"""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(10)
                line.connect(str(self.sockets / SOCKET))
                line.sendall(struct.pack(">ii", 8, 80877103))
                return line.recv(1) in (b"N", b"S")
        except OSError:
            return False

    def _wait_for_end(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.is_alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def _spawn(
        self, version: str, program: str, folder: Path, options: list[str], log: IO[bytes], *kept: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """A program of PostgreSQL on a folder, by its owner; the folder is opened before rights are dropped."""
        owner = pwd.getpwuid(self.home.stat().st_uid)
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            return subprocess.Popen(
                [_binaries(version) / program, "-D", f"/proc/self/fd/{opened}", *options],
                cwd="/",
                env=_bare_environ(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[opened, *(file.fileno() for file in kept)],
                start_new_session=True,
                **identity,
            )
        finally:
            os.close(opened)

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        with open(self.home / "mutex", "rb") as mutex:
            fcntl.flock(mutex, fcntl.LOCK_EX)
            yield


def find_cluster(environ: Mapping[str, str], is_test: bool = False) -> Cluster:
    folder = Path(environ.get("FABLABMESH_DATA") or ROOT / "var").absolute()
    return Cluster(folder / "test-cluster", is_durable=False) if is_test else Cluster(folder / "cluster")


def _try_lock(file: IO[bytes], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _signal(process: int, sign: signal.Signals) -> None:
    try:
        os.kill(process, sign)
    except ProcessLookupError:
        return


def _works_in(process: int, folder: Path) -> bool:
    """Whether a living process has this working folder; a zombie has none. Where we may not look, its name decides."""
    try:
        return os.path.samefile(f"/proc/{process}/cwd", folder)
    except PermissionError:
        return Path(f"/proc/{process}/comm").read_text().strip() == "postgres"
    except OSError:
        return False


def _give(*paths: Path, like: Path | None = None) -> None:
    """Root gives what it makes to the account that runs the database."""
    if os.geteuid() != 0:
        return
    try:
        owner = like.stat().st_uid if like else pwd.getpwnam("postgres").pw_uid
    except KeyError:
        raise ClusterError("PostgreSQL refuses root and there is no account 'postgres': install PostgreSQL.") from None
    for path in paths:
        os.chown(path, owner, pwd.getpwuid(owner).pw_gid)


def _bare_environ() -> dict[str, str]:
    """Nothing of the caller's may steer the server or psql: no PGHOST, no PGOPTIONS, no foreign locale."""
    kept = {name: os.environ[name] for name in ("HOME", "TERM", "PAGER") if name in os.environ}
    return kept | {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}


def _binaries(version: str) -> Path:
    folder = Path("/usr/lib/postgresql") / version / "bin"
    if not (folder / "postgres").exists():
        raise ClusterError(f"The database was made by PostgreSQL {version}, which is not installed any more: "
                           f"install postgresql-{version}-postgis-3.")  # fmt: skip
    return folder


def _newest_version() -> str:
    """The newest installed PostgreSQL that has PostGIS."""
    controls = Path("/usr/share/postgresql").glob("*/extension/postgis.control")
    versions = [control.parent.parent.name for control in controls]
    found = [version for version in versions if (Path("/usr/lib/postgresql") / version / "bin" / "initdb").exists()]
    if not found:
        raise ClusterError("PostgreSQL with PostGIS is not installed: script/bootstrap installs it or says how.")
    return max(found, key=float)
