"""What Thunderbird and Nextcloud would understand of a calendar: reads it with ical.js, in Node."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tests import node

_SCRIPT = Path(__file__).parent / "kit" / "read_with_icaljs.mjs"


def read(calendar: bytes) -> dict[str, Any]:
    """Name, zones and events of a calendar."""
    found: dict[str, Any] = node.ask(_SCRIPT, {"calendar": calendar.decode()})
    return found


def instants(calendar: bytes, zone: str, walls: Sequence[datetime]) -> list[int]:
    """Seconds since 1970 of naive wall times, by the VTIMEZONE of that zone in the calendar."""
    asked = {"calendar": calendar.decode(), "zone": zone, "walls": [wall.isoformat() for wall in walls]}
    found: list[int] = node.ask(_SCRIPT, asked)
    return found
