"""Hard calendars are read as their authors meant them, or told; each event by itself."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fablabmesh.kit.ical_lines import Unreadable
from fablabmesh.kit.ical_reading import MOST_EVENTS, MOST_PROBLEMS, is_over, read_calendar
from tests.kit.hard_calendars import CASES, END, SERIES, START, calendar, event

pytestmark = pytest.mark.slow  # together seconds, of which the fast run has few

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def read(data, home="Europe/Paris"):
    return read_calendar(data, home=home, now=NOW)


def spell(each):
    """An event in the words of a case."""
    form = (lambda wall: wall.date().isoformat()) if each.is_all_day else (lambda wall: f"{wall:%Y-%m-%dT%H:%M}")
    span = form(each.starts) if each.starts == each.ends else f"{form(each.starts)}/{form(each.ends)}"
    words = [each.title, span, each.timezone]
    words += ["cancelled"] if each.is_cancelled else []
    words += [each.rrule] if each.rrule else []
    words += [f"+{form(wall)}" for wall in each.rdates] + [f"-{form(wall)}" for wall in each.exdates]
    for change in each.changes:
        moved = f"→{form(change.starts)}/{form(change.ends)}"
        words.append(f"[{form(change.recurrence)}{' off' if change.is_cancelled else moved}]")
    words += [f"sequence={each.sequence}"] if each.sequence else []
    words += [f"description={each.description}"] if each.description else []
    words += [f"place={each.place}"] if each.place else []
    words += [f"point={each.latitude},{each.longitude}"] if each.latitude is not None else []
    words += [f"tags={'|'.join(each.categories)}"] if each.categories else []
    words += [f"online={each.online}"] if each.online else []
    return " ".join(words)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hard_calendar_is_read_or_told(case):
    if case.unreadable:
        with pytest.raises(Unreadable) as refused:
            read(case.data)
        assert refused.value.message.startswith(case.unreadable)
        return

    found = read(case.data)

    lost = [problem.message for problem in found.problems if problem.is_lost]
    remarks = [problem.message for problem in found.problems if not problem.is_lost]
    assert [spell(each) for each in found.events] == case.read
    assert len(lost) == len(case.lost)
    assert all(told.startswith(said) for told, said in zip(lost, case.lost, strict=True)), lost
    assert any(told.startswith(case.remark) for told in remarks) or not case.remark, remarks


def test_there_are_enough_hard_calendars():
    assert len({case.name for case in CASES}) >= 80


def test_what_is_lost_is_named_with_its_line_and_what_to_do():
    found = read(calendar(event(START, END), event("DTSTART:demain", uid="deux", summary="Repas partagé")))

    told = found.problems[0]
    assert (told.line, told.what, told.is_lost) == (10, "Repas partagé", True)
    assert told.message == "« demain » n’est pas une date : corrigez le début dans votre logiciel."
    assert (found.lost_uids, found.has_nameless) == (("deux",), False)


def test_a_rule_that_is_too_fine_names_its_event_and_says_what_to_do():
    (told,) = read(calendar(event(START, END, "RRULE:FREQ=HOURLY", summary="Caméra"))).problems

    assert (told.what, told.message) == (
        "Caméra",
        "Une répétition plus fine que le jour n’est pas prise en charge (HOURLY). "
        "L’événement n’est pas repris : changez sa répétition dans votre logiciel.",
    )


def test_what_is_lost_without_a_name_is_said_to_be():
    assert read(calendar(event("DTSTART:demain", uid=""))).has_nameless


def test_a_calendar_that_was_cut_is_not_whole():
    data = calendar(event(START, END), event(START, END, uid="deux"))

    assert read(data).is_whole
    assert not read(data[: len(data) // 2]).is_whole


def test_the_name_of_the_calendar_is_read():
    assert read(calendar(event(START), head="X-WR-CALNAME:Agenda du\\, lab")).name == "Agenda du, lab"


def test_a_series_in_utc_is_on_the_clocks_of_a_place_where_they_are_never_moved():
    data = calendar(event("DTSTART:20260302T120000Z", "DTEND:20260302T140000Z", "RRULE:FREQ=WEEKLY;BYDAY=MO"))

    (found,) = read(data, home="Indian/Reunion").events

    assert spell(found) == "Atelier 2026-03-02T16:00/2026-03-02T18:00 Indian/Reunion FREQ=WEEKLY;BYDAY=MO"


def test_a_stamp_of_the_future_counts_as_of_now():
    (found,) = read(calendar(event(START, "LAST-MODIFIED:20990101T000000Z"))).events

    assert found.modified == NOW


def test_of_very_many_remarks_so_many_are_told():
    broken = [event("DTSTART:demain", uid=f"{number}@lab") for number in range(MOST_PROBLEMS + 50)]

    found = read(calendar(*broken))

    assert len(found.problems) == MOST_PROBLEMS + 1
    assert found.problems[-1].message == "Et 50 autres remarques de ce genre."
    assert len(found.lost_uids) == MOST_PROBLEMS + 50


# --- what is to be kept ------------------------------------------------------------------------------------------

OLD = "DTSTART;TZID=Europe/Paris:20220610T180000"
SINCE = NOW - timedelta(days=730)


@pytest.mark.parametrize(
    ("lines", "over"),
    [
        ((), True),
        (("RRULE:FREQ=WEEKLY",), False),
        (("RRULE:FREQ=WEEKLY;COUNT=3",), True),
        (("RDATE;TZID=Europe/Paris:20270610T180000",), False),
        (("DURATION:P365D", "RRULE:FREQ=YEARLY;COUNT=2"), False),
    ],
)
def test_a_series_is_over_with_its_last_date(lines, over):
    (found,) = read(calendar(event(OLD, *lines))).events

    assert is_over(found, SINCE) is over


def test_what_is_over_for_long_is_left_aside_and_said():
    data = calendar(
        event(OLD, uid="a"), event("DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=YEARLY;COUNT=2"), event(START, uid="b")
    )

    found = read_calendar(data, home="Europe/Paris", now=NOW, since=SINCE)

    assert [each.uid for each in found.events] == ["b"]
    assert [problem.message for problem in found.problems] == [
        "Passés depuis longtemps, laissés de côté\N{NO-BREAK SPACE}: 2."
    ]


@pytest.mark.slow
def test_nobody_keeps_an_agenda_of_so_many_events():
    def keep(count):
        parts = (event(START, uid=str(number)) for number in range(count))
        return read_calendar(calendar(*parts), home="Europe/Paris", now=NOW, since=SINCE)

    assert len(keep(MOST_EVENTS).events) == MOST_EVENTS
    with pytest.raises(Unreadable):
        keep(MOST_EVENTS + 1)


def test_nor_of_so_many_dates():
    every_day = [event(START, "RRULE:FREQ=DAILY", uid=str(number)) for number in range(100)]

    assert len(read_calendar(calendar(*every_day[:40]), home="Europe/Paris", now=NOW, since=SINCE).events) == 40
    with pytest.raises(Unreadable):
        read_calendar(calendar(*every_day), home="Europe/Paris", now=NOW, since=SINCE)


@given(st.binary(max_size=400))
def test_no_octets_are_too_much(data):
    with suppress(Unreadable):
        assert read(data).name is not None


LINES = st.sampled_from(
    [
        *("BEGIN:VEVENT", "END:VEVENT", "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VALARM", "END:VALARM", "UID:a"),
        *(START, END, "RRULE:FREQ=WEEKLY;UNTIL=20260401", "RRULE:FREQ=DAILY", "EXDATE:20260309T180000", " suite"),
        *("RECURRENCE-ID:20260309T170000Z", "DTSTART;VALUE=DATE:20260302", "DURATION:-PT1H", "DTSTART:", "SUMMARY"),
        *("DURATION:P99999W", "RDATE;VALUE=DATE:20260304", "SEQUENCE:-1", "GEO:;", "DTEND;TZID=:20260301T", ";;;:::"),
    ]
)


@given(st.lists(LINES, max_size=30))
def test_no_order_of_lines_is_too_much(lines):
    text = "\r\n".join(["BEGIN:VCALENDAR", *lines, SERIES])

    found = read(text.encode())

    assert all(each.starts <= each.ends for each in found.events)
