"""What only the database can tell about imported places."""

from fablabmesh.opendata import queries
from fablabmesh.opendata.queries import SourceCount
from fablabmesh.places import actions as places
from fablabmesh.places.rules import PlaceKind
from tests.factories import NOW, make_department, make_place

VALUES = {"name": "EPN", "kind": PlaceKind.EPN, "commune": "Rennes", "insee": "35238", "source_licence": "LO 2.0"}


def put(source_id, **values):
    return places.put_place("Essai", source_id, VALUES | values, now=NOW)[0]


def test_places_are_counted_by_source_without_the_invented_ones(db):
    make_place(is_demo=True)
    make_place()
    put("1")
    put("2")

    assert queries.count_places_by_source() == [SourceCount("Essai", "LO 2.0", 2, None)]


def test_a_point_in_another_department_is_a_contradiction(db):
    make_department("35")
    make_department("44", "Loire-Atlantique", box=(-2.3, 46.9, -1.0, 47.6), region=("52", "Pays de la Loire"))
    put("1", latitude=47.2, longitude=-1.5)
    put("2", latitude=48.1, longitude=-1.6)
    put("3")

    found = [(row.source_id, row.department, row.holder) for row in queries.list_contradictions(["Essai"])]

    assert found == [("1", "Ille-et-Vilaine (35)", "Loire-Atlantique (44)")]


def test_a_point_just_across_a_simplified_border_is_none(db):
    make_department("35")
    put("1", latitude=47.595, longitude=-1.5)

    assert queries.list_contradictions(["Essai"]) == []


def test_a_point_in_the_sea_has_no_holder(db):
    make_department("35")
    put("1", latitude=49.5, longitude=-4.0)

    assert [row.holder for row in queries.list_contradictions(["Essai"])] == [None]


def test_a_point_set_by_a_person_is_not_put_in_doubt(db):
    make_department("35")
    place = put("1", latitude=49.5, longitude=-4.0)
    places.edit_place(place, {"latitude": 49.6}, now=NOW, version=place.version)

    assert queries.list_contradictions(["Essai"]) == []


def test_twins_are_of_two_sources_and_never_invented(db):
    make_department("35")
    put("1", name="LabFab")
    put("2", name="LabFab")
    make_place(name="Labfab", is_demo=True)
    other = make_place(name="LABFAB")

    assert queries.list_twins(["Essai"]) == [
        ("Essai", "1", f"/lieux/{other.slug}"),
        ("Essai", "2", f"/lieux/{other.slug}"),
    ]


def test_the_places_of_a_source_are_known_by_their_identifiers(db):
    make_department("35")
    place = put("1")
    make_place()

    assert queries.map_places_of(["Essai", "Ailleurs"]) == {("Essai", "1"): place}


def test_labels_are_known_by_their_national_name_their_own_and_their_code(db):
    known = queries.map_labels()

    assert {known[key] for key in ("etapesnumeriqueslaposte", "etapesnumeriques")} == {"etapes-numeriques"}
    assert known["bibliothequesnumeriquedereference"] == "bibliotheques-numeriques-de-reference"
    assert next(iter(known.values())) == "cyber-base"
