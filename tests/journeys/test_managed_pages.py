"""The pages of who looks after a place, or after the site: nothing axe can see, nothing too wide, nothing too small."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.looks import axe
from tests.journeys.test_proofs import set_up_codes
from tests.journeys.test_story import sign_in

OF_A_MANAGER = [
    "/mon-espace",
    "/mon-compte",
    "/mon-compte/securite",
    "/mon-compte/mot-de-passe",
    "/mon-compte/adresse",
    "/mon-compte/codes",
    "/mes-evenements",
    "/en/mes-evenements?liste=supprimes",
    "/mon-agenda",
    "/evenements/atelier-libre",
    "/evenements/atelier-libre/dates",
    "/evenements/atelier-libre/dates/ajouter",
    "/evenements/atelier-libre/historique",
    "/evenements/atelier-libre/image",
    "/evenements/atelier-libre/supprimer",
    "/en/evenements/atelier-libre/modifier",
    "/lettres/nouvelle",
    "/agenda?lieu=nulle-part&etiquette=rien",
]
OF_AN_ADMINISTRATOR = [
    "/mon-compte/codes-de-secours",
    "/mon-espace",
    "/administration/categories",
    "/administration/categories/atelier",
    "/administration/courriers",
]
# What is pressed and has less than 24 pixels: a word within a sentence may, and a box whose label is pressed with it.
SMALL = """() => [...document.querySelectorAll("main :is(a, button, summary, select, textarea, input)")]
  .filter((each) => each.tabIndex >= 0 && !each.closest(".visually-hidden, [hidden]") && each.getClientRects().length)
  .filter((each) => each.tagName !== "A" || each.parentElement.textContent.trim() === each.textContent.trim())
  .filter((each) => !["checkbox", "radio", "hidden"].includes(each.type) && each.getBoundingClientRect().height < 23.5)
  .map((each) => each.outerHTML.slice(0, 120))"""


def faults_of(page: Page, address: str) -> list:
    page.goto(address)
    faults = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        wide = page.evaluate("document.documentElement.scrollWidth") - size["width"]
        faults += [*axe(page), *page.evaluate(SMALL), *([f"{wide} px too wide"] if wide > 0 else [])]
    return faults


def test_pages_of_a_manager_can_be_seen_and_pressed_by_all(open_page, site):
    watched = open_page(color_scheme="dark")
    sign_in(watched.page, site, 0)

    faults = {path: faults_of(watched.page, site.url + path) for path in OF_A_MANAGER}

    assert {path: found for path, found in faults.items() if found} == {}
    watched.assert_quiet()


def test_pages_of_an_administrator_can_be_seen_and_pressed_by_all(open_page, site):
    password = site.run("accounts", "create", "administration@exemple.fr", "Admin", "--role", "admin").split()[-1]
    watched = open_page()
    watched.go("/connexion")
    watched.page.get_by_label("Adresse électronique").fill("administration@exemple.fr")
    watched.page.get_by_label("Mot de passe").fill(password)
    watched.page.locator("main").get_by_role("button", name="Se connecter").click()
    set_up_codes(watched.page, site)

    faults = {path: faults_of(watched.page, site.url + path) for path in OF_AN_ADMINISTRATOR}

    assert {path: found for path, found in faults.items() if found} == {}
    watched.assert_quiet()


@pytest.mark.parametrize("width", [320, 360])
def test_the_header_takes_two_rows_of_a_telephone_signed_in_or_not(open_page, site, width):
    watched = open_page({"width": width, "height": 700})
    heights = []
    watched.go("/agenda")
    heights.append(watched.page.locator(".site-header").bounding_box()["height"])
    sign_in(watched.page, site, 0)
    heights.append(watched.page.locator(".site-header").bounding_box()["height"])

    assert [height < 100 for height in heights] == [True, True]


def test_the_summary_of_what_is_wrong_takes_the_focus(open_page, site):
    watched = open_page(PHONE, java_script_enabled=False)
    page = watched.page
    sign_in(page, site, 0)
    watched.go("/evenements/nouveau")

    page.locator("button.button[value=publish]").click()

    expect(page.locator("#erreurs")).to_be_focused()
