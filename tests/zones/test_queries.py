"""Where a place is: code, postcode, polygon, nearest, and contradictions."""

import pytest

from fablabmesh.kit.geo import Point
from fablabmesh.kit.text import fold
from fablabmesh.zones import queries
from fablabmesh.zones.models import Commune
from fablabmesh.zones.rules import FoundBy
from tests.factories import make_department, make_zone

RENNES = Point(48.11, -1.68)
NANTES = Point(47.22, -1.55)
OFF_THE_COAST = Point(48.75, -1.7)
OCEAN = Point(47.0, -8.0)


@pytest.fixture
def west(db):
    make_department("35", "Ille-et-Vilaine", box=(-2.3, 47.6, -1.0, 48.7))
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.6))
    rows = [("35238", "Rennes", ["35000"], "35", 220_000), ("44109", "Nantes", ["44000", "44100"], "44", 320_000)]
    rows += [("35999", "Frontière", ["49999"], "35", 100), ("44999", "Frontière-Sud", ["49999"], "44", 900)]
    for insee, name, postcodes, department, population in rows:
        db.add(
            Commune(
                insee=insee, name=name, folded_name=fold(name), postcodes=postcodes, department_code=department,
                latitude=48.0, longitude=-1.5, population=population,
            )
        )  # fmt: skip
    db.flush()


def test_the_insee_code_decides_before_all(west):
    found = queries.locate(insee="35238", postcode="44000", point=None)

    assert (found.department_code, found.found_by) == ("35", FoundBy.INSEE)


def test_the_postcode_decides_before_the_point_and_the_contradiction_is_told(west):
    found = queries.locate(insee=None, postcode="35000", point=NANTES)

    assert (found.department_code, found.found_by, found.contradiction) == ("35", FoundBy.POSTCODE, "44")


def test_a_postcode_of_two_departments_is_decided_by_the_point(west):
    north = queries.locate(insee=None, postcode="49999", point=RENNES)
    nowhere = queries.locate(insee=None, postcode="49999", point=None)

    assert (north.department_code, north.contradiction) == ("35", None)
    assert nowhere.department_code == "44"


def test_a_point_alone_is_in_the_polygon_that_holds_it(west):
    found = queries.locate(insee=None, postcode=None, point=RENNES)

    assert (found.department_code, found.found_by, found.distance_m) == ("35", FoundBy.POLYGON, 0)


def test_a_point_on_the_shore_goes_to_the_nearest_department_and_keeps_the_distance(west):
    found = queries.locate(insee=None, postcode="", point=OFF_THE_COAST)

    assert (found.department_code, found.found_by) == ("35", FoundBy.NEAREST)
    assert 5_000 < found.distance_m < 6_000


def test_a_point_in_the_ocean_has_no_department(west):
    found = queries.locate(insee=None, postcode=None, point=OCEAN)

    assert (found.department_code, found.found_by) == (None, FoundBy.NOTHING)


def test_a_code_that_nobody_knows_gives_way_to_the_next(west):
    found = queries.locate(insee="99999", postcode="00000", point=NANTES)

    assert (found.department_code, found.found_by) == ("44", FoundBy.POLYGON)


def test_a_commune_is_found_by_the_beginning_of_its_name_or_postcode(west):
    assert [commune.name for commune in queries.search_communes("FRON")] == ["Frontière-Sud", "Frontière"]
    assert [commune.name for commune in queries.search_communes("441")] == ["Nantes"]
    assert queries.search_communes("%") == []


def test_an_insee_code_is_found_by_name_and_postcode_together(west):
    assert queries.find_insee("RENNES", "35000") == "35238"
    assert queries.find_insee("Rennes", "44000") is None


def test_a_department_has_a_zone_in_each_programme(west):
    make_zone("35", "44", programme="fablab")
    make_zone("35", programme="epn", slug="nord", name="Nord")

    zones = queries.list_zones_of_department("35")

    assert [(zone.programme.slug, zone.slug) for zone in zones] == [("fablab", "ouest"), ("epn", "nord")]
    assert set(queries.map_departments_to_zones()["44"]) == {"fablab"}


@pytest.fixture
def towns(db):
    for code, name in (("35", "Ille-et-Vilaine"), ("974", "La Réunion"), ("93", "Seine-Saint-Denis")):
        make_department(code, name)
    for insee, name, postcodes, people, department in (
        ("35238", "Rennes", ["35000", "35200", "35700"], 220_000, "35"),
        ("35288", "Saint-Malo", ["35400"], 46_000, "35"),
        ("35999", "Rennes-les-Bois", ["35999"], 100, "35"),
        ("93066", "Saint-Denis", ["93200"], 113_000, "93"),
        ("97411", "Saint-Denis", ["97400"], 150_000, "974"),
        ("35051", "L’Hermitage", ["35590"], 4_000, "35"),
    ):
        queries.session.add(
            Commune(insee=insee, name=name, folded_name=fold(name), postcodes=postcodes, department_code=department,
                    latitude=48.0, longitude=-1.0, population=people)
        )  # fmt: skip
    queries.session.flush()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("rennes", ["35238"]),
        ("  RENNES ", ["35238"]),
        ("renn", ["35238", "35999"]),
        ("st malo", ["35288"]),
        ("St-Malo (35)", ["35288"]),
        ("35400 Saint-Malo", ["35288"]),
        ("35700", ["35238"]),
        ("saint denis", ["97411", "93066"]),
        ("Saint-Denis (93)", ["93066"]),
        ("saint denis 97400", ["97411"]),
        ("Saint-Denis (974)", ["97411"]),
        ("l'hermitage", ["35051"]),
        ("Rennes cedex 7", ["35238"]),
        ("100 %_%", []),
        ("atlantis", []),
        ("", []),
    ],
)
def test_a_commune_is_found_as_people_type_it(towns, typed, found):
    assert [town.insee for town in queries.list_towns_called(typed, limit=6)] == found
