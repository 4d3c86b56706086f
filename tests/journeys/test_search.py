"""Searching as one types: by keyboard, by finger, with a network that fails, around oneself."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.looks import axe


@pytest.fixture(scope="module", autouse=True)
def learnt(site):
    """The worker learns words; nothing else of it is needed here."""
    site.run("work", "--once")


def test_by_keyboard_alone_a_mistyped_place_is_found_and_opened(open_page):
    watched = open_page(DESK)
    page = watched.go("/chercher")
    box = page.get_by_role("combobox")

    box.press_sequentially("labfb de renes")
    page.get_by_role("option").first.wait_for()
    told = page.locator("[role=status].visually-hidden").text_content()
    page.keyboard.press("ArrowDown")
    active = box.get_attribute("aria-activedescendant")
    chosen = page.locator(f"#{active}").text_content()
    page.keyboard.press("Escape")
    closed = (box.get_attribute("aria-expanded"), box.input_value(), box.get_attribute("aria-activedescendant"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lieux/labfab-de-rennes**")

    assert told.startswith("Résultats pour «\u00a0labfab de rennes\u00a0»")
    assert chosen.startswith("LabFab de Rennes")
    assert closed == ("false", "labfb de renes", None)
    watched.assert_quiet()


def test_enter_with_nothing_chosen_searches_what_is_typed(open_page):
    page = open_page(DESK).go("/chercher")

    page.get_by_role("combobox").press_sequentially("atelier", delay=20)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/chercher?q=atelier**")

    assert page.get_by_role("heading", name="Lieux").count() == 1


def test_on_a_phone_a_commune_is_tapped_on_the_front_page(open_page):
    watched = open_page(PHONE, has_touch=True)
    page = watched.go("/")

    page.locator("#q").press_sequentially("saint-eti", delay=20)
    option = page.get_by_role("group", name="Communes").get_by_role("option").first
    option.wait_for()
    height = option.bounding_box()["height"]
    option.tap()
    page.wait_for_url("**/?autour=42218**")

    assert height >= 44
    watched.assert_quiet()


def test_when_the_network_fails_the_field_is_a_field(open_page):
    page = open_page(DESK).go("/chercher")
    box, options, faults = page.get_by_role("combobox"), page.get_by_role("option"), []
    page.on("pageerror", lambda error: faults.append(error))
    box.press_sequentially("ren", delay=20)
    options.first.wait_for()
    page.route("**/chercher.json*", lambda route: route.abort())

    with page.expect_event("requestfailed", lambda request: request.url.endswith("/chercher.json?q=rennes")):
        box.press_sequentially("nes", delay=20)
    expect(box).to_have_attribute("aria-expanded", "false")
    # What was found for « ren » is no answer to « rennes », and is not to be reached by the arrows either.
    expect(options).to_have_count(0)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/chercher?q=rennes")

    assert faults == []


def test_a_position_is_asked_for_when_it_is_pressed_for_and_rounded(open_page):
    refused = open_page(DESK).go("/chercher")
    refused.get_by_role("button", name="Autour de moi").click()
    refused.get_by_text("Votre position n’a pas été donnée").wait_for()
    assert refused.url.endswith("/chercher")

    given = open_page(DESK, geolocation={"latitude": 45.43971, "longitude": 4.38722}, permissions=["geolocation"])
    given.page.add_init_script(
        "window.asked = 0; const ask = Geolocation.prototype.getCurrentPosition;"
        "Geolocation.prototype.getCurrentPosition = function (...given) { asked += 1; return ask.apply(this, given); };"
    )
    page = given.go("/chercher")
    page.get_by_role("combobox").press_sequentially("ren", delay=20)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("asked") == 0
    # Should it change pages too soon, nobody would be told that the position goes into the address.
    page.evaluate(
        "() => { navigator.geolocation.getCurrentPosition = (tell) => { asked += 1; window.found = tell; }; }"
    )
    page.get_by_role("button", name="Autour de moi").click()
    expect(page.get_by_text("La position, à cent mètres près, reste dans l’adresse de la page")).to_be_visible()
    assert (page.evaluate("asked"), page.url.endswith("/chercher")) == (1, True)
    page.evaluate("found({ coords: { latitude: 45.43971, longitude: 4.38722 } })")
    page.wait_for_url("**/?autour=45.44,4.387")


def test_a_commune_is_chosen_by_keyboard_where_one_searches_near_it(open_page):
    watched = open_page(DESK)
    page = watched.go("/?genre=laureat")
    page.locator("#criteres > summary").press("Enter")
    box = page.get_by_role("combobox", name="Près de")

    box.press_sequentially("saint-et", delay=20)
    page.get_by_role("option", name="Saint-Étienne-du-Rouvray").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?autour=42218&genre=laureat")

    expect(box).to_have_value("Saint-Étienne (42)")
    expect(box).to_be_focused()
    watched.assert_quiet()


def test_a_commune_fills_the_field_of_the_agenda_and_of_the_builder(open_page):
    agenda = open_page(PHONE).go("/agenda")
    agenda.get_by_role("combobox", name="Autour de").press_sequentially("rennes", delay=20)
    expect(agenda.get_by_role("option")).to_have_count(5)
    agenda.get_by_role("option", name="Rennes 35000 (35)").click()
    expect(agenda.get_by_role("combobox", name="Autour de")).to_have_value("Rennes (35)")

    builder = open_page(DESK).go("/integrer?quoi=agenda")
    builder.get_by_role("combobox", name="Autour de").press_sequentially("rennes", delay=20)
    builder.locator("#autour-suggestions").get_by_role("option").first.click()
    expect(builder.locator("#ligne")).to_have_value(re.compile("/agenda/integrer[?]autour=35238"))


def test_what_is_set_stays_when_one_asks_for_what_is_near(open_page):
    watched = open_page(DESK, geolocation={"latitude": 45.43971, "longitude": 4.38722}, permissions=["geolocation"])
    page = watched.go("/?genre=laureat&q=lab")

    page.get_by_role("button", name="Autour de moi").click()
    page.wait_for_url("**/?autour=45.44,4.387&genre=laureat")
    typed = page.locator("#q").input_value()
    nearest = page.locator(".empty").get_by_text("Le plus proche est à").inner_text()
    page.get_by_role("link", name="Chercher dans un rayon de").click()
    page.wait_for_url("**/?autour=45.44,4.387&genre=laureat&rayon=*")
    found = page.locator("#resultats .place-name").first
    found.wait_for()

    assert typed == ""
    assert found.inner_text() in nearest
    page.locator("#q").press_sequentially("rennes", delay=20)
    page.get_by_role("group", name="Communes").get_by_role("option").first.click()
    page.wait_for_url("**/?autour=35238&genre=laureat&rayon=*")
    assert page.locator("#autour").input_value() == "Rennes (35)"
    watched.assert_quiet()


# In all other looks by script/check-pages.
@pytest.mark.parametrize(
    ("path", "size"), [("/chercher", PHONE), ("/chercher?q=rennes", DESK), ("/en/chercher?q=stetienne", PHONE)]
)
def test_pages_of_the_search_have_no_fault_that_axe_can_see(open_page, path, size):
    watched = open_page(size)
    page = watched.go(path)
    page.get_by_role("combobox").press_sequentially(" a")
    page.wait_for_timeout(500)

    faults = axe(page)

    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    watched.assert_quiet()
