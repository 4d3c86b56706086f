"""The servers that are compared: installed where that is allowed, started on one processor, ended with the block."""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import serve

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = ROOT / "var" / "bench"
VENV = HOME / "venv"
PACKAGES = ("radicale>=3.5,<4", "granian>=2,<3")
PROGRAMS = {"wrk": "wrk", "nginx": "nginx-light"}
# Those who serve on one processor and those who ask on another, where there are two: none steals from the other.
SERVERS, CLIENTS = ({0}, {1}) if (os.cpu_count() or 1) > 1 else ({0}, {0})

STATIC = """
pid {folder}/static.pid;
error_log {folder}/static-error.log warn;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    open_file_cache max=1000 inactive=60s;
    client_body_temp_path {folder}/static-body;
    proxy_temp_path {folder}/static-proxy;
    fastcgi_temp_path {folder}/static-fastcgi;
    uwsgi_temp_path {folder}/static-uwsgi;
    scgi_temp_path {folder}/static-scgi;
    types {{ text/calendar ics; }}
    server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""
RADICALE = """
[server]
max_content_length = 100000000
[auth]
type = none
[rights]
type = from_file
file = {folder}/rights
[storage]
filesystem_folder = {folder}
[logging]
level = warning
"""
RIGHTS = """
[all]
user: .*
collection: .*
permissions: RrWw
"""


def install() -> None:
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if missing and os.geteuid():
        raise SystemExit(f"The bench needs: sudo apt-get install --no-install-recommends {' '.join(missing)}")
    if missing:
        print(f"Installing {', '.join(missing)}…", file=sys.stderr, flush=True)
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (("update",), ("install", "--yes", "--no-install-recommends", *missing)):
            command = ["apt-get", "-o", "DPkg::Lock::Timeout=600", "-qq", *words]
            subprocess.run(command, env=environ, check=True, stdout=sys.stderr)
    if not (VENV / "bin" / "granian").exists():
        print(f"Installing {', '.join(PACKAGES)}…", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
        subprocess.run([VENV / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)


def _settle_down() -> None:
    os.sched_setaffinity(0, SERVERS)
    ctypes.CDLL(None).prctl(serve.PARENT_DEATH_SIGNAL, signal.SIGTERM)


@contextmanager
def process(command: Sequence[str | Path], environ: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen]:
    """On the servers' processor; ended with the block."""
    running = subprocess.Popen(
        [str(word) for word in command],
        env=environ,
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=_settle_down,
    )
    try:
        yield running
    finally:
        with suppress(ProcessLookupError):  # it ended by itself, and said why
            os.killpg(running.pid, signal.SIGTERM)
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()


@contextmanager
def granian(python: Path | str, target: str, environ: Mapping[str, str], workers: int = 1) -> Iterator[tuple[str, int]]:
    """A WSGI callable on the site's own server with the site's own settings; its address, and the server's process."""
    port = serve.find_port("127.0.0.1", 0)
    words = [python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    words += ["--workers", str(workers), "--blocking-threads", str(min(8, 2 * (os.cpu_count() or 1) + 1))]
    words += ["--log-level", "warning", "--no-access-log", target]
    with process(words, environ) as running:
        wait(f"http://127.0.0.1:{port}/", running)
        yield f"http://127.0.0.1:{port}", running.pid


def wait(url: str, running: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and running.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=30).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{running.args} does not answer")


@contextmanager
def nginx(text: str, name: str, port: int) -> Iterator[str]:
    path = HOME / name
    path.write_text(text, "utf-8")
    with process(["nginx", "-e", "stderr", "-c", path, "-g", "daemon off;"]) as running:
        wait(f"http://127.0.0.1:{port}/", running)
        yield f"http://127.0.0.1:{port}"


def static(folder: Path) -> tuple[str, str, int]:
    port = serve.find_port("127.0.0.1", 0)
    return STATIC.format(folder=folder, port=port), "static.conf", port


def fronting(folder: Path, application: str) -> tuple[str, str, int]:
    """The configuration that the site's documents give, with one process."""
    port = serve.find_port("127.0.0.1", 0)
    text = (ROOT / "docs" / "nginx.conf").read_text("utf-8").replace("worker_processes auto", "worker_processes 1")
    given = {"FOLDER": str(folder), "PORT": str(port), "APPLICATION": application.removeprefix("http://")}
    for key, value in given.items():
        text = text.replace(f"@{key}@", value)
    return text, "nginx.conf", port


def fill_radicale(folder: Path, calendars: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Collections of one-event files, as it keeps them itself. By collection: file name → calendar. Its environment."""
    for name, items in calendars.items():
        collection = folder / "collection-root" / "bench" / name
        if not collection.exists():
            collection.mkdir(parents=True)
            (collection / ".Radicale.props").write_text(json.dumps({"tag": "VCALENDAR", "D:displayname": name}))
            for item, text in items.items():
                (collection / item).write_text(text, "utf-8", newline="")
    (folder / "config").write_text(RADICALE.format(folder=folder))
    (folder / "rights").write_text(RIGHTS)
    return {**os.environ, "RADICALE_CONFIG": str(folder / "config")}
