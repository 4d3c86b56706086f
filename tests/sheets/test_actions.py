"""Writing machines and people: one by one in the right order, each write a line of history."""

from datetime import date, timedelta

import pytest

from fablabmesh.kit.errors import Refused
from fablabmesh.places import queries as places
from fablabmesh.sheets import actions, queries
from fablabmesh.sheets.details import Holder, Tool
from fablabmesh.terms.models import Term
from tests.factories import NOW, make_account, make_place

LATER = NOW + timedelta(hours=1)
LASER, THREAD = Tool("decoupe-laser", "Laser d’essai"), Tool("imprimante-3d-a-fil", quantity=3, materials=("pla",))


@pytest.fixture
def place(db):
    return make_place()


def test_machines_are_kept_in_order_with_their_types_and_what_is_broader(place):
    version = place.version

    assert actions.set_machines(place, [LASER, THREAD], by=None, now=LATER) is True
    assert queries.list_tools(place.id) == [LASER, THREAD]
    assert place.machine_types == ["decoupe-laser", "imprimante-3d", "imprimante-3d-a-fil"]
    assert (place.version > version, place.changed_at) == (True, LATER)


def test_the_same_machines_again_change_nothing(place):
    actions.set_machines(place, [LASER], by=None, now=NOW)
    version = place.version

    assert actions.set_machines(place, [LASER], by=None, now=LATER) is False
    assert (place.version, queries.count_versions(place.id)) == (version, 2)


def test_taking_all_machines_away_empties_their_types(place):
    actions.set_machines(place, [LASER], by=None, now=NOW)
    actions.set_machines(place, [], by=None, now=LATER)

    assert (queries.list_tools(place.id), place.machine_types) == ([], [])


def test_each_write_leaves_a_line_with_what_was_before_and_who_did_it(place):
    alice = make_account()
    actions.set_machines(place, [LASER], by=None, now=NOW)
    actions.set_machines(place, [THREAD], by=alice, now=LATER)

    line = queries.list_versions(place.id, limit=1)[0]

    assert (line.deed, line.by.name, line.at) == ("edited", alice.name, LATER)
    assert line.changed == {"machines": [[LASER.plain()], [THREAD.plain()]]}


def test_a_type_that_does_not_exist_is_refused(place):
    with pytest.raises(Refused) as refusal:
        actions.set_machines(place, [Tool("machine-a-remonter-le-temps")], by=None, now=NOW)

    assert refusal.value.message == "Ce type de machine n’existe pas\u00a0: machine-a-remonter-le-temps."


def test_a_name_without_consent_is_refused(place):
    with pytest.raises(Refused):
        actions.set_people(place, [Holder("Fabmanager", "Alice Martin")], by=None, now=NOW)


def test_people_are_kept_in_order_and_the_history_does_not_name_them(place):
    holders = [Holder("Fabmanager", "Alice Martin", date(2026, 3, 1)), Holder("Accueil")]

    assert actions.set_people(place, holders, by=None, now=LATER) is True
    assert queries.list_holders(place.id) == holders
    assert "Alice" not in str(queries.list_versions(place.id, limit=1)[0].changed)


def test_a_type_that_gets_a_broader_one_is_found_under_it_everywhere(db, place):
    actions.set_machines(place, [LASER], by=None, now=NOW)
    db.query(Term).filter_by(vocabulary="machine", code="decoupe-laser").one().broader = "graveuse-laser"
    db.flush()

    assert actions.rebuild_machine_types() == 1
    assert places.get_place(place.slug).machine_types == ["decoupe-laser", "graveuse-laser"]
