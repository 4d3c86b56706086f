"""What Thunderbird and Nextcloud would understand of a calendar: reads it with ical.js, in Node."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

_SCRIPT = Path(__file__).parent / "kit" / "read_with_icaljs.mjs"


def read(calendar: bytes) -> dict[str, Any]:
    """Name, zones and events of a calendar."""
    found: dict[str, Any] = _ask({"calendar": calendar.decode()})
    return found


def instants(calendar: bytes, zone: str, walls: Sequence[datetime]) -> list[int]:
    """Seconds since 1970 of naive wall times, by the VTIMEZONE of that zone in the calendar."""
    asked = {"calendar": calendar.decode(), "zone": zone, "walls": [wall.isoformat() for wall in walls]}
    found: list[int] = _ask(asked)
    return found


def _ask(question: dict[str, Any]) -> Any:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node on this machine to run ical.js")
    answer = subprocess.run([node, _SCRIPT], input=json.dumps(question), capture_output=True, text=True, check=False)
    assert answer.returncode == 0, f"script/bootstrap installs ical.js:\n{answer.stderr}"
    return json.loads(answer.stdout)
