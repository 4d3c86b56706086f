"""Files are read in a process of its own, which strangers' files cannot make hang, grow or die unheard."""

import json
import resource
import subprocess
import sys
import sysconfig
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from fablabmesh.kit.i18n import force_locale
from fablabmesh.kit.ical_apart import (
    MOST_BYTES,
    Failed,
    calendar_from_json,
    digest_of,
    digest_of_all,
    event_from_json,
    read_apart,
    to_json,
)
from fablabmesh.kit.ical_lines import Unreadable
from fablabmesh.kit.ical_reading import read_calendar
from tests.kit.hard_calendars import CASES, END, SERIES, START, calendar, event

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=730)
ROOT = Path(__file__).parent.parent.parent
FOLDERS = [Path(sysconfig.get_paths()["purelib"]), ROOT / "node_modules"]


@cache
def list_shipped() -> list[Path]:
    """What packages ship; looked for only where it is read, since there are many folders."""
    return [path for folder in FOLDERS for path in sorted(folder.rglob("*.ics"))]


pytestmark = pytest.mark.slow
# What can be read of that in a child of little time and memory.
SECONDS, MEGABYTES = 5, 200


@pytest.fixture(autouse=True)
def speaking(pages):
    with pages.app_context():
        yield


def apart(data):
    return read_apart(data, home="Europe/Paris", now=NOW, since=SINCE)


def test_a_file_is_read_apart_as_it_would_be_here():
    data = calendar(
        event(SERIES, "EXDATE;TZID=Europe/Paris:20260316T180000"),
        event(
            "RECURRENCE-ID;TZID=Europe/Paris:20260309T180000",
            "DTSTART;TZID=Europe/Paris:20260310T180000",
            "LAST-MODIFIED:20260101T000000Z",
        ),
        event("DTSTART:demain", uid="deux"),
    )

    assert apart(data) == read_calendar(data, home="Europe/Paris", now=NOW, since=SINCE)


def test_it_is_told_in_the_language_of_who_asks():
    with force_locale("en"), pytest.raises(Failed) as refused:
        apart(b"")

    assert refused.value.message


def test_what_is_no_calendar_is_refused_with_what_to_do():
    with pytest.raises(Failed) as refused:
        apart(b"<html>")

    assert refused.value.message.startswith("C’est une page web et non un agenda")


def test_a_file_that_is_too_big_is_not_even_begun():
    start = time.monotonic()

    with pytest.raises(Failed, match="5 Mo"):
        apart(b"a" * (MOST_BYTES + 1))

    assert time.monotonic() - start < 0.1


def single_date(number):
    return f"RECURRENCE-ID:{2027 + number // 336}{number // 28 % 12 + 1:02}{number % 28 + 1:02}T170000Z", START


def own_zone(number):
    zone = ["BEGIN:VTIMEZONE", f"TZID:z{number}", "BEGIN:STANDARD", "DTSTART:00010101T000000", "RRULE:FREQ=DAILY"]
    zone += [f"TZOFFSETTO:+01{number % 60:02}", "END:STANDARD", "END:VTIMEZONE"]
    return "\r\n".join([*zone, event(f"DTSTART;TZID=z{number}:20260302T180000", uid=str(number))])


RULE = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO"
BOMBS = {
    "of rules that seldom come true": calendar(*(event(START, END, RULE, uid=str(number)) for number in range(12_000))),
    "of one line": calendar("SUMMARY:" + "a" * 4_900_000),
    "of a thousand thousand lines": calendar(event(*["X:1"] * 1_000_000)),
    "of parameters": calendar(event("DTSTART" + ";A=b" * 1_000_000 + ":20260302")),
    "of quotes": calendar(event('DTSTART;A="' + '","' * 1_500_000 + ":20260302")),
    "of backslashes": calendar(event(START, "DESCRIPTION:" + "\\" * 4_000_000)),
    "of tags": calendar(event(START, "DESCRIPTION:" + "<b><a href=x>" * 300_000)),
    "of folds": calendar(event(START, "SUMMARY:" + "a\r\n " * 1_200_000)),
    "of left out days": calendar(event(SERIES, *["EXDATE;VALUE=DATE:20990101"] * 180_000)),
    "of single dates": calendar(event(SERIES, uid="a"), *(event(*single_date(n), uid="a") for n in range(15_000))),
    "of days since 1970": calendar(
        *(event("DTSTART:19700101T180000", "RRULE:FREQ=DAILY;COUNT=99999", uid=str(number)) for number in range(4000))
    ),
    "of zones": calendar(*(own_zone(n) for n in range(6000))),
}


