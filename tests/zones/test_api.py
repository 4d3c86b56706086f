"""Zones as JSON."""

import pytest

from fablabmesh.places import actions as places
from fablabmesh.places.rules import Confidence, PlaceKind
from fablabmesh.zones.rules import Standing
from tests.factories import make_department, make_place, make_zone


@pytest.fixture
def west(db):
    make_department()
    zone = make_zone("35")
    make_zone("35", programme="epn", slug="grand-ouest", name="Grand Ouest")
    pole = make_place(name="Un pôle", kind=PlaceKind.POLE)
    make_place()
    places.put_pole_role(pole, zone, standing=Standing.SOURCE, confidence=Confidence.HIGH, reason="Son site le dit.")
    return zone


def test_zones_come_with_departments_poles_and_counts(client, west):
    answer = client.get("/api/v1/zones")

    assert [(zone["programme"], zone["slug"]) for zone in answer.json["zones"]] == [
        ("fablab", "ouest"),
        ("epn", "grand-ouest"),
    ]
    told = answer.json["zones"][0]
    assert told["departments"] == [
        {
            "code": "35",
            "name": "Ille-et-Vilaine",
            "region": "Bretagne",
            "standing": "hypothesis",
            "reason": "pour un essai",
        }
    ]
    assert told["poles"] == [
        {
            "slug": "un-pole-rennes",
            "name": "Un pôle",
            "url": "http://localhost/lieux/un-pole-rennes",
            "standing": "source",
            "confidence": "high",
            "reason": "Son site le dit.",
        }
    ]
    assert told["places"] == {"fablab": 1, "epn": 0, "pole": 1, "laureat": 0}


def test_zones_of_one_programme(client, west):
    answer = client.get("/api/v1/zones?programme=epn")

    assert (answer.json["total"], answer.json["zones"][0]["name"]) == (1, "Grand Ouest")
    assert client.get("/api/v1/zones?programme=x").status_code == 400


def test_one_zone_has_its_polygon(client, west):
    answer = client.get("/api/v1/zones/fablab/ouest")

    assert answer.mimetype == "application/geo+json"
    assert answer.json["geometry"] == {
        "type": "MultiPolygon",
        "coordinates": [[[[-2.3, 47.6], [-1, 47.6], [-1, 48.7], [-2.3, 48.7], [-2.3, 47.6]]]],
    }
    assert answer.json["properties"] == client.get("/api/v1/zones").json["zones"][0]


def test_a_zone_without_departments_has_no_polygon(client, db):
    make_zone()

    assert client.get("/api/v1/zones/fablab/ouest").json["geometry"] is None


def test_a_zone_that_does_not_exist_is_a_problem(client, west):
    answer = client.get("/api/v1/zones/fablab/nulle-part")

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_three_zones_cost_as_many_queries_as_one(client, db, count_queries):
    def count():
        db.expire_all()
        with count_queries() as seen:
            assert client.get("/api/v1/zones").status_code == 200
        return len(seen)

    def make_one(number):
        code = f"0{number}"
        make_department(code, box=(number, 45, number + 1, 46))
        zone = make_zone(code, slug=f"zone-{number}")
        pole = make_place(kind=PlaceKind.POLE, department=code)
        places.put_pole_role(pole, zone, standing=Standing.SOURCE, confidence=None, reason="")

    make_one(1)
    one = count()
    make_one(2)
    make_one(3)

    assert count() == one
