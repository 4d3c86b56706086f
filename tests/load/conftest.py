"""The application as it is served, on a database of its own that can be taken away, and what changes that database."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session, sessionmaker

from fablabmesh.kit import migrations
from fablabmesh.publication import actions as publication

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "script" / "lib"))

import serve  # noqa: E402 - a script's module, found where it stands

PAST_DAYS = 36_500


class Proxy:
    """Stands before the socket of the database; cut, it is as if the database were stopped."""

    def __init__(self, folder: Path, real: str) -> None:
        self.path, self._real = str(folder / ".s.PGSQL.5432"), real
        self._lines: list[socket.socket] = []
        self._listening: socket.socket | None = None

    def open(self) -> None:
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(self.path)
        self._listening.listen(50)
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def cut(self) -> None:
        Path(self.path).unlink(missing_ok=True)
        for line in [self._listening, *self._lines]:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        self._lines.clear()

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, far = listening.accept()[0], socket.socket(socket.AF_UNIX)
                far.connect(self._real)
                self._lines += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    for line in (source, target):
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


@dataclass
class Served:
    """The running application: `write` is a session that publishes, as the application's own do."""

    url: str
    port: int
    environ: dict[str, str]
    server: subprocess.Popen
    proxy: Proxy
    write: scoped_session

    def start(self, *words: str, **more: str) -> subprocess.Popen:
        """A command of the application; `more`: settings of its own."""
        return subprocess.Popen([sys.executable, "-m", "fablabmesh", *words], env=self.environ | more)

    def workers(self) -> set[int]:
        found = subprocess.run(["pgrep", "-P", str(self.server.pid)], capture_output=True, text=True, check=False)
        return {int(line) for line in found.stdout.split()}


@pytest.fixture(scope="session")
def served(make_database, tmp_path_factory) -> Iterator[Served]:
    url = sa.make_url(make_database(f"fablabmesh_load_{os.getpid()}"))
    migrations.upgrade(url.render_as_string(hide_password=False))
    # The path of a socket is to be short.
    folder = tmp_path_factory.mktemp("load")
    proxy = Proxy(folder, f"{url.query['host']}/.s.PGSQL.5432")
    port = serve.find_port("127.0.0.1", 0)
    environ = os.environ | {
        "DATABASE_URL": url.update_query_dict({"host": str(folder)}).render_as_string(hide_password=False),
        "FABLABMESH_DATA": str(folder),
        "FABLABMESH_ENV": "development",
        "FABLABMESH_SECRET_KEY": "a key for the tests of load, long enough for anybody",
        "FABLABMESH_BASE_URL": f"http://127.0.0.1:{port}",
        "FABLABMESH_FEED_PAST_DAYS": str(PAST_DAYS),
    }
    engine = sa.create_engine(url)
    write = scoped_session(sessionmaker(bind=engine, expire_on_commit=False))
    publication.install(write, publication.Publisher(environ["FABLABMESH_BASE_URL"], PAST_DAYS))
    proxy.open()
    subprocess.run([sys.executable, "-m", "tests.load.content"], env=environ, cwd=ROOT, check=True)
    with serve.granian(environ, "127.0.0.1", port, 2) as server:
        serve.wait_for_answer(server, "127.0.0.1", port)
        yield Served(environ["FABLABMESH_BASE_URL"], port, environ, server, proxy, write)
        os.killpg(server.pid, signal.SIGKILL)  # a worker that is just starting would be waited for
    write.remove()
    engine.dispose()
    proxy.cut()


def wait_until(is_so, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it does not become so"
        time.sleep(0.02)
