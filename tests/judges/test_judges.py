"""Independent readers find in a hard calendar exactly the occurrences that were counted out by hand."""

from collections.abc import Callable

import pytest

from fablabmesh.kit import ical
from tests.judges import by_icalendar, by_libical, by_node, torture
from tests.judges.occurrence import Occurrence, Span

Judge = Callable[[bytes, Span], list[Occurrence]]
JUDGES: dict[str, Judge] = {
    "icalendar": by_icalendar.read,
    "ical.js": by_node.read_with_icaljs,
    "node-ical": by_node.read_with_node_ical,
    "libical": by_libical.read,
}
# What a judge is known to read wrongly, however it is written; the three others are asked.
FAULTS = {
    # X-WR-TIMEZONE makes it turn a Z into a wall time, which forgets that it is the second of two.
    "icalendar": {"second-of-two"},
    # It takes an escaped backslash and an n for a line break.
    "node-ical": {"title-0", "title-6"},
}


@pytest.mark.parametrize("judge", JUDGES)
def test_every_judge_reads_the_hard_calendar_as_it_was_counted_out(judge):
    events = torture.events()
    calendar = ical.render_calendar("Difficile", torture.all_entries(events))

    read = JUDGES[judge](calendar, torture.SPAN)

    excused = FAULTS.get(judge, set())
    expected = torture.expected(events)
    assert [each for each in read if each.uid not in excused] == [each for each in expected if each.uid not in excused]
    assert len(read) == len(expected)


def test_the_hard_calendar_is_hard():
    expected = torture.expected(torture.events())
    zones = {zone for entry in torture.all_entries(torture.events()) for zone in entry.zones}

    assert len(expected) >= 700
    assert len(set(expected)) == len(expected)
    assert len(zones) >= 6
    assert {occurrence.status for occurrence in expected} == {"CONFIRMED", "CANCELLED"}


@pytest.mark.slow
def test_a_judge_sees_what_is_wrong():
    """An hour, a day, a name or a status that differs is found: else their agreement would say nothing."""
    events = torture.events()
    calendar = ical.render_calendar("Difficile", torture.all_entries(events))
    right = {name: read(calendar, torture.SPAN) for name, read in JUDGES.items()}

    for old, new in (
        (b"DTSTART;TZID=Europe/Paris:20260106T183000", b"DTSTART;TZID=Indian/Reunion:20260106T183000"),
        (b"EXDATE;TZID=Europe/Paris:20260224T183000", b"EXDATE;TZID=Europe/Paris:20260225T183000"),
        (b"STATUS:CANCELLED", b"STATUS:CONFIRMED"),
        (b"BYDAY=-1FR", b"BYDAY=4FR"),
    ):
        spoilt = calendar.replace(old, new)
        assert spoilt != calendar
        blind = [name for name, read in JUDGES.items() if read(spoilt, torture.SPAN) == right[name]]
        assert (new, blind) == (new, [])
