"""Calendars and places as files from the terminal: kept until it is told to stop, and then left to the application."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time


def test_calendars_are_kept_as_files_until_it_is_told_to_stop(database_url, tmp_path):
    environ = os.environ | {"DATABASE_URL": database_url, "FABLABMESH_ENV": "development"}
    command = [sys.executable, "-m", "fablabmesh", "feeds", "publish", str(tmp_path)]
    process = subprocess.Popen(command, env=environ)
    public, deadline = tmp_path / "public", time.monotonic() + 20
    places = tmp_path / "places" / "public" / "lieux.geojson.gz"
    while not (public.exists() and places.exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    written = sorted(path.name for path in public.iterdir())
    listed = json.loads(gzip.decompress(places.read_bytes()))["features"]
    process.send_signal(signal.SIGINT)

    assert process.wait(10) == 0
    assert written[:3] == ["agenda.ics", "agenda.ics.br", "agenda.ics.gz"]
    assert listed == []
    assert not public.exists()
    assert not places.exists()
