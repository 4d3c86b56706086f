"""Alive and ready, and neither when it is not so."""

import subprocess
import sys

import pytest
import sqlalchemy as sa

# A process of its own: the session is the application's one and only, and must keep the test's database here.
WITHOUT_DATABASE = """
from fablabmesh.app import create_app
from fablabmesh.kit.config import Settings
url = "postgresql+psycopg2://nobody@127.0.0.1:1/nowhere"
client = create_app(Settings(database_url=url, environment="test", secret_key="a key for tests only")).test_client()
print(client.get("/healthz").status_code, client.get("/readyz").status_code)
"""


def test_a_process_that_answers_is_alive(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_with_the_schema_of_this_code_it_is_ready(client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json) == (200, {"status": "ready"})


def test_with_another_schema_it_is_not_ready_and_says_when_to_ask_again(client, db):
    db.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json["reason"]) == (503, "schema is not at head")
    assert answer.headers["Retry-After"] == "5"


@pytest.mark.slow
def test_without_a_database_it_is_alive_and_not_ready(root):
    told = subprocess.run(
        [sys.executable, "-c", WITHOUT_DATABASE], cwd=root, capture_output=True, text=True, check=True
    )

    assert told.stdout.split() == ["200", "503"]
