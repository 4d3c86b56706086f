import os
import signal
import subprocess
import sys
import time

import sqlalchemy as sa

from fablabmesh.events.models import Event
from fablabmesh.home.cli import LOCK
from fablabmesh.kit.db import alone
from tests.factories import make_event, make_place


def test_one_turn_does_what_is_due(app, db):
    event = make_event(make_place())
    db.execute(Event.__table__.update().values(feed_number=0, digest="", ical=""))
    db.commit()

    answer = app.test_cli_runner().invoke(args=["work", "--once"])

    assert answer.exit_code == 0, answer.output
    assert f"UID:{event.uid}" in db.query(Event.ical).scalar()


def test_one_process_at_a_time_holds_the_lock(engine):
    with alone(engine, LOCK) as first, alone(engine, LOCK) as second:
        assert (first(), second()) == (True, False)
    with alone(engine, LOCK) as third:
        assert third()


def test_the_worker_ends_when_it_is_told_to(worker_url):
    engine = sa.create_engine(worker_url)
    environ = os.environ | {"DATABASE_URL": worker_url, "FABLABMESH_ENV": "development"}
    process = subprocess.Popen([sys.executable, "-m", "fablabmesh", "work"], env=environ)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None and not is_held(engine):
        time.sleep(0.1)
    at_work = is_held(engine)
    process.send_signal(signal.SIGTERM)

    assert process.wait(30) == 0
    assert at_work
    assert not is_held(engine)
    engine.dispose()


def is_held(engine) -> bool:
    """Does anybody hold the workers' lock?"""
    with alone(engine, LOCK) as mine:
        return not mine()


def test_the_worker_keeps_calendars_as_files_where_its_setting_says(worker_url, tmp_path):
    environ = os.environ | {"DATABASE_URL": worker_url, "FABLABMESH_ENV": "development"}
    environ |= {"FABLABMESH_PUBLISH_DIR": str(tmp_path)}
    process = subprocess.Popen([sys.executable, "-m", "fablabmesh", "work"], env=environ)
    public, deadline = tmp_path / "public", time.monotonic() + 20
    while not (public / "agenda.ics").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    written = (public / "agenda.ics").read_bytes()
    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 0
    assert written.endswith(b"END:VCALENDAR\r\n")
    assert not public.exists()
