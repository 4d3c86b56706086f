"""Counting by bits says what counting one by one says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fablabmesh.directory.bitmaps import Index, Numbering, count

NAMES = ("genre", "machine", "label")
VALUES = ("a", "b", "c")
IDS = st.one_of(st.integers(1, 40), st.integers(1_000_000, 1_000_030), st.integers(1, 2**31 - 1))
FACETS = st.frozensets(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)))
PLACES = st.dictionaries(IDS, FACETS, max_size=30)
CHOSEN = st.dictionaries(st.sampled_from(NAMES), st.frozensets(st.sampled_from(VALUES), min_size=1))


def brute(places, chosen) -> dict:
    def fits(facets, leave_out) -> bool:
        return all(
            any((name, value) in facets for value in values) for name, values in chosen.items() if name != leave_out
        )

    return {
        name: {
            value: sum((name, value) in facets and fits(facets, name) for facets in places.values()) for value in VALUES
        }
        for name in NAMES
    }


def counted(index: Index, chosen) -> dict:
    groups = {name: index.of(name, values) for name, values in chosen.items()}
    offered = {name: {value: index.of(name, [value]) for value in VALUES} for name in NAMES}
    return count(groups, index.all, offered)


@given(PLACES, CHOSEN)
def test_each_group_is_counted_against_all_others(places, chosen):
    index = Index().renewed(1, 0, places.items())

    assert counted(index, chosen) == brute(places, chosen)


@pytest.mark.slow
@given(PLACES, st.lists(st.tuples(st.frozensets(IDS, max_size=5), PLACES), max_size=5), CHOSEN)
@settings(max_examples=60)
def test_an_index_brought_up_to_date_is_as_one_made_anew(first, changes, chosen):
    now = dict(first)
    index = Index().renewed(1, 0, first.items())
    for number, (gone, renewed) in enumerate(changes, 2):
        gone = {*gone, *list(now)[:2]} - renewed.keys()
        now = {place_id: facets for place_id, facets in now.items() if place_id not in gone} | renewed
        changed = index.numbering.bitmap([*gone, *renewed])
        index = index.renewed(number, changed, renewed.items())

    assert counted(index, chosen) == brute(now, chosen)
    assert index.all.bit_count() == len(now)
    assert index.number == len(changes) + 1


def test_who_counts_on_an_index_is_not_disturbed_by_the_next_one():
    first = Index().renewed(1, 0, [(1, [("genre", "a")])])

    first.renewed(2, first.numbering.bitmap([1]), [])

    assert first.of("genre", ["a"]).bit_count() == 1


def test_ids_far_apart_take_no_room_in_between():
    numbering = Numbering()

    assert numbering.bitmap([5, 2_000_000_000]).bit_length() <= 2048


def test_a_facet_that_nobody_has_any_more_is_forgotten():
    index = Index().renewed(1, 0, [(1, [("label", "a")])])

    assert index.values("label") == ["a"]
    assert index.renewed(2, 0, [(1, [])]).values("label") == []


def test_two_hundred_thousand_places_take_little_room():
    rows = ((n, [("genre", "ab"[n % 2]), ("machine", str(n % 60))]) for n in range(1, 200_001))
    index = Index().renewed(1, 0, rows)

    assert index.size < 63 * 200_000 / 8 * 1.05
    assert index.of("machine", ["7"]).bit_count() == 3334
