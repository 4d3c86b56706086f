"""The map in a browser: by keyboard, by its list, by its filters; and the page without a script."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE


def drawn(visitor, path: str = "/") -> Page:
    page = visitor.go(path)
    expect(page.locator("#map_carte")).to_have_attribute("data-drawn", "yes")
    return page


def test_a_place_is_opened_and_left_by_keyboard(open_page):
    visitor = open_page()
    page = drawn(visitor)

    page.get_by_role("button", name=re.compile("^Artilect")).focus()
    page.keyboard.press("Enter")
    popup = page.locator(".leaflet-popup")
    expect(popup.get_by_role("link", name="Artilect FabLab", exact=True)).to_be_focused()
    expect(popup).to_contain_text("Lauréat 2013")
    page.keyboard.press("Escape")

    expect(popup).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Artilect"))).to_be_focused()
    visitor.assert_quiet()


def test_closing_a_popup_by_its_button_gives_the_focus_back(open_page):
    page = drawn(open_page())
    page.get_by_role("button", name=re.compile("^Artilect")).focus()
    page.keyboard.press(" ")

    page.locator(".leaflet-popup").get_by_label("Fermer").press("Enter")

    expect(page.get_by_role("button", name=re.compile("^Artilect"))).to_be_focused()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_popup_opens_clear_of_what_stands_on_the_map(open_page, size):
    page = drawn(open_page(size))
    # The mark beside it opens under each of them, unless the map moves.
    for part in (".leaflet-control-zoom", ".insets"):
        page.evaluate(
            """(part) => {
                const box = document.querySelector(part).getBoundingClientRect();
                const away = (mark) => {
                    const own = mark.getBoundingClientRect();
                    return Math.hypot(own.left - box.right, own.top - box.top);
                };
                const marks = [...document.querySelectorAll("#map_carte .map-mark:not(.map-many)")];
                marks.sort((one, other) => away(one) - away(other))[0].click();
            }""",
            part,
        )
        page.locator(".leaflet-popup").wait_for()
        page.wait_for_timeout(400)
        covered = page.evaluate(
            """() => {
                const popup = document.querySelector(".leaflet-popup-content-wrapper").getBoundingClientRect();
                return [".leaflet-control-zoom", ".insets"].filter((part) => {
                    const box = document.querySelector(part).getBoundingClientRect();
                    const beside = box.left >= popup.right || box.right <= popup.left;
                    return !beside && box.top < popup.bottom && box.bottom > popup.top;
                });
            }"""
        )
        assert covered == []
        page.keyboard.press("Escape")
        expect(page.locator(".leaflet-popup")).to_have_count(0)


@pytest.mark.parametrize("key", ["Enter", " "])
@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_a_cluster_opens_by_keyboard_and_the_focus_goes_to_what_came_out(open_page, key, motion):
    page = drawn(open_page(reduced_motion=motion))
    first = page.locator(".map-cluster").first
    before = first.inner_text()

    first.focus()
    page.keyboard.press(key)

    page.wait_for_timeout(1_200)
    assert page.evaluate("document.activeElement.matches('.map-cluster, .map-mark')")
    assert page.evaluate("document.activeElement.textContent") != before


def test_laureates_stand_out_of_the_crowd_and_keep_their_number(open_page):
    page = drawn(open_page(), "/?genre=laureat")

    alone = page.locator(".map-star").count()
    gathered = sum(int(text) for text in page.locator(".map-badge").all_inner_texts())

    assert (alone + gathered, page.locator(".map-cluster").count()) == (14, 0)


def test_the_number_of_gathered_laureates_is_hidden_by_no_other_mark(open_page):
    page = drawn(open_page(DESK))

    above = page.evaluate(
        """() => {
            const marks = [...document.querySelectorAll("#map_carte .map-mark")];
            const height = (mark) => Number(mark.style.zIndex);
            return [...document.querySelectorAll("#map_carte .map-badge")].map((badge) => {
                const own = badge.getBoundingClientRect();
                const covers = (mark) => {
                    const box = mark.getBoundingClientRect();
                    const isThere = box.left < own.right && box.right > own.left;
                    return isThere && box.top < own.bottom && box.bottom > own.top;
                };
                const over = (mark) => height(mark) > height(badge.parentElement) && !mark.matches(".map-many");
                return marks.filter((mark) => over(mark) && covers(mark)).length;
            });
        }"""
    )

    assert set(above) == {0}


def test_the_list_shows_a_place_on_the_map_and_takes_the_focus_back(open_page):
    page = drawn(open_page())
    button = page.get_by_role("button", name="Voir Artilect FabLab sur la carte")

    button.click()
    expect(page.locator(".leaflet-popup").get_by_role("link", name="Artilect FabLab", exact=True)).to_be_focused()
    page.keyboard.press("Escape")

    expect(button).to_be_focused()


def test_pointing_at_a_line_of_the_list_lights_its_mark(open_page):
    page = drawn(open_page())

    page.locator("[data-place^=artilect]").hover()

    expect(page.locator(".is-lit")).to_have_count(1)
    expect(page.locator(".is-lit")).to_have_attribute("title", "Artilect FabLab")


def test_filters_move_the_list_the_map_and_the_address_together_and_back_again(open_page):
    visitor = open_page()
    page = drawn(visitor)
    markers, title = page.locator("#map_carte"), page.locator("#liste")
    every = markers.get_attribute("data-markers")
    page.evaluate("window.witness = true")

    page.get_by_label("Nom, commune ou code postal").press_sequentially("artilect", delay=20)
    expect(title).to_have_text("1 lieu")
    expect(markers).to_have_attribute("data-markers", "1")
    expect(page.locator("#annonce")).to_have_text("1 lieu")
    assert page.url.endswith("/?q=artilect")
    page.keyboard.press("Escape")  # the suggestions, which lie over the filters
    page.locator("#criteres > summary").click()
    page.get_by_role("checkbox", name=re.compile("EPN")).check()
    expect(title).to_have_text("0 lieux")
    expect(page.locator("#resultats")).to_contain_text("Aucun lieu ne répond")
    page.go_back()
    expect(title).to_have_text("1 lieu")
    page.go_back()

    expect(markers).to_have_attribute("data-markers", every)
    assert page.get_by_label("Nom, commune ou code postal").input_value() == ""
    assert page.evaluate("window.witness")
    visitor.assert_quiet()


def test_the_pages_of_the_list_turn_without_drawing_the_map_again(open_page):
    page = drawn(open_page())
    page.evaluate("window.witness = true")

    page.get_by_role("link", name=re.compile("Page suivante")).click()

    expect(page.get_by_role("link", name=re.compile("Page précédente"))).to_be_visible()
    expect(page.locator("#liste")).to_be_focused()
    assert page.url.endswith("/?page=2")
    assert page.evaluate("window.witness")


def test_the_programme_changes_the_zones_of_the_form_the_legend_and_the_land(open_page):
    page = drawn(open_page())
    page.locator("#criteres > summary").click()

    page.locator("#programme").select_option("epn")
    expect(page.locator("#legende")).to_contain_text("Centre-Est")
    page.get_by_label("Zone", exact=True).select_option("centre-est")

    expect(page.locator("#liste")).to_contain_text("dans la zone Centre-Est")
    assert page.url.endswith("/?programme=epn&zone=centre-est")


def test_a_click_on_the_land_leads_to_its_zone(open_page):
    page = drawn(open_page(), "/?genre=pole&zone=sud-ouest")
    page.wait_for_timeout(500)

    # The zone stands in the middle of what its panel left of the map.
    taken = page.locator(".map-panel").bounding_box()["width"]
    page.keyboard.press("Escape")
    land = page.locator("#map_carte").bounding_box()
    page.mouse.click(land["x"] + (land["width"] - taken) / 2, land["y"] + land["height"] / 2)

    panel = page.locator(".map-panel")
    expect(panel.get_by_role("heading", name="Sud-Ouest")).to_be_focused()
    expect(panel.get_by_role("link", name="La page de la zone")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(page.locator("#map_carte")).to_be_focused()


def test_the_map_is_reached_and_moved_overseas_by_keyboard(open_page):
    page = drawn(open_page())

    page.get_by_role("link", name="Aller à la carte").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "map_carte"
    page.get_by_role("link", name="La Réunion", exact=True).press("Enter")

    expect(page.locator(".map-mark[aria-label*='Saint-Denis']")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/?zone=ouest"])
def test_on_a_desk_the_list_scrolls_and_the_page_does_not(open_page, path):
    page = drawn(open_page(DESK), path)

    assert page.evaluate("document.documentElement.scrollHeight") <= DESK["height"]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_without_a_script_the_list_is_whole_and_the_form_works(open_page, size):
    visitor = open_page(size, java_script_enabled=False)
    page = visitor.go("/?zone=ouest")

    assert page.locator(".place-name").count() == 9
    assert page.locator("[data-show], .inset").locator("visible=true").count() == 0
    page.get_by_label("Nom, commune ou code postal").fill("rennes")
    page.get_by_role("button", name="Filtrer").click()

    assert "q=rennes" in page.url
    assert page.locator(".place-name").all_inner_texts() == ["LabFab de Rennes", "Atelier des Essais"]


def test_the_pages_of_a_place_and_of_a_zone_have_their_map(open_page):
    place, zone = drawn(open_page(), "/lieux/artilect-fablab-toulouse"), drawn(open_page(), "/zones/fablab/ouest")

    expect(place.locator(".map-star.is-lit")).to_have_attribute("title", "Artilect FabLab")
    expect(zone.locator("#map_carte")).to_have_attribute("data-markers", "9")


def test_a_popup_tells_what_comes_and_leads_there(open_page):
    visitor = open_page()
    page = drawn(visitor, "/?q=atelier+des+essais")
    page.get_by_role("button", name=re.compile("^Atelier des Essais")).focus()
    page.keyboard.press("Enter")

    popup = page.locator(".leaflet-popup")
    expect(popup.locator("a[href^='/evenements/']")).to_have_count(1)
    expect(popup.locator("a[href^='geo:48.0931,-1.6749']")).to_have_text("Itinéraire – Atelier des Essais")
    expect(popup.get_by_role("link", name="Atelier des Essais").first).to_be_focused()
    inner = popup.locator(".leaflet-popup-content")
    assert inner.evaluate("(box) => box.scrollHeight <= box.clientHeight + 1")
    visitor.assert_quiet()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_panel_of_a_zone_stands_beside_it(open_page, size):
    page = drawn(open_page(size, reduced_motion="reduce"), "/?zone=ouest")
    page.locator(".map-panel").wait_for()
    page.wait_for_timeout(400)

    covered = page.evaluate(
        """() => {
            const panel = document.querySelector(".map-panel").getBoundingClientRect();
            return [...document.querySelectorAll(".map-mark")].map((mark) => mark.getBoundingClientRect())
                .filter((box) => box.left < panel.right && box.right > panel.left)
                .filter((box) => box.top < panel.bottom && box.bottom > panel.top).length;
        }"""
    )

    assert covered == 0


def test_a_link_is_drawn_only_while_one_of_its_labs_is_found(open_page):
    page = drawn(open_page(), "/?q=essais")
    links = page.locator("#map_carte path.map-link")

    expect(links).to_have_count(1)
    page.get_by_label("Nom, commune ou code postal").fill("artilect")
    expect(links).to_have_count(0)


def test_a_mark_that_a_star_covers_steps_aside(open_page):
    page = drawn(open_page(), "/?q=rennes")

    hidden = page.evaluate(
        """() => {
            const centre = (mark) => {
                const box = mark.getBoundingClientRect();
                return [box.left + box.width / 2, box.top + box.height / 2];
            };
            return [...document.querySelectorAll(".map-hexagon, .map-circle")]
                .filter((mark) => !mark.contains(document.elementFromPoint(...centre(mark)))).map((mark) => mark.title);
        }"""
    )

    assert hidden == []
