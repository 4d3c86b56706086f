"""An operator with several backgrounds: one that this server brings, others that somebody chooses."""

import http.server
import os
import re
import subprocess
import sys
import threading

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE, Site, Watched, free_port, wait_for
from tests.journeys.test_many_places import PICTURE

HOSTS = ("photos.exemple.test", "trams.exemple.test")
LAYERS = """
[[layer]]
code = "plan"
name_fr = "Plan"
name_en = "Street map"
url = "http://127.0.0.1:{port}/{{z}}/{{x}}/{{y}}.png"
credit = "© Plan"
proxy = true
[[layer]]
code = "photos"
name_fr = "Photographies aériennes"
name_en = "Aerial photographs"
url = "https://photos.exemple.test/{{z}}/{{x}}/{{y}}.jpg"
credit = "© Photos"
[[layer]]
code = "trams"
name_fr = "Transports"
name_en = "Public transport"
url = "https://trams.exemple.test/{{z}}/{{x}}/{{y}}.png"
credit = "© Trams"
kind = "overlay"
legend_fr = "En rouge, les tramways"
"""


class Tiles(http.server.BaseHTTPRequestHandler):
    """A tile server of the operator's house."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        self.wfile.write(PICTURE)

    def log_message(self, *_args):
        pass


@pytest.fixture(scope="module")
def layered_site(site, tmp_path_factory):
    """The same database, served with a file of layers."""
    tiles = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    threading.Thread(target=tiles.serve_forever, daemon=True).start()
    folder, port = tmp_path_factory.mktemp("layers"), free_port()
    path = folder / "layers.toml"
    path.write_text(LAYERS.format(port=tiles.server_port), "utf-8")
    environ = site.environ | {
        "FABLABMESH_BASE_URL": f"http://127.0.0.1:{port}",
        "FABLABMESH_DATA": str(folder),
        "FABLABMESH_MAP_LAYERS": str(path),
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
        tiles.shutdown()
        tiles.server_close()


@pytest.fixture
def visit(browser, layered_site):
    contexts = []

    def make(path: str = "/", size=DESK) -> tuple[Watched, list[str]]:
        context = browser.new_context(viewport=size, locale="fr-FR", reduced_motion="reduce")
        contexts.append(context)
        visitor, asked = Watched(context, layered_site), []

        def answer(route):
            asked.append(re.search(r"//([^/]+)", route.request.url)[1])
            route.fulfill(body=PICTURE, content_type="image/png")

        for host in HOSTS:
            visitor.page.route(f"https://{host}/**", answer)
        expect(visitor.go(path).locator("#map_carte")).to_have_attribute("data-drawn", "yes")
        return visitor, asked

    yield make
    for context in contexts:
        context.close()


def test_what_this_server_brings_is_shown_and_nobody_else_is_asked(visit):
    visitor, asked = visit()

    expect(visitor.page.locator("img.leaflet-tile[src^='/fonds/plan/']").first).to_be_visible()
    assert asked == []
    expect(visitor.page.locator(".leaflet-control-attribution")).to_contain_text("© Plan")
    visitor.assert_quiet()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_one_chooses_by_keyboard_what_lies_below_and_over_the_land_and_finds_it_again(visit, size):
    visitor, asked = visit(size=size)
    page = visitor.page
    page.locator(".map-layers summary").press("Enter")
    photos = page.get_by_role("radio", name="Photographies aériennes (photos.exemple.test recevra votre adresse IP)")
    trams = page.get_by_role("checkbox", name="Transports (trams.exemple.test recevra votre adresse IP)")
    expect(trams).to_have_accessible_description("En rouge, les tramways")
    assert asked == []

    page.get_by_role("radio", name="Plan").press("ArrowDown")
    expect(photos).to_be_checked()
    expect(page.locator("img.leaflet-tile[src*='photos.exemple.test']").first).to_be_attached()
    assert set(asked) == {"photos.exemple.test"}
    trams.press(" ")
    expect(page.locator("img.leaflet-tile[src*='trams.exemple.test']").first).to_be_attached()
    page.reload()

    expect(page.locator("#map_carte")).to_have_attribute("data-drawn", "yes")
    page.locator(".map-layers summary").press("Enter")
    expect(photos).to_be_checked()
    expect(trams).to_be_checked()
    page.get_by_role("radio", name="Les départements seulement").check()
    expect(page.locator("img.leaflet-tile[src*='photos.exemple.test']")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert visitor.complaints == []


def test_names_are_in_the_language_of_the_page_and_a_frame_offers_what_asks_nobody(visit):
    english, _asked = visit("/en/")
    english.page.locator(".map-layers summary").click()
    expect(english.page.get_by_role("radio", name=re.compile("Aerial photographs"))).to_be_visible()

    framed, asked = visit("/integrer/carte")
    expect(framed.page.locator("img.leaflet-tile[src^='/fonds/plan/']").first).to_be_attached()
    expect(framed.page.locator(".map-layers")).to_have_count(0)
    assert asked == []
