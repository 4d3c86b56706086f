"""Real calendar programs against the running site: installs what is missing if that is allowed, subscribes, compares.

The site is served as script/server serves it, from a database of its own in which the hard calendar of `tests.judges`
was stored by the application's actions. With --hard the same calendar is served from a file instead, with the little
that the site cannot say; with --feed another feed is subscribed to.

Each client is asked by a program of `clients/` that writes the occurrences it shows as JSON: [uid, start, end, title,
status], days as they stand in the calendar (the end is the day after the last), moments in UTC.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import serve
from cluster import DATABASE, ROLE, Cluster

ROOT = Path(__file__).resolve().parent.parent.parent
CLIENTS = Path(__file__).resolve().parent / "clients"
VENV = ROOT / "var" / "clients" / "venv"
PATIENCE = 300
PACKAGES = {
    "vdirsyncer": [],
    "evolution": ["evolution-data-server", "gir1.2-ecal-2.0", "gir1.2-edataserver-1.2", "python3-gi", "dbus"],
    "thunderbird": ["thunderbird"],
}
COMMANDS = {
    "vdirsyncer": [str(VENV / "bin" / "python"), str(CLIENTS / "khal.py")],
    "evolution": ["dbus-run-session", "--", "/usr/bin/python3", str(CLIENTS / "evolution.py")],
    "thunderbird": [sys.executable, str(CLIENTS / "thunderbird.py")],
}
EMPTY = f"""
DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE);
CREATE DATABASE {DATABASE} OWNER {ROLE};
\\connect {DATABASE}
CREATE EXTENSION postgis;
"""
# khal shows what has no length as an hour, whatever the feed says.
EXCUSED = {"vdirsyncer": {"no-length"}}
Occurrence = tuple[str, str, str, str, str]


# --- what they need ----------------------------------------------------------------------------------------------


def install(client: str) -> None:
    missing = [name for name in PACKAGES[client] if not is_installed(name)]
    if missing and os.geteuid():
        raise SystemExit(f"{client} needs: sudo apt-get install --no-install-recommends {' '.join(missing)}")
    if missing:
        print(f"Installing {', '.join(missing)}…", file=sys.stderr, flush=True)
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        wait = ("-o", "DPkg::Lock::Timeout=600")
        apt(environ, *wait, "-qq", "update")
        apt(environ, *wait, "-qq", "install", "--yes", "--no-install-recommends", *missing)
    if client == "vdirsyncer" and not (VENV / "bin" / "khal").exists():
        print("Installing vdirsyncer and khal…", file=sys.stderr, flush=True)
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
        run([str(VENV / "bin" / "pip"), "install", "--quiet", "vdirsyncer>=0.20,<1", "khal>=0.13,<1"])


def is_installed(package: str) -> bool:
    asked = ["dpkg-query", "--show", "--showformat", "${Status}", package]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    return told.stdout == "install ok installed"


def apt(environ: dict[str, str], *words: str) -> None:
    subprocess.run(["apt-get", *words], env=environ, check=True, stdout=sys.stderr)


def run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr, cwd=ROOT)


# --- the feed ----------------------------------------------------------------------------------------------------


class Feed(BaseHTTPRequestHandler):
    """One calendar with a tag, as the site serves them."""

    body = b""

    def do_GET(self) -> None:
        tag = f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'
        is_known = self.headers.get("If-None-Match") == tag
        self.send_response(304 if is_known else 200)
        self.send_header("ETag", tag)
        if not is_known:
            self.send_header("Content-Type", "text/calendar; charset=utf-8")
            self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        if not is_known and self.command == "GET":
            self.wfile.write(self.body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the table is what is asked for."""


