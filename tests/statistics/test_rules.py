"""What is measured, and over which months."""

from datetime import date

import pytest

from fablabmesh.statistics.rules import Sort, fresh_since, month_after, months_around, read_radius, read_sort


@pytest.mark.parametrize(("text", "km"), [("5", 5), ("30", 30), ("", 20), ("7", 20), ("x", 20), ("５", 20)])
def test_a_radius_is_one_of_those_measured(text, km):
    assert read_radius(text) == km


@pytest.mark.parametrize(
    ("text", "sort"), [("epn", Sort.EPN), ("laureat", Sort.LAUREATE), ("pole", Sort.FABLAB), ("", Sort.FABLAB)]
)
def test_a_map_is_about_labs_unless_it_is_said(text, sort):
    assert read_sort(text) is sort


def test_months_go_from_twelve_before_to_six_after():
    months = months_around(date(2026, 8, 31))

    assert (months[0], months[12], months[-1], len(months)) == (
        date(2025, 8, 1),
        date(2026, 8, 1),
        date(2027, 2, 1),
        19,
    )


def test_december_is_followed_by_january():
    assert month_after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert month_after(date(2026, 1, 1)) == date(2026, 2, 1)


def test_a_page_is_fresh_for_a_year():
    assert fresh_since(date(2027, 3, 2)) == date(2026, 3, 2)
