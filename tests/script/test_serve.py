import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import serve
from cluster import Cluster

SCRIPTS = Path(__file__).parent.parent.parent / "script" / "lib"


def test_a_port_in_use_is_refused_with_what_to_do():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(SystemExit, match=rf"script/server --port {port + 1}"):
            serve.find_port("127.0.0.1", port)


def test_a_free_port_is_taken_as_asked_and_zero_asks_for_any():
    port = serve.find_port("127.0.0.1", 0)

    assert port > 1023
    assert serve.find_port("127.0.0.1", port) == port


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("::", "http://[::1]:8000"),
        ("atelier.local", "http://atelier.local:8000"),
    ],
)
def test_the_address_is_one_that_a_browser_here_can_open(host, expected):
    assert serve.address(host, 8000) == expected


def test_the_secret_is_made_once_and_readable_by_its_owner_alone(tmp_path):
    first, second = serve.keep_secret(tmp_path / "var"), serve.keep_secret(tmp_path / "var")

    assert first == second
    assert len(first) >= 48
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret-key"]
    assert (tmp_path / "var" / "secret-key").stat().st_mode & 0o777 == 0o600


def test_what_the_operator_sets_is_kept_and_the_rest_is_filled_in(tmp_path):
    given = {"FABLABMESH_DATA": str(tmp_path), "FABLABMESH_BASE_URL": "https://carte.example"}

    made = serve.make_environ(given, {"DATABASE_URL": "postgresql:///private"}, "http://127.0.0.1:8000")

    secret = (tmp_path / "secret-key").read_text()
    assert made == {**given, "DATABASE_URL": "postgresql:///private", "FABLABMESH_SECRET_KEY": secret}


def test_production_is_never_given_a_secret(tmp_path):
    made = serve.make_environ({"FABLABMESH_DATA": str(tmp_path), "FABLABMESH_ENV": "production"}, {}, "http://a")

    assert "FABLABMESH_SECRET_KEY" not in made
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["0", "two", "-1"])
def test_a_number_of_workers_that_is_none_is_refused(text):
    with pytest.raises(SystemExit, match="FABLABMESH_WORKERS"):
        serve.count_workers({"FABLABMESH_WORKERS": text})


def living_members(group: int) -> list[str]:
    """Processes of a session that still live; zombies do not."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, _group, session = stat.read_text().rpartition(") ")[2].split()[:4]
        except OSError:
            continue
        if int(session) == group and state not in "ZX":
            found.append(stat.parent.name)
    return found


@pytest.mark.db
@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM], ids=lambda sign: sign.name)
def test_one_command_serves_and_leaves_nothing_behind(tmp_path, sign):
    unset = {"DATABASE_URL", "FABLABMESH_BASE_URL", "FABLABMESH_SECRET_KEY"}
    environ = {name: value for name, value in os.environ.items() if name not in unset}
    environ |= {"FABLABMESH_DATA": str(tmp_path), "FABLABMESH_ENV": "development"}
    command = [sys.executable, SCRIPTS / "serve.py", "--port", "0"]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
    try:
        lines = iter(process.stdout.readline, "")
        url = next(line.split()[2] for line in lines if line.startswith("Listening on "))
        with urllib.request.urlopen(f"{url}/healthz", timeout=10) as answer:
            status = answer.status
        granian = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
        sessions = [pid for pid in granian if living_members(pid)]

        process.send_signal(sign)
        rest, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    assert status == 200
    assert process.returncode == 0
    assert "Listening on" not in rest
    assert [pid for session in sessions for pid in living_members(session)] == []
    assert not Cluster(tmp_path / "cluster").is_alive()
