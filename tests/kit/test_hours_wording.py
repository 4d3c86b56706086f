"""Opening hours in words, from spans that stand for any notation."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from fablabmesh.kit.hours_wording import (
    Span,
    by_day,
    range_of,
    read_spans,
    tell_closing,
    tell_hours,
    tell_pieces,
    tell_usual_week,
    usual_week,
)

PARIS = ZoneInfo("Europe/Paris")
# Tuesday 10 November 2026; the next day is a holiday.
TODAY = date(2026, 11, 10)


@pytest.fixture(autouse=True)
def french(pages):
    with pages.app_context():
        yield


def spans(week: dict[int, list[tuple[str, str]]], *, without=(), more=()) -> list[Span]:
    """By day of the week, hours of opening, over all that is looked at."""
    first, last = range_of(TODAY)
    found = []
    for number in range((last - first).days):
        day = first + timedelta(days=number)
        if day in without:
            continue
        for opens, closes in week.get(day.weekday(), []):
            start = datetime.combine(day, time.fromisoformat(opens), PARIS)
            end = datetime.combine(day, time.fromisoformat(closes), PARIS)
            found.append(Span(start, end if end > start else end + timedelta(days=1), True))
    return sorted([*found, *more], key=lambda span: span.starts)


WORKDAYS = {number: [("09:00", "12:00"), ("14:00", "18:30")] for number in range(5)}


def at(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    return datetime.combine(day, time(hour, minute), PARIS)


@pytest.mark.parametrize(
    ("now", "is_open", "words"),
    [
        (at(8), False, "Fermé maintenant. Ouvre à 9\u00a0h"),
        (at(9), True, "Ouvert maintenant, jusqu’à 12\u00a0h"),
        (at(12), False, "Fermé maintenant. Ouvre à 14\u00a0h"),
        (at(17, 59), True, "Ouvert maintenant, jusqu’à 18\u00a0h\u00a030"),
        (at(18, 30), False, "Fermé maintenant. Ouvre demain à 9\u00a0h"),
        (at(20, day=date(2026, 11, 13)), False, "Fermé maintenant. Ouvre lundi à 9\u00a0h"),
    ],
)
def test_now_says_until_when_or_from_when(now, is_open, words):
    told = tell_hours(spans(WORKDAYS), now)

    assert (told.is_open, told.now) == (is_open, words)


def test_today_is_told_in_full():
    told = tell_hours(spans(WORKDAYS), at(8))

    assert told.today == "Ouvert aujourd’hui de 9\u00a0h à 12\u00a0h et de 14\u00a0h à 18\u00a0h\u00a030"
    assert tell_hours(spans(WORKDAYS), at(8, day=date(2026, 11, 14))).today == "Fermé aujourd’hui"


def test_the_week_marks_today_holidays_and_what_is_not_as_usual():
    holiday, odd = date(2026, 11, 11), date(2026, 11, 14)
    late = Span(at(10, day=odd), at(22, day=odd), True)

    week = tell_hours(spans(WORKDAYS, without=[holiday], more=[late]), at(8)).week

    usual = "de 9\u00a0h à 12\u00a0h et de 14\u00a0h à 18\u00a0h\u00a030"
    assert [(day.name, day.hours, day.note, day.is_today, day.is_closed) for day in week] == [
        ("Lundi 9", usual, "", False, False),
        ("Mardi 10", usual, "", True, False),
        ("Mercredi 11", "fermé", "férié\u00a0: Armistice de 1918 · fermeture exceptionnelle", False, True),
        ("Jeudi 12", usual, "", False, False),
        ("Vendredi 13", usual, "", False, False),
        ("Samedi 14", "de 10\u00a0h à 22\u00a0h", "horaires exceptionnels", False, False),
        ("Dimanche 15", "fermé", "", False, True),
    ]


def test_what_comes_once_a_month_is_no_exception():
    firsts = (date(2026, 10, 13), TODAY, date(2026, 12, 8))
    monthly = [Span(at(19, day=day), at(21, day=day), True) for day in firsts]

    assert tell_hours(monthly, at(8)).week[1].note == ""


def test_a_reason_to_be_closed_is_said_on_its_days():
    shut = Span(at(0, day=date(2026, 11, 12)), at(0, day=date(2026, 11, 14)), False, "inventaire")
    week = tell_hours(spans(WORKDAYS, without=[date(2026, 11, 12), date(2026, 11, 13)], more=[shut]), at(8)).week

    assert [day.note for day in week[2:5]] == [
        "férié\u00a0: Armistice de 1918",
        "fermeture exceptionnelle · inventaire",
        "fermeture exceptionnelle · inventaire",
    ]


def test_a_night_belongs_to_the_evening_it_begins_in():
    evening = spans({4: [("20:00", "02:00")]})

    assert tell_pieces(by_day([_bare(span) for span in evening], date(2026, 11, 13))) == "de 20\u00a0h à 2\u00a0h"
    assert tell_pieces(by_day([_bare(span) for span in evening], date(2026, 11, 14))) == "fermé"
    assert tell_hours(evening, at(23, day=date(2026, 11, 13))).now == "Ouvert maintenant, jusqu’à 2\u00a0h"


def test_what_closes_at_midnight_says_so():
    assert tell_hours(spans({1: [("18:00", "00:00")]}), at(19)).now == "Ouvert maintenant, jusqu’à minuit"


def test_day_and_night_and_on_appointment_are_not_the_same():
    first, last = range_of(TODAY)
    always = Span(at(0, day=first), at(0, day=last), True)
    asked = Span(always.starts, always.ends, True, "sur rendez-vous")

    assert tell_hours([always], at(8)).now == "Ouvert maintenant, jour et nuit"
    assert tell_hours([always], at(8)).today == "Ouvert aujourd’hui jour et nuit"
    told = tell_hours([asked], at(8))
    assert (told.is_open, told.now) == (None, "Ouverture à confirmer\u00a0: sur rendez-vous")
    assert told.today == "Aujourd’hui\u00a0: sur rendez-vous"


def test_hours_that_depend_are_never_told_as_open():
    maybe = Span(at(14), at(17), None, "si un bénévole est là")
    told = tell_hours([maybe], at(15))

    assert (told.is_open, told.now) == (None, "Ouverture à confirmer\u00a0: si un bénévole est là")
    assert told.today == "Aujourd’hui\u00a0: de 14\u00a0h à 17\u00a0h (si un bénévole est là)"


def test_without_an_opening_ahead_it_is_closed_for_now():
    assert tell_hours([], at(8)).now == "Fermé pour le moment"


def test_clock_changes_move_no_hour():
    summer = [Span(at(9, day=date(2026, 10, 25)), at(18, day=date(2026, 10, 25)), True)]

    assert tell_hours(summer, at(10, day=date(2026, 10, 25))).today == "Ouvert aujourd’hui de 9\u00a0h à 18\u00a0h"


def test_a_usual_week_forgets_exceptions_and_gathers_days():
    odd = spans(WORKDAYS | {5: [("10:00", "17:00")]}, without=[date(2026, 11, 11)])

    assert tell_usual_week(usual_week(odd, TODAY)) == [
        ("Du lundi au vendredi", "de 9\u00a0h à 12\u00a0h et de 14\u00a0h à 18\u00a0h\u00a030"),
        ("Samedi", "de 10\u00a0h à 17\u00a0h"),
        ("Dimanche", "fermé"),
    ]


def test_a_place_that_closed_for_good_says_since_when():
    assert tell_closing(date(2026, 3, 1), TODAY) == "Fermé définitivement depuis le 1er mars 2026."
    assert tell_closing(date(2026, 12, 31), TODAY) == "Fermera définitivement le 31 décembre 2026."


@pytest.mark.parametrize(
    ("text", "now", "today", "friday"),
    [
        (
            "Tu-Fr 14:00-19:00; Sa 10:00-17:00; PH off",
            "Fermé maintenant. Ouvre à 14\u00a0h",
            "Ouvert aujourd’hui de 14\u00a0h à 19\u00a0h",
            "de 14\u00a0h à 19\u00a0h",
        ),
        ("24/7", "Ouvert maintenant, jour et nuit", "Ouvert aujourd’hui jour et nuit", "jour et nuit"),
        (
            '"sur rendez-vous"',
            "Ouverture à confirmer\u00a0: sur rendez-vous",
            "Aujourd’hui\u00a0: sur rendez-vous",
            "sur rendez-vous",
        ),
        (
            'Tu,Fr 18:00-02:00 "entrée par la cour"',
            "Fermé maintenant. Ouvre à 18\u00a0h",
            "Ouvert aujourd’hui de 18\u00a0h à 2\u00a0h (entrée par la cour)",
            "de 18\u00a0h à 2\u00a0h (entrée par la cour)",
        ),
    ],
)
def test_the_notation_is_told_in_words(text, now, today, friday):
    told = tell_hours(read_spans(text, "Europe/Paris", TODAY), at(8))

    assert (told.now, told.today, told.week[4].hours) == (now, today, friday)


def test_what_cannot_be_read_is_told_by_nobody():
    assert read_spans("du lundi au vendredi", "Europe/Paris", TODAY) is None


def test_hours_overseas_are_on_the_clocks_of_there():
    spans = read_spans("Tu 08:00-12:00", "Indian/Reunion", TODAY)

    now = datetime(2026, 11, 10, 5, 0, tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo("Indian/Reunion"))
    assert tell_hours(spans, now).now == "Ouvert maintenant, jusqu’à 12\u00a0h"


def _bare(span: Span) -> Span:
    return Span(span.starts.replace(tzinfo=None), span.ends.replace(tzinfo=None), span.is_open, span.note)
