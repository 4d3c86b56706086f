"""A visitor has a part of the agenda sent, and leaves again; on a phone, without script, as a developer sees it."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import PHONE


def test_a_visitor_asks_for_a_letter_confirms_it_and_stops_it(site, open_page):
    visitor = open_page(PHONE, java_script_enabled=False)
    page = visitor.go("/zones/fablab/ouest")
    page.get_by_role("link", name=re.compile("Par lettre")).click()
    expect(page.get_by_text("Agenda de la zone")).to_be_visible()

    page.get_by_label("Votre adresse électronique").fill("alice@exemple.test")
    page.get_by_role("button", name="Demander la lettre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Consultez votre boîte de réception")

    visitor.go("/courrier")
    page.get_by_role("link", name=re.compile("Confirmez la lettre")).first.click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("link", name="Confirmer")).to_be_visible()
    visitor.shoot("letter")
    page.locator("main a[href*='/lettres/confirmer/']").click()
    page.get_by_role("button", name="Oui, je veux la recevoir").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est confirmé")

    page.get_by_role("link", name="Changer de langue ou arrêter la lettre").click()
    page.get_by_label("Langue de la lettre").select_option("en")
    page.get_by_role("button", name="Enregistrer la langue").click()
    expect(page.get_by_label("Langue de la lettre")).to_have_value("en")
    page.get_by_role("button", name="Arrêter cette lettre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est arrêté")

    visitor.go("/courrier")
    expect(page.get_by_text("alice@exemple.test")).to_have_count(0)
    visitor.assert_quiet()
