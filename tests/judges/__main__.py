"""Writes the hard calendar and what must be read in it, for readers outside of the tests: feed.ics, expected.json."""

import json
import sys
from pathlib import Path

from fablabmesh.kit import ical
from tests.judges import by_icalendar, torture


def main(folder: Path, calendar: Path | None = None) -> None:
    """Of a given calendar, what python-icalendar reads in it."""
    if calendar is None:
        events = torture.events()
        (folder / "feed.ics").write_bytes(ical.render_calendar("Difficile", torture.all_entries(events)))
        expected = torture.expected(events)
    else:
        expected = by_icalendar.read(calendar.read_bytes(), torture.SPAN)
    told = {"first": torture.SPAN.first.isoformat(), "after": torture.SPAN.after.isoformat(), "occurrences": expected}
    (folder / "expected.json").write_text(json.dumps(told))


main(*(Path(word) for word in sys.argv[1:]))
