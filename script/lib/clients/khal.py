"""Fetches a feed with vdirsyncer, shows it with khal, and writes what it shows. Run by the Python that has both."""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

VDIRSYNCER = """
[general]
status_path = "{home}/status/"
[pair feed]
a = "there"
b = "here"
collections = null
conflict_resolution = "a wins"
[storage there]
type = "http"
url = "{address}"
[storage here]
type = "filesystem"
path = "{home}/calendar/"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[feed]]
path = {home}/calendar/
readonly = True
[locale]
local_timezone = Etc/UTC
default_timezone = Etc/UTC
timeformat = %H:%M:%S
dateformat = %m-%d
longdateformat = %Y-%m-%d
datetimeformat = %m-%d %H:%M:%S
longdatetimeformat = %Y-%m-%dT%H:%M:%SZ
[sqlite]
path = {home}/khal.db
"""
FIELDS = ("uid", "start-long-full", "end-long-full", "title", "status", "all-day")


def main(address: str, expected: Path, home: Path) -> None:
    told = json.loads(expected.read_text())
    vdirsyncer, khal = (Path(sys.executable).with_name(name) for name in ("vdirsyncer", "khal"))
    for name, text in (("vdirsyncer.conf", VDIRSYNCER), ("khal.conf", KHAL)):
        (home / name).write_text(text.format(home=home, address=address))
    for words in (["discover"], ["sync"]):
        subprocess.run([vdirsyncer, "-c", home / "vdirsyncer.conf", *words], check=True, input="y\n" * 9, text=True,
                       stdout=sys.stderr)  # fmt: skip
    asked = [word for field in FIELDS for word in ("--json", field)]
    last = date.fromisoformat(told["after"]) - timedelta(days=1)
    shown = subprocess.run(
        [khal, "-c", home / "khal.conf", "list", *asked, told["first"], last.isoformat()],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = set()
    for line in shown.stdout.splitlines():
        for each in json.loads(line):
            occurrence = read(each)
            # khal shows an event under each of its days.
            if told["first"] <= occurrence[1][:10] < told["after"]:
                found.add(occurrence)
    print(json.dumps(rename([list(each) for each in found], told["occurrences"])))


def rename(found: list[list[str]], expected: list[list[str]]) -> list[list[str]]:
    """vdirsyncer names events from the web itself; what shows all of one event, and nothing else, is that event."""
    names = {told: uid for uid, told in by_uid(expected).items()}
    return [[names.get(told, own), *each] for own, told in by_uid(found).items() for each in told]


def by_uid(occurrences: list[list[str]]) -> dict[str, tuple[tuple[str, ...], ...]]:
    grouped: dict[str, list[tuple[str, ...]]] = {}
    for uid, *rest in sorted(occurrences):
        grouped.setdefault(uid, []).append(tuple(rest))
    return {uid: tuple(told) for uid, told in grouped.items()}


def read(each: dict[str, str]) -> tuple[str, str, str, str, str]:
    start, end = each["start-long-full"], each["end-long-full"]
    if each["all-day"] in ("True", True):
        end = (date.fromisoformat(end[:10]) + timedelta(days=1)).isoformat()
        start = start[:10]
    return each["uid"], start, end, each["title"], each["status"].strip()


main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
