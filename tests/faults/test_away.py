"""A database that restarts under load, and one whose disk is full, lose no accepted act and need no new start of ours.

The site is served as it is, before a PostgreSQL of its own, whose folder is on a small disk where one may be mounted.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import psycopg2
import pytest

from fablabmesh.kit import migrations
from fablabmesh.kit.config import driver_url
from tests.load.conftest import ROOT, serve, wait_until
from tests.load.test_sign_in import Browser

sys.path.insert(0, str(ROOT / "script" / "lib"))

import cluster

DISK_MB = 400
HANDS = 6

pytestmark = pytest.mark.slow


class Site:
    """What is served, its database, and the disk that this one is on."""

    def __init__(self, port: int, database: cluster.Cluster, folder: Path) -> None:
        self.port, self.database, self.folder = port, database, folder
        self.asked = 0

    def subscribe(self) -> tuple[str, int]:
        """Somebody from a network of their own asks for a letter: an address, and what they are answered."""
        self.asked += 1
        address = f"lectrice{self.asked}@exemple.test"
        browser = Browser(self.port, f"198.18.{self.asked % 250}.{self.asked // 250 + 1}")
        return address, browser.send("/lettres/nouvelle", language="fr", email=address).status

    def subscribed(self) -> set[str]:
        line = psycopg2.connect(self.database.url(cluster.SUPERUSER, "postgres"))
        try:
            with line.cursor() as cursor:
                cursor.execute("SELECT email FROM digest_subscription")
                return {email for (email,) in cursor.fetchall()}
        finally:
            line.close()


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A small one; None where none may be mounted."""
    # Not below the folder of pytest: the account that runs PostgreSQL is to get there.
    folder = tmp_path_factory.mktemp("disk")
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=0755", "tmpfs", str(folder)]
    is_small = os.geteuid() == 0 and subprocess.run(words, capture_output=True, check=False).returncode == 0
    yield folder, is_small
    if is_small:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="module")
def site(disk):
    folder, _is_small = disk
    database = cluster.Cluster(folder / "cluster", is_durable=False)
    database.start()
    try:
        database.psql("--quiet", "-d", "postgres", "-c", "CREATE EXTENSION IF NOT EXISTS postgis")
        url = database.url(cluster.SUPERUSER, "postgres")
        migrations.upgrade(driver_url(url))
        port = serve.find_port("127.0.0.1", 0)
        environ = os.environ | {
            "DATABASE_URL": url,
            "FABLABMESH_DATA": str(folder / "data"),
            "FABLABMESH_ENV": "development",
            "FABLABMESH_SECRET_KEY": "a key for the faults, long enough for anybody",
            "FABLABMESH_BASE_URL": f"http://127.0.0.1:{port}",
            "FABLABMESH_PROXIES": "1",
        }
        with serve.granian(environ, "127.0.0.1", port, 1) as server:
            serve.wait_for_answer(server, "127.0.0.1", port)
            yield Site(port, database, folder)
    finally:
        database.stop()


def test_a_database_that_restarts_under_load_costs_no_error_but_503_and_no_accepted_act(site):
    told: list[tuple[float, str, int]] = []
    is_over = threading.Event()
    mutex = threading.Lock()

    def come() -> None:
        while not is_over.is_set():
            address, status = site.subscribe()
            with mutex:
                told.append((time.monotonic(), address, status))

    hands = [threading.Thread(target=come) for _ in range(HANDS)]
    for hand in hands:
        hand.start()
    wait_until(lambda: len(told) > 2 * HANDS)
    site.database.stop()
    wait_until(lambda: told[-1][2] == 503)
    site.database.start()
    back = time.monotonic()
    # Those who had asked before are over by then.
    wait_until(lambda: sum(at > back and status == 303 for at, _who, status in told) > 3 * HANDS)
    is_over.set()
    for hand in hands:
        hand.join()

    assert set(Counter(status for _at, _who, status in told)) == {303, 503}
    late = [status for at, _who, status in told if at > back][HANDS:]
    assert set(late) == {303}
    assert {who for _at, who, status in told if status == 303} <= site.subscribed()


def test_a_full_disk_is_an_honest_refusal_and_loses_no_accepted_act(site, disk):
    folder, is_small = disk
    if not is_small:
        pytest.skip("no small disk may be mounted here: that takes root, and a machine that lets it")
    accepted, refused = set(), set()

    def come() -> int:
        address, status = site.subscribe()
        (accepted if status == 303 else refused).add(address)
        return status

    assert [come() for _ in range(5)] == [303] * 5
    fill(folder / "rest")
    # Pages that were half empty take some more.
    wait_until(lambda: come() == 503, 60)
    statuses = {come() for _ in range(5)}
    (folder / "rest").unlink()
    site.database.start()  # a server that found no room for its log ends, and is started again by those who run it
    wait_until(lambda: come() == 303, 60)

    assert statuses <= {303, 503}
    assert accepted <= site.subscribed()
    assert [come() for _ in range(5)] == [303] * 5
    assert refused & site.subscribed() == set()


def fill(path: Path) -> None:
    """All the room that is left."""
    piece = b"\0" * 65536
    with open(path, "wb", buffering=0) as file:
        while shutil.disk_usage(path.parent).free:
            try:
                file.write(piece)
            except OSError:
                return
