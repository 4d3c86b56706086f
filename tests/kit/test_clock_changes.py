"""The few occurrences that clock changes make doubtful get entries of their own, and the others none."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from fablabmesh.kit import ical
from fablabmesh.kit.clock_changes import tell_changes
from fablabmesh.kit.entries import Entry

PARIS = ZoneInfo("Europe/Paris")
NOUMEA = ZoneInfo("Pacific/Noumea")
CHANGED = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)


def at(*parts: int) -> datetime:
    return datetime(*parts)  # noqa: DTZ001 - a wall time


def every_week(first: datetime, count: int = 60):
    """What `tell_changes` asks of a series: its starts between two wall times."""
    walls = [first + timedelta(weeks=number) for number in range(count)]
    return lambda since, until: [wall for wall in walls if since <= wall <= until]


def make_series(first: datetime, hours: float, zone: ZoneInfo = PARIS, **values) -> Entry:
    start, end = first.replace(tzinfo=zone), (first + timedelta(hours=hours)).replace(tzinfo=zone)
    return Entry("serie", "Nuit", start, end, CHANGED, **{"rrule": "FREQ=WEEKLY;COUNT=60"} | values)


def told(entries) -> list[tuple[str, str, str]]:
    found = []
    for entry in entries:
        written = entry.written()
        found.append(tuple(f"{each:%Y%m%dT%H%M%S}" for each in (entry.recurrence_id, written.start, written.end)))
    return found


def test_nights_over_a_change_are_told_one_by_one_with_the_end_that_the_wall_shows():
    first = at(2026, 1, 3, 22)

    master, *added = tell_changes([make_series(first, 8)], every_week(first))

    assert master == make_series(first, 8)
    assert told(added) == [
        ("20260328T220000", "20260328T210000", "20260329T040000"),
        ("20261024T220000", "20261024T200000", "20261025T050000"),
    ]


def test_a_start_that_comes_twice_is_the_first_of_the_two():
    first = at(2026, 10, 4, 2, 30)

    _, added = tell_changes([make_series(first, 0.25)], every_week(first, 10))

    assert told([added]) == [("20261025T023000", "20261025T003000", "20261025T004500")]


def test_evenings_are_not_even_counted_out():
    def never(since, until):
        raise AssertionError((since, until))

    series = make_series(at(2026, 1, 4, 18), 2)

    assert tell_changes([series], never) == [series]


def test_zones_without_changes_and_single_events_gain_nothing():
    first = at(2026, 1, 3, 22)
    entries = [make_series(first, 8, NOUMEA), make_series(first, 8, rrule="")]

    assert tell_changes(entries, every_week(first)) == entries


def test_an_occurrence_that_is_already_told_stays_as_it_is():
    first = at(2026, 1, 3, 22)
    master = make_series(first, 8)
    night = at(2026, 3, 28, 22).replace(tzinfo=PARIS)
    cancelled = make_series(at(2026, 3, 28, 22), 8, rrule="", recurrence_id=night, cancelled=True)

    entries = tell_changes([master, cancelled], every_week(first, 20))

    assert entries == [master, cancelled]


def test_a_first_night_over_a_change_does_not_make_the_others_shorter():
    rendered = ical.render_component(make_series(at(2026, 3, 28, 22), 8)).decode()

    lines = [line for line in rendered.split("\r\n") if line.startswith(("DTSTART", "DTEND"))]
    assert lines == ["DTSTART;TZID=Europe/Paris:20260328T220000", "DTEND;TZID=Etc/GMT:20260329T050000"]
