# ruff: noqa: DTZ001 - wall times have no zone
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fablabmesh.authoring.repetition import Repetition, Rhythm, read_rule, rule_of
from fablabmesh.kit.i18n import force_locale
from fablabmesh.kit.recurrence import WEEKDAYS, RuleError

TUESDAY = datetime(2026, 3, 10, 18)
SATURDAY = datetime(2026, 3, 14, 10)
PARIS = "Europe/Paris"


@pytest.fixture(autouse=True)
def french(pages):
    with pages.app_context(), force_locale("fr"):
        yield


def written(repetition: Repetition, starts: datetime = TUESDAY) -> str:
    return rule_of(repetition, starts, PARIS, is_all_day=False)


@pytest.mark.parametrize(
    ("repetition", "starts", "rule"),
    [
        (Repetition(), TUESDAY, ""),
        (Repetition(Rhythm.DAILY, count=5), TUESDAY, "FREQ=DAILY;COUNT=5"),
        (Repetition(Rhythm.WEEKLY, 2), TUESDAY, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        (Repetition(Rhythm.WEEKLY, 1, ("TH", "TU")), TUESDAY, "FREQ=WEEKLY;BYDAY=TU,TH"),
        (Repetition(Rhythm.MONTH_DAY), TUESDAY, "FREQ=MONTHLY;BYMONTHDAY=10"),
        (Repetition(Rhythm.MONTH_WEEKDAY), SATURDAY, "FREQ=MONTHLY;BYDAY=2SA"),
        (Repetition(Rhythm.MONTH_LAST), datetime(2026, 3, 27, 18), "FREQ=MONTHLY;BYDAY=-1FR"),
        (
            Repetition(Rhythm.WEEKLY, until=date(2026, 6, 30)),
            TUESDAY,
            "FREQ=WEEKLY;UNTIL=20260630T215959Z;BYDAY=TU",
        ),
    ],
)
def test_what_people_choose_becomes_a_rule_and_comes_back(repetition, starts, rule):
    assert written(repetition, starts) == rule
    again = read_rule(rule, starts, PARIS)
    assert written(again, starts) == rule


@pytest.mark.parametrize(
    ("repetition", "starts"),
    [
        (Repetition(Rhythm.WEEKLY, weekdays=("MO",)), TUESDAY),
        (Repetition(Rhythm.MONTH_LAST), TUESDAY),
        (Repetition(Rhythm.MONTH_WEEKDAY), datetime(2026, 3, 31, 18)),
        (Repetition(Rhythm.DAILY, until=date(2026, 3, 9)), TUESDAY),
    ],
)
def test_a_first_date_that_the_rule_does_not_know_is_refused(repetition, starts):
    with pytest.raises(RuleError):
        written(repetition, starts)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=2SA",
        "FREQ=WEEKLY;BYDAY=TU;WKST=SU;INTERVAL=2",
        "FREQ=MONTHLY;BYMONTHDAY=10,20",
        "FREQ=MONTHLY;BYDAY=2TU,4TU",
    ],
)
def test_a_rule_that_no_field_can_show_is_kept(rule):
    assert read_rule(rule, TUESDAY, PARIS) == Repetition(Rhythm.KEPT)


@given(
    rhythm=st.sampled_from([rhythm for rhythm in Rhythm if rhythm is not Rhythm.KEPT]),
    interval=st.integers(1, 12),
    days=st.sets(st.sampled_from(WEEKDAYS)),
    starts=st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31)).map(lambda t: t.replace(second=0, microsecond=0)),
    count=st.none() | st.integers(1, 50),
)
def test_a_form_shows_again_whatever_it_wrote(rhythm, interval, days, starts, count):
    chosen = (*days, WEEKDAYS[starts.weekday()]) if rhythm is Rhythm.WEEKLY else ()
    try:
        rule = written(Repetition(rhythm, interval, tuple(chosen), count=count), starts)
    except RuleError:
        return

    again = read_rule(rule, starts, PARIS)

    assert again.rhythm is rhythm
    assert written(again, starts) == rule
