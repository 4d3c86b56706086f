"""What is found in the journal, within what somebody may know of."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.journal import queries
from fablabmesh.journal.models import JournalAct
from fablabmesh.journal.rules import Reach, RowDeed, Search, Topic
from fablabmesh.kit.errors import NotFound
from tests.factories import make_account, make_department, make_event, make_place, make_zone

ALL = Reach(is_all=True)
HERE = Reach(department_codes=frozenset({"35"}))


@pytest.fixture
def acts(db, anew):
    """A place here, an event in it, a place elsewhere, an invented one here: four acts, from their names."""
    make_department()
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.8), region=("52", "Pays de la Loire"))
    made = {}

    def act(name, make):
        anew()
        before = db.scalar(sa.select(sa.func.max(JournalAct.id))) or 0
        thing = make()
        anew()
        made[name] = db.scalar(sa.select(sa.func.min(JournalAct.id)).where(JournalAct.id > before))
        return thing

    place = act("here", make_place)
    act("event", lambda: make_event(place))
    act("elsewhere", lambda: make_place(name="Nantes", department="44", postcode="44000", commune="Nantes"))
    act("invented", lambda: make_place(name="Inventé", is_demo=True))
    return made


def found(made, reach, **search):
    ids = [act.id for act in queries.list_acts(reach, Search(**search), limit=50)]
    return [name for name, act_id in reversed(made.items()) if act_id in ids]


def test_each_sees_what_is_in_their_zones(acts):
    assert found(acts, HERE) == ["event", "here"]
    assert found(acts, Reach(is_demo=True, department_codes=frozenset({"35"}))) == ["invented"]
    assert found(acts, ALL) == ["invented", "elsewhere", "event", "here"]
    assert found(acts, Reach(is_all=True, is_demo=True)) == ["invented"]
    assert found(acts, Reach()) == []


def test_it_is_searched_by_what_where_and_when(acts):
    today = queries.list_acts(ALL, Search(), limit=1)[0].at.date()

    assert found(acts, ALL, topic=Topic.EVENTS) == ["event"]
    assert found(acts, ALL, place="nantes") == ["elsewhere"]
    assert found(acts, ALL, deed=RowDeed.DELETE) == []
    assert found(acts, ALL, first=today + timedelta(days=2)) == []
    assert found(acts, ALL, last=today - timedelta(days=2)) == []
    assert found(acts, ALL, before=acts["elsewhere"]) == ["event", "here"]


def test_it_is_searched_by_who(as_person, alice, db):
    place = make_place(managers=(alice,))
    make_account(name="Bob")
    as_person(alice).post(f"/lieux/{place.slug}/confirmer")

    (act,) = queries.list_acts(ALL, Search(who="ALI"), limit=5)

    assert act.account.name == "Alice"
    assert queries.list_acts(ALL, Search(who="bob"), limit=5) == []


def test_what_is_out_of_reach_is_not_found(acts):
    assert queries.find_act(HERE, acts["here"]).id == acts["here"]
    with pytest.raises(NotFound):
        queries.find_act(HERE, acts["elsewhere"])


def test_of_an_act_that_changed_much_some_rows_and_their_number_are_told(db, anew):
    anew()
    for number in range(12):
        make_place(name=f"Lab {number}")
    anew()
    act = queries.list_acts(ALL, Search(topic=Topic.PLACES), limit=1)[0]

    first = queries.map_first_entries(ALL, Search(), [act.id])[act.id]

    assert len(first) == queries.SHOWN_OF_AN_ACT
    assert queries.count_entries(ALL, Search(), [act.id]) == {act.id: 12}
    assert len(queries.list_entries(ALL, act.id, limit=100)) == 12
    assert queries.count_beyond(HERE, act.id) == 0


def test_names_cost_the_same_for_one_and_for_many(db, anew, count_queries):
    places = [make_place(name=f"Lab {number}") for number in range(5)]
    for place in places:
        make_event(place)
    anew()
    entries = [entry for act in queries.list_acts(ALL, Search(), limit=50)
               for entry in queries.list_entries(ALL, act.id, limit=100)]  # fmt: skip

    with count_queries() as one:
        queries.name_all(entries[:1])
    with count_queries() as many:
        names = queries.name_all(entries)

    assert len(one) == len(many)
    assert {name for name, _slug in names.places.values()} == {place.name for place in places}


def test_what_lies_nowhere_is_for_those_who_read_all(db, anew):
    anew()
    zone = make_zone()
    anew()

    in_zone = Reach(zone_ids=frozenset({zone.id}))
    assert [act.id for act in queries.list_acts(in_zone, Search(topic=Topic.ZONES), limit=5)] == [
        act.id for act in queries.list_acts(ALL, Search(topic=Topic.ZONES), limit=5)
    ]
    assert queries.list_acts(in_zone, Search(topic=Topic.ACCOUNTS), limit=5) == []
