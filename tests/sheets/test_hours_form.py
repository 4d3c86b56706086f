"""The form of opening hours: what it says comes back, and means in the notation what was meant."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import opening_hours
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fablabmesh.sheets.hours_form import (
    LENGTHS,
    MIDNIGHT,
    Closure,
    Holidays,
    Hours,
    find_fault,
    read_hours,
    write_hours,
)

CLOSED_WEEK = ((),) * 7
OFFICE = ((540, 720), (840, 1080))


def spans_of(draw, *, may_be_late):
    bounds = sorted(set(draw(st.lists(st.integers(0, 95), min_size=0, max_size=6))))
    pairs = list(zip(bounds[::2], bounds[1::2], strict=False))
    spans = [(first * 15, last * 15) for first, last in pairs]
    if spans and may_be_late and draw(st.booleans()):
        spans[-1] = (spans[-1][0], draw(st.sampled_from([60, 120])) if spans[-1][0] > 120 else MIDNIGHT)
    return tuple(spans)


@st.composite
def dates(draw):
    month = draw(st.integers(1, 12))
    return month, draw(st.integers(1, LENGTHS[month - 1] - (month == 2)))


@st.composite
def weeks(draw):
    hours = Hours(
        tuple(spans_of(draw, may_be_late=True) for _ in range(7)),
        by_appointment=draw(st.booleans()),
    )
    kind = draw(st.sampled_from(Holidays))
    closures = tuple(
        Closure(draw(dates()), draw(dates()), draw(st.sampled_from([None, 2026, 2027])))
        for _ in range(draw(st.integers(0, 2)))
    )
    spans = spans_of(draw, may_be_late=False) if kind is Holidays.OPEN else ()
    if kind is Holidays.OPEN and not spans:
        kind = Holidays.USUAL
    if not any(hours.days) and not hours.by_appointment:
        kind, spans = Holidays.USUAL, ()
    return Hours(hours.days, kind, spans, closures, hours.by_appointment)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(weeks().filter(lambda hours: find_fault(hours) is None))
def test_what_is_written_is_read_back_the_same(hours):
    assert read_hours(write_hours(hours)) == hours


def meant(hours, first, days):
    """The minutes of each day that are open or by appointment, by the plain meaning of the form; no public holidays."""
    found = set()
    for number in range(-1, days):
        day = first + timedelta(days=number)
        if any(closes(closure, day) for closure in hours.closures):
            continue
        for start, end in hours.days[day.weekday()]:
            last = end if end > start else end + MIDNIGHT
            begin = datetime.combine(day, time()) + timedelta(minutes=start)
            found |= {begin + timedelta(minutes=quarter) for quarter in range(0, last - start, 15)}
    return {moment for moment in found if first <= moment.date() < first + timedelta(days=days)}


def closes(closure, day):
    here = (day.month, day.day)
    if closure.year is not None:
        first_year, last_year = closure.years
        return date(first_year, *closure.first) <= day <= date(last_year, *closure.last)
    if closure.first <= closure.last:
        return closure.first <= here <= closure.last
    return here >= closure.first or here <= closure.last


def counted(text, first, days):
    read = opening_hours.OpeningHours(text, country="FR", auto_country=False, auto_timezone=False)
    start, found = datetime.combine(first, time()), set()
    for begin, end, state, _note in read.intervals(start, start + timedelta(days=days)):
        if state != opening_hours.State.CLOSED:
            quarters = int((end - begin).total_seconds() // 900)
            found |= {begin + timedelta(minutes=15 * number) for number in range(quarters)}
    return found


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(weeks().filter(lambda hours: find_fault(hours) is None and any(hours.days)))
def test_what_is_written_means_what_was_meant(hours):
    # Three weeks without a public holiday, whose eve cannot be cut off either.
    first = date(2026, 9, 7)
    if hours.closures and any(end <= start for spans in hours.days for start, end in spans):
        hours = Hours(hours.days, hours.holidays, hours.holiday_spans, (), hours.by_appointment)

    assert counted(write_hours(hours), first, 21) == meant(hours, first, 21)


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (Hours(), ""),
        (Hours((OFFICE,) * 5 + ((),) * 2), "Mo-Fr 09:00-12:00,14:00-18:00"),
        (Hours((OFFICE, (), OFFICE, (), OFFICE, (), ())), "Mo,We,Fr 09:00-12:00,14:00-18:00"),
        (Hours(((), ((600, 1020),), *CLOSED_WEEK[2:]), Holidays.CLOSED), "Tu 10:00-17:00; PH off"),
        (Hours((((0, MIDNIGHT),),) * 7, Holidays.OPEN, ((600, 720),)), "Mo-Su 00:00-24:00; PH 10:00-12:00"),
        (Hours(by_appointment=True), 'Mo-Su unknown "sur rendez-vous"'),
        (
            Hours((OFFICE,) + ((),) * 6, by_appointment=True, closures=(Closure((8, 1), (8, 31)),)),
            'Mo 09:00-12:00,14:00-18:00 unknown "sur rendez-vous"; Aug 01-Aug 31 off',
        ),
        (
            Hours((OFFICE,) + ((),) * 6, closures=(Closure((12, 20), (1, 3), 2026), Closure((5, 8), (5, 8)))),
            "Mo 09:00-12:00,14:00-18:00; 2026 Dec 20-2027 Jan 03 off; May 08 off",
        ),
        (
            Hours((((1200, 120),), ((600, 720),), *CLOSED_WEEK[2:]), Holidays.CLOSED),
            "Mo 20:00-02:00, Tu 10:00-12:00; PH off",
        ),
    ],
)
def test_the_notation_is_the_one_that_people_write(hours, text):
    assert write_hours(hours) == text
    assert read_hours(text) == hours


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("24/7", "Mo-Su 00:00-24:00"),
        ("09:00-12:00", "Mo-Su 09:00-12:00"),
        ("Mo-Fr 09:00-12:00; We off", "Mo-Tu,Th-Fr 09:00-12:00"),
        ("Mo-Fr 09:00-12:00; We 14:00-18:00", "Mo,Tu,Th,Fr 09:00-12:00; We 14:00-18:00"),
        ("Sa-Mo 9:00-12:00", "Mo,Sa,Su 09:00-12:00"),
        ("Mo 20:00-26:00", "Mo 20:00-02:00"),
        ("Mo 20:00-00:00", "Mo 20:00-24:00"),
        ("Mo 09:00-12:00; Aug off", "Mo 09:00-12:00; Aug 01-Aug 31 off"),
        ("Mo 09:00-12:00; Aug 01-15 off", "Mo 09:00-12:00; Aug 01-Aug 15 off"),
        ('Mo 09:00-12:00 "sur rendez-vous"', 'Mo 09:00-12:00 unknown "sur rendez-vous"'),
    ],
)
def test_other_ways_of_writing_are_read_for_what_they_mean(text, same):
    read = read_hours(text)

    assert read is not None
    assert write_hours(read) == same.replace("Mo-Tu,Th-Fr", "Mo,Tu,Th,Fr")


@pytest.mark.parametrize(
    "text",
    [
        "Sa[1] 09:00-12:00",
        "Mo-Fr sunrise-sunset",
        "SH off",
        'Mo 09:00-12:00 "sonnez"',
        'Mo 09:00-12:00 "sur rendez-vous"; Tu 09:00-12:00',
        "PH off; Mo 09:00-12:00",
        "Aug off; Mo 09:00-12:00",
        "Mo 09:00-12:00, Mo 14:00-18:00",
        "Mo 20:00-02:00; Tu 10:00-12:00",
        "Mo 08:00-09:00,10:00-11:00,12:00-13:00,14:00-15:00",
        "Mo 12:00-14:00,13:00-15:00",
        "Feb 31 off",
        "Mo 09:70-12:00",
        "n’importe quoi",
        '"',
    ],
)
def test_what_the_form_has_no_words_for_is_left_as_it_is(text):
    assert read_hours(text) is None


@pytest.mark.parametrize(
    ("spans", "number"),
    [
        (((), ((600, 720), (700, 800))), 1),
        ((((600, 720), (720, 800)),), 0),
        ((((1200, 60), (1300, 1400)),), 0),
        ((((1200, 120),), ((60, 720),)), 0),
    ],
)
def test_hours_that_cross_are_a_fault_of_their_day(pages, spans, number):
    with pages.test_request_context():
        fault = find_fault(Hours(spans + CLOSED_WEEK[len(spans) :]))

    assert fault is not None
    assert fault[0] == number


def test_the_words_of_holidays_are_said_as_the_form_says_them(pages):
    with pages.test_request_context():
        assert [kind.label for kind in Holidays] == ["comme les autres jours", "fermé", "ouvert à d’autres heures"]


def test_a_night_is_counted_to_its_end():
    text = write_hours(Hours((((1200, 120),), ((600, 720),), *CLOSED_WEEK[2:])))
    read = opening_hours.OpeningHours(text, timezone=ZoneInfo("Europe/Paris"), auto_country=False, auto_timezone=False)

    assert read.is_open(datetime(2026, 9, 8, 1, 30, tzinfo=UTC).replace(tzinfo=ZoneInfo("Europe/Paris")))
