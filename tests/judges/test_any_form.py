"""Any event that the form can make comes back from its calendar as the dates that were typed.

What is expected is counted out by plain loops over days, with zoneinfo alone.
"""

import calendar
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from fablabmesh.authoring.forms import EventForm
from fablabmesh.authoring.versions import draft, to_list
from fablabmesh.authoring.whereabouts import Choice
from fablabmesh.kit import ical
from fablabmesh.kit.recurrence import WEEKDAYS
from fablabmesh.kit.school_holidays import SchoolZone, is_holiday
from fablabmesh.publication.entries import to_entries
from tests.judges import by_icalendar, by_libical, by_node, torture
from tests.judges.occurrence import Span
from tests.judges.test_any_event import CHANGES, ZONES

SPAN = Span(date(2025, 1, 1), date(2040, 1, 1))
ADDRESS = "https://mesh.exemple.test/evenements/atelier"
PLACE = SimpleNamespace(
    id=1, name="LabFab", address="", postcode="35000", commune="Rennes", latitude=48.1, longitude=-1.7, is_demo=False
)
# The rhythms of the form, and for how many days ahead a test counts them out.
RHYTHMS = ["once", "daily", "weekly", "month_day", "month_weekday", "month_last", "yearly"]


@pytest.fixture(autouse=True, scope="module")
def request_context(app):
    with app.test_request_context("/", method="POST"):
        yield


@st.composite
def typed(draw: st.DrawFn) -> dict[str, object]:
    """What somebody types, near a clock change."""
    day = draw(st.sampled_from(CHANGES)).date() + timedelta(days=draw(st.integers(-20, 9)))
    rhythm = draw(st.sampled_from(RHYTHMS))
    if rhythm == "month_weekday":
        day = day.replace(day=min(day.day, 28))
    if rhythm == "month_last":
        length = calendar.monthrange(day.year, day.month)[1]
        day = day.replace(day=draw(st.integers(length - 6, length)))
    first, last = draw(st.integers(5, 23)), draw(st.integers(0, 23))
    weekdays = draw(st.sets(st.sampled_from(WEEKDAYS))) | {WEEKDAYS[day.weekday()]} if rhythm == "weekly" else set()
    ends = draw(st.sampled_from(["until", "count"]))
    step = draw(st.integers(1, 3))
    return {
        "title": "Atelier",
        "place": "1",
        "category": "atelier",
        "first_day": day.isoformat(),
        "last_day": (day + timedelta(days=draw(st.integers(0, 2)) + (last <= first))).isoformat(),
        "first_hour": f"{first:02}:{draw(st.sampled_from(['00', '30']))}",
        "last_hour": f"{last:02}:00",
        "is_all_day": "y" if draw(st.booleans()) else None,
        "timezone": draw(st.sampled_from(ZONES)).key,
        "rhythm": rhythm,
        "interval": str(step),
        "weekdays": sorted(weekdays, key=WEEKDAYS.index),
        "ends": ends,
        "until": (day + timedelta(days=draw(st.integers(0, 300)))).isoformat(),
        "count": str(draw(st.integers(1, 25))),
        "holidays": draw(st.sampled_from(["", "A", "B", "C"])),
        "left_out_numbers": draw(st.lists(st.integers(1, 8), max_size=2, unique=True)),
        "extra_days": draw(st.lists(st.integers(1, 60), max_size=2, unique=True)),
    }


def counted_out(said: dict) -> list[date]:
    """The days that a rhythm gives, from the first one on."""
    first = date.fromisoformat(said["first_day"])
    until = date.fromisoformat(said["until"]) if said["ends"] == "until" else SPAN.after
    most = int(said["count"]) if said["ends"] == "count" else 10_000
    if said["rhythm"] == "once":
        return [first]
    found, day = [], first
    while day <= until and len(found) < most:
        if is_due(said, first, day):
            found.append(day)
        day += timedelta(days=1)
    return found


def is_due(said: dict, first: date, day: date) -> bool:
    step, rhythm = int(said["interval"]), said["rhythm"]
    months = (day.year - first.year) * 12 + day.month - first.month
    monday = first - timedelta(days=first.weekday())
    if rhythm == "daily":
        return (day - first).days % step == 0
    if rhythm == "weekly":
        return (day - monday).days // 7 % step == 0 and WEEKDAYS[day.weekday()] in said["weekdays"]
    if rhythm == "yearly":
        return (day.year - first.year) % step == 0 and (day.month, day.day) == (first.month, first.day)
    if months % step:
        return False
    if rhythm == "month_day":
        return day.day == first.day
    same_weekday = day.weekday() == first.weekday()
    if rhythm == "month_weekday":
        return same_weekday and (day.day - 1) // 7 == (first.day - 1) // 7
    return same_weekday and day.day + 7 > calendar.monthrange(day.year, day.month)[1]


@settings(max_examples=120, deadline=None)
@given(typed())
def test_any_form_comes_back_as_the_dates_that_were_typed(said):
    days = counted_out(said)
    zone = SchoolZone(said["holidays"]) if said["holidays"] and said["rhythm"] != "once" else None
    if zone and is_holiday(days[0], zone):
        zone, said["holidays"] = None, ""
    left_out = {days[number] for number in said.pop("left_out_numbers") if number < len(days)}
    extra = {days[0] + timedelta(days=number) for number in said.pop("extra_days")} - left_out
    said["left_out"] = "\r\n".join(f"{day:%d/%m/%Y}" for day in sorted(left_out))
    said["extra"] = "\r\n".join(day.isoformat() for day in sorted(extra))
    form = EventForm(
        [Choice(1, "LabFab", "Europe/Paris")],
        [("atelier", "Atelier")],
        formdata=MultiDict({name: to_list(value) for name, value in said.items()}),
    )

    fine = form.validate()

    if not fine:  # the form said that the clocks skip the hour of the start, of the end, or of an added date
        assert set(form.errors) <= {"first_hour", "last_hour", "extra"}, form.errors
        return
    kept = [day for day in days if day not in left_out and not (zone and is_holiday(day, zone))]
    expected = spans(form, sorted({*kept, *extra}))
    rendered = ical.render_calendar("Un", to_entries(event_of(form), ADDRESS))
    for judge in (by_icalendar.read, by_node.read_with_icaljs, by_libical.read):
        assert [(each.start, each.end) for each in judge(rendered, SPAN)] == expected


def spans(form: EventForm, days: list[date]) -> list[tuple[str, str]]:
    first = form.when
    length, zone = first.ends_local - first.starts_local, next(z for z in ZONES if z.key == first.timezone)
    walls = [datetime.combine(day, first.starts_local.time()) for day in days]
    starts = [wall.date() for wall in walls] if first.is_all_day else walls
    event = torture.series("un", zone, starts, length, "FREQ=DAILY")
    return sorted((each.start, each.end) for each in event.occurrences if SPAN.holds(each.start))


def event_of(form: EventForm):
    return draft(
        form.event_values,
        form.when,
        place=PLACE,
        venue=None,
        partners=[],
        category=SimpleNamespace(label="Atelier"),
        uid="un",
        created_at=torture.CHANGED,
        changed_at=torture.CHANGED,
    )
