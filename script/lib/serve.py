"""Serves the site until it is told to stop: the database, its content, the worker, granian; all end with this process.

What a page is, and what `fablabmesh setup` loads, is not here.
"""

import argparse
import ctypes
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from cluster import ROOT, find_cluster

PATIENCE = 60.0
PARENT_DEATH_SIGNAL = 1  # prctl(2)
# Of each process. Most of them wait for somebody slow: how many run at once, the application says (kit/turns.py).
THREADS = 256
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


def find_port(host: str, port: int) -> int:
    """The port, free now; 0 asks for any. Exits with what to do when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # A port that a stopped server left a moment ago is free; one where a server listens is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise SystemExit(
                f"Port {port} of {host} cannot be had: {getattr(error, 'strerror', None) or error}.\n"
                f"Stop what uses it, or choose another: script/server --port {min(port + 1, 65535)}"
            ) from None
        return int(probe.getsockname()[1])


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds it."""
    host = WILDCARDS.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def keep_secret(folder: Path) -> str:
    """This machine's own key for cookies: made once, readable by its owner alone."""
    path = folder / "secret-key"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        half = folder / f"secret-key.{os.getpid()}"
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # somebody else's was first
            os.link(half, path)
        half.unlink()
    return path.read_text().strip()


def make_environ(environ: Mapping[str, str], database: Mapping[str, str], url: str) -> dict[str, str]:
    """Settings for the application: what was set stays; the rest is this checkout's."""
    folder = Path(environ.get("FABLABMESH_DATA") or ROOT / "var").absolute()
    made = {"FABLABMESH_BASE_URL": url, **database, **environ, "FABLABMESH_DATA": str(folder)}
    if environ.get("FABLABMESH_ENV", "development") == "development" and not environ.get("FABLABMESH_SECRET_KEY"):
        made["FABLABMESH_SECRET_KEY"] = keep_secret(folder)
    return made


def count_workers(environ: Mapping[str, str]) -> int:
    text = environ.get("FABLABMESH_WORKERS") or "2"
    if not text.isdecimal() or int(text) < 1:
        raise SystemExit(f"FABLABMESH_WORKERS: a whole number from 1 on is expected, not {text!r}.")
    return int(text)


def ask_application(environ: Mapping[str, str], *words: str) -> None:
    """A command of the application; exits as it does when it fails."""
    done = subprocess.run([sys.executable, "-m", "fablabmesh", *words], env=environ, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


@contextmanager
def granian(
    environ: Mapping[str, str], host: str, port: int, workers: int, log: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """The server with its workers, in a group of their own; none outlives the block, nor this process."""
    libc = ctypes.CDLL(None)
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *(
            "--workers",
            str(workers),
            "--respawn-failed-workers",
            "--workers-kill-timeout",
            "10",
            "--blocking-threads",
            str(THREADS),
        ),
        *("--log-level", "warning", "--no-access-log", "fablabmesh.wsgi:app"),
    ]
    server = subprocess.Popen(
        command,
        env=environ,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        preexec_fn=lambda: libc.prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM),
    )
    try:
        yield server
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@contextmanager
def worker(environ: Mapping[str, str]) -> Iterator[None]:
    """What is done regularly, beside those who serve; ends with the block, and with this process."""
    libc = ctypes.CDLL(None)
    process = subprocess.Popen(
        [sys.executable, "-m", "fablabmesh", "work"],
        env=environ,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: libc.prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM),
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_answer(server: subprocess.Popen[bytes], host: str, port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        connection = http.client.HTTPConnection(WILDCARDS.get(host, host), port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    raise SystemExit("The server does not answer: what it said stands above.")


def serve(host: str, asked_port: int) -> int:
    port, workers = find_port(host, asked_port), count_workers(os.environ)
    with database(os.environ) as found:
        environ = make_environ(os.environ, found, address(host, port))
        ask_application(environ, "setup")
        with worker(environ), granian(environ, host, port, workers) as server:
            wait_for_answer(server, host, port)
            print(f"Listening on {address(host, port)}", flush=True)
            if environ.get("FABLABMESH_ENV") != "production":
                ask_application(environ, "demo", "show")
            server.wait()
            raise SystemExit("The server ended by itself: what it said stands above.")


@contextmanager
def database(environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The private one, unless an address is set."""
    if environ.get("DATABASE_URL"):
        yield {}
        return
    cluster = find_cluster(environ)
    with cluster.used():
        yield cluster.environ()


class Stopped(BaseException):
    """Somebody asked for the end."""


def stop(_number: int, _frame: object) -> None:
    for sign in STOP_SIGNALS:
        signal.signal(sign, signal.SIG_IGN)  # once is enough: what follows must be let finish
    raise Stopped


STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/server", description="Serves the site until Ctrl-C.")
    parser.add_argument("--port", type=int, default=8000, help="8000 unless told otherwise; 0: any that is free")
    parser.add_argument("--host", default="127.0.0.1", help="127.0.0.1 unless told otherwise; 0.0.0.0: every address")
    asked = parser.parse_args(words)
    for sign in STOP_SIGNALS:
        signal.signal(sign, stop)
    try:
        return serve(asked.host, asked.port)
    except Stopped:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
