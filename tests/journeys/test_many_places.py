"""An operator who has more places than are sent at once, and a tile server: tiles, and consent before them."""

import base64
import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, Site, Watched, free_port, wait_for
from tests.journeys.test_offline import be_ready

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
HOST = "fonds.exemple.test"


@pytest.fixture(scope="module")
def great_site(site):
    """The same database, served with other settings."""
    port = free_port()
    environ = site.environ | {
        "FABLABMESH_BASE_URL": f"http://127.0.0.1:{port}",
        "FABLABMESH_MAP_ROWS": "100",
        "FABLABMESH_TILES_URL": f"https://{HOST}/{{z}}/{{x}}/{{y}}.png",
        "FABLABMESH_TILES_ATTRIBUTION": "© Exemple",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "1", "--no-access-log", "--log-level", "warning", "fablabmesh.wsgi:app"],
        env=os.environ | environ,
    )  # fmt: skip
    served = Site(f"http://127.0.0.1:{port}", environ)
    try:
        wait_for(f"{served.url}/readyz", server)
        yield served
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture
def visit(browser, great_site):
    contexts = []

    def make(path: str = "/", size=DESK, **options) -> Watched:
        context = browser.new_context(viewport=size, locale="fr-FR", reduced_motion="reduce", **options)
        contexts.append(context)
        visitor = Watched(context, great_site)
        visitor.page.route(f"https://{HOST}/**", lambda route: route.fulfill(body=PICTURE, content_type="image/png"))
        expect(visitor.go(path).locator("#map_carte")).to_have_attribute("data-drawn", "yes")
        return visitor

    yield make
    for context in contexts:
        context.close()


def counts(page: Page) -> int:
    bubbles = sum(int(re.sub(r"\D", "", text)) for text in page.locator(".map-cluster").all_inner_texts())
    alone = page.locator(".map-hexagon, .map-circle").count()
    return bubbles + alone


def test_the_tiles_that_were_seen_are_there_offline(visit):
    page = visit(service_workers="allow").page
    be_ready(page)
    page.reload()
    drawn = expect(page.locator("#map_carte"))
    drawn.to_have_attribute("data-drawn", "yes")
    online = counts(page)
    page.wait_for_timeout(300)

    page.context.set_offline(True)
    page.reload()

    drawn.to_have_attribute("data-drawn", "yes")
    assert (counts(page), page.locator(".map-star").count() > 0) == (online, True)


def test_tiles_show_the_same_places_as_rows_would(visit, great_site):
    page = visit().page

    expect(page.locator("#map_carte")).to_have_attribute("data-plan", re.compile("^tuiles/"))
    standing = page.locator(".map-star, .map-diamond").count()
    gathered = sum(int(text) for text in page.locator(".map-badge").all_inner_texts())
    rows = page.request.get(f"{great_site.url}/carte/lieux.json").json()["columns"]["department"]
    assert counts(page) + standing + gathered == len([code for code in rows if not code.startswith("97")])
    page.get_by_label("Nom, commune ou code postal").fill("artilect")
    expect(page.locator("#map_carte")).to_have_attribute("data-markers", "1")


def test_a_bubble_of_tiles_opens_by_keyboard_down_to_a_place_and_its_popup(visit):
    visitor = visit()
    page = visitor.page
    frame = page.locator("#map_carte")
    frame.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('.map-cluster, .map-mark')")
    page.locator(".map-cluster").first.focus()

    for _step in range(12):
        page.keyboard.press("Enter")
        page.wait_for_timeout(250)
        if page.locator(".leaflet-popup").count():
            break
        assert page.evaluate("document.activeElement.matches('.map-cluster, .map-mark')")

    popup = page.locator(".leaflet-popup")
    expect(popup).to_have_attribute("role", "dialog")
    assert page.evaluate("document.activeElement.closest('.leaflet-popup') !== null")
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    assert page.evaluate("document.activeElement.matches('.map-cluster, .map-mark')")
    page.keyboard.press("Escape")
    expect(frame).to_be_focused()
    visitor.assert_quiet()


def test_the_list_shows_a_place_that_no_tile_has_drawn(visit):
    page = visit("/?q=lyon").page
    button = page.locator("[data-show]").first

    button.click()

    expect(page.locator(".leaflet-popup h2 a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_no_third_party_is_asked_before_the_visitor_agreed_nor_after_she_changed_her_mind(visit):
    visitor = visit()
    page = visitor.page
    assert visitor.foreign == []
    box = page.locator(".map-consent")
    expect(box).to_contain_text("Votre navigateur lui enverra votre adresse IP")

    box.get_by_role("button", name=f"Afficher le fond de carte de {HOST}").click()
    expect(page.locator(".leaflet-tile-loaded").first).to_be_attached()
    assert {url.split("/")[2] for url in visitor.foreign} == {HOST}
    page.reload()
    expect(page.locator(".leaflet-tile-loaded").first).to_be_attached()
    box.get_by_role("button", name="Ne plus afficher").click()
    visitor.foreign.clear()
    page.reload()
    expect(page.locator("#map_carte")).to_have_attribute("data-drawn", "yes")

    assert visitor.foreign == []
    expect(page.locator("img.leaflet-tile")).to_have_count(0)
    assert visitor.complaints == []


def test_the_map_is_one_stop_of_the_tab_key(visit):
    page = visit().page
    page.locator("#map_carte").focus()

    page.keyboard.press("Tab")

    assert page.evaluate("document.getElementById('map_carte').contains(document.activeElement)") is False


def test_a_zone_opens_in_a_panel_from_the_legend_and_by_its_address(visit):
    page = visit("/?zone=ouest").page
    panel = page.locator(".map-panel")
    expect(panel.get_by_role("heading", name="Ouest")).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")
    link = page.locator("#legende").get_by_role("link", name="Sud-Est")

    link.press("Enter")
    expect(panel.get_by_role("heading", name="Sud-Est")).to_be_focused()
    page.keyboard.press("Escape")

    expect(panel).to_have_count(0)
    expect(link).to_be_focused()


def test_an_inset_tells_its_count_and_leads_the_map_there(visit):
    page = visit(size=PHONE).page
    inset = page.locator("[data-department='974']")
    expect(inset.locator(".inset-count")).to_have_text("1")

    inset.click()

    expect(page.get_by_role("button", name=re.compile("^La Case à Essais"))).to_be_visible()
    page.get_by_role("link", name="Métropole").click()
    expect(page.locator(".map-star").first).to_be_visible()


def test_the_zones_of_the_other_programme_are_one_click_away_and_colour_the_land(visit):
    page = visit().page
    programmes = page.get_by_role("navigation", name="Zones du programme")

    programmes.get_by_role("link", name="EPN").click()

    expect(page.locator("#legende")).to_contain_text("Centre-Est")
    expect(programmes.get_by_role("link", name="EPN")).to_have_attribute("aria-current", "true")
    expect(programmes.get_by_role("link", name="Fab Labs")).not_to_have_attribute("aria-current", "true")
    assert page.url.endswith("?programme=epn")
