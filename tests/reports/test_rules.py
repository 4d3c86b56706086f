"""Which years, and numbers side by side."""

from datetime import date, datetime

from fablabmesh.reports.rules import Count, Figures, Held, in_order, is_told, last_full_year, span


def test_reports_are_of_the_year_that_runs_and_of_those_before_it():
    today = date(2026, 3, 2)

    assert [is_told(year, today) for year in (2012, 2013, 2026, 2027)] == [False, True, True, False]
    assert last_full_year(today) == 2025


def test_a_year_ends_where_the_next_begins():
    assert span(2025) == (datetime.fromisoformat("2025-01-01"), datetime.fromisoformat("2026-01-01"))


def test_a_share_of_nothing_or_of_what_is_not_known_is_not_known():
    assert Count(1, 3).share_of(Count(2, 0)) == Count(0.5, None)
    assert Count(None, 1).share_of(Count(2, 4)) == Count(None, 0.25)


def test_who_held_most_comes_first():
    some = [Held("b", "B", Count(1, 0)), Held("a", "A", Count(1, 0)), Held("c", "C", Count(2, 0))]

    assert [each.slug for each in in_order(some)] == ["c", "a", "b"]


def test_what_is_lacking_is_what_others_have():
    figures = Figures(2025, machines={"laser": 1}, elsewhere={"laser": 3, "vinyle": 1, "fraiseuse": 4})

    assert figures.lacking == ["fraiseuse", "vinyle"]
