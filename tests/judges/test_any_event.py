"""Any event over the clock changes of 2026 to 2030 comes back from a calendar as the occurrences it was made of."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fablabmesh.kit import ical
from fablabmesh.kit.vtimezone import list_changes
from tests.judges import by_icalendar, by_libical, by_node, torture
from tests.judges.occurrence import Span

pytestmark = pytest.mark.slow
SPAN = Span(date(2025, 1, 1), date(2038, 1, 1))
ZONES = [
    torture.PARIS,
    torture.MIQUELON,
    torture.REUNION,
    torture.MARTINIQUE,
    torture.CAYENNE,
    torture.MAYOTTE,
    torture.NOUMEA,
]
CHANGES = [change.onset for zone in (torture.PARIS, torture.MIQUELON) for change in list_changes(zone, 2026, 2030)]
zones = st.sampled_from(ZONES)
days = st.builds(
    lambda change, days: change.replace(hour=0, minute=0) + timedelta(days=days),
    st.sampled_from(CHANGES),
    st.integers(-20, 9),
)


def quarters(first: int, last: int) -> st.SearchStrategy[timedelta]:
    """So many hours, by quarters of an hour."""
    return st.integers(first * 4, last * 4).map(lambda number: timedelta(minutes=15 * number))


@st.composite
def singles(draw: st.DrawFn) -> torture.Event:
    zone: ZoneInfo = draw(zones)
    start = (draw(days) + draw(quarters(0, 23))).replace(tzinfo=zone)
    end = start + draw(quarters(0, 50))
    if end.timestamp() < start.timestamp():  # across the hour that is skipped or comes twice
        end = start
    return torture.single("single", start, end, cancelled=draw(st.booleans()))


@st.composite
def whole_days(draw: st.DrawFn) -> torture.Event:
    start = draw(days).date()
    return torture.single("days", start, start + timedelta(days=draw(st.integers(0, 5))))


@st.composite
def series(draw: st.DrawFn) -> torture.Event:
    """By days, weeks or months; in daytime or in whole days; some left out, added, moved, cancelled."""
    zone: ZoneInfo = draw(zones)
    is_whole = draw(st.booleans())
    first = draw(days)
    if is_whole:
        start, length = first.date(), timedelta(days=draw(st.integers(0, 2)))
    else:
        start, length = first + draw(quarters(4, 15)), draw(quarters(0, 9))
    count, step = draw(st.integers(2, 30)), draw(st.integers(1, 3))
    walls, rule = draw(st.sampled_from((_by_days, _by_weeks, _by_months)))(start, step, count)
    picked = draw(st.lists(st.sampled_from(walls), unique=True, max_size=6))
    left_out, cancelled, moved = picked[:2], picked[2:4], picked[4:]
    there = draw(zones)
    aside = timedelta(days=1) if is_whole else draw(st.sampled_from((timedelta(days=1), timedelta(hours=-2))))
    return torture.series(
        "series",
        zone,
        walls,
        length,
        rule,
        added=[walls[-1] + timedelta(days=400 + number) for number in range(draw(st.integers(0, 2)))],
        left_out=left_out,
        cancelled=cancelled,
        moved={wall: (wall + aside, zone if is_whole else there) for wall in moved},
    )


def _by_days(start: torture.Wall, step: int, count: int) -> tuple[list[torture.Wall], str]:
    walls = [start + timedelta(days=step * number) for number in range(count)]
    return walls, f"FREQ=DAILY;INTERVAL={step};COUNT={count}"


def _by_weeks(start: torture.Wall, step: int, count: int) -> tuple[list[torture.Wall], str]:
    walls = [start + timedelta(weeks=step * number) for number in range(count)]
    bound = f"COUNT={count}" if isinstance(start, datetime) else f"UNTIL={walls[-1]:%Y%m%d}"
    return walls, f"FREQ=WEEKLY;INTERVAL={step};{bound}"


def _by_months(start: torture.Wall, step: int, count: int) -> tuple[list[torture.Wall], str]:
    start = start.replace(day=min(start.day, 28))
    months = [start.year * 12 + start.month - 1 + step * number for number in range(min(count, 20))]
    walls = [start.replace(year=month // 12, month=month % 12 + 1) for month in months]
    return walls, f"FREQ=MONTHLY;INTERVAL={step};COUNT={len(walls)}"


@settings(max_examples=100, deadline=None)
@given(st.one_of(singles(), whole_days(), series()))
def test_any_event_comes_back_as_its_occurrences(event):
    calendar = ical.render_calendar("Un", event.entries)
    expected = sorted(event.occurrences)

    assert by_icalendar.read(calendar, SPAN) == expected
    assert by_node.read_with_icaljs(calendar, SPAN) == expected
    assert by_libical.read(calendar, SPAN) == expected


@settings(max_examples=50, deadline=None)
@given(days)
def test_an_all_day_event_stays_one_day_everywhere(day):
    event = torture.single("day", day.date(), day.date())
    calendar = ical.render_calendar("Un", event.entries)

    expected = [(day.date().isoformat(), (day.date() + timedelta(days=1)).isoformat())]
    for read in (by_icalendar.read, by_node.read_with_icaljs, by_node.read_with_node_ical, by_libical.read):
        assert [(each.start, each.end) for each in read(calendar, SPAN)] == expected
