"""Sums, shares, densities and steps."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fablabmesh.statistics.figures import (
    Scale,
    Tally,
    Tie,
    add_up,
    in_order,
    make_scale,
    make_ties,
    missing,
    rank,
    share,
)
from fablabmesh.statistics.rules import Sort

counts = st.dictionaries(st.sampled_from(["fablab", "epn", "pole", "laureat"]), st.integers(0, 50)).map(Counter)
tallies = st.builds(
    Tally,
    people=st.integers(0, 10**7),
    kinds=counts,
    machines=st.dictionaries(st.sampled_from("abc"), st.integers(1, 9)).map(Counter),
    reached=st.dictionaries(st.tuples(st.sampled_from(["fablab"]), st.sampled_from([5, 20])), st.integers(1, 9)).map(
        Counter
    ),
    fresh=st.integers(0, 99),
)


@pytest.mark.slow
@given(st.dictionaries(st.text("0123456789AB", min_size=2, max_size=3), tallies, max_size=8), st.data())
def test_zones_that_share_the_country_add_up_to_it(by_department, data):
    zone_of = {code: data.draw(st.sampled_from(["ouest", "est", ""])) for code in by_department}
    zones = [
        add_up(by_department, [code for code in by_department if zone_of[code] == zone])
        for zone in ("ouest", "est", "")
    ]

    whole, total = add_up(by_department, by_department), sum(zones, Tally())

    assert total.people == whole.people == sum(each.people for each in by_department.values())
    assert total.places == whole.places
    assert total.kinds == whole.kinds
    assert total.machines == whole.machines
    assert total.reached == whole.reached
    assert total.fresh == whole.fresh


def test_a_laureate_is_counted_once_among_the_places():
    tally = Tally(kinds=Counter(fablab=3, epn=2, laureat=2))

    assert tally.places == 5


def test_a_department_that_is_not_known_adds_nothing():
    assert add_up({"35": Tally(people=7)}, ["35", "99"]).people == 7


def test_shares_and_densities_of_nobody_are_not_told():
    assert share(0, 0) is None
    assert Tally(kinds=Counter(fablab=1)).density("fablab") is None
    assert Tally(people=50_000, kinds=Counter(fablab=1)).density("fablab") == 2.0
    assert Tally(people=200, reached=Counter({("epn", 5): 50})).share_reached(Sort.EPN, 5) == 0.25


def test_steps_hold_as_many_departments_each_and_none_has_its_own():
    scale = make_scale({"a": 0.0, "b": 1.0, "c": 2.0, "d": 3.0, "e": 4.0, "f": None})

    assert scale == Scale({"a": 0, "b": 1, "c": 2, "d": 3, "e": 4}, ((1.0, 1.0), (2.0, 2.0), (3.0, 3.0), (4.0, 4.0)))


def test_fewer_values_than_steps_make_fewer_steps():
    assert make_scale({"a": 2.0, "b": 2.0, "c": 0.0}) == Scale({"a": 1, "b": 1, "c": 0}, ((2.0, 2.0),))
    assert make_scale({"a": 0.0}) == Scale({"a": 0}, ())


@given(st.dictionaries(st.text(min_size=1), st.floats(0, 1000), max_size=40))
def test_a_greater_value_is_never_of_a_lower_step(values):
    scale = make_scale(values)

    ordered = sorted(values, key=values.get)
    steps = [scale.steps[key] for key in ordered]
    assert steps == sorted(steps)
    for key, value in values.items():
        if value:
            low, high = scale.bounds[scale.steps[key] - 1]
            assert low <= value <= high


def test_the_most_frequent_comes_first_and_nothing_is_left_out():
    assert rank({"b": 2, "a": 2, "c": 5, "d": 0}, ["b", "a"]) == [("c", 5), ("b", 2), ("a", 2)]
    assert missing({"laser": 1}, ["laser", "vinyle"]) == ["vinyle"]


def test_a_tie_has_no_direction():
    ties = make_ties({("ouest", "est"): 2, ("est", "ouest"): 1, ("est", "est"): 4}, {("est", "ouest"): 3})

    assert ties == {("est", "ouest"): Tie(3, 3), ("est", "est"): Tie(4, 0)}
    assert in_order("ouest", "est") == ("est", "ouest")
