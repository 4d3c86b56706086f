"""Pages of zones: what is sourced, what is a hypothesis, what is unknown."""

from fablabmesh.places import actions as places
from fablabmesh.places.rules import Confidence, PlaceKind
from fablabmesh.zones import actions
from fablabmesh.zones.rules import Standing
from tests.factories import make_department, make_place, make_zone


def test_a_hypothesis_says_so_on_the_page_of_the_zone(client, db):
    make_department("35")
    zone = make_zone("35")
    actions.compose(zone, ["35"], standing=Standing.HYPOTHESIS, reason="aucune source ne le dit")

    page = client.get("/zones/fablab/ouest").get_data(as_text=True)

    assert "Hypothèse" in page
    assert "aucune source ne le dit" in page
    assert "Ille-et-Vilaine (35)" in page


def test_a_pole_is_shown_with_how_it_is_known_and_its_absence_too(client, db):
    make_department("35")
    zone = make_zone("35")
    without = client.get("/zones/fablab/ouest").get_data(as_text=True)
    pole = make_place(name="PiNG", kind=PlaceKind.POLE)
    places.put_pole_role(
        pole, zone, standing=Standing.SOURCE, confidence=Confidence.MEDIUM, reason="rencontre du 25 février"
    )

    page = client.get("/zones/fablab/ouest").get_data(as_text=True)

    assert "Aucune source ne nomme le pôle" in without
    assert [text in page for text in ("PiNG", "Sourcé", "confiance moyenne", "rencontre du 25 février")] == [True] * 4


def test_the_zones_of_all_programmes_stand_side_by_side(client, db):
    make_department("35")
    make_zone("35")
    make_zone("35", programme="epn", slug="grand-ouest", name="Grand Ouest")

    page = client.get("/zones/").get_data(as_text=True)

    assert page.index("/zones/fablab/ouest") < page.index("/zones/epn/grand-ouest")


def test_a_zone_that_does_not_exist_is_not_found(client):
    assert client.get("/zones/fablab/atlantide").status_code == 404
    assert client.get("/zones/mars/ouest").status_code == 404


def test_the_list_of_zones_costs_the_same_for_one_and_for_three(client, count_queries, db):
    make_department("35")
    make_zone("35")
    with count_queries() as one:
        client.get("/zones/")
    make_zone(slug="sud", name="Sud", position=2)
    make_zone(slug="est", name="Est", position=3)

    with count_queries() as three:
        client.get("/zones/")

    assert len(three) == len(one)
