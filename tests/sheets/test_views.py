"""Editing the whole page of a place: every part is saved by one button, and nothing typed is ever lost."""

import re
from datetime import date
from io import BytesIO

import pytest
from PIL import Image as Drawing

from fablabmesh.kit.geocoding import Spot
from fablabmesh.places.rules import PlaceKind, Precision
from fablabmesh.sheets import actions, queries
from fablabmesh.sheets.details import Holder, Tool
from fablabmesh.zones.models import Commune
from tests.factories import NOW, make_account, make_department, make_place, make_zone
from tests.sheets.forms_in_pages import read_form

LASER = Tool("decoupe-laser", "Laser d’essai", materials=("bois",))


@pytest.fixture
def lab(alice):
    place = make_place(
        managers=(alice,),
        description="Un *atelier*.",
        opening_hours="Mo-Fr 09:00-12:00,14:00-18:00; PH off",
        labels=["eric"],
        services=["coworking", "mot-inconnu"],
    )
    make_zone("35")
    actions.set_machines(place, [LASER], by=None, now=NOW)
    actions.set_people(place, [Holder("Fabmanager", "Alice Martin", date(2026, 1, 2))], by=None, now=NOW)
    return place


@pytest.fixture
def browser(as_person, alice):
    return as_person(alice)


def address(lab):
    return f"/lieux/{lab.slug}/modifier"


def save(browser, lab, **changed):
    """Open the page, write this, press the button."""
    typed = read_form(browser.get(address(lab))) | {name.replace("__", "-"): value for name, value in changed.items()}
    return browser.post(address(lab), data={"act": "save"} | typed)


def drawn(colour="red"):
    out = BytesIO()
    Drawing.new("RGB", (64, 64), colour).save(out, "PNG")
    return out.getvalue()


def photo(colour="red"):
    return (BytesIO(drawn(colour)), "photo.png")


def test_saving_what_was_there_changes_nothing_at_all(browser, lab):
    before = (lab.version, queries.count_versions(lab.id))

    answer = save(browser, lab)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/lieux/{lab.slug}")
    assert (lab.version, queries.count_versions(lab.id)) == before
    assert lab.services == ["coworking", "mot-inconnu"]


def test_each_part_is_saved_by_the_one_button(browser, lab):
    answer = save(
        browser, lab,
        name="Le LabFab", summary="On y fabrique.", how_to_come="Par la cour.", latitude="48.2", longitude="-1.7",
        precision="address", days__0__open_0="10:00", days__5__open_0="10:00", days__5__close_0="17:00",
        labels=["eric", "fab-charter"], machines__1__type="imprimante-3d-a-fil", machines__1__quantity="3",
        machines__1__materials=["pla", "petg"], people__1__role="Accueil",
        closures__0__first_day="1", closures__0__first_month="8", closures__0__last_day="31",
        closures__0__last_month="8",
    )  # fmt: skip

    assert answer.status_code == 303
    assert (lab.name, lab.summary, lab.how_to_come) == ("Le LabFab", "On y fabrique.", "Par la cour.")
    assert (lab.latitude, lab.longitude, lab.precision) == (48.2, -1.7, Precision.ADDRESS)
    assert lab.opening_hours == (
        "Mo 10:00-12:00,14:00-18:00; Tu-Fr 09:00-12:00,14:00-18:00; Sa 10:00-17:00; PH off; Aug 01-Aug 31 off"
    )
    assert lab.labels == ["eric", "fab-charter"]
    assert queries.list_tools(lab.id) == [LASER, Tool("imprimante-3d-a-fil", quantity=3, materials=("pla", "petg"))]
    assert lab.machine_types == ["decoupe-laser", "imprimante-3d", "imprimante-3d-a-fil"]
    assert [holder.role for holder in queries.list_holders(lab.id)] == ["Fabmanager", "Accueil"]


def test_all_that_is_saved_at_once_is_one_line_of_history_with_who_wrote(browser, lab, alice):
    before = queries.count_versions(lab.id)

    save(browser, lab, name="Le LabFab", people__1__role="Accueil", machines__0__model="Autre laser")

    line = queries.list_versions(lab.id, limit=1)[0]
    assert queries.count_versions(lab.id) == before + 1
    assert (line.by.name, sorted(line.changed)) == (alice.name, ["machines", "name", "people"])


