"""What an act did to a row on the whole, and whether something stands in the way of taking it back."""

from types import SimpleNamespace

from fablabmesh.journal.rules import RowDeed
from fablabmesh.journal.undoing import clash_of, net_of, values_before


def entry(deed, before=None, after=None, key=1):
    return SimpleNamespace(table_name="place", row_key={"id": key}, deed=deed, before=before, after=after)


def test_of_several_writes_counts_the_first_before_and_the_last_after():
    (row,) = net_of([entry("update", {"name": "A"}, {"name": "B"}), entry("update", {"name": "B"}, {"name": "C"})])

    assert (row.deed, row.before, row.after) == (RowDeed.UPDATE, {"name": "A"}, {"name": "C"})


def test_what_is_made_and_then_written_is_made():
    (row,) = net_of([entry("insert", None, {"name": "A"}), entry("update", {"name": "A"}, {"name": "B"})])

    assert (row.deed, row.before, row.after) == (RowDeed.INSERT, {}, {"name": "B"})


def test_what_is_written_and_then_taken_away_is_gone_as_it_first_was():
    whole = {"name": "B", "phone": "1"}
    (row,) = net_of([entry("update", {"name": "A"}, {"name": "B"}), entry("delete", whole, None)])

    assert (row.deed, row.before, row.after) == (RowDeed.DELETE, {"name": "A", "phone": "1"}, {})


def test_what_comes_and_goes_within_an_act_is_nothing():
    (row,) = net_of([entry("insert", None, {"name": "A"}), entry("delete", {"name": "A"}, None)])

    assert row.deed is None


def test_rows_stay_apart():
    rows = net_of([entry("update", {"name": "A"}, {"name": "B"}), entry("update", {"name": "C"}, {"name": "D"}, key=2)])

    assert [row.before for row in rows] == [{"name": "A"}, {"name": "C"}]


def test_what_was_written_again_since_stands_in_the_way():
    (row,) = net_of([entry("update", {"name": "A", "phone": ""}, {"name": "B", "phone": "1"})])

    clash = clash_of(row, {"name": "C", "phone": "1"})

    assert (clash.before, clash.after, clash.now) == ({"name": "A"}, {"name": "B"}, {"name": "C"})
    assert clash_of(row, {"name": "B", "phone": "1"}) is None
    assert clash_of(row, None).now is None


def test_what_is_masked_or_empty_stands_in_nobodys_way():
    (row,) = net_of([entry("update", {"name": "*", "phone": "1"}, {"name": "*", "phone": None})])

    assert clash_of(row, {"name": "whoever", "phone": ""}) is None
    assert values_before(row, {"name": "whoever", "phone": ""}) == {"phone": "1"}


def test_what_is_there_again_is_not_made_twice():
    (row,) = net_of([entry("delete", {"name": "A"}, None)])

    assert clash_of(row, {"name": "A"}).now == {"name": "A"}
    assert clash_of(row, None) is None
