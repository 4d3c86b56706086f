"""The words that places are described by are the administrators' to keep: shown at once everywhere, never removed."""

import pytest
from sqlalchemy import select

from fablabmesh.accounts.rules import Role
from fablabmesh.places.models import PlaceNumber
from fablabmesh.sheets.actions import set_machines
from fablabmesh.sheets.details import Tool
from fablabmesh.terms.models import Term
from fablabmesh.terms.queries import list_terms
from fablabmesh.terms.rules import Vocabulary
from tests.factories import NOW, make_account, make_place

LIST = "/administration/vocabulaires/machines"


@pytest.fixture
def browser(db, as_person):
    return as_person(make_account(role=Role.ADMIN))


def typed(**words):
    return {"name_fr": "Presse à monnaie", "name_en": "Coin press", "position": "", "broader": ""} | words


def find(db, code, vocabulary=Vocabulary.MACHINE):
    return db.scalar(select(Term).where(Term.vocabulary == vocabulary, Term.code == code))


def test_a_new_word_is_offered_at_the_end_with_a_code_of_its_own(db, browser):
    before = [term.code for term in list_terms(Vocabulary.MACHINE)]

    answer = browser.post(LIST, data=typed(okw="https://en.wikipedia.org/wiki/Coining"))

    assert answer.status_code == 303
    assert [term.code for term in list_terms(Vocabulary.MACHINE)] == [*before, "presse-a-monnaie"]
    assert find(db, "presse-a-monnaie").alignments == {"okw": "https://en.wikipedia.org/wiki/Coining"}


def test_a_renamed_word_shows_at_once_and_keeps_its_code(db, browser, client):
    lab = make_place()
    set_machines(lab, [Tool("drone")], by=None, now=NOW)
    number = db.scalar(select(PlaceNumber.number))

    answer = browser.post(f"{LIST}/drone", data=typed(name_fr="Aéronef sans pilote", name_en="Drone", position="3"))

    assert answer.status_code == 303
    assert find(db, "drone").name_fr == "Aéronef sans pilote"
    assert "Aéronef sans pilote" in client.get("/api/v1/vocabulaires/machines").get_data(as_text=True)
    assert db.scalar(select(PlaceNumber.number)) > number


def test_a_wider_word_is_told_of_all_places_that_have_the_narrower_one(db, browser):
    lab = make_place()
    set_machines(lab, [Tool("graveuse-laser")], by=None, now=NOW)

    browser.post(f"{LIST}/graveuse-laser", data=typed(name_fr="Graveuse", position="1", broader="decoupe-laser"))

    db.refresh(lab)
    assert lab.machine_types == ["decoupe-laser", "graveuse-laser"]


def test_no_word_is_wider_than_itself_or_than_its_own_wider_one(browser):
    answer = browser.post(f"{LIST}/imprimante-3d", data=typed(broader="imprimante-3d-a-fil", position="1"))

    assert answer.status_code == 422
    assert "Choisissez parmi ce qui est proposé." in answer.get_data(as_text=True)


def test_a_retired_word_is_no_longer_offered_stays_with_its_places_and_comes_back(db, browser, as_person):
    alice = make_account()
    lab, other = make_place(managers=(alice,)), make_place(name="Autre", managers=(alice,))
    set_machines(lab, [Tool("drone")], by=None, now=NOW)
    browser.post(f"{LIST}/drone", data=typed(name_fr="Drone", name_en="Drone", position="3", is_retired="y"))

    manager = as_person(alice)
    pages = [manager.get(f"/lieux/{place.slug}/modifier").get_data(as_text=True) for place in (lab, other)]
    assert [page.count('<option selected value="drone">') for page in pages] == [1, 0]
    assert ['value="drone"' in page for page in pages] == [True, False]
    assert "n’est plus proposé" in browser.get(LIST).get_data(as_text=True)

    browser.post(f"{LIST}/drone", data=typed(name_fr="Drone", name_en="Drone", position="3"))
    assert find(db, "drone").is_retired is False


def test_an_alignment_is_taken_away_by_emptying_it_and_those_nobody_asked_about_stay(db, browser):
    find(db, "drone").alignments = {"okw": "https://a.test", "wikidata": "Q484000"}
    db.flush()

    browser.post(f"{LIST}/drone", data=typed(name_fr="Drone", name_en="Drone", position="3", okw="", fablabs_io="x"))

    db.expire_all()
    assert find(db, "drone").alignments == {"wikidata": "Q484000", "fablabs.io": "x"}


def test_the_list_tells_how_many_places_use_each_word(browser):
    for name in ("Un", "Deux"):
        set_machines(make_place(name=name), [Tool("drone", materials=("bois",))] * 2, by=None, now=NOW)

    machines = browser.get(f"{LIST}/drone").get_data(as_text=True)
    materials = browser.get("/administration/vocabulaires/materiaux/bois").get_data(as_text=True)

    assert ["2 lieux l’emploient." in page for page in (machines, materials)] == [True, True]


@pytest.mark.parametrize("words", [{"name_fr": "drone", "name_en": "x"}, {"name_fr": ""}, {"position": "0"}])
def test_a_name_that_is_taken_or_missing_is_refused_and_what_was_typed_is_kept(browser, words):
    answer = browser.post(LIST, data=typed(okw="https://tape.test") | words)

    assert answer.status_code == 422
    assert 'value="https://tape.test"' in answer.get_data(as_text=True)


def test_only_administrators_see_and_change_it(as_person, client, db):
    member = as_person(make_account(name="Bob"))

    for address in ("/administration", LIST, f"{LIST}/drone"):
        assert (address, member.get(address).status_code) == (address, 403)
        assert client.get(address).status_code == 303
    assert member.post(LIST, data=typed()).status_code == 403
    assert member.post(f"{LIST}/drone", data=typed()).status_code == 403


@pytest.mark.parametrize("address", ["/administration/vocabulaires/licornes", f"{LIST}/licorne"])
def test_what_is_not_there_is_not_found(browser, address):
    assert browser.get(address).status_code == 404


def test_the_administration_leads_to_all_that_administrators_keep(browser):
    page = browser.get("/administration").get_data(as_text=True)

    for vocabulary in Vocabulary:
        assert f'href="/administration/vocabulaires/{vocabulary.slug}"' in page
    assert 'href="/administration/categories"' in page
