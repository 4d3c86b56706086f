"""Rules of recurrence: read, refused, counted out in wall time, and cut in two."""
# ruff: noqa: DTZ001 - wall times have no zone

from datetime import date, datetime, time, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fablabmesh.kit.recurrence import (
    LAST,
    WEEKDAYS,
    RuleError,
    Series,
    anchored,
    begins_in_rule,
    check_rule,
    is_anchored,
    is_of_rule,
    last_start,
    occurrences,
    parts_of,
    spell_until,
    split,
    until_of,
)

PARIS = "Europe/Paris"
TUESDAY = datetime(2026, 11, 24, 18, 0)


def series(rule="", start=TUESDAY, extra=(), excluded=(), timezone=PARIS) -> Series:
    return Series(start, timezone, check_rule(rule, start, timezone) if rule else "", tuple(extra), tuple(excluded))


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


# --- reading -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("RRULE:freq=weekly;byday=th,tu", "FREQ=WEEKLY;BYDAY=TU,TH"),
        ("INTERVAL=1;FREQ=DAILY;WKST=MO", "FREQ=DAILY"),
        ("FREQ=MONTHLY;BYDAY=-1FR,+2SA;", "FREQ=MONTHLY;BYDAY=2SA,-1FR"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1,15", "FREQ=MONTHLY;BYMONTHDAY=15,-1"),
        ("FREQ=WEEKLY;WKST=SU;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=2;WKST=SU"),
        ("FREQ=DAILY;UNTIL=20261231T170000Z", "FREQ=DAILY;UNTIL=20261231T170000Z"),
        # In the wild: a date for a start with a time means the whole of that day; no zone means that of the start.
        ("FREQ=DAILY;UNTIL=20261231", "FREQ=DAILY;UNTIL=20261231T225959Z"),
        ("FREQ=DAILY;UNTIL=20270701T180000", "FREQ=DAILY;UNTIL=20270701T160000Z"),
    ],
)
def test_a_rule_has_one_spelling(text, rule):
    assert check_rule(text, TUESDAY, PARIS) == rule


