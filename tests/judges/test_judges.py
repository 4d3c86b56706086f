"""Independent readers find in a hard calendar exactly the occurrences that were counted out by hand."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from fablabmesh.kit import ical
from tests.judges import by_icalendar, by_libical, by_node, torture
from tests.judges.occurrence import Occurrence, Span

pytestmark = pytest.mark.slow
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


TUESDAYS = [datetime(2026, 3, 17, 18) + timedelta(weeks=number) for number in range(8)]  # noqa: DTZ001 - wall times
OFF_RULE = {
    "FREQ=WEEKLY;UNTIL=20260505T160000Z;BYDAY=TU": TUESDAYS,
    "FREQ=WEEKLY;UNTIL=20260505;BYDAY=TU": [wall.date() for wall in TUESDAYS],
    "FREQ=MONTHLY;UNTIL=20260501T160000Z;BYMONTHDAY=1": [torture.at(2026, month, 1, 18) for month in (4, 5)],
    "FREQ=DAILY;UNTIL=20260315T080000Z;BYHOUR=9": [torture.at(2026, 3, day, 9) for day in range(12, 16)],
}


@pytest.mark.parametrize("rule", OFF_RULE)
def test_every_judge_finds_a_first_date_that_its_rule_would_not_give_and_that_is_told_as_one_more(rule):
    walls = OFF_RULE[rule]
    start = torture.at(2026, 3, 11, 18)
    first = start if isinstance(walls[0], datetime) else start.date()
    length = timedelta(hours=2) if isinstance(first, datetime) else timedelta()
    event = torture.series("off-rule", torture.PARIS, [first, *walls], length, rule, added=[first])
    calendar = ical.render_calendar("À part", event.entries)

    assert {name: read(calendar, torture.SPAN) for name, read in JUDGES.items()} == dict.fromkeys(
        JUDGES, sorted(event.occurrences)
    )


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