def test_machines_stand_in_the_order_of_their_ranks(browser, lab):
    actions.set_machines(lab, [Tool("drone"), Tool("plieuse"), LASER], by=None, now=NOW)

    save(
        browser,
        lab,
        machines__2__rank="1",
        machines__0__rank="2",
        machines__1__rank="2",
        machines__3__type="scanner-3d",
    )
    kept = [tool.type for tool in queries.list_tools(lab.id)]
    save(browser, lab)

    assert kept == ["decoupe-laser", "drone", "plieuse", "scanner-3d"]
    assert [tool.type for tool in queries.list_tools(lab.id)] == kept
    assert "Un rang de 1 à 99." in save(browser, lab, machines__0__rank="0").get_data(as_text=True)


def test_a_machine_and_a_role_are_taken_away_by_their_boxes(browser, lab):
    save(browser, lab, machines__0__is_gone="y", people__0__is_gone="y")

    assert (queries.list_tools(lab.id), queries.list_holders(lab.id), lab.machine_types) == ([], [], [])


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
        ({"days__0__close_0": ""}, "Écrivez les deux heures, ou aucune."),
        ({"days__0__open_1": "11:00"}, "Deux plages se touchent ou se croisent"),
        ({"days__0__open_0": "25:00"}, "Écrivez une heure entre 0:00 et 23:59"),
        ({"closures__0__first_day": "31", "closures__0__first_month": "2"}, "Ce mois n’a pas tant de jours."),
        ({"closures__0__last_day": "3"}, "Écrivez le premier jour de la fermeture."),
        ({"hours_as": "text", "opening_hours": "tous les jours"}, "Ceci n’est pas compris"),
        ({"machines__1__model": "Laser"}, "Choisissez le type de cette machine"),
        ({"machines__0__type": "licorne"}, "Choisissez parmi ce qui est proposé."),
        ({"machines__0__quantity": "0"}, "Un nombre de 1 à 500."),
        ({"people__1__name": "Bob"}, "Écrivez le rôle de cette personne."),
        ({"people__0__consented_on": ""}, "notez sa date"),
        ({"labels": ["licorne"]}, "Choisissez parmi ce qui est proposé."),
        ({"machines__0__price": "x" * 121}, "plus de 120 caractères"),
        ({"machines__0__training": "licorne"}, "Choisissez parmi ce qui est proposé."),
        ({"holidays": "licorne"}, "Choisissez parmi ce qui est proposé."),
        ({"kind": "pole"}, "Choisissez parmi ce qui est proposé."),
        ({"picture_text": "Une photo sans photo"}, "Choisissez la photo que vous décrivez."),
    ],
)
def test_what_was_typed_is_kept_and_the_mistake_is_named(browser, lab, wrong, told):
    answer = save(browser, lab, **({"description": "Un texte long que personne ne veut retaper."} | wrong))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert told in page
    assert "Un texte long que personne ne veut retaper." in page
    assert 'value="Laser d’essai"' in page
    assert lab.description == "Un *atelier*."


def test_the_part_with_the_mistake_is_open_and_its_line_leads_to_the_field(browser, lab):
    page = save(browser, lab, people__1__name="Bob").get_data(as_text=True)

    assert 'id="part-people" open' in page
    assert 'href="#people-1-role"' in page
    assert 'id="people-1-role"' in page


def test_hours_that_the_form_cannot_say_are_kept_as_they_are(browser, lab):
    save(browser, lab, hours_as="text", opening_hours="Sa[1] 09:00-12:00")
    page = browser.get(address(lab)).get_data(as_text=True)
    again = save(browser, lab, name="Autre nom")

    assert "ces horaires disent plus" in page.lower()
    assert (again.status_code, lab.opening_hours) == (303, "Sa[1] 09:00-12:00")


def test_a_notation_that_the_form_has_no_words_for_is_said_in_words_too(browser, lab):
    asked = {"act": "preview", "hours_as": "text", "opening_hours": "Sa 10:00-12:00, Tu 18:00-20:00; SH off"}
    page = browser.post(address(lab), data=read_form(browser.get(address(lab))) | asked).get_data(as_text=True)

    assert re.findall(r"<dt>Samedi</dt><dd>([^<]*)</dd>", page) == ["de 10\u00a0h à 12\u00a0h"]


