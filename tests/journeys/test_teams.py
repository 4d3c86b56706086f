"""Who is invited publishes within a minute; who claims a place gets it by its own domain, or by the coordinator."""

import re
import subprocess
import sys
import time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.looks import axe
from tests.journeys.test_managed_pages import faults_of

COORDINATOR, MANAGER = "coordination@exemple.fr", "responsable@exemple.fr"
SET_UP = f"""
from fablabmesh.accounts.queries import find_by_email
from fablabmesh.app import create_app
from fablabmesh.kit import clock
from fablabmesh.kit.db import session, transaction
from fablabmesh.places import actions as places
from fablabmesh.places.rules import PlaceKind, Precision
from fablabmesh.zones import actions as zones
from fablabmesh.zones.queries import find_commune, list_zones_of_department

with create_app().app_context(), transaction():
    now, town = clock.now(), find_commune("35238")
    made = []
    for name, website in (("Forge Libre", "https://forge-libre.test"), ("Atelier Calme", ""), ("Lab Tenu", "")):
        made.append(places.create_place({{
            "name": name, "kind": PlaceKind.FABLAB, "address": "3 rue Neuve", "postcode": "35000",
            "commune": town.name, "insee": town.insee, "latitude": town.latitude, "longitude": town.longitude,
            "precision": Precision.ADDRESS, "website": website,
        }}, now=now))
    places.grant(made[2], find_by_email("{MANAGER}"))
    zone = list_zones_of_department("35")[0]
    zones.grant_coordination(zone, find_by_email("{COORDINATOR}"), by=None, now=now)
    print(*(place.slug for place in made))
"""


@pytest.fixture(scope="module")
def labs(site) -> list[str]:
    """Two labs without anybody, the first with a site of its own; one with a manager; all in a coordinated zone."""
    for email, name in ((COORDINATOR, "Paule Pôle"), (MANAGER, "Rose Responsable")):
        site.people.append((email, site.run("accounts", "create", email, name).split()[-1]))
    told = subprocess.run(
        [sys.executable, "-c", SET_UP], env=site.environ, capture_output=True, text=True, check=True
    ).stdout
    return told.split()


def enter(page: Page, site, email: str) -> None:
    page.goto(site.url + "/connexion")
    page.get_by_label("Adresse électronique").first.fill(email)
    page.get_by_label("Mot de passe").first.fill(dict(site.people)[email])
    page.locator("main").get_by_role("button", name="Se connecter").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")


def link_of_letter(page: Page, site, subject: str, path: str) -> str:
    """The address that a letter in the queue leads to."""
    page.goto(site.url + "/courrier")
    page.get_by_role("link", name=re.compile(subject)).first.click()
    address = page.locator(f"main a[href*='/{path}/']").first.get_attribute("href")
    return site.url + address.removeprefix(site.url)


def ask(page: Page, email: str) -> None:
    page.get_by_label("Votre nom").fill("Léa Exemple")
    page.get_by_label("Votre adresse électronique").fill(email)
    page.get_by_label("Votre rôle dans ce lieu").fill("J’anime l’atelier du jeudi.")
    page.wait_for_timeout(3_100)  # a person needs longer
    page.get_by_role("button", name="Demander à m’en occuper").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Regardez vos courriels")


