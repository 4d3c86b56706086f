"""Opening hours as OpenStreetMap writes them, counted out."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fablabmesh.kit.opening_hours import (
    Mistake,
    Opening,
    State,
    Stretch,
    find_mistake,
    find_state,
    is_valid,
    list_openings,
    list_stretches,
)

PARIS = "Europe/Paris"
MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
WEEK = MONDAY + timedelta(days=7)


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("Mo-Fr 09:00-12:00,14:00-18:00; Sa 10:00-12:00; PH off", True),
        ("24/7", True),
        ("Sa[1] 10:00-17:00", True),
        ("Lu-Ve 9h-12h", False),
        ("sur rendez-vous", False),
        ("", False),
        ("   ", False),
        ("Mo 09:00-10:00;" * 50, False),
    ],
)
def test_a_text_is_valid_that_can_be_counted_out(text, valid):
    assert is_valid(text) is valid


def test_a_mistake_tells_where_reading_stopped():
    assert find_mistake("Mo-Fr 09:00-12:00") is None
    assert find_mistake("sur rendez-vous") == Mistake("su", "r rendez-vous")
    assert find_mistake("x" * 600) == Mistake("x" * 500, "x" * 100)


def test_openings_are_instants_and_public_holidays_are_french():
    found = list_openings("Tu-Fr 14:00-18:00; PH off", PARIS, at(7, 0, month=7), at(16, 0, month=7))

    assert found == [
        Opening(at(7, 12, month=7), at(7, 16, month=7)),
        Opening(at(8, 12, month=7), at(8, 16, month=7)),
        Opening(at(9, 12, month=7), at(9, 16, month=7)),
        Opening(at(10, 12, month=7), at(10, 16, month=7)),
        # The 14th of July is a Tuesday.
        Opening(at(15, 12, month=7), at(15, 16, month=7)),
    ]


def test_six_in_the_evening_stays_six_across_the_change_of_clocks():
    found = list_openings("Sa,Su 18:00-19:00", PARIS, at(24, 0, month=10), at(26, 0, month=10))

    assert [opening.opens_at.hour for opening in found] == [16, 17]


def test_the_clocks_are_those_of_the_place():
    (opening,) = list_openings("Sa 10:00-12:00", "Indian/Reunion", MONDAY, WEEK)

    assert opening == Opening(at(28, 6), at(28, 8))


def test_an_evening_that_goes_on_after_midnight_is_one():
    (opening,) = list_openings("Fr 22:00-02:00", PARIS, MONDAY, WEEK)

    assert opening == Opening(at(27, 21), at(28, 1))


def test_openings_are_cut_at_both_ends():
    assert list_openings("24/7", PARIS, MONDAY, WEEK) == [Opening(MONDAY, WEEK)]


def test_what_is_said_of_a_time_goes_with_it():
    (opening,) = list_openings('Mo 09:00-12:00 "sur inscription"', PARIS, MONDAY, WEEK)

    assert opening.note == "sur inscription"


@pytest.mark.parametrize("text", ["", "n’importe quoi", "Mo-Fr 09:00-12:00 unknown", "PH off", "Mo-Fr off"])
def test_what_cannot_be_read_or_does_not_say_open_opens_nothing(text):
    assert list_openings(text, PARIS, MONDAY, WEEK) == []


@pytest.mark.parametrize(
    ("text", "now", "state"),
    [
        ("Mo-Fr 09:00-12:00,14:00-18:00", at(24, 9), State(True, at(24, 11))),
        ("Mo-Fr 09:00-12:00,14:00-18:00", at(24, 11), State(False, at(24, 13))),
        ("Mo-Fr 09:00-12:00,14:00-18:00", at(27, 18), State(False, at(30, 8))),
        ('Tu 09:00-12:00 "sur inscription"', at(24, 9), State(True, at(24, 11), "sur inscription")),
        ('Tu 09:00-12:00 "a", Tu 12:00-13:00 "b"', at(24, 10), State(True, at(24, 12), "a")),
        ("24/7", at(24, 9), State(True, None)),
        ("Mo-Fr off", at(24, 9), State(False, None)),
        ("bof", at(24, 9), None),
    ],
)
def test_the_state_tells_until_when_it_lasts(text, now, state):
    assert find_state(text, PARIS, now) == state


@given(st.text(alphabet='MoTuWeThFrSaSuPH0123456789:-,;+/ []"JanDecoffweek|', max_size=40))
def test_no_text_is_too_strange(text):
    found = list_openings(text, PARIS, MONDAY, WEEK)

    assert all(MONDAY <= opening.opens_at < opening.closes_at <= WEEK for opening in found)
    assert (find_mistake(text) is None) is is_valid(text) or not text.strip()
    assert (find_state(text, PARIS, MONDAY) is None) is not is_valid(text)


def test_stretches_tell_closed_times_and_those_that_depend_on_the_clocks_of_the_place():
    text = 'Mo 09:00-12:00; Tu unknown "sur rendez-vous"; We off "inventaire"'
    clock = ZoneInfo("Indian/Reunion")
    start = datetime(2026, 11, 23, tzinfo=clock)

    def at_hour(day: int, hour: int) -> datetime:
        return datetime(2026, 11, day, hour, tzinfo=clock)

    assert list_stretches(text, "Indian/Reunion", start, start + timedelta(days=3)) == [
        Stretch(at_hour(23, 0), at_hour(23, 9), False),
        Stretch(at_hour(23, 9), at_hour(23, 12), True),
        Stretch(at_hour(23, 12), at_hour(24, 0), False),
        Stretch(at_hour(24, 0), at_hour(25, 0), None, "sur rendez-vous"),
        Stretch(at_hour(25, 0), at_hour(26, 0), False, "inventaire"),
    ]
    assert list_stretches("Lundi : 9h", PARIS, start, start + timedelta(days=3)) is None