def test_the_end_of_a_series_of_whole_days_is_a_date():
    start = date(2026, 11, 24)

    assert check_rule("FREQ=DAILY;UNTIL=20261231", start, PARIS) == "FREQ=DAILY;UNTIL=20261231"
    assert check_rule("FREQ=DAILY;UNTIL=20261231T233000Z", start, PARIS) == "FREQ=DAILY;UNTIL=20270101"
    assert check_rule("FREQ=DAILY;BYHOUR=9", start, PARIS) == "FREQ=DAILY"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "pas une règle de répétition"),
        ("every week", "pas une règle de répétition"),
        ("FREQ=WEEKLY;FREQ=DAILY", "deux fois"),
        ("BYDAY=MO", "fréquence"),
        ("FREQ=FORTNIGHTLY", "fréquence"),
        ("FREQ=HOURLY", "plus fine que le jour"),
        ("FREQ=MINUTELY;INTERVAL=5", "plus fine que le jour"),
        ("FREQ=SECONDLY", "plus fine que le jour"),
        ("FREQ=DAILY;BYHOUR=8,9,10,11;BYMINUTE=0,5,10,15,20,25,30", "plus fine que le jour"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "pas les deux"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;COUNT=-2", "COUNT"),
        ("FREQ=DAILY;COUNT=1000000000", "COUNT"),
        ("FREQ=DAILY;UNTIL=soon", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20200101", "finit avant d’avoir commencé"),
        ("FREQ=WEEKLY;BYDAY=2TU", "2TU"),
        ("FREQ=WEEKLY;BYDAY=XX", "jour de la semaine"),
        ("FREQ=WEEKLY;WKST=1", "jour de la semaine"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "ne va pas avec"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY"),
        ("FREQ=YEARLY;BYMONTH=²", "BYMONTH"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"),
        ("FREQ=YEARLY;BYEASTER=0", "BYEASTER"),
        ("FREQ=YEARLY;RSCALE=HEBREW", "RSCALE"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "aucune date"),
        pytest.param("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31", "aucune date", marks=pytest.mark.slow),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_reason(text, said):
    with pytest.raises(RuleError) as refusal:
        check_rule(text, TUESDAY, PARIS)

    assert said in refusal.value.message


@given(st.text(st.sampled_from("FREQ=;,BYDAYSETPOSCOUNTUNTILWKMO0123456789-+TZ \n²é"), max_size=60))
@settings(max_examples=300, deadline=None)
def test_whatever_is_written_is_read_or_refused(text):
    try:
        rule = check_rule("FREQ=MONTHLY;" + text, TUESDAY, PARIS)
    except RuleError:
        return
    assert check_rule(rule, TUESDAY, PARIS) == rule


# --- counting out ------------------------------------------------------------------------------------------------


def test_every_tuesday_and_thursday_at_six_also_when_clocks_change():
    days = [day for day in every_day(date(2026, 11, 24), date(2027, 4, 30)) if day.weekday() in (1, 3)]

    found = list(occurrences(series("FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270430")))

    assert found == [datetime.combine(day, time(18)) for day in days]


def test_the_second_saturday_and_the_last_friday_of_each_month():
    start = datetime(2026, 12, 12, 10, 0)
    year = every_day(date(2026, 12, 1), date(2027, 12, 31))
    second = [day for day in year if day.weekday() == 5 and 8 <= day.day <= 14]
    last = [day for day in year if day.weekday() == 4 and (day + timedelta(days=7)).month != day.month]

    assert [each.date() for each in islice(occurrences(series("FREQ=MONTHLY;BYDAY=2SA", start)), 13)] == second
    first_friday = datetime(2026, 12, 25, 10, 0)
    assert [each.date() for each in islice(occurrences(series("FREQ=MONTHLY;BYDAY=-1FR", first_friday)), 13)] == last


def test_every_two_weeks_counts_weeks_from_monday_or_from_sunday():
    start = date(1997, 8, 5)  # the example of RFC 5545 §3.3.10
    monday = series("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", start)
    sunday = series("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", start)

    assert [each.day for each in occurrences(monday)] == [5, 10, 19, 24]
    assert [each.day for each in occurrences(sunday)] == [5, 17, 19, 31]


def test_days_that_do_not_exist_are_passed_over():
    found = islice(occurrences(series("FREQ=MONTHLY", date(2027, 1, 31))), 4)

    assert list(found) == [date(2027, 1, 31), date(2027, 3, 31), date(2027, 5, 31), date(2027, 7, 31)]
    leap = islice(occurrences(series("FREQ=YEARLY", date(2028, 2, 29))), 2)
    assert list(leap) == [date(2028, 2, 29), date(2032, 2, 29)]


def test_the_last_working_day_of_the_month():
    rule = "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"

    found = islice(occurrences(series(rule, date(2026, 11, 30))), 3)

    assert list(found) == [date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 29)]


def test_a_start_that_the_rule_does_not_give_counts_all_the_same():
    found = occurrences(series("FREQ=WEEKLY;BYDAY=WE;COUNT=3"))

    assert list(found) == [TUESDAY, datetime(2026, 11, 25, 18, 0), datetime(2026, 12, 2, 18, 0)]


def test_what_is_excluded_goes_and_what_is_extra_comes_once():
    week = timedelta(days=7)
    extra = [TUESDAY + week, datetime(2026, 11, 26, 9, 0)]
    found = occurrences(series("FREQ=WEEKLY;COUNT=4", extra=extra, excluded=[TUESDAY, TUESDAY + 2 * week]))

    assert list(found) == [datetime(2026, 11, 26, 9, 0), TUESDAY + week, TUESDAY + 3 * week]


def test_bounds_are_in_and_the_limit_holds():
    week = timedelta(days=7)
    endless = series("FREQ=WEEKLY")

    assert list(occurrences(endless, since=TUESDAY + week, until=TUESDAY + 3 * week)) == [
        TUESDAY + week,
        TUESDAY + 2 * week,
        TUESDAY + 3 * week,
    ]
    assert list(occurrences(endless, since=(TUESDAY + week).date(), limit=1)) == [TUESDAY + week]
    assert list(occurrences(endless, until=TUESDAY.date())) == [TUESDAY]
    assert list(occurrences(endless, until=TUESDAY - week)) == []


def test_the_end_is_known_or_known_not_to_be():
    assert last_start(series()) == TUESDAY
    assert last_start(series("FREQ=WEEKLY")) is None
    assert last_start(series("FREQ=WEEKLY;COUNT=3")) == datetime(2026, 12, 8, 18, 0)
    assert last_start(series("FREQ=DAILY;UNTIL=20261126")) == datetime(2026, 11, 26, 18, 0)
    assert last_start(series(excluded=[TUESDAY])) is None
    assert last_start(series("FREQ=DAILY;COUNT=99999")) == datetime(2100, 12, 31, 18, 0)
    assert LAST.year == 2100


def test_until_is_read_back_as_wall_time():
    rule = check_rule("FREQ=DAILY;UNTIL=20270701T180000", TUESDAY, PARIS)

    assert until_of(rule, PARIS) == datetime(2027, 7, 1, 18, 0)
    assert until_of("FREQ=DAILY", PARIS) is None
    assert until_of("", PARIS) is None
    assert spell_until(date(2027, 7, 1), TUESDAY, "Pacific/Noumea") == "20270701T125959Z"
    assert parts_of(rule) == {"FREQ": "DAILY", "UNTIL": "20270701T160000Z"}


def test_a_last_start_that_clocks_jump_over_or_come_back_to_is_in():
    for night in (datetime(2027, 3, 28, 2, 30), datetime(2027, 10, 31, 2, 30)):
        start = night - timedelta(days=7)
        rule = f"FREQ=WEEKLY;UNTIL={spell_until(night, start, PARIS)}"

        assert list(occurrences(Series(start, PARIS, rule))) == [start, night]


# --- cutting -----------------------------------------------------------------------------------------------------


def test_a_count_is_shared_out():
    before, after = split(series("FREQ=WEEKLY;COUNT=5"), datetime(2026, 12, 8, 18, 0))

    assert (before.rule, after.rule) == ("FREQ=WEEKLY;COUNT=2", "FREQ=WEEKLY;COUNT=3")
    assert after.start == datetime(2026, 12, 8, 18, 0)


def test_one_date_alone_needs_no_rule():
    before, after = split(series("FREQ=WEEKLY;COUNT=2"), datetime(2026, 12, 1, 18, 0))

    assert (before.rule, after.rule) == ("", "")


def test_an_endless_series_ends_with_its_last_date_before_the_cut():
    before, after = split(series("FREQ=WEEKLY"), datetime(2026, 12, 8, 18, 0))

    assert (before.rule, after.rule) == ("FREQ=WEEKLY;UNTIL=20261201T170000Z", "FREQ=WEEKLY")


def test_there_is_nothing_to_cut_at_the_start_or_at_a_date_that_is_not_of_the_series():
    for at in (TUESDAY, TUESDAY + timedelta(days=1)):
        with pytest.raises(ValueError, match=r"series|start"):
            split(series("FREQ=WEEKLY"), at)
    with pytest.raises(ValueError, match="start"):
        split(series(extra=[TUESDAY + timedelta(days=2)]), TUESDAY + timedelta(days=1))


STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda each: each.replace(microsecond=0))
RULES = st.one_of(
    st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 9)),
    st.builds(
        "FREQ=WEEKLY;INTERVAL={};BYDAY={}".format,
        st.integers(1, 4),
        st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4).map(",".join),
    ),
    st.builds("FREQ=MONTHLY;INTERVAL={};BYDAY={}{}".format, st.integers(1, 5), st.sampled_from([1, 2, 4, -1]),
              st.sampled_from(WEEKDAYS)),
    st.builds("FREQ=MONTHLY;BYMONTHDAY={}".format, st.integers(-28, -1) | st.integers(1, 28)),
    st.builds("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS={}".format, st.sampled_from([1, 2, -1])),
    st.just("FREQ=YEARLY"),
)  # fmt: skip
ENDS = st.one_of(st.just(""), st.integers(2, 30).map(";COUNT={}".format), st.just(";UNTIL=20280101T000000Z"))


