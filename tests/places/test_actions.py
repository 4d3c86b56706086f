"""Making, importing and editing places on a real PostGIS."""

import pytest
from sqlalchemy import func, select

from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.places import actions, queries
from fablabmesh.places.actions import Outcome
from fablabmesh.places.models import Place
from fablabmesh.places.rules import Confidence, FactSubject, PlaceKind, Precision
from fablabmesh.zones.rules import FoundBy
from tests.factories import NOW, make_account, make_department, make_place

VALUES = {"name": "EPN du Port", "kind": PlaceKind.EPN, "postcode": "35400", "latitude": 48.6, "longitude": -2.0}


def test_a_place_gets_a_slug_a_department_and_a_geography(db):
    make_department("35")

    place = actions.create_place(VALUES | {"commune": "Saint-Malo"}, now=NOW)

    assert (place.slug, place.department_code, place.department_found_by) == (
        "epn-du-port-saint-malo",
        "35",
        FoundBy.POLYGON,
    )
    assert round(db.scalar(select(func.ST_X(func.geometry(Place.location))).where(Place.id == place.id)), 3) == -2.0


def test_two_places_of_one_name_have_two_addresses(db):
    make_department("35")

    slugs = [actions.create_place(VALUES, now=NOW).slug for _ in range(3)]

    assert slugs == ["epn-du-port", "epn-du-port-2", "epn-du-port-3"]


def test_a_place_without_a_point_is_still_a_place(db):
    make_department("35")

    place = actions.create_place({"name": "Mobile", "kind": PlaceKind.FABLAB, "insee": "35238"}, now=NOW)

    assert (place.location, place.department_code) == (None, "35")


def test_an_importer_cannot_set_what_is_ours(db):
    with pytest.raises(ValueError, match="is_demo"):
        actions.create_place(VALUES | {"is_demo": True}, now=NOW)


def test_the_same_row_twice_changes_nothing(db):
    make_department("35")
    first, made = actions.put_place("essai", "7", VALUES, now=NOW)
    version, moment = first.version, first.changed_at

    again, outcome = actions.put_place("essai", "7", VALUES, now=NOW.replace(year=2027))

    assert (made, outcome, again) == (Outcome.CREATED, Outcome.SAME, first)
    assert (again.version, again.changed_at) == (version, moment)


def test_a_row_changed_upstream_brings_the_place_up_to_date(db):
    make_department("35")
    actions.put_place("essai", "7", VALUES, now=NOW)

    place, outcome = actions.put_place("essai", "7", VALUES | {"name": "EPN du Vieux Port"}, now=NOW.replace(year=2027))

    assert (outcome, place.name, place.slug) == (Outcome.CHANGED, "EPN du Vieux Port", "epn-du-port")
    assert place.changed_at.year == 2027


def test_what_a_person_wrote_survives_the_next_import(db):
    make_department("35")
    place, _made = actions.put_place("essai", "7", VALUES, now=NOW)
    actions.edit_place(place, {"name": "Le Port numérique"}, now=NOW, version=place.version)

    _place, outcome = actions.put_place("essai", "7", VALUES | {"phone": "+33299000000"}, now=NOW)

    assert (outcome, place.name, place.phone) == (Outcome.CHANGED, "Le Port numérique", "+33299000000")


def test_a_stale_form_writes_nothing(db):
    place = make_place()
    actions.edit_place(place, {"name": "Premier"}, now=NOW, version=place.version)

    with pytest.raises(Conflict):
        actions.edit_place(place, {"name": "Second"}, now=NOW, version=place.version - 1)
    assert place.name == "Premier"


def test_moving_the_point_moves_the_department_when_nothing_surer_tells(db):
    make_department("35")
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.6))
    place = actions.create_place(VALUES, now=NOW)

    actions.edit_place(place, {"latitude": 47.2, "longitude": -1.55}, now=NOW, version=place.version)

    assert (place.department_code, place.precision) == ("44", Precision.ADDRESS)


def test_facts_are_replaced_as_a_whole_and_only_when_they_differ(db):
    place = make_place()
    facts = [
        (FactSubject.PLACE, "Adresse relevée", "une source", Confidence.HIGH),
        (FactSubject.NOTE, "Lab itinérant", "", None),
    ]

    first, second = actions.set_facts(place, facts), actions.set_facts(place, facts)
    third = actions.set_facts(place, facts[1:])

    assert (first, second, third) == (True, False, True)
    assert [fact.statement for fact in queries.get_place(place.slug).facts] == ["Lab itinérant"]


def test_invented_people_and_real_places_do_not_meet(db):
    real, invented = make_place(), make_place(name="Inventé", is_demo=True)
    call = actions.put_call("appel", name="Appel", year=2013)

    with pytest.raises(Refused):
        actions.grant(real, make_account(is_demo=True))
    with pytest.raises(Refused):
        actions.grant(invented, make_account())
    with pytest.raises(Refused):
        actions.put_laureate(call, invented, project_name="Rien")


def test_a_second_call_can_be_entered_and_a_place_can_win_both(db):
    place = make_place()
    for slug, year in (("appel-2013", 2013), ("appel-2014", 2014)):
        call = actions.put_call(slug, name=f"Appel {year}", year=year)
        actions.put_laureate(call, place, project_name="Projet", confidence=Confidence.HIGH)
        db.expire_all()

    assert [laureate.call.year for laureate in queries.get_place(place.slug).laureates] == [2013, 2014]
    assert [call.slug for call in queries.list_calls()] == ["appel-2014", "appel-2013"]


def test_removing_the_invented_places_leaves_the_real_ones(db):
    real = make_place()
    make_place(name="Inventé", is_demo=True)
    db.flush()

    assert actions.remove_demo_places() == 1
    assert [place.slug for place in db.scalars(select(Place))] == [real.slug]
