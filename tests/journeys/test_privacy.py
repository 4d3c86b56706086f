"""Somebody takes their data away, then has their account erased; what they wrote of the place stays."""

import json
import zipfile

from tests.journeys.conftest import PHONE


def test_a_person_takes_their_data_and_leaves(site, open_page):
    mail = "zenobie@exemple.test"
    password = site.run("accounts", "create", mail, "Zénobie Quartermaine").split()[-1]
    watched = open_page(PHONE)
    page = watched.go("/connexion")
    page.get_by_label("Adresse électronique").fill(mail)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("main").get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url("**/mon-espace")

    watched.go("/mon-espace/donnees")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Télécharger mes données").click()
    with zipfile.ZipFile(waiting.value.path()) as parcel:
        told = json.loads(parcel.read("donnees.json"))
    assert told["tables"]["account"][0]["email"] == mail

    watched.go("/mon-espace/effacer")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_label("J’ai compris que rien de cela ne pourra être repris").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Effacer mon compte").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/compte-efface")
    assert page.get_by_role("heading", level=1).inner_text() == "Le compte est effacé"

    page = watched.go("/connexion")
    page.get_by_label("Adresse électronique").fill(mail)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("main").get_by_role("button", name="Se connecter", exact=True).click()
    page.get_by_text("ne convient pas").wait_for()
    assert watched.foreign == []
