"""The process that reads a file: JSON in, JSON out, and nothing of the application around it."""

import json
import subprocess
import sys

import pytest

from fablabmesh.kit.ical_reader import MEMORY, SECONDS

pytestmark = pytest.mark.slow  # together seconds, of which the fast run has few

ORDER = {"home": "Europe/Paris", "now": "2026-01-05T09:00:00+00:00", "language": "fr", "since": None}
FILE = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20260302\nEND:VEVENT\nEND:VCALENDAR\n"


def run(data, order=ORDER, environ=None):
    return subprocess.run(
        [sys.executable, "-m", "fablabmesh.kit.ical_reader"],
        input=json.dumps(order).encode() + b"\n" + data,
        capture_output=True,
        env=environ or {},
        check=False,
    )


def test_one_file_is_read_without_any_environment():
    told = json.loads(run(FILE).stdout)

    assert [event["uid"] for event in told["events"]] == ["a"]
    assert [problem["message"] for problem in told["problems"]] == ["L’événement n’a pas de titre : donnez-lui-en un."]


def test_what_is_no_calendar_is_told():
    assert json.loads(run(b"bonjour").stdout) == {
        "failed": "Ce n’est pas un agenda au format iCalendar : exportez-le en .ics depuis votre logiciel."
    }


def test_it_is_given_little():
    assert (SECONDS, MEMORY) == (4, 180 * 1024 * 1024)
