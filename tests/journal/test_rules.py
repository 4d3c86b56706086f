"""Who may read and undo what."""

from types import SimpleNamespace

from fablabmesh.accounts.rules import Role, Visitor
from fablabmesh.journal.labels import kinds
from fablabmesh.journal.rules import TABLES, Reach, RowDeed, Topic, may_read, may_undo, reach_of

MEMBER = SimpleNamespace(id=1, role=Role.MEMBER, is_demo=False, zone_ids=[], department_codes=[])
COORDINATOR = SimpleNamespace(id=2, role=Role.MEMBER, is_demo=False, zone_ids=[4], department_codes=["35"])
ADMIN = SimpleNamespace(id=3, role=Role.ADMIN, is_demo=False, zone_ids=[], department_codes=[])
INVENTED = SimpleNamespace(id=4, role=Role.ADMIN, is_demo=True, zone_ids=[], department_codes=[])


def test_the_journal_is_for_those_who_coordinate_and_administer():
    assert [may_read(person) for person in (Visitor(), MEMBER, COORDINATOR, ADMIN)] == [False, False, True, True]


def test_each_reads_what_is_theirs():
    assert reach_of(MEMBER) is None
    assert reach_of(COORDINATOR) == Reach(False, False, frozenset({4}), frozenset({"35"}))
    assert (reach_of(ADMIN).is_all, reach_of(ADMIN).is_demo) == (True, False)
    assert (reach_of(INVENTED).is_all, reach_of(INVENTED).is_demo) == (True, True)


def test_what_concerns_the_whole_site_is_undone_by_those_who_look_after_it():
    assert may_undo(COORDINATOR, {"place", "event", "place_manager"})
    assert not may_undo(COORDINATOR, {"place", "zone_coordinator"})
    assert not may_undo(MEMBER, {"place"})
    assert may_undo(ADMIN, {"account", "zone_coordinator", "term"})


def test_every_table_is_under_one_topic_and_has_a_name(pages):
    tables = [table for topic in Topic for table in TABLES[topic]]

    with pages.test_request_context("/"):
        assert sorted(tables) == sorted(kinds())
        assert len({topic.label for topic in Topic} | {deed.label for deed in RowDeed}) == len(Topic) + len(RowDeed)
