"""What a calendar file says, read in a process of its own: a file that takes too long or too much ends that process and
no other. Pure: nothing is stored."""

import json
import subprocess
import sys
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language
from fablabmesh.kit.ical_reading import Problem, ReadCalendar, ReadChange, ReadEvent

MOST_BYTES = 5 * 1024 * 1024
# The process sets itself the limits of time and memory; this one is for a process that does not even get there.
PATIENCE = 15.0
_HERE = Path(__file__).parents[2]
_MOMENTS = ("starts", "ends", "recurrence", "modified")
_LISTS = ("rdates", "exdates")


class Failed(Exception):
    """The file could not be read at all. `message` says why, and what to do, to people."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def read_apart(
    data: bytes, *, home: str, now: datetime, since: datetime | None = None, patience: float = PATIENCE
) -> ReadCalendar:
    """Read a file in another process, in the language spoken here. Failed for one that cannot be read."""
    if len(data) > MOST_BYTES:
        raise Failed(_("Le fichier dépasse 5 Mo : exportez une période plus courte."))
    order = {
        "home": home,
        "now": now.isoformat(),
        "language": language(),
        "since": since.isoformat() if since else None,
    }
    asked = json.dumps(order).encode()
    try:
        # Without an environment: no secret of the application is in reach of what strangers wrote.
        done = subprocess.run(
            [sys.executable, "-m", "fablabmesh.kit.ical_reader"],
            input=asked + b"\n" + data,
            capture_output=True,
            timeout=patience,
            check=False,
            cwd=_HERE,
            env={},
        )
    except subprocess.TimeoutExpired as error:
        raise Failed(_too_heavy()) from error
    try:
        told = json.loads(done.stdout)
    except ValueError as error:
        raise Failed(_too_heavy()) from error
    if "failed" in told:
        raise Failed(str(told["failed"]))
    return calendar_from_json(told)


def _too_heavy() -> str:
    return _("La lecture de l’agenda demande trop de temps ou de mémoire : exportez une période plus courte.")


# --- as JSON -----------------------------------------------------------------------------------------------------


def to_json(thing: ReadCalendar | ReadEvent) -> str:
    """As a pipe and a column can keep it."""
    return json.dumps(asdict(thing), default=lambda moment: moment.isoformat(), sort_keys=True)


def told_of(thing: ReadCalendar | ReadEvent) -> dict[str, Any]:
    """As a column of JSON keeps it."""
    told: dict[str, Any] = json.loads(to_json(thing))
    return told


def problems_of(calendar: ReadCalendar) -> list[dict[str, Any]]:
    """What could not be read, as a column of JSON keeps it."""
    return [asdict(problem) for problem in calendar.problems]


def calendar_from_json(told: dict[str, Any]) -> ReadCalendar:
    """What `to_json` was given."""
    return ReadCalendar(
        **told
        | {
            "events": tuple(event_from_json(each) for each in told["events"]),
            "problems": tuple(Problem(**each) for each in told["problems"]),
            "lost_uids": tuple(told["lost_uids"]),
        }
    )


def event_from_json(told: dict[str, Any]) -> ReadEvent:
    """What `to_json` was given."""
    values = _with_moments(told)
    changes = tuple(ReadChange(**_with_moments(each)) for each in told["changes"])
    return ReadEvent(**values | {"changes": changes, "categories": tuple(told["categories"])})


def _with_moments(told: dict[str, Any]) -> dict[str, Any]:
    found = dict(told)
    for name in _MOMENTS:
        if found.get(name):
            found[name] = datetime.fromisoformat(found[name])
    for name in _LISTS:
        if name in found:
            found[name] = tuple(map(datetime.fromisoformat, found[name]))
    return found


def digest_of(event: ReadEvent) -> str:
    """The same for the same event, wherever it stands in its file and whenever that was written."""
    told = to_json(replace(event, line=0, modified=None))
    return sha256(told.encode()).hexdigest()[:32]


def digest_of_all(calendar: ReadCalendar) -> str:
    """The same for the same events."""
    each = sorted(f"{event.uid} {digest_of(event)}" for event in calendar.events)
    return sha256("\n".join((*each, *calendar.lost_uids)).encode()).hexdigest()[:32]