def test_what_was_understood_is_said_in_words_before_it_is_saved(browser, lab):
    page = browser.post(
        address(lab), data=read_form(browser.get(address(lab))) | {"act": "preview", "days-2-open_0": "08:30"}
    ).get_data(as_text=True)

    assert "Mercredi" in page
    assert "de 8\u00a0h\u00a030 à 12\u00a0h et de 14\u00a0h à 18\u00a0h" in page
    assert lab.opening_hours.startswith("Mo-Fr 09:00")


@pytest.mark.parametrize(
    ("act", "field"),
    [("add-machine", "machines-2-type"), ("add-person", "people-2-role"), ("add-closure", "closures-1-year")],
)
def test_without_a_script_a_button_gives_one_more_row_and_keeps_what_was_typed(browser, lab, act, field):
    typed = read_form(browser.get(address(lab))) | {"act": act, "summary": "Pas encore enregistré"}

    answer = browser.post(address(lab), data=typed)

    page = answer.get_data(as_text=True)
    assert (answer.status_code, lab.summary) == (200, "")
    assert f'name="{field}"' in page
    assert 'value="Pas encore enregistré"' in page


def put_town(db):
    make_department()
    db.merge(
        Commune(insee="35288", name="Saint-Malo", folded_name="saint-malo", postcodes=["35400"], department_code="35",
                latitude=48.6493, longitude=-2.0257, population=46000)
    )  # fmt: skip
    db.flush()


def test_the_point_goes_to_the_middle_of_the_commune_by_the_gazetteer(db, browser, lab):
    put_town(db)
    typed = read_form(browser.get(address(lab)))
    typed |= {"act": "locate", "postcode": "35400", "commune": "Saint-Malo"}

    page = browser.post(address(lab), data=typed)

    found = read_form(page)
    assert "au centre de Saint-Malo" in page.get_data(as_text=True)
    assert (found["latitude"], found["longitude"], found["precision"]) == (["48.6493"], ["-2.0257"], ["commune"])
    assert lab.commune == "Rennes"


def test_a_commune_that_nobody_knows_leaves_the_point_where_it_is(browser, lab):
    typed = read_form(browser.get(address(lab))) | {"act": "locate", "commune": "Brocéliande", "postcode": ""}

    page = browser.post(address(lab), data=typed)

    assert "Cette commune n’est pas dans la liste" in page.get_data(as_text=True)
    assert read_form(page)["latitude"] == ["48.1146"]


class _Known:
    """The operator's geocoder, as if it knew one address."""

    is_on, host = True, "adresses.test"

    def find(self, text):
        assert text == "19 rue Hoche 35000 Rennes"
        return [Spot("19 Rue Hoche 35000 Rennes", 48.1141, -1.6771, "housenumber", "35000", "Rennes", "35238")]


def test_the_point_goes_to_the_address_where_the_operator_has_a_geocoder(app, browser, lab, monkeypatch):
    monkeypatch.setitem(app.extensions, "geocoder", _Known())
    shown = browser.get(address(lab))

    page = browser.post(address(lab), data=read_form(shown) | {"act": "locate"})

    found = read_form(page)
    assert "L’adresse est envoyée à adresses.test." in shown.get_data(as_text=True)
    assert (found["latitude"], found["longitude"], found["precision"]) == (["48.1141"], ["-1.6771"], ["address"])


def test_a_point_in_another_department_is_said(db, browser, lab):
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.6))

    save(browser, lab, latitude="47.2", longitude="-1.55")

    assert "Le point enregistré est en Loire-Atlantique" in browser.get(address(lab)).get_data(as_text=True)


# --- photographs -------------------------------------------------------------------------------------------------


def test_a_photograph_is_added_described_and_taken_away(browser, lab):
    added = save(browser, lab, picture=photo(), picture_text="Du rouge", picture_credit="Alice, CC BY")
    (row,) = queries.list_pictures(lab.id)
    described = save(browser, lab, pictures__0__text="Du rouge vif")

    assert (added.status_code, row.credit) == (303, "Alice, CC BY")
    assert (described.status_code, queries.list_pictures(lab.id)[0].text) == (303, "Du rouge vif")
    save(browser, lab, pictures__0__is_gone="y")
    assert queries.list_pictures(lab.id) == []