@contextmanager
def served(calendar: bytes) -> Iterator[str]:
    Feed.body = calendar
    with ThreadingHTTPServer(("127.0.0.1", 0), Feed) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/feed.ics"
        server.shutdown()


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of the hard calendar in the application, as it is served; `expected.json` is written too."""
    cluster = Cluster(VENV.parent / "cluster")
    with cluster.used():
        cluster.psql("-v", "ON_ERROR_STOP=1", "--quiet", "-d", "postgres", script=EMPTY)
        port = serve.find_port("127.0.0.1", 0)
        url = serve.address("127.0.0.1", port)
        environ = serve.make_environ(os.environ, cluster.environ(), url)
        # The calendar is of 2026 and 2027, whenever this runs.
        environ |= {**cluster.environ(), "FABLABMESH_BASE_URL": url, "FABLABMESH_FEED_PAST_DAYS": "36500"}
        command = [sys.executable, "-m", "tests.judges.content", str(folder)]
        told = subprocess.run(command, env=environ, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        with serve.granian(environ, "127.0.0.1", port, 2) as server:
            serve.wait_for_answer(server, "127.0.0.1", port)
            yield url + told.stdout.strip()


# --- asking and comparing ----------------------------------------------------------------------------------------


def ask(client: str, address: str, expected: Path, folder: Path) -> list[Occurrence]:
    """What a client shows, from a home of its own: no setting of whoever runs this takes part."""
    home = folder / client
    home.mkdir()
    environ = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environ |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "TZ": "UTC", "NO_PROXY": "127.0.0.1"}
    environ |= {"GIO_USE_VFS": "local", "GSETTINGS_BACKEND": "memory", "MOZ_HEADLESS": "1"}
    command = [*COMMANDS[client], address, str(expected), str(home)]
    told = subprocess.run(command, env=environ, cwd=home, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if told.returncode:
        raise RuntimeError(told.stderr[-2000:] or f"ended with {told.returncode}")
    return sorted((uid, start, end, title, status) for uid, start, end, title, status in json.loads(told.stdout))


def report(client: str, expected: list[Occurrence], shown: list[Occurrence], seconds: float) -> bool:
    missing, extra = sorted(set(expected) - set(shown)), sorted(set(shown) - set(expected))
    twice = len(shown) - len(set(shown))
    is_right = not (missing or extra or twice)
    right = len(expected) - len(missing)
    figures = f"{right:>5} of {len(expected)}{len(extra):>7}{twice:>7}{seconds:>7.1f} s"
    print(f"{client:<14}{figures}   {'right' if is_right else 'WRONG'}", flush=True)
    for sign, differing in (("-", missing), ("+", extra)):
        for occurrence in differing[:5]:
            print(f"    {sign} {' | '.join(occurrence)}")
    return is_right


@contextmanager
def subscribed(folder: Path, feed: str | None, is_hard: bool) -> Iterator[str]:
    """The address to subscribe to; what must be shown of it is in the folder."""
    if feed:
        given = folder / "given.ics"
        given.write_bytes(urllib.request.urlopen(feed, timeout=60).read())
        run([sys.executable, "-m", "tests.judges", str(folder), str(given)])
        yield feed
    elif is_hard:
        run([sys.executable, "-m", "tests.judges", str(folder)])
        with served((folder / "feed.ics").read_bytes()) as address:
            yield address
    else:
        with running(folder) as address:
            yield address


def check(clients: list[str], feed: str | None, is_hard: bool) -> int:
    with tempfile.TemporaryDirectory(prefix="clients-") as name, subscribed(Path(name), feed, is_hard) as address:
        folder = Path(name)
        expected = sorted(tuple(each) for each in json.loads((folder / "expected.json").read_text())["occurrences"])
        print(f"{address}\n{'client':<14}{'shown':>12}{'extra':>7}{'twice':>7}{'time':>9}", flush=True)
        return sum(not try_client(client, address, expected, folder) for client in clients)


def try_client(client: str, address: str, expected: list[Occurrence], folder: Path) -> bool:
    begun = time.monotonic()
    try:
        shown = ask(client, address, folder / "expected.json", folder)
    except (RuntimeError, subprocess.TimeoutExpired, ValueError) as error:
        print(f"{client:<14}failed: {error}", flush=True)
        return False
    seconds = time.monotonic() - begun
    excused = {each for each in expected if each[0] in EXCUSED.get(client, ())}
    starts = {each[1] for each in excused}
    shown = [each for each in shown if each in expected or each[1] not in starts]
    return report(client, [each for each in expected if each not in excused], shown, seconds)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/check-clients", description="Real calendar programs against a feed.")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--feed", help="the address of a feed of a running server, instead of the hard calendar")
    which.add_argument(
        "--hard", action="store_true", help="the hard calendar from a file, with what the site cannot say"
    )
    parser.add_argument("clients", nargs="*", metavar="client", help=", ".join(COMMANDS))
    asked = parser.parse_args(words)
    clients = asked.clients or list(COMMANDS)
    if set(clients) - set(COMMANDS):
        parser.error(f"the clients are {', '.join(COMMANDS)}")
    if shutil.which("dpkg-query") is None:
        raise SystemExit("The clients are installed from Debian's packages, which this machine has not.")
    for client in clients:
        install(client)
    return 1 if check(clients, asked.feed, asked.hard) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
