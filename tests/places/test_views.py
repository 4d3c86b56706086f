"""The page of a place: what the public reads, what its people change."""

import pytest

from fablabmesh.places import actions
from fablabmesh.places.rules import Confidence, FactSubject
from tests.factories import make_account, make_place, make_zone

FORM = {
    "name": "LabFab",
    "description": "Un *atelier*.",
    "address": "19 rue Hoche",
    "address_extra": "",
    "postcode": "35000",
    "commune": "Rennes",
    "latitude": "48.1146",
    "longitude": "-1.6775",
    "phone": "02 99 00 00 00",
    "website": "https://labfab.test",
    "opening_hours": "Mo-Fr 09:00-18:00",
}


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


def test_a_manager_changes_the_page(client, as_person, lab, alice):
    browser = as_person(alice)

    answer = browser.post(f"/lieux/{lab.slug}/modifier", data=FORM | {"name": "Le LabFab", "version": lab.version})

    page = client.get(f"/lieux/{lab.slug}").get_data(as_text=True)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/lieux/{lab.slug}")
    assert "Le LabFab" in page
    assert "<em>atelier</em>" in page


def test_the_people_of_another_lab_are_refused(as_person, lab):
    bob = make_account(name="Bob")
    make_place(name="Autre lab", managers=(bob,))
    browser = as_person(bob)

    assert browser.get(f"/lieux/{lab.slug}/modifier").status_code == 403
    assert browser.post(f"/lieux/{lab.slug}/modifier", data=FORM | {"version": 1}).status_code == 403
    assert lab.description == ""


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": " "}, "Écrivez le nom du lieu."),
        ({"postcode": "350"}, "Un code postal a cinq chiffres."),
        ({"website": "labfab"}, "Une adresse web commence par https://"),
        ({"website": "javascript:alert(1)"}, "Une adresse web commence par https://"),
        ({"phone": "appelez-nous"}, "Un numéro s’écrit avec des chiffres"),
        ({"longitude": ""}, "ou aucune des deux"),
        ({"latitude": "481"}, "Une latitude va de -90 à 90."),
    ],
)
def test_what_was_typed_is_kept_and_the_mistake_is_named(as_person, lab, alice, wrong, told):
    typed = FORM | {"description": "Un texte long que personne ne veut retaper.", "version": lab.version} | wrong

    answer = as_person(alice).post(f"/lieux/{lab.slug}/modifier", data=typed)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert told in page
    assert "Un texte long que personne ne veut retaper." in page


def test_two_people_at_once_lose_nothing_and_see_both_versions(as_person, lab, alice):
    browser = as_person(alice)
    version = lab.version
    browser.post(f"/lieux/{lab.slug}/modifier", data=FORM | {"name": "Version un", "version": version})

    answer = browser.post(f"/lieux/{lab.slug}/modifier", data=FORM | {"name": "Version deux", "version": version})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Version un" in page
    assert 'value="Version deux"' in page
    assert lab.name == "Version un"


def test_after_a_conflict_saving_again_goes_through(as_person, lab, alice):
    browser = as_person(alice)
    version = lab.version
    browser.post(f"/lieux/{lab.slug}/modifier", data=FORM | {"name": "Version un", "version": version})

    page = browser.post(f"/lieux/{lab.slug}/modifier", data=FORM | {"version": version}).get_data(as_text=True)
    offered = page.split('name="version"')[1].split('value="')[1].split('"')[0]
    answer = browser.post(f"/lieux/{lab.slug}/modifier", data=FORM | {"name": "Version deux", "version": offered})

    assert (answer.status_code, lab.name) == (303, "Version deux")


def test_fields_that_are_not_in_the_form_cannot_be_slipped_in(as_person, lab, alice):
    as_person(alice).post(
        f"/lieux/{lab.slug}/modifier", data=FORM | {"version": lab.version, "is_demo": "1", "kind": "pole", "slug": "x"}
    )

    assert (lab.is_demo, lab.kind.value, lab.slug) == (False, "fablab", "labfab-rennes")


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
