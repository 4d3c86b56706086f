"""The directory in a browser: the EPNs of a zone that are open on Saturday and have a 3D printer, in three ways."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import DESK, PHONE

# Where an invented public space of Lyon is, that is open on Saturday and has a printer.
ZONE = "centre-est"
FOUND = f"/?genre=epn&machine=imprimante-3d&ouvert=samedi&programme=epn&zone={ZONE}"


def names(page: Page) -> list[str]:
    return page.locator(".place-name").all_inner_texts()


def counted(box: Locator) -> int:
    return int(box.locator("xpath=..").locator(".count").inner_text())


def printer(page: Page) -> Locator:
    return page.get_by_role("checkbox", name=re.compile("^Imprimante 3D [0-9]"))


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_filters_narrow_list_and_map_in_place_and_each_can_be_taken_back(open_page, size):
    visitor = open_page(size)
    page = visitor.go("/")
    expect(page.locator("#map_carte")).to_have_attribute("data-drawn", "yes")
    page.evaluate("window.witness = true")

    page.locator("#criteres > summary").click()
    page.locator("#programme").select_option("epn")
    expect(page.locator(f"#zone option[value={ZONE}]")).to_have_count(1)
    page.get_by_label("Zone", exact=True).select_option(ZONE)
    expect(page.locator("#liste")).to_contain_text("dans la zone")
    page.get_by_role("checkbox", name=re.compile("^EPN")).check()
    page.get_by_label("Quand").select_option("samedi")
    expect(page).to_have_url(re.compile("ouvert=samedi"))
    page.locator("#g-machine > summary").click()
    count = counted(printer(page))
    assert count > 0
    printer(page).check()

    expect(page).to_have_url(visitor.site.url + FOUND)
    expect(page.locator("#liste")).to_have_text(re.compile(rf"^{count} lieux? "))
    expect(page.locator("#map_carte")).to_have_attribute("data-markers", str(count))
    assert len(names(page)) == count
    page.get_by_role("link", name=re.compile("Retirer : Imprimante 3D")).click()
    expect(page.locator("#liste")).to_be_focused()
    assert "machine" not in page.url
    page.go_back()
    expect(page.locator("#liste")).to_have_text(re.compile(rf"^{count} lieux? "))
    assert printer(page).is_checked()
    assert page.evaluate("window.witness")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visitor.shoot("directory")
    visitor.assert_quiet()


def test_the_same_without_a_script(open_page):
    with_script = open_page()
    expected = names(with_script.go(FOUND))
    page = open_page(PHONE, java_script_enabled=False).go("/?programme=epn")

    page.locator("#criteres > summary").click()
    page.get_by_label("Zone", exact=True).select_option(ZONE)
    page.get_by_role("checkbox", name=re.compile("^EPN")).check()
    page.get_by_label("Quand").select_option("samedi")
    page.locator("#g-machine > summary").click()
    printer(page).check()
    page.get_by_role("button", name="Filtrer").click()

    assert page.url.endswith(FOUND)
    assert names(page) == expected != []
    page.get_by_role("link", name=re.compile("Retirer : Imprimante 3D")).click()
    assert "machine" not in page.url
    page.get_by_role("link", name="Tout montrer").click()
    assert page.url.endswith("/")


def test_the_same_by_keyboard_alone(open_page):
    visitor = open_page()
    expected = names(visitor.go(FOUND))
    page = visitor.go("/?programme=epn")

    def reach(selector: str, most: int = 60) -> None:
        for _step in range(most):
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab never comes to {selector}")

    reach("#criteres > summary")
    page.keyboard.press("Enter")
    reach("#zone")
    page.keyboard.type("Centre-Est")
    expect(page).to_have_url(re.compile(f"zone={ZONE}"))
    reach("#f-genre-epn")
    page.keyboard.press(" ")
    expect(page).to_have_url(re.compile("genre=epn"))
    assert page.evaluate("document.activeElement.id") == "f-genre-epn"
    reach("#f-ouvert")
    page.keyboard.type("samedi")
    expect(page).to_have_url(re.compile("ouvert=samedi"))
    reach("#g-machine > summary")
    page.keyboard.press("Enter")
    reach("#f-machine-imprimante-3d")
    page.keyboard.press(" ")

    expect(page).to_have_url(re.compile("machine=imprimante-3d"))
    expect(page.locator(".place-name")).to_have_count(len(expected))
    assert names(page) == expected
    assert page.evaluate("document.activeElement.id") == "f-machine-imprimante-3d"
    visitor.assert_quiet()


def test_the_list_follows_the_map_while_one_asks_it_to(open_page):
    visitor = open_page()
    page = visitor.go("/")
    expect(page.locator("#map_carte")).to_have_attribute("data-drawn", "yes")
    every = page.locator("#liste").inner_text()

    page.get_by_role("link", name="La Réunion", exact=True).press("Enter")
    page.wait_for_timeout(600)
    assert page.locator("#liste").inner_text() == every
    page.get_by_label("Ne lister que ce que la carte montre").check()
    expect(page).to_have_url(re.compile(r"\?vue="))
    expect(page.locator("#liste")).not_to_have_text(every)
    first = page.locator(".place-name").first
    island = first.inner_text()
    page.get_by_role("link", name="Mayotte", exact=True).press("Enter")
    expect(first).not_to_have_text(island)
    page.get_by_label("Ne lister que ce que la carte montre").uncheck()

    expect(page.locator("#liste")).to_have_text(every)
    assert "vue" not in page.url
    visitor.assert_quiet()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_list_follows_a_map_that_was_not_moved_yet(open_page, size):
    visitor = open_page(size)
    page = visitor.go("/")
    expect(page.locator("#map_carte")).to_have_attribute("data-drawn", "yes")

    page.get_by_label("Ne lister que ce que la carte montre").check()

    expect(page).to_have_url(re.compile(r"\?vue="))
    expect(page.get_by_label("Ne lister que ce que la carte montre")).to_be_checked()
    visitor.assert_quiet()


def test_what_was_in_view_is_shown_again_by_its_address_and_by_a_step_back(open_page):
    around_lyon = "4.5,45.5,5.2,46"
    visitor = open_page()
    page = visitor.go(f"/?vue={around_lyon}&zone=centre-est")
    frame = page.locator("#map_carte")
    expect(frame).to_have_attribute("data-drawn", "yes")
    sides = "document.getElementById('map_carte').mesh.view().split(',').map(Number)"

    west, south, east, north = page.evaluate(sides)
    assert max(west - 4.6, south - 45.6) < 0 < min(east - 5.1, north - 45.9)
    assert east - west < 4
    expect(page).not_to_have_url(re.compile(re.escape(around_lyon)))
    listed = page.locator("#liste").inner_text()
    page.get_by_label("Ne lister que ce que la carte montre").uncheck()
    expect(page.locator("#liste")).not_to_have_text(listed)
    page.get_by_role("link", name="Mayotte", exact=True).press("Enter")
    page.go_back()

    expect(page.locator("#liste")).to_have_text(listed)
    expect(page.get_by_label("Ne lister que ce que la carte montre")).to_be_checked()
    page.wait_for_timeout(500)
    assert page.evaluate(sides) == pytest.approx([west, south, east, north], abs=0.05)
    visitor.assert_quiet()


def test_a_commune_that_is_typed_is_searched_around(open_page):
    visitor = open_page(PHONE)
    page = visitor.go("/")

    page.locator("#criteres > summary").click()
    page.get_by_label("Près de").fill("lyon")
    page.get_by_label("Près de").press("Enter")

    expect(page).to_have_url(re.compile(r"\?autour=69123$"))
    expect(page.get_by_label("Près de")).to_have_value("Lyon (69)")
    expect(page.get_by_role("link", name=re.compile("à 25 km de Lyon"))).to_be_visible()
    page.get_by_label("Rayon").select_option("50")
    expect(page).to_have_url(re.compile(r"\?autour=69123&rayon=50$"))
    visitor.assert_quiet()


def test_on_paper_the_list_is_a_directory(open_page):
    page = open_page(DESK).go("/?q=bernin")

    page.emulate_media(media="print")

    entry = page.locator(".place-list > li", has_text="Mairie de Bernin")
    expect(entry).to_contain_text("496 RD 1090")
    expect(entry.get_by_text(re.compile(r"Tél\. .*jeu\.\s8\sh\s45"))).to_be_visible()
    assert page.locator("#map_carte, #filtres, .show, .files").locator("visible=true").count() == 0


SIDES = "document.getElementById('map_carte').mesh.view().split(',').map(Number)"


def test_the_map_goes_where_the_filter_is(open_page):
    visitor = open_page(DESK)
    page = visitor.go("/?autour=42218&rayon=10")
    expect(page.locator("#map_carte")).to_have_attribute("data-drawn", "yes")

    west, south, east, north = page.evaluate(SIDES)
    assert (west < 4.26, south < 45.35, east > 4.52, north > 45.52, north - south < 1) == (True,) * 5
    assert page.locator(".leaflet-zones-pane path[stroke-dasharray]").count() == 1
    page.locator("a", has_text="Tout montrer").first.click()
    expect(page).to_have_url(f"{visitor.site.url}/")
    page.get_by_role("combobox", name="Nom, commune").fill("lyon")
    page.get_by_role("combobox", name="Nom, commune").press("Enter")
    expect(page.locator(".tag.strong", has_text="lyon")).to_be_visible()
    page.wait_for_timeout(600)
    west, south, east, north = page.evaluate(SIDES)
    assert (west < 4.83 < east, south < 45.76 < north, north - south < 4) == (True,) * 3
    visitor.go("/?departement=974")
    expect(page.locator("#map_carte")).to_have_attribute("data-drawn", "yes")
    west, south, east, north = page.evaluate(SIDES)
    assert (west > 50, east < 60, south > -24, north < -18) == (True,) * 4
    visitor.assert_quiet()


def test_on_paper_a_place_keeps_what_leads_to_it_and_drops_what_is_pressed(open_page):
    page = open_page(DESK).go("/lieux/labfab-de-rennes")

    page.emulate_media(media="print")

    expect(page.get_by_role("heading", level=1)).to_have_text("LabFab de Rennes")
    expect(page.locator("dd", has_text="19 rue Hoche")).to_be_visible()
    expect(page.get_by_alt_text("Code QR de cette page")).to_be_visible()
    expect(page.locator(".place-address")).to_have_text(page.url)
    pressed = page.locator("button, form, .site-header, .site-footer, #map_carte, .place-now, a[href^='geo:']")
    assert pressed.locator("visible=true").count() == 0