@pytest.mark.slow
@given(STARTS, RULES, ENDS, st.data())
@settings(max_examples=200, deadline=None)
def test_two_halves_make_the_whole(start, rule, end, data):
    whole = Series(start, PARIS)
    first = next(occurrences(Series(start, PARIS, rule), since=start + timedelta(seconds=1)))
    if not is_of_rule(Series(first, PARIS, rule), first):
        return
    rule = check_rule(rule + end, first, PARIS)
    known = list(occurrences(Series(first, PARIS, rule), limit=25))
    excluded = tuple(data.draw(st.sets(st.sampled_from(known), max_size=3)))
    extra = tuple(data.draw(st.sets(STARTS, max_size=2)))
    whole = Series(first, PARIS, rule, tuple(each for each in extra if each > first), excluded)
    if len(known) < 2:
        return
    before, after = split(whole, data.draw(st.sampled_from(known[1:])))

    horizon = datetime(2032, 1, 1)
    halves = [*occurrences(before, until=horizon), *occurrences(after, until=horizon)]
    assert sorted(halves) == list(occurrences(whole, until=horizon))
    for half in (before, after):
        assert not half.rule or check_rule(half.rule, half.start, PARIS) == half.rule


@pytest.mark.parametrize(
    ("rule", "begins"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", True),
        ("FREQ=WEEKLY;BYDAY=WE", False),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", True),
        ("FREQ=DAILY;BYHOUR=9", False),
    ],
)
def test_a_rule_tells_whether_it_gives_its_start_by_itself(rule, begins):
    # 10 March 2026 is the second Tuesday of its month.
    series = Series(datetime(2026, 3, 10, 18), "Europe/Paris", rule)

    assert begins_in_rule(series) is begins


