import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
from cluster import SUPERUSER, Cluster, ClusterError

SCRIPTS = Path(__file__).parent.parent.parent / "script" / "lib"

pytestmark = pytest.mark.db


@pytest.fixture
def make_cluster():
    """`make_cluster(home)`: a cluster that is stopped when the test ends."""
    made = []

    def make(home: Path, is_durable: bool = False) -> Cluster:
        made.append(Cluster(home, is_durable))
        return made[-1]

    yield make
    for cluster in made:
        cluster.stop()
        if cluster.sockets.parent != cluster.home:
            shutil.rmtree(cluster.sockets, ignore_errors=True)


def ask(url: str, *statements: str) -> list[tuple]:
    """The rows of the last statement, all of them committed."""
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def postmaster(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def test_what_was_committed_is_there_after_a_kill_9(make_cluster, tmp_path):
    cluster = make_cluster(tmp_path / "cluster", is_durable=True)
    cluster.start()
    ask(cluster.url(), "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('resté')")

    os.kill(postmaster(cluster), signal.SIGKILL)
    was_started = cluster.start()

    assert was_started
    assert ask(cluster.url(), "SELECT word FROM kept") == [("resté",)]


def test_the_site_s_database_is_durable_deaf_to_the_network_and_without_powers(make_cluster, tmp_path):
    cluster = make_cluster(tmp_path / "cluster", is_durable=True)
    cluster.start()

    names = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums", "listen_addresses", "server_encoding")
    settings = {name: ask(cluster.url(), f"SHOW {name}")[0][0] for name in names}
    powers = ask(cluster.url(), "SELECT rolname, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user")

    assert settings == {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "listen_addresses": "",
        "server_encoding": "UTF8",
    }
    assert powers == [("fablabmesh", False, False)]
    assert ask(cluster.url(), "SELECT ST_AsText(ST_Point(2, 48))") == [("POINT(2 48)",)]


def test_two_starts_at_once_make_one_server(tmp_path, make_cluster):
    cluster = make_cluster(tmp_path / "test-cluster")

    def start(_number: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, SCRIPTS / "db.py", "start", "--test"]
        environ = os.environ | {"FABLABMESH_DATA": str(tmp_path)}
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(start, range(3)))

    assert [result.returncode for result in results] == [0, 0, 0]
    assert sorted(result.stdout.split(":")[0] for result in results) == [
        "Already running",
        "Already running",
        "Started",
    ]
    assert ask(cluster.url(SUPERUSER, "postgres"), "SELECT 1") == [(1,)]


def test_a_path_too_long_for_a_socket_and_full_of_odd_characters_works(make_cluster, tmp_path):
    home = tmp_path / ("l’établi de Zoé + 1, 100 % " * 4) / "cluster"
    cluster = make_cluster(home)

    cluster.start()

    assert len(os.fsencode(home)) > 107
    assert ask(cluster.url(SUPERUSER, "postgres"), "SELECT current_user::text") == [(SUPERUSER,)]
    assert cluster.sockets.stat().st_mode & 0o777 == 0o700


def test_the_socket_stays_beside_the_data_where_every_client_understands_the_path():
    assert Cluster(Path("/srv/fab-lab_1.2/var/cluster")).sockets == Path("/srv/fab-lab_1.2/var/cluster/socket")
    for odd in ("/srv/mon atelier/cluster", "/srv/a,b/cluster", "/srv/établi/cluster", f"/srv/{'a' * 90}/cluster"):
        assert re.fullmatch(r"/tmp/fablabmesh-[0-9a-f]{16}", str(Cluster(Path(odd)).sockets))


def test_the_number_of_another_process_in_a_stale_file_does_not_stop_it(make_cluster, tmp_path):
    cluster = make_cluster(tmp_path / "cluster")
    cluster.start()
    lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    was_ready = cluster.is_ready()
    cluster.start()

    assert not was_ready
    assert ask(cluster.url(SUPERUSER, "postgres"), "SELECT 1") == [(1,)]


def test_a_half_made_database_is_made_anew(make_cluster, tmp_path):
    cluster = make_cluster(tmp_path / "cluster", is_durable=True)
    (cluster.home / "data.new" / "base").mkdir(parents=True)
    (cluster.home / "mutex").touch()
    if os.geteuid() == 0:
        shutil.chown(cluster.home, "postgres", "postgres")

    cluster.start()

    assert ask(cluster.url(), "SELECT count(*) FROM spatial_ref_sys WHERE srid = 4326") == [(1,)]


def test_the_last_user_closes_and_a_database_asked_for_stays(make_cluster, tmp_path):
    cluster = make_cluster(tmp_path / "cluster")
    seen = []

    with cluster.used():
        with cluster.used():
            seen.append(cluster.is_ready())
        seen.append(cluster.is_ready())
    seen.append(cluster.is_ready())
    cluster.start()
    with cluster.used():
        pass
    seen.append(cluster.is_ready())

    assert seen == [True, True, False, True]


def test_a_command_told_to_end_leaves_no_server_behind(make_cluster, tmp_path):
    cluster = make_cluster(tmp_path / "test-cluster")
    command = [sys.executable, SCRIPTS / "db.py", "run", "--test", "--", "sleep", "60"]
    process = subprocess.Popen(command, env=os.environ | {"FABLABMESH_DATA": str(tmp_path)})
    deadline = time.monotonic() + 30
    while not (cluster.home / "on-demand").exists() and time.monotonic() < deadline:
        time.sleep(0.05)

    process.terminate()
    status = process.wait(30)

    assert status == 128 + signal.SIGTERM
    assert not cluster.is_alive()


def test_a_server_started_by_other_means_is_left_alone(make_cluster, tmp_path):
    cluster = make_cluster(tmp_path / "cluster")
    cluster.start()
    # As if it held another lock than ours: the file that it keeps locked is replaced.
    (cluster.home / "alive").rename(cluster.home / "hidden")
    (cluster.home / "alive").touch()

    with pytest.raises(ClusterError, match="already serves"):
        cluster.start()

    (cluster.home / "hidden").replace(cluster.home / "alive")
    assert cluster.is_ready()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_starts_one_and_root_can_join():
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        nobody = pwd.getpwnam("nobody")
        shutil.copytree(SCRIPTS, folder / "script" / "lib")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)

        def run(verb: str, user: str | None) -> subprocess.CompletedProcess[str]:
            environ = {"PATH": "/usr/bin:/bin", "FABLABMESH_DATA": str(folder / "var"), "PYTHONDONTWRITEBYTECODE": "1"}
            command = ["/usr/bin/python3", str(folder / "script" / "lib" / "db.py"), verb]
            return subprocess.run(command, env=environ, user=user, capture_output=True, text=True, check=False)

        started = run("start", "nobody")
        cluster = Cluster(folder / "var" / "cluster")
        by_root = ask(cluster.url(), "SELECT current_user::text")
        owner = Path(f"/proc/{postmaster(cluster)}").stat().st_uid
        stopped, restarted, stopped_again = run("stop", None), run("start", None), run("stop", "nobody")

        assert (started.returncode, started.stdout.split(":")[0]) == (0, "Started"), started.stderr
        assert by_root == [("fablabmesh",)]
        assert owner == nobody.pw_uid
        assert [result.returncode for result in (stopped, restarted, stopped_again)] == [0, 0, 0], restarted.stderr
    finally:
        Cluster(folder / "var" / "cluster").stop()
        shutil.rmtree(folder)