def test_an_invited_manager_publishes_a_first_event_within_a_minute(open_page, site, labs):
    manager = open_page(DESK)
    enter(manager.page, site, MANAGER)
    page = manager.go(f"/lieux/{labs[2]}/equipe-de-gestion")
    page.get_by_label("Son adresse électronique").first.fill("nouvelle@exemple.fr")
    page.get_by_label("Responsable : tout cela, et l’équipe").check()
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.get_by_role("status")).to_contain_text("nouvelle@exemple.fr")
    address = link_of_letter(page, site, "Une invitation dans l’équipe", "invitations")

    guest = open_page(PHONE, java_script_enabled=False)
    page, begun, pages = guest.page, time.monotonic(), []
    page.on("framenavigated", lambda frame: pages.append(frame.url))
    page.goto(address)
    page.get_by_label("Votre nom").fill("Nour Nouvelle")
    page.get_by_role("button", name="Accepter et commencer").click()
    page.get_by_role("link", name="Publier un événement").first.click()
    page.get_by_label("Titre").fill("Premier atelier")
    page.get_by_label("Date", exact=True).fill("2090-06-10")
    page.get_by_label("Début", exact=True).fill("18:00")
    page.get_by_label("Fin", exact=True).fill("20:00")
    page.get_by_role("button", name="Publier").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Premier atelier")

    # The letter's page, the place's, the form, the event's: what takes time is what a person types, some forty signs.
    assert len(pages) == 4
    assert time.monotonic() - begun < 60
    expect(open_page().go(f"/lieux/{labs[2]}").get_by_text("Premier atelier").first).to_be_visible()
    guest.assert_quiet()
    manager.assert_quiet()


def test_a_place_is_claimed_by_an_address_of_its_own_domain(open_page, site, labs):
    stranger = open_page(PHONE)
    page = stranger.go(f"/lieux/{labs[0]}")
    page.get_by_role("link", name="Vous vous en occupez ?").click()
    ask(page, "lea@forge-libre.test")

    page.goto(link_of_letter(page, site, "S’occuper de.*Forge Libre", "s-en-occuper"))
    page.get_by_role("button", name="Oui, continuer").click()

    expect(page.locator(".flashes")).to_contain_text("vous êtes responsable de")
    expect(page.get_by_role("link", name="Modifier la fiche")).to_be_visible()
    public = open_page().go(f"/lieux/{labs[0]}")
    expect(public.get_by_text("Fiche tenue par l’équipe du lieu.")).to_be_visible()
    expect(public.get_by_text("Léa Exemple")).to_have_count(0)
    stranger.assert_quiet()


def test_a_place_is_claimed_by_the_word_of_its_coordinator(open_page, site, labs):
    stranger = open_page(PHONE)
    page = stranger.go(f"/lieux/{labs[1]}/s-en-occuper")
    ask(page, "lea@ailleurs.test")
    page.goto(link_of_letter(page, site, "S’occuper de.*Atelier Calme", "s-en-occuper"))
    page.get_by_role("button", name="Oui, continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre adresse est confirmée")

    desk = open_page(DESK)
    enter(desk.page, site, COORDINATOR)
    desk.page.get_by_role("link", name=re.compile("^Demandes de s’occuper d’un lieu")).click()
    desk.page.get_by_role("link", name="Atelier Calme").click()
    expect(desk.page.get_by_text("J’anime l’atelier du jeudi.")).to_be_visible()
    assert axe(desk.page) == []
    desk.page.get_by_role("button", name="Accepter").click()
    expect(desk.page.get_by_role("status")).to_contain_text("Léa Exemple peut s’occuper du lieu")

    page.goto(link_of_letter(page, site, "équipe de.*Atelier Calme", "invitations"))
    page.get_by_role("button", name="Accepter et commencer").click()
    expect(page.locator(".flashes")).to_contain_text("Bienvenue dans l’équipe de")
    stranger.assert_quiet()
    desk.assert_quiet()


def test_the_pages_of_teams_have_no_fault_that_axe_can_see(open_page, site, labs):
    visitor = open_page(color_scheme="dark")
    public = [f"/lieux/{labs[1]}/s-en-occuper", "/compte/demander", "/s-en-occuper/merci", "/en/compte/demander"]
    faults = {path: faults_of(visitor.page, site.url + path) for path in public}
    manager, desk = open_page(PHONE), open_page(DESK)
    enter(manager.page, site, MANAGER)
    enter(desk.page, site, COORDINATOR)
    team = f"/lieux/{labs[2]}/equipe-de-gestion"
    faults[team] = faults_of(manager.page, site.url + team)
    for path in ("/equipes", "/equipes/demandes", "/equipes/demandes?liste=traitees"):
        faults[path] = faults_of(desk.page, site.url + path)

    assert {path: found for path, found in faults.items() if found} == {}
