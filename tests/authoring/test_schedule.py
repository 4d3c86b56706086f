# ruff: noqa: DTZ001 - wall times have no zone
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fablabmesh.authoring.repetition import Repetition, Rhythm
from fablabmesh.authoring.schedule import (
    Plan,
    PlanError,
    Single,
    goes_on_beyond,
    make_schedule,
    read_schedule,
    read_singles,
    spell_singles,
)
from fablabmesh.events.dates import anchored, list_starts
from fablabmesh.events.rules import When
from fablabmesh.kit.i18n import force_locale
from fablabmesh.kit.recurrence import WEEKDAYS
from fablabmesh.kit.school_holidays import SchoolZone, is_holiday, known_until, spell_holidays

TUESDAY = When(datetime(2026, 3, 10, 18), datetime(2026, 3, 10, 20), "Europe/Paris")
WEEKLY = Repetition(Rhythm.WEEKLY, 1, ("TU",), until=date(2026, 6, 30))


@pytest.fixture(autouse=True)
def french(pages):
    with pages.app_context(), force_locale("fr"):
        yield


def days(when: When) -> list[str]:
    return [f"{start:%m-%d}" for start in list_starts(when)]


def refused(first: When, plan: Plan, **given) -> str:
    with pytest.raises(PlanError) as error:
        make_schedule(first, plan, **given)
    return error.value.part


def test_what_happens_once_has_no_rule():
    assert make_schedule(TUESDAY, Plan()) == TUESDAY


def test_dates_in_the_holidays_of_a_zone_are_left_out():
    made = make_schedule(TUESDAY, Plan(WEEKLY, SchoolZone.B))

    # The spring holidays of zone B are from 11 to 26 April 2026.
    assert made.exdates == (datetime(2026, 4, 14, 18), datetime(2026, 4, 21, 18))
    assert days(made)[4:7] == ["04-07", "04-28", "05-05"]
    assert read_schedule(made, spell_holidays(SchoolZone.B)) == Plan(WEEKLY, SchoolZone.B)


def test_the_same_dates_left_out_by_hand_are_shown_one_by_one():
    made = make_schedule(TUESDAY, Plan(WEEKLY, SchoolZone.B))

    assert read_schedule(made, "").left_out == (Single(date(2026, 4, 14)), Single(date(2026, 4, 21)))


def test_a_date_of_holidays_may_be_kept_and_comes_back_so():
    plan = Plan(WEEKLY, SchoolZone.B, extra=(Single(date(2026, 4, 14)),))

    made = make_schedule(TUESDAY, plan)

    assert (made.exdates, made.rdates) == ((datetime(2026, 4, 21, 18),), ())
    assert read_schedule(made, spell_holidays(SchoolZone.B)) == plan


def test_holidays_that_were_not_known_when_the_event_was_written_are_left_out_when_it_is_saved_again():
    endless = Plan(replace(WEEKLY, until=None), SchoolZone.B)
    whole = make_schedule(TUESDAY, endless)
    older = replace(whole, exdates=tuple(wall for wall in whole.exdates if wall.year < 2028))

    assert read_schedule(older, "B:2027-08-31") == endless
    assert make_schedule(TUESDAY, read_schedule(older, "B:2027-08-31"), kept=older) == whole


def test_a_series_may_go_on_beyond_the_holidays_that_are_known():
    endless = make_schedule(TUESDAY, Plan(replace(WEEKLY, until=None), SchoolZone.A))

    assert goes_on_beyond(endless, SchoolZone.A)
    assert not goes_on_beyond(make_schedule(TUESDAY, Plan(WEEKLY, SchoolZone.A)), SchoolZone.A)
    assert max(endless.exdates).date() <= known_until(SchoolZone.A)


def test_dates_are_left_out_and_added():
    plan = Plan(
        WEEKLY,
        left_out=(Single(date(2026, 3, 17)),),
        extra=(Single(date(2026, 3, 14), time(10)), Single(date(2026, 3, 18))),
    )

    made = make_schedule(TUESDAY, plan)

    assert made.exdates == (datetime(2026, 3, 17, 18),)
    assert made.rdates == (datetime(2026, 3, 14, 10), datetime(2026, 3, 18, 18))
    assert read_schedule(made, "") == plan


def test_only_added_dates_make_a_series_without_a_rule():
    made = make_schedule(TUESDAY, Plan(extra=(Single(date(2026, 4, 2)),)))

    assert (made.rrule, days(made)) == ("", ["03-10", "04-02"])