def test_a_photograph_is_not_lost_to_a_mistake_elsewhere(browser, lab):
    refused = save(browser, lab, name="", picture=photo(), picture_text="Du rouge")
    typed = read_form(refused) | {"act": "save", "name": "LabFab"}

    answer = browser.post(address(lab), data=typed)

    assert (refused.status_code, answer.status_code) == (422, 303)
    assert [row.text for row in queries.list_pictures(lab.id)] == ["Du rouge"]


def test_a_photograph_without_words_waits_for_them(browser, lab):
    refused = save(browser, lab, picture=photo())
    answer = browser.post(address(lab), data=read_form(refused) | {"act": "save", "picture_text": "Du rouge"})

    assert "Décrivez la photo en une phrase" in refused.get_data(as_text=True)
    assert (refused.status_code, answer.status_code) == (422, 303)
    assert len(queries.list_pictures(lab.id)) == 1


def test_what_is_no_picture_is_refused_with_what_to_do(browser, lab):
    answer = save(browser, lab, picture=(BytesIO(b"<svg/>"), "photo.svg"), picture_text="Du rouge")

    assert answer.status_code == 422
    assert "envoyez une photo en JPEG, PNG ou WebP" in answer.get_data(as_text=True)


def test_photographs_change_places_by_their_ranks(browser, lab):
    save(browser, lab, picture=photo("red"), picture_text="Rouge")
    save(browser, lab, picture=photo("blue"), picture_text="Bleu")

    save(browser, lab, pictures__0__rank="2", pictures__1__rank="1")

    assert [row.text for row in queries.list_pictures(lab.id)] == ["Bleu", "Rouge"]


# --- two people at once ------------------------------------------------------------------------------------------


def test_two_people_at_once_lose_nothing_and_see_both_versions(browser, lab):
    typed = read_form(browser.get(address(lab)))
    save(browser, lab, name="Version un", summary="De l’autre")

    answer = browser.post(address(lab), data=typed | {"act": "save", "name": "Version deux", "phone": "02 99 00 00 01"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Version un" in page
    found = read_form(answer)
    assert (found["name"], found["phone"], found["summary"]) == (["Version deux"], ["02 99 00 00 01"], ["De l’autre"])
    assert lab.name == "Version un"


def test_after_a_conflict_saving_again_keeps_what_the_other_wrote_elsewhere(browser, lab):
    typed = read_form(browser.get(address(lab)))
    save(browser, lab, summary="De l’autre", machines__0__model="Laser de l’autre")

    conflict = browser.post(address(lab), data=typed | {"act": "save", "name": "Version deux"})
    answer = browser.post(address(lab), data=read_form(conflict) | {"act": "save"})

    assert "pas écrit aux mêmes endroits" in conflict.get_data(as_text=True)
    assert (answer.status_code, lab.name, lab.summary) == (303, "Version deux", "De l’autre")
    assert queries.list_tools(lab.id)[0].model == "Laser de l’autre"


# --- who may -----------------------------------------------------------------------------------------------------


def test_the_people_of_another_lab_are_refused(as_person, lab):
    bob = make_account(name="Bob")
    make_place(name="Autre lab", managers=(bob,))
    stranger = as_person(bob)

    assert stranger.get(address(lab)).status_code == 403
    assert stranger.post(address(lab), data={"name": "À moi", "version": lab.version}).status_code == 403
    assert lab.name == "LabFab"


def test_fields_that_are_not_in_the_form_cannot_be_slipped_in(browser, lab):
    save(browser, lab, is_demo="1", slug="x", edited_fields="x", name="Autre")

    assert (lab.is_demo, lab.kind, lab.slug) == (False, PlaceKind.FABLAB, "labfab-rennes")


def test_a_workshop_full_of_machines_is_saved_whole(db, browser, lab):
    tools = [Tool("decoupe-laser", f"Laser {number}", materials=("bois", "carton", "tissu")) for number in range(55)]
    actions.set_machines(lab, tools, by=None, now=NOW)

    answer = save(browser, lab, name="Plein")

    assert (answer.status_code, queries.list_tools(lab.id)) == (303, tools)


def test_the_form_costs_a_constant_number_of_queries(browser, lab, count_queries):
    browser.get(address(lab))
    with count_queries() as few:
        browser.get(address(lab))
    actions.set_machines(lab, [LASER] * 1 + [Tool("drone"), Tool("plieuse"), Tool("scanner-3d")], by=None, now=NOW)

    with count_queries() as many:
        browser.get(address(lab))

    assert len(many) <= len(few)
