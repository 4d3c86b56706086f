"""What an address of the agenda asks for, and how it is written again."""

from datetime import date, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fablabmesh.feeds.agenda import View, Wanted, days_of, kept_aside, read_wanted, weeks_of, without, without_missing
from fablabmesh.feeds.slices import Choice, Slice
from tests.feeds.test_slices import choices

ZONES = {"fablab": {"ouest", "est"}, "epn": {"ouest"}}
CATEGORIES = ("atelier", "formation")
TODAY = date(2026, 3, 14)


@pytest.fixture(autouse=True)
def speaking(pages):
    with pages.test_request_context("/"):
        yield


def read(query: str) -> Wanted:
    return read_wanted(parse_qs(query, keep_blank_values=True), today=TODAY, zones=ZONES, categories=CATEGORIES)


@pytest.mark.parametrize(
    ("asked", "path", "unknown"),
    [
        ("", "/agenda", ()),
        ("zone=ouest&rayon=25&autour=&genre=", "/agenda?zone=fablab/ouest", ()),
        ("zone=ouest&programme=epn&passes=oui", "/agenda?zone=epn/ouest&passes=oui", ()),
        ("zone=nord&categorie=zumba&genre=epn", "/agenda?genre=epn", ("nord", "zumba")),
        ("autour=98,2&rayon=10", "/agenda", ("98,2",)),
        ("autour=35238&rayon=900", "/agenda?autour=35238", ("900",)),
        ("du=2026-05-01&au=2026-04-01", "/agenda?au=2026-05-01&du=2026-04-01", ()),
        ("du=1999-01-01&au=demain", "/agenda", ("1999-01-01", "demain")),
        ("du=2026-05-01&passes=oui", "/agenda?du=2026-05-01", ()),
        ("vue=mois&du=2026-05-17&au=2026-06-01&passes=oui", "/agenda?du=2026-05-01&vue=mois", ()),
        ("vue=mois&du=2026-03-31", "/agenda?vue=mois", ()),
        ("vue=semaine&du=2026-03-15", "/agenda?vue=semaine", ()),
        ("vue=semaine&du=2026-03-16", "/agenda?du=2026-03-16&vue=semaine", ()),
        ("vue=annee", "/agenda", ("annee",)),
        ("2.lieu=b&lieu=a&9.genre=musee", "/agenda?lieu=a&2.lieu=b", ("musee",)),
        ("inconnu=1&utm_source=x", "/agenda", ()),
    ],
)
def test_what_can_be_read_is_kept_and_the_rest_told(asked, path, unknown):
    wanted = read(asked)

    assert (wanted.to_path(), wanted.unknown) == (path, unknown)
    assert read(path.partition("?")[2]) == wanted


def test_too_much_is_told_and_not_applied():
    wanted = read("lieu=" + "&lieu=".join(f"lab-{number}" for number in range(80)))

    assert wanted.slice == Slice()
    assert wanted.unknown == ("Ce filtre compte trop de valeurs\u00a0: 60 au plus.",)


days = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(choices, max_size=3), st.sampled_from(View), days, days, st.booleans())
def test_what_is_written_is_read_as_the_same_and_written_the_same(given_choices, view, since, until, past):
    asked = Slice(tuple(sorted(set(given_choices) - {Choice()}, key=Choice.to_pairs)))
    known = {"zones": ZONES, "categories": [slug for choice in asked.choices for slug in choice.categories]}
    query = Wanted(asked, view, since, until, past).to_query()

    wanted = read_wanted(parse_qs(query), today=TODAY, **known)

    assert wanted.slice == asked
    assert read_wanted(parse_qs(wanted.to_query()), today=TODAY, **known) == wanted
    assert wanted.unknown == ()


@given(st.sampled_from([View.MONTH, View.WEEK]), days)
def test_there_and_back_is_where_one_was(view, since):
    here = read(f"vue={view.value}&du={since}")
    after = here.moved(1, TODAY)

    assert after is None or after.moved(-1, TODAY) == here
    first, last = here.days(TODAY)
    assert first <= since <= last
    assert after is None or after.days(TODAY)[0] == last + timedelta(days=1)


def test_another_view_shows_the_same_days():
    month = read("genre=epn&vue=mois&du=2026-05-01")

    assert month.seen_as(View.WEEK, TODAY).to_path() == "/agenda?genre=epn&du=2026-04-27&vue=semaine"
    assert month.seen_as(View.LIST, TODAY).to_path() == "/agenda?genre=epn"
    assert read("du=2026-05-20&au=2026-06-20").seen_as(View.MONTH, TODAY).to_path() == "/agenda?du=2026-05-01&vue=mois"
    assert read("passes=oui").seen_as(View.MONTH, TODAY).to_path() == "/agenda?vue=mois"


def test_weeks_are_whole():
    weeks = weeks_of(date(2026, 2, 1))

    assert [len(week) for week in weeks] == [7] * 5
    assert (weeks[0][0], weeks[-1][-1]) == (date(2026, 1, 26), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("starts", "ends", "is_all_day", "days"),
    [
        ("2026-03-10T18:00", "2026-03-10T20:00", False, [10]),
        ("2026-03-10T22:00", "2026-03-11T02:00", False, [10, 11]),
        ("2026-03-10T20:00", "2026-03-11T00:00", False, [10]),
        ("2026-03-11T00:00", "2026-03-11T00:00", False, [11]),
        ("2026-03-10T00:00", "2026-03-12T00:00", True, [10, 11, 12]),
        ("2026-02-01T00:00", "2026-03-10T00:00", True, [9, 10]),
        ("2026-03-12T10:00", "2026-05-01T12:00", False, [12, 13]),
        ("2026-03-01T10:00", "2026-03-08T12:00", False, []),
    ],
)
def test_what_lasts_several_days_is_on_each_of_them(starts, ends, is_all_day, days):
    given = (datetime.fromisoformat(starts), datetime.fromisoformat(ends), is_all_day)

    found = list(days_of(*given, date(2026, 3, 9), date(2026, 3, 13)))

    assert found == [date(2026, 3, day) for day in days]


def test_one_value_less():
    wanted = read("genre=epn&genre=fablab&q=bois&2.lieu=a")

    assert without(wanted, 0, "kinds", "epn").to_path() == "/agenda?genre=fablab&q=bois&2.lieu=a"
    assert without(wanted, 0, "words", "bois").to_path() == "/agenda?genre=epn&genre=fablab&2.lieu=a"
    assert without(wanted, 1, "places", "a").to_path() == "/agenda?genre=epn&genre=fablab&q=bois"


def test_what_is_gone_is_left_out_and_told():
    wanted = without_missing(read("lieu=a&lieu=b&2.autour=35238"), {"places": {"b"}, "around": {"35238"}})

    assert wanted.to_path() == "/agenda?lieu=a"
    assert wanted.unknown == ("35238", "b")


def test_the_form_sends_again_what_it_does_not_show():
    assert kept_aside(read("lieu=a&2.lieu=b&3.zone=ouest&3.q=x")) == [
        ("2.lieu", "b"), ("3.q", "x"), ("3.zone", "fablab/ouest"),
    ]  # fmt: skip
