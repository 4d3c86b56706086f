"""The agenda on a phone and on a desk, by keyboard, on paper and in a frame of another site."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.looks import axe
from tests.journeys.test_story import sign_in

PAGES = [
    ("/agenda", PHONE),
    ("/agenda?vue=mois", PHONE),
    ("/agenda?vue=mois", DESK),
    ("/agenda?vue=semaine", DESK),
    ("/agenda?genre=epn&zone=fablab/ouest&2.q=atelier&du=2026-01-01", PHONE),
    ("/agenda/integrer", DESK),
    ("/agenda/integrer?theme=sombre&vue=mois", PHONE),
    ("/integrer?quoi=agenda", DESK),
]


# In all other looks by script/check-pages.
@pytest.mark.parametrize(("path", "size"), PAGES)
def test_pages_of_the_agenda_have_no_fault_that_axe_can_see(open_page, path, size):
    watched = open_page(size)
    page = watched.go(path)

    faults = axe(page)

    watched.shoot("agenda-" + re.sub(r"[^a-z]+", "-", path.lower()).strip("-"))
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    watched.assert_quiet()


def next_month_with_events(page) -> None:
    for _ in range(3):
        if page.locator(".agenda-month td:not(.is-out) .agenda-jump").count():
            return
        page.get_by_role("link", name="Mois suivant").click()
        page.wait_for_load_state("networkidle")


def test_on_a_phone_a_day_of_the_month_leads_to_what_happens_then(open_page):
    page = open_page(PHONE).go("/agenda?vue=mois")
    next_month_with_events(page)

    day = page.locator(".agenda-month td:not(.is-out) .agenda-jump").first
    wanted = day.get_attribute("href")
    day.focus()
    page.keyboard.press("Enter")

    assert page.url.endswith(wanted)
    assert page.locator(wanted).is_visible()
    assert page.locator(".agenda-cell").first.is_hidden()


def test_on_a_desk_the_month_holds_everything_and_nothing_twice(open_page):
    page = open_page(DESK).go("/agenda?vue=mois")
    next_month_with_events(page)

    assert page.locator(".agenda-cell a").first.is_visible()
    assert page.locator(".agenda-below").is_hidden()
    assert page.locator(".agenda-jump").first.is_hidden()


def test_the_filter_says_what_it_would_find_before_it_is_sent_and_works_by_keyboard(open_page):
    watched = open_page(DESK)
    page = watched.go("/agenda")

    page.get_by_label("Mots").focus()
    page.keyboard.type("introuvable")
    page.locator("[data-live-count]", has_text="0 rendez-vous").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/agenda?q=introuvable")

    assert "Aucun rendez-vous ne correspond à ce choix." in page.inner_text("main")
    page.get_by_role("link", name=re.compile("Retirer.*introuvable")).press("Enter")
    page.wait_for_url("**/agenda")
    watched.assert_quiet()


def test_without_script_a_commune_as_people_type_it_is_found(open_page):
    page = open_page(DESK, java_script_enabled=False).go("/agenda")

    page.get_by_label("Autour de").fill("rennes (35)")
    page.get_by_label("Dans un rayon de (km)").fill("40")
    page.get_by_role("button", name="Filtrer").click()
    page.wait_for_url("**/agenda?autour=35238&rayon=40")

    assert "à 40 km de Rennes" in page.inner_text("h1").replace("\u00a0", " ")


def test_on_paper_there_is_only_the_agenda(open_page):
    page = open_page(DESK).go("/agenda?vue=mois")
    page.emulate_media(media="print")

    assert page.locator(".agenda-month").is_visible()
    for part in (".site-header", ".agenda-filter", "#abonnement", ".agenda-steps", ".agenda-views", ".site-footer"):
        assert page.locator(part).first.is_hidden(), part


@pytest.fixture
def other_site(site) -> Iterator[str]:
    """A page of another site with the two lines in it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = (
                "<!doctype html><html lang=fr><title>Un autre site</title><h1>Chez nous</h1>"
                f'<iframe src="{site.url}/agenda/integrer?max=30" title="Agenda" width="100%" height="600"></iframe>'
                f'<iframe src="{site.url}/agenda" title="Page" width="100%" height="300"></iframe>'
                f'<script src="{site.url}/agenda/integrer.js" async></script>'
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_another_site_shows_the_frame_in_its_height_and_no_other_page(open_page, site, other_site):
    page = open_page(DESK).page
    page.goto(other_site)
    page.wait_for_function("parseInt(document.querySelector('iframe').style.height) > 100")

    frame = page.frame(url=re.compile("/agenda/integrer"))
    assert frame.locator("h1").inner_text() == "Agenda des Fab Labs"
    height = frame.evaluate("document.documentElement.offsetHeight")
    assert page.evaluate("document.querySelector('iframe').style.height") == f"{height}px"
    assert page.frames[2].url.startswith("chrome-error:")
    assert page.context.cookies(site.url) == []


def test_a_person_opens_a_calendar_of_their_own_and_closes_it(open_page, site):
    watched = open_page(PHONE)
    page = watched.page
    sign_in(page, site, 0)
    page.get_by_role("link", name="Mon agenda dans mon calendrier").click()

    page.get_by_label("Nom").fill("Mon téléphone")
    page.get_by_role("button", name="Ouvrir").click()
    address = page.locator("#adresse").input_value()
    faults = axe(page)
    watched.shoot("mon-agenda")
    opened = page.request.get(address)
    page.get_by_role("button", name="Fermer – Mon téléphone").click()
    page.wait_for_load_state("networkidle")

    assert faults == []
    assert opened.text().startswith("BEGIN:VCALENDAR")
    assert page.request.get(address).status == 404
    assert "Aucun calendrier n’est ouvert" in page.inner_text("main")
