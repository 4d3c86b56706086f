"""The page of a place: what the public reads."""

import pytest

from fablabmesh.places import actions
from fablabmesh.places.rules import Confidence, FactSubject
from tests.factories import make_place, make_zone


@pytest.fixture
def lab(alice):
    place = make_place(managers=(alice,))
    make_zone("35")
    return place


def test_the_page_says_what_is_known_with_its_sources(client, db, lab):
    actions.set_facts(lab, [(FactSubject.PLACE, "Adresse relevée en 2016", "Carte des lieux", Confidence.MEDIUM)])
    call = actions.put_call("appel", name="Appel national", year=2013)
    actions.put_laureate(call, lab, project_name="Lab étendu", holder="Une association")
    db.expire_all()

    page = client.get(f"/lieux/{lab.slug}").get_data(as_text=True)

    for text in (
        "LabFab",
        "19 rue Hoche",
        "Lauréat 2013",
        "Lab étendu",
        "Carte des lieux",
        "confiance moyenne",
        "Ouest",
    ):
        assert (text, text in page) == (text, True)
    assert "d’après le code INSEE" in page


def test_a_visitor_is_shown_no_way_to_edit_and_a_manager_is(client, as_person, lab, alice):
    address = f"/lieux/{lab.slug}/modifier"

    assert address not in client.get(f"/lieux/{lab.slug}").get_data(as_text=True)
    assert address in as_person(alice).get(f"/lieux/{lab.slug}").get_data(as_text=True)


def test_an_invented_place_says_so(client, db):
    place = make_place(name="Rêve", is_demo=True)

    assert "Exemple inventé" in client.get(f"/lieux/{place.slug}").get_data(as_text=True)


def test_the_page_costs_a_constant_number_of_queries(client, count_queries, lab):
    make_place(name="Voisin")
    client.get(f"/lieux/{lab.slug}")
    with count_queries() as few:
        client.get(f"/lieux/{lab.slug}")
    for number in range(3):
        make_place(name=f"Voisin {number}")

    with count_queries() as many:
        client.get(f"/lieux/{lab.slug}")

    assert len(many) == len(few)