# In a process of its own, small and with one child: what a child of this one takes begins with what this one holds.
MEASURED = """
import json, resource, sys
from datetime import datetime
from fablabmesh.kit.i18n import speaking
from fablabmesh.kit.ical_apart import Failed, read_apart

now, since = map(datetime.fromisoformat, sys.argv[1:])
with speaking("fr"):
    try:
        told = len(read_apart(sys.stdin.buffer.read(), home="Europe/Paris", now=now, since=since).events)
    except Failed as error:
        told = error.message
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([told, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_or_told_in_little_time_and_memory(name):
    command = [sys.executable, "-c", MEASURED, NOW.isoformat(), SINCE.isoformat()]
    bomb = BOMBS[name] if isinstance(BOMBS[name], bytes) else BOMBS[name].encode()

    done = subprocess.run(command, input=bomb, capture_output=True, check=True, cwd=ROOT)

    told, seconds, kilobytes = json.loads(done.stdout)
    assert told is not None
    assert seconds < SECONDS
    assert kilobytes <= MEGABYTES * 1024


def test_a_reader_that_does_not_answer_is_given_up():
    start = time.monotonic()

    with pytest.raises(Failed, match="trop de temps"):
        read_apart(BOMBS["of zones"], home="Europe/Paris", now=NOW, patience=0.2)

    assert time.monotonic() - start < 2


def test_every_hard_calendar_is_read_or_told_in_time():
    files = [(case.name, case.data) for case in CASES] + [(path.name, path.read_bytes()) for path in list_shipped()]
    slow, silent = [], []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, data in files:
        start = time.process_time()
        try:
            found = read_calendar(data, home="Europe/Paris", now=NOW)
            is_told = bool(found.events or found.problems) or b"VEVENT" not in data.upper()
        except Unreadable as error:
            is_told = bool(error.message)
        slow += [name] if time.process_time() - start > 1 else []
        silent += [] if is_told else [name]

    assert len(CASES) >= 40
    assert len(list_shipped()) >= 100  # else the packages ship no more of them, and this test has lost its subject
    assert (slow, silent) == ([], [])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEGABYTES * 1024


def test_an_event_survives_being_kept_as_json():
    (found,) = read_calendar(calendar(event(SERIES, "CATEGORIES:a,b")), home="Europe/Paris", now=NOW).events

    assert event_from_json(json.loads(to_json(found))) == found


def test_a_calendar_survives_being_kept_as_json():
    found = read_calendar(calendar(event(SERIES), event("DTSTART:x", uid="b")), home="Europe/Paris", now=NOW)

    assert calendar_from_json(json.loads(to_json(found))) == found


def test_the_digest_is_of_what_is_said_and_not_of_where_or_when():
    def read(*parts):
        return read_calendar(calendar(*parts), home="Europe/Paris", now=NOW)

    one = read(event(START, END, "DTSTAMP:20260101T000000Z"), event(START, uid="deux"))
    other = read(event(START, uid="deux"), event(START, END, "DTSTAMP:20260102T000000Z"))
    third = read(event(START, uid="deux"), event(START, END, summary="Autre"))

    assert digest_of_all(one) == digest_of_all(other) != digest_of_all(third)
    assert len({digest_of(each) for each in (*one.events, *other.events, *third.events)}) == 3
