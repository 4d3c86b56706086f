"""What Thunderbird and Nextcloud would understand of a calendar: reads it with ical.js, in Node."""

import atexit
import json
import shutil
import subprocess
from collections.abc import Sequence
from datetime import datetime
from functools import cache
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
    node = _node()
    assert node.stdin is not None
    assert node.stdout is not None
    node.stdin.write(json.dumps(question) + "\n")
    node.stdin.flush()
    told = json.loads(
        node.stdout.readline() or '{"error": "Node ended: has script/bootstrap --test installed ical.js?"}'
    )
    assert "error" not in told, told["error"]
    return told["answer"]


@cache
def _node() -> "subprocess.Popen[str]":
    """One process for all questions: to start Node costs more than to read a calendar."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node on this machine to run ical.js")
    started = subprocess.Popen([node, _SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(_end, started)
    return started


def _end(node: "subprocess.Popen[str]") -> None:
    assert node.stdin is not None
    assert node.stdout is not None
    node.stdin.close()
    node.wait(10)
    node.stdout.close()
