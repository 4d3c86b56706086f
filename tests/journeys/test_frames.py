"""A map and a list on the page of another site, and the page that gives the line for them."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.looks import axe


@pytest.fixture
def other_site() -> Iterator[Callable[[str], str]]:
    """`other_site(html)`: the address of a page with that in it, on another origin."""
    pages: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"<!doctype html><html lang=fr><title>Un autre site</title><h1>Chez nous</h1>{pages[-1]}".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def make(html: str) -> str:
        pages.append(html)
        return f"http://localhost:{server.server_port}/"

    yield make
    server.shutdown()
    server.server_close()


def build(page, site, query: str) -> str:
    """The line that the builder gives."""
    page.goto(f"{site.url}/integrer?{query}")
    return page.get_by_label("La ligne de HTML").input_value()


def test_another_site_shows_a_map_that_keys_can_walk(open_page, site, other_site):
    page = open_page(DESK).page
    asked: list[str] = []
    line = build(page, site, "quoi=carte&zone=fablab/ouest&hauteur=600")
    page.on("request", lambda request: asked.append(request.url))
    page.goto(other_site(line))
    page.frame_locator("iframe").locator("#map_carte[data-drawn=yes]").wait_for()
    frame = page.frame(url=re.compile("/integrer/carte"))

    assert int(frame.locator("#map_carte").get_attribute("data-markers")) >= 5
    assert page.locator("iframe").bounding_box()["height"] == 600
    frame.locator("#map_carte").focus()
    page.keyboard.press("Enter")
    assert frame.evaluate("document.activeElement.matches('.map-mark, .map-cluster')")
    assert all(url.startswith((site.url, page.url, "data:", "blob:")) for url in asked if "favicon" not in url)
    assert page.context.cookies() == []


def test_another_site_shows_a_list_in_its_height_whose_pages_turn_in_it(open_page, site, other_site):
    page = open_page(PHONE).page
    page.goto(other_site(build(page, site, "quoi=liste&genre=epn&max=5")))
    page.wait_for_function("parseInt(document.querySelector('iframe').style.height) > 200")
    frame = page.frame(url=re.compile("/integrer/liste"))

    assert frame.locator(".embedded-places > li").count() == 5
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    frame.get_by_role("link", name="Page suivante").click()
    frame.get_by_text("Page 2 sur").wait_for()
    with page.context.expect_page() as opened:
        frame.locator(".place-name").first.click()
    assert "/lieux/" in opened.value.url
    assert page.url.startswith("http://localhost")
    assert page.context.cookies() == []


def test_the_line_and_the_preview_follow_the_form(open_page, site):
    watched = open_page(DESK)
    page = watched.go("/integrer?quoi=liste")

    page.get_by_label("Zone", exact=True).select_option("epn/ouest")
    page.get_by_label("Lauréats").check()
    page.wait_for_url(re.compile("genre=laureat"))

    line = page.get_by_label("La ligne de HTML").input_value()
    assert "/integrer/liste?genre=laureat&amp;programme=epn&amp;zone=ouest" in line
    assert page.locator("iframe").get_attribute("src") == "/integrer/liste?genre=laureat&programme=epn&zone=ouest"
    assert page.frame_locator("iframe").locator("h1").inner_text() == "Lauréats – zone Ouest"
    assert "zone=epn" in page.url
    watched.assert_quiet()


def test_the_builder_works_without_script(open_page, site):
    page = open_page(DESK, java_script_enabled=False).go("/integrer")

    page.get_by_role("link", name="Une liste de lieux").click()
    page.get_by_label("Autour de").fill("Saint-Étienne")
    page.get_by_label("Lauréats").check()
    page.get_by_role("button", name="Montrer").click()

    assert "autour=42218" in page.get_by_label("La ligne de HTML").input_value()
    assert page.get_by_label("Autour de").input_value() == "Saint-Étienne (42)"


@pytest.mark.parametrize("path", ["/statistiques/", "/statistiques/fablab/ouest", "/integrer", "/integrer?quoi=agenda"])
def test_pages_fit_a_narrow_screen_and_axe_finds_nothing(open_page, path):
    watched = open_page({"width": 320, "height": 740}, bypass_csp=True)
    page = watched.go(path)

    faults = axe(page)
    watched.shoot("-".join(re.findall(r"\w+", path)))
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320
