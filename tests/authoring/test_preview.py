# ruff: noqa: DTZ001 - wall times have no zone
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from fablabmesh.authoring.preview import preview_dates
from fablabmesh.authoring.repetition import Repetition, Rhythm
from fablabmesh.authoring.schedule import Plan, Single, make_schedule
from fablabmesh.events.rules import When
from fablabmesh.kit.i18n import force_locale
from fablabmesh.kit.school_holidays import SchoolZone

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY = When(datetime(2026, 3, 10, 18), datetime(2026, 3, 10, 20), "Europe/Paris")
PLAN = Plan(
    Repetition(Rhythm.WEEKLY, 1, ("TU",)), SchoolZone.B, (Single(date(2026, 3, 17)),), (Single(date(2026, 3, 19)),)
)


@pytest.fixture(autouse=True)
def french(pages):
    with pages.app_context(), force_locale("fr"):
        yield


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_a_series_is_shown_as_a_sentence_and_its_next_ten_dates():
    shown = preview_dates(make_schedule(TUESDAY, PLAN), SchoolZone.B, now=NOW)

    assert plain(shown.sentence) == "Chaque semaine, le mardi, sauf pendant les vacances scolaires de la zone B."
    assert [f"{each.starts_local:%m-%d}" for each in shown.next] == [
        *("03-10", "03-19", "03-24", "03-31", "04-07", "04-28", "05-05", "05-12", "05-19", "05-26"),
    ]
    assert shown.next[1].ends_local == datetime(2026, 3, 19, 20)
    assert shown.has_more


def test_it_says_how_far_the_holidays_are_known_and_that_the_series_goes_on():
    beyond = preview_dates(make_schedule(TUESDAY, PLAN), SchoolZone.B, now=NOW).notes
    within = make_schedule(TUESDAY, replace(PLAN, repetition=replace(PLAN.repetition, count=12)))

    assert "connues jusqu’au 31 août 2028" in plain(beyond[0])
    assert "plus loin que les vacances connues" in beyond[1]
    assert [plain(note) for note in preview_dates(within, SchoolZone.B, now=NOW).notes] == [
        "Vacances scolaires de la zone B connues jusqu’au 31 août 2028 : 2 dates y tombent."
    ]


def test_the_small_calendar_tells_each_state_apart():
    months = preview_dates(make_schedule(TUESDAY, PLAN), SchoolZone.B, now=NOW).months

    states = {f"{cell.day:%m-%d}": cell.state for _month, weeks in months for week in weeks for cell in week if cell}
    assert [month for month, _weeks in months] == [date(2026, number, 1) for number in range(3, 9)]
    assert all(len(week) == 7 for _month, weeks in months for week in weeks)
    assert [states[each] for each in ("03-10", "03-24", "03-17", "03-19", "04-14", "03-11")] == [
        *("first", "on", "out", "added", "holiday", ""),
    ]


def test_a_series_that_began_long_ago_is_shown_from_now_on():
    old = replace(TUESDAY, starts_local=datetime(2020, 3, 10, 18), ends_local=datetime(2020, 3, 10, 20))

    shown = preview_dates(make_schedule(old, Plan(Repetition(Rhythm.WEEKLY))), None, now=NOW)

    assert shown.next[0].starts_local == datetime(2026, 3, 3, 18)


def test_an_hour_that_comes_twice_is_told_and_one_that_does_not_come_too():
    night = replace(TUESDAY, starts_local=datetime(2026, 10, 25, 2, 30), ends_local=datetime(2026, 10, 25, 5))
    yearly = replace(TUESDAY, starts_local=datetime(2026, 3, 22, 2, 30), ends_local=datetime(2026, 3, 22, 5))

    twice = preview_dates(night, None, now=NOW).notes
    never = preview_dates(make_schedule(yearly, Plan(Repetition(Rhythm.WEEKLY))), None, now=NOW).notes

    assert [plain(note)[:53] for note in twice] == ["Le 25 octobre 2026, 2 h 30 vient deux fois : les horl"]
    assert [plain(note)[:50] for note in never] == ["Le 29 mars 2026, 2 h 30 n’existe pas : les horloge"]


def test_what_happens_once_has_one_date_and_no_calendar():
    shown = preview_dates(TUESDAY, None, now=NOW)

    assert (shown.sentence, shown.next, shown.has_more, shown.notes, shown.months) == ("", [TUESDAY], False, [], [])