WEDNESDAY = datetime(2026, 3, 11, 18)
# None whose dates depend on where they are counted from.
RULES_OF_ALL_KINDS = [
    *("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=TU,TH", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYMONTHDAY=-1,15"),
    *("FREQ=YEARLY;BYMONTH=2;BYDAY=1SU", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=28;BYDAY=SA", "FREQ=MONTHLY;BYDAY=2TU,-1MO"),
]


@pytest.mark.parametrize(
    ("rule", "held", "extra"),
    [
        ("FREQ=WEEKLY;BYDAY=WE", "FREQ=WEEKLY;BYDAY=WE", ()),
        ("FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;BYDAY=TU", (WEDNESDAY,)),
        ("FREQ=WEEKLY;COUNT=3;BYDAY=TU", "FREQ=WEEKLY;UNTIL=20260324T170000Z;BYDAY=TU", (WEDNESDAY,)),
        ("FREQ=WEEKLY;COUNT=1;BYDAY=TU", "", ()),
        ("", "", ()),
    ],
)
def test_a_start_that_is_none_of_its_rules_becomes_a_date_of_its_own(rule, held, extra):
    series = Series(WEDNESDAY, "Europe/Paris", rule)

    made = anchored(series)

    assert (made.rule, made.extra) == (held, extra)
    assert list(occurrences(made, limit=20)) == list(occurrences(series, limit=20))
    assert is_anchored(series) is ((rule, ()) == (held, extra))
    assert is_anchored(made)
    assert anchored(made) == made


def test_a_series_whose_start_stands_alone_is_cut_without_telling_it_twice():
    series = anchored(Series(WEDNESDAY, "Europe/Paris", "FREQ=WEEKLY;BYDAY=TU"))

    early, late = split(series, datetime(2026, 3, 17, 18))

    assert (early.rule, early.extra, late.rule, late.extra) == ("", (), "FREQ=WEEKLY;BYDAY=TU", ())
    assert is_anchored(late)


@pytest.mark.parametrize("rule", RULES_OF_ALL_KINDS)
def test_what_a_look_tells_of_a_start_is_what_counting_out_tells(rule):
    for number in range(40):
        start = datetime(2026, 1, 28, 18) + timedelta(days=number)
        made = Series(start, "Europe/Paris", rule)
        counted = list(occurrences(Series(start - timedelta(days=1), "Europe/Paris", rule), until=start))

        assert begins_in_rule(made) is (counted[-1] == start), (rule, start)
