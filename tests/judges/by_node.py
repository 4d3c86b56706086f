"""ical.js (Thunderbird, Nextcloud) and node-ical (home automation, message boards), both in Node."""

from pathlib import Path

from tests import node
from tests.judges.occurrence import Occurrence, Span

_SCRIPT = Path(__file__).parent / "judges.mjs"


def read_with_icaljs(calendar: bytes, span: Span) -> list[Occurrence]:
    return _read("ical.js", calendar, span)


def read_with_node_ical(calendar: bytes, span: Span) -> list[Occurrence]:
    return _read("node-ical", calendar, span)


def _read(judge: str, calendar: bytes, span: Span) -> list[Occurrence]:
    question = {
        "judge": judge,
        "calendar": calendar.decode(),
        "first": span.first.isoformat(),
        "after": span.after.isoformat(),
    }
    found = [Occurrence(*told) for told in node.ask(_SCRIPT, question)]
    return sorted(each for each in found if span.holds(each.start))