@pytest.mark.parametrize(
    ("plan", "part"),
    [
        (Plan(Repetition(Rhythm.WEEKLY, weekdays=("MO",))), "rhythm"),
        (Plan(WEEKLY, left_out=(Single(date(2026, 3, 18)),)), "left_out"),
        (Plan(WEEKLY, left_out=(Single(date(2026, 3, 10)),)), "left_out"),
        (Plan(WEEKLY, left_out=(Single(date(2126, 3, 10)),)), "left_out"),
        (Plan(WEEKLY, extra=(Single(date(2026, 3, 9)),)), "extra"),
        (Plan(WEEKLY, extra=(Single(date(2027, 3, 28), time(2, 30)),)), "extra"),
        (Plan(WEEKLY, left_out=(Single(date(2026, 3, 17)),), extra=(Single(date(2026, 3, 17)),)), "extra"),
    ],
)
def test_what_cannot_be_is_said_at_its_part(plan, part):
    assert refused(TUESDAY, plan) == part


def test_a_series_does_not_begin_in_the_holidays_it_leaves_out():
    first = replace(TUESDAY, starts_local=datetime(2026, 4, 21, 18), ends_local=datetime(2026, 4, 21, 20))

    assert refused(first, Plan(WEEKLY, SchoolZone.B)) == "first_day"
    assert make_schedule(first, Plan(WEEKLY, SchoolZone.A)).exdates == ()


# --- changing ----------------------------------------------------------------------------------------------------


def moved(when: When, **by) -> When:
    shift = timedelta(**by)
    return replace(when, starts_local=when.starts_local + shift, ends_local=when.ends_local + shift)


def test_a_series_of_tuesdays_whose_first_date_goes_to_a_wednesday_is_one_of_wednesdays():
    plan = Plan(WEEKLY, left_out=(Single(date(2026, 3, 17)),))
    stored = make_schedule(TUESDAY, plan)

    made = make_schedule(moved(TUESDAY, days=1), plan, kept=stored, former_day=date(2026, 3, 10))

    assert "BYDAY=WE" in made.rrule
    assert days(made)[:3] == ["03-11", "03-25", "04-01"]


def test_a_later_tuesday_keeps_the_days_of_the_series():
    both = replace(WEEKLY, weekdays=("TU", "TH"))

    made = make_schedule(moved(TUESDAY, days=2), Plan(both), former_day=date(2026, 3, 10))

    assert days(made)[:3] == ["03-12", "03-17", "03-19"]


def test_dates_left_out_follow_the_hour():
    plan = Plan(WEEKLY, left_out=(Single(date(2026, 3, 17)),))

    made = make_schedule(moved(TUESDAY, hours=1), plan, kept=make_schedule(TUESDAY, plan))

    assert made.exdates == (datetime(2026, 3, 17, 19),)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;UNTIL=20260630T160000Z;BYDAY=TU",
        "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2",
        "FREQ=DAILY;BYHOUR=9,18",
        "FREQ=WEEKLY;WKST=SU;INTERVAL=2;BYDAY=TU",
    ],
)
def test_a_rule_that_nobody_changed_keeps_its_spelling(rule):
    stored = replace(TUESDAY, rrule=rule, exdates=(datetime(2026, 3, 11, 9), datetime(2027, 1, 1)))

    plan = read_schedule(stored, "")

    assert make_schedule(TUESDAY, plan, kept=stored, former_day=date(2026, 3, 10)) == stored


def test_a_kept_rule_ends_on_the_same_day_when_its_hour_moves():
    stored = replace(TUESDAY, rrule="FREQ=MONTHLY;UNTIL=20260512T160000Z;BYDAY=TU;BYSETPOS=2")

    made = make_schedule(moved(TUESDAY, hours=2), Plan(Repetition(Rhythm.KEPT)), kept=stored)

    assert days(made) == days(stored) == ["03-10", "04-14", "05-12"]


def test_a_kept_rule_refuses_a_first_date_that_is_none_of_its_own():
    stored = replace(TUESDAY, rrule="FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2")

    assert refused(moved(TUESDAY, days=1), Plan(Repetition(Rhythm.KEPT)), kept=stored) == "rhythm"
    assert make_schedule(moved(TUESDAY, days=35), Plan(Repetition(Rhythm.KEPT)), kept=stored).rrule == stored.rrule


# --- lists -------------------------------------------------------------------------------------------------------


