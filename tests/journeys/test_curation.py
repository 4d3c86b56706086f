"""The public and the pole of a zone care for the directory together: in a browser, without JavaScript where it can."""

import re
import subprocess
import sys
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.looks import axe
from tests.journeys.test_managed_pages import faults_of

EMAIL = "pole@exemple.fr"
SET_UP = """
from datetime import datetime
from fablabmesh.accounts.queries import find_by_email
from fablabmesh.app import create_app
from fablabmesh.curation.merge_actions import search_twins
from fablabmesh.events import actions as events
from fablabmesh.events.rules import When
from fablabmesh.kit import clock
from fablabmesh.kit.db import session, transaction
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place, PoleRole
from fablabmesh.places.rules import PlaceKind, Precision
from fablabmesh.zones import actions as zones
from fablabmesh.zones.models import Zone

with create_app().app_context():
    now = clock.now()
    with transaction():
        pole = session.get_one(Place, session.query(PoleRole).order_by(PoleRole.place_id).first().place_id)
        role = session.query(PoleRole).filter_by(place_id=pole.id).order_by(PoleRole.zone_id).first()
        zone, account = session.get_one(Zone, role.zone_id), find_by_email("pole@exemple.fr")
        zones.grant_coordination(zone, account, by=None, now=now)
        made = []
        for name, phone in (("Forge du Val", ""), ("La Forge du Val", "04 73 00 00 00")):
            place = places.create_place({
                "name": name, "kind": PlaceKind.FABLAB, "address": "3 rue Neuve", "postcode": pole.postcode,
                "commune": pole.commune, "insee": pole.insee, "latitude": pole.latitude, "longitude": pole.longitude,
                "precision": Precision.ADDRESS, "phone": phone,
            }, now=now)
            made.append(place)
            start = datetime(2090, 6, 10, 18)
            when = When(start, start.replace(hour=20), "Europe/Paris")
            events.create_event(place, {"title": "Chez " + name, "category_slug": "atelier"}, when, by=None, now=now)
    while search_twins(now):
        pass
    print(*(place.slug for place in [*made, pole]))
"""


@pytest.fixture(scope="module")
def forges(site) -> list[str]:
    """Two pages of one lab, each with an event, in the zone of somebody who looks after its pole; and the pole."""
    password = site.run("accounts", "create", EMAIL, "Paule Pôle").split()[-1]
    site.people.append((EMAIL, password))
    told = subprocess.run(
        [sys.executable, "-c", SET_UP], env=site.environ, capture_output=True, text=True, check=True
    ).stdout
    return told.split()


def enter(page: Page, site) -> None:
    password = dict(site.people)[EMAIL]
    page.goto(site.url + "/connexion")
    page.get_by_label("Adresse électronique").fill(EMAIL)
    page.get_by_label("Mot de passe").fill(password)
    page.locator("main").get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.read().decode()


def test_a_visitor_without_javascript_says_that_a_lab_is_closed_and_the_pole_accepts(open_page, site, forges):
    visitor = open_page(PHONE, java_script_enabled=False)
    page = visitor.go(f"/lieux/{forges[0]}")
    page.get_by_role("link", name="Signaler une erreur").first.click()
    page.get_by_label("Le lieu est fermé définitivement").check()
    page.get_by_text("Si le lieu est fermé").click()
    page.get_by_label("Fermé depuis le").fill("2026-01-31")
    page.get_by_label("Comment le savez-vous").fill("Une affiche est sur la porte.")
    page.wait_for_timeout(3_100)  # a person needs longer
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Merci"))

    pole = open_page(DESK)
    enter(pole.page, site)
    page = pole.page
    page.get_by_role("link", name="attend votre décision").click()
    page.get_by_role("link", name="Forge du Val", exact=True).click()
    expect(page.get_by_text("Une affiche est sur la porte.")).to_be_visible()
    page.get_by_role("button", name="Accepter").click()
    expect(page.locator(".flashes")).to_contain_text("la proposition est acceptée")

    closed = visitor.go(f"/lieux/{forges[0]}")
    expect(closed.get_by_text("31 janvier 2026").first).to_be_visible()
    visitor.assert_quiet()
    pole.assert_quiet()


def test_the_pole_makes_one_page_of_two_and_who_followed_the_other_has_all_events(open_page, site, forges):
    kept, gone, _pole = forges
    before = [set(re.findall(r"^UID:.*$", read(f"{site.url}/lieux/{slug}/agenda.ics"), re.M)) for slug in forges[:2]]
    pole = open_page(DESK)
    enter(pole.page, site)
    page = pole.go("/moderation/doublons")
    page.get_by_role("link", name=re.compile("Comparer.*Forge du Val")).click()
    page.locator("tr", has_text="Téléphone").get_by_role("radio").last.check()
    page.get_by_role("button", name="Fusionner les deux fiches").click()
    expect(page).to_have_url(f"{site.url}/lieux/{kept}")

    after = read(f"{site.url}/lieux/{gone}/agenda.ics")
    assert set(re.findall(r"^UID:.*$", after, re.M)) == before[0] | before[1]
    assert "STATUS:CANCELLED" not in after
    page = pole.go(f"/lieux/{gone}")
    expect(page).to_have_url(f"{site.url}/lieux/{kept}")
    expect(page.get_by_text("04 73 00 00 00").first).to_be_visible()
    pole.assert_quiet()


def test_pages_of_curation_can_be_seen_and_pressed_by_all(open_page, site, root, forges):
    visitor = open_page(color_scheme="dark")
    public = ["/lieux/proposer", f"/lieux/{forges[0]}/signaler", "/propositions/merci", "/en/lieux/proposer"]
    faults = {path: faults_of(visitor.page, site.url + path) for path in public}
    pole = open_page()
    enter(pole.page, site)
    desk = ["/moderation", "/moderation?liste=traitees", "/moderation/doublons", "/moderation/anciennes"]
    faults |= {path: faults_of(pole.page, site.url + path) for path in desk}
    pole.go("/moderation?liste=traitees").locator(".queue a").first.click()
    faults["item"] = axe(pole.page)
    pole.go(f"/moderation/doublons/{forges[0]}/{forges[2]}")
    faults["pair"] = axe(pole.page)

    assert {path: found for path, found in faults.items() if found} == {}
    visitor.assert_quiet()
    pole.assert_quiet()


def test_who_proposes_a_place_sets_its_point_on_the_map(open_page):
    visitor = open_page(PHONE)
    page = visitor.go("/lieux/proposer")

    page.get_by_text("Donner sa position exacte").click()
    page.get_by_role("button", name="Mettre le repère au milieu de la carte").click()
    before = page.get_by_label("Latitude").input_value()
    page.locator("[data-point-mark]").press("ArrowUp")

    assert float(page.get_by_label("Latitude").input_value()) > float(before) > 41
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    visitor.assert_quiet()
