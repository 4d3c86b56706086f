"""The history of a place: what changed for everybody, who wrote and the way back for those who look after it."""

from datetime import date, timedelta

import pytest

from fablabmesh.places import actions as places
from fablabmesh.places.models import Place
from fablabmesh.places.rules import PlaceDeed
from fablabmesh.sheets import actions, queries
from fablabmesh.sheets.details import Holder, Tool
from tests.factories import NOW, make_account, make_place

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def lab(alice):
    return make_place(managers=(alice,), phone="02 99 00 00 00")


def edit(lab, by, at=LATER, **values):
    places.edit_place(lab, values, now=at, version=lab.version, by=by)


def address(lab):
    return f"/lieux/{lab.slug}/historique"


def undo(browser, lab, line, version=None):
    return browser.post(f"{address(lab)}/{line.id}/annuler", data={"version": version or lab.version})


def last(lab):
    return queries.list_versions(lab.id, limit=1)[0]


def test_everybody_reads_what_changed_and_nobody_s_name(client, lab, alice):
    edit(lab, alice, name="Le LabFab", labels=["eric", "fab-charter"])

    page = client.get(address(lab)).get_data(as_text=True)

    assert alice.name not in page
    for text in ("Une personne qui s’occupe du lieu", "a modifié la fiche", "<del>LabFab</del>", "Fab Charter"):
        assert (text, text in page) == (text, True)
    assert "Annuler ce changement" not in page


def test_those_who_look_after_it_read_who_wrote(as_person, lab, alice):
    edit(lab, alice, name="Le LabFab")

    page = as_person(alice).get(address(lab)).get_data(as_text=True)

    assert alice.name in page
    assert "Annuler ce changement" in page


def test_what_a_source_brought_is_told_by_its_name(client, db):
    place, _outcome = places.put_place("Carte nationale", "1", {"name": "Un lieu", "kind": "epn"}, now=NOW)
    places.put_place("Carte nationale", "1", {"name": "Un lieu", "phone": "0299000000"}, now=LATER)

    page = client.get(address(place)).get_data(as_text=True)

    assert "<strong>Carte nationale</strong> a mis la fiche à jour depuis sa source" in page
    assert "0299000000" in page


def test_a_change_is_undone_by_a_new_line(as_person, lab, alice):
    edit(lab, alice, name="Le LabFab", phone="02 99 00 00 01")

    answer = undo(as_person(alice), lab, last(lab))

    assert (answer.status_code, lab.name, lab.phone) == (303, "LabFab", "02 99 00 00 00")
    assert (last(lab).deed, last(lab).changed["name"]) == ("undone", ["Le LabFab", "LabFab"])


def test_what_somebody_has_written_since_stays(as_person, lab, alice):
    edit(lab, alice, name="Le LabFab", phone="02 99 00 00 01")
    line = last(lab)
    edit(lab, alice, at=LATER + timedelta(hours=1), phone="02 99 00 00 02")

    answer = undo(as_person(alice), lab, line)

    assert (answer.status_code, lab.name, lab.phone) == (303, "LabFab", "02 99 00 00 02")


def test_what_was_all_written_anew_is_not_undone(as_person, lab, alice):
    edit(lab, alice, name="Le LabFab")
    line = last(lab)
    edit(lab, alice, at=LATER + timedelta(hours=1), name="LabFab 2")

    answer = undo(as_person(alice), lab, line)

    assert (answer.status_code, "réécrit depuis" in answer.get_data(as_text=True)) == (400, True)
    assert lab.name == "LabFab 2"


def test_machines_come_back(as_person, lab, alice):
    laser = Tool("decoupe-laser", "Laser d’essai", materials=("bois",))
    actions.set_machines(lab, [laser], by=alice, now=NOW)
    actions.set_machines(lab, [], by=alice, now=LATER)

    answer = undo(as_person(alice), lab, last(lab))

    assert (answer.status_code, queries.list_tools(lab.id), lab.machine_types) == (303, [laser], ["decoupe-laser"])


def test_roles_come_back_and_names_that_left_the_page_do_not(as_person, lab, alice):
    consent = date(2026, 1, 5)
    stood = [Holder("Fabmanager", "Alice", consent), Holder("Accueil", "Bob", consent)]
    actions.set_people(lab, stood, by=alice, now=NOW)
    actions.set_people(lab, [Holder("Fabmanager", "Alice", consent)], by=alice, now=LATER)

    answer = undo(as_person(alice), lab, last(lab))

    assert answer.status_code == 303
    assert queries.list_holders(lab.id) == [Holder("Fabmanager", "Alice", consent), Holder("Accueil")]


def test_a_line_that_knows_photographs_by_their_words_alone_offers_no_way_back(client, lab):
    places.remember(lab, PlaceDeed.EDITED, {"pictures": [["Du rouge"], []]}, by=None, now=LATER)

    page = client.get(address(lab)).get_data(as_text=True)

    assert "Du rouge" in page
    assert "/annuler" not in page


def test_an_undoing_of_an_old_page_is_a_conflict(as_person, lab, alice):
    version = lab.version
    edit(lab, alice, name="Le LabFab")

    assert undo(as_person(alice), lab, last(lab), version).status_code == 409
    assert lab.name == "Le LabFab"


def test_strangers_undo_nothing_and_no_line_of_another_place_is_taken(as_person, lab, alice):
    edit(lab, alice, name="Le LabFab")
    bob = make_account(name="Bob")
    other = make_place(name="Autre lab", managers=(bob,))
    browser = as_person(bob)

    assert undo(browser, lab, last(lab)).status_code == 403
    assert browser.post(f"{address(other)}/{last(lab).id}/annuler", data={"version": 1}).status_code == 404
    assert lab.name == "Le LabFab"


def test_a_commune_of_before_is_in_its_department_again(db, as_person, lab, alice):
    edit(lab, alice, commune="Ailleurs", postcode="")
    undo(as_person(alice), lab, last(lab))

    place = db.get(Place, lab.id)
    assert (place.commune, place.insee, place.department_code) == ("Rennes", "35238", "35")