def test_a_list_of_dates_is_read_as_people_write_them():
    text = "12/03/2026\n2026-03-14 10:00\n\n 1.4.2026 à 9h30 ; 02/04/2026 9h"

    assert read_singles(text) == (
        Single(date(2026, 3, 12)),
        Single(date(2026, 3, 14), time(10)),
        Single(date(2026, 4, 1), time(9, 30)),
        Single(date(2026, 4, 2), time(9)),
    )
    assert spell_singles(read_singles(text)).splitlines()[:2] == ["12/03/2026", "14/03/2026 10:00"]


@pytest.mark.parametrize("text", ["demain", "31/02/2026", "12/03/26", "12/03/2026 25:00", "12/03/2026 18:00 Paris"])
def test_what_is_no_date_is_refused_by_its_name(text):
    with pytest.raises(ValueError, match="n’est pas une date"):
        read_singles(text)


def test_a_list_has_an_end():
    with pytest.raises(ValueError, match="400"):
        read_singles("\n".join(f"{date(2026, 1, 1) + timedelta(days=each):%d/%m/%Y}" for each in range(401)))


# --- any ---------------------------------------------------------------------------------------------------------


@st.composite
def schedules(draw) -> tuple[When, Plan]:
    start = datetime(2026, 1, 1) + timedelta(days=draw(st.integers(0, 700)), minutes=15 * draw(st.integers(16, 90)))
    first = When(start, start + timedelta(hours=draw(st.integers(1, 30))), "Europe/Paris", draw(st.booleans()))
    if first.is_all_day:
        midnight = datetime.combine(start, time())
        first = replace(first, starts_local=midnight, ends_local=midnight + timedelta(days=draw(st.integers(0, 3))))
    rhythm = draw(st.sampled_from([Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.MONTH_DAY, Rhythm.MONTH_WEEKDAY, Rhythm.YEARLY]))
    if rhythm is Rhythm.MONTH_WEEKDAY and start.day > 28:
        rhythm = Rhythm.MONTH_LAST
    weekday = WEEKDAYS[start.weekday()]
    chosen = {weekday, *draw(st.sets(st.sampled_from(WEEKDAYS)))} if rhythm is Rhythm.WEEKLY else set()
    ends = draw(st.sampled_from(["never", "until", "count"]))
    repetition = Repetition(
        rhythm,
        draw(st.integers(1, 3)),
        tuple(name for name in WEEKDAYS if name in chosen),
        start.date() + timedelta(days=draw(st.integers(0, 500))) if ends == "until" else None,
        draw(st.integers(1, 40)) if ends == "count" else None,
    )
    zone = draw(st.sampled_from([None, *SchoolZone]))
    if zone and is_holiday(start.date(), zone):
        zone = None
    bare = make_schedule(first, Plan(repetition, zone))
    others = list(list_starts(bare, until=start + timedelta(days=3650), limit=20))[1:]
    left_out = draw(st.lists(st.sampled_from(others), unique=True, max_size=3)) if others else []
    extra = draw(st.lists(st.integers(1, 400), unique=True, max_size=3))
    free = [
        day
        for day in (start.date() + timedelta(days=each) for each in extra)
        if day not in {w.date() for w in left_out}
    ]
    singles = tuple(Single(day) for day in sorted(free) if day not in {w.date() for w in list_starts(bare)})
    return first, Plan(repetition, zone, tuple(Single(wall.date()) for wall in sorted(left_out)), singles)


@pytest.mark.slow
@settings(deadline=None)
@given(schedules())
def test_any_schedule_is_shown_as_it_was_typed_and_made_again_the_same(given_schedule):
    first, plan = given_schedule

    made = make_schedule(first, plan)
    again = read_schedule(made, spell_holidays(plan.holidays))

    assert first.starts_local in set(list_starts(made, limit=1))
    assert make_schedule(first, again) == made
    assert make_schedule(first, again, kept=made, former_day=first.starts_local.date()) == made


def test_a_kept_series_whose_start_is_none_of_its_rule_keeps_its_dates_and_can_be_saved():
    wednesday = datetime(2026, 3, 11, 18)
    kept = anchored(
        When(wednesday, wednesday + timedelta(hours=2), "Europe/Paris", rrule="FREQ=WEEKLY;COUNT=4;BYDAY=TU")
    )

    plan = read_schedule(kept, "")
    again = make_schedule(replace(kept, rrule="", rdates=()), plan, kept=kept, former_day=wednesday.date())

    assert (plan.repetition.rhythm, plan.extra) == (Rhythm.KEPT, ())
    assert again == kept
    assert days(again) == ["03-11", "03-17", "03-24", "03-31"]
