"""The three promises, walked whole: a visitor, two lab managers and a calendar app, on the national data."""

import re
import urllib.request
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from playwright.sync_api import Page, expect

from tests import icaljs
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.looks import axe

ZONE_FEED = "/zones/fablab/ouest/agenda.ics"


def fetch(url: str, **headers: str) -> tuple[int, bytes, dict]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def sign_in(page: Page, site, number: int) -> None:
    mail, password = site.people[number]
    page.goto(f"{site.url}/connexion")
    page.get_by_label("Adresse électronique").fill(mail)
    page.get_by_label("Mot de passe").fill(password)
    page.locator("main").get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")


def entries(body: bytes, title: str) -> list:
    return [e for e in icalendar.Calendar.from_ical(body).walk("VEVENT") if str(e["SUMMARY"]).startswith(title)]


def test_a_lab_manager_posts_changes_and_cancels_and_calendars_follow(site, open_page):
    manager = open_page()
    page = manager.page
    sign_in(page, site, 0)
    day = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    feed = site.url + ZONE_FEED

    page.get_by_role("link", name=re.compile("Publier un événement")).first.click()
    page.get_by_label("Titre").fill("Soudure pour débuter")
    page.get_by_label("Date", exact=True).fill(day)
    page.get_by_label("Début", exact=True).fill("18:00")
    page.get_by_label("Fin", exact=True).fill("20:00")
    manager.shoot("event-form")
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Soudure pour débuter")
    address = page.url
    _status, posted, headers = fetch(feed)
    unchanged, _body, _headers = fetch(feed, **{"If-None-Match": headers["ETag"]})

    page.locator("main").get_by_role("link", name="Modifier", exact=True).click()
    page.get_by_label("Début", exact=True).fill("19:00")
    page.get_by_label("Fin", exact=True).fill("21:00")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    changed_status, moved, _headers = fetch(feed, **{"If-None-Match": headers["ETag"]})

    page.get_by_text("Annuler l’événement").first.click()
    page.get_by_label("Pourquoi").fill("La salle est prise.")
    page.get_by_role("button", name="Annuler l’événement").click()
    expect(page.locator("main")).to_contain_text("Annulé")
    manager.shoot("event-cancelled")
    _status, cancelled, _headers = fetch(feed)

    seen = [entries(body, "Soudure")[0] for body in (posted, moved, cancelled)]
    assert (unchanged, changed_status) == (304, 200)
    assert [len(entries(body, "Soudure")) for body in (posted, moved, cancelled)] == [1, 1, 1]
    assert len({str(entry["UID"]) for entry in seen}) == 1
    assert [entry.decoded("DTSTART").strftime("%H:%M %Z") for entry in seen] == [
        "18:00 CET",
        "19:00 CET",
        "19:00 CET",
    ] or [entry.decoded("DTSTART").strftime("%H:%M") for entry in seen] == ["18:00", "19:00", "19:00"]
    assert [int(entry.get("SEQUENCE", 0)) for entry in seen] == [0, 1, 2]
    assert [str(entry["STATUS"]) for entry in seen] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    by_icaljs = [
        next(e for e in icaljs.read(body)["events"] if e["summary"].startswith("Soudure"))
        for body in (posted, moved, cancelled)
    ]
    assert [e["start"]["wall"][11:16] for e in by_icaljs] == ["18:00", "19:00", "19:00"]
    assert [e["status"] for e in by_icaljs] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert fetch(address + ".ics")[0] == 200
    manager.assert_quiet()


def test_a_lab_publishes_a_project_a_second_joins_and_both_pages_and_the_map_say_so(site, open_page):
    camille, dominique = open_page(), open_page()
    sign_in(camille.page, site, 0)
    sign_in(dominique.page, site, 1)

    page = camille.go("/projets/nouveau")
    page.get_by_label("Titre").fill("Un banc de test commun")
    page.get_by_label(re.compile("Résumé|En une phrase")).fill("Éprouver les machines des labs avec un même banc.")
    page.get_by_label(re.compile("cherche", re.I)).first.fill("Un lab qui sache mesurer.")
    camille.shoot("project-form")
    page.get_by_role("button", name=re.compile("Publier")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Un banc de test commun")
    address = page.url.removeprefix(site.url)

    asker = dominique.go(address)
    asker.get_by_label(re.compile("apporte", re.I)).first.fill("Un pied à coulisse et du temps.")
    asker.get_by_role("button", name=re.compile("Demander|Proposer|rejoindre", re.I)).first.click()
    dominique.shoot("project-asked")
    dashboard = camille.go("/mon-espace")
    expect(dashboard.locator("main")).to_contain_text("Une demande attend votre réponse")
    camille.go(address).get_by_role("button", name=re.compile("Accepter")).first.click()
    camille.shoot("project-accepted")

    expect(camille.go(address).locator("main")).to_contain_text("Fabrique Imaginaire")
    expect(dominique.go("/lieux/fabrique-imaginaire-saint-etienne").locator("main")).to_contain_text(
        "Un banc de test commun"
    )
    _status, links, _headers = fetch(f"{site.url}/carte/liens.json")
    assert "Un banc de test commun" in links.decode()
    camille.assert_quiet()
    dominique.assert_quiet()


PAGES = [
    ("map", "/"),
    ("map-west", "/?zone=ouest"),
    ("place", "/lieux/artilect-fablab-toulouse"),
    ("zone", "/zones/fablab/ouest"),
    ("zones", "/zones/"),
    ("agenda", "/agenda"),
    ("projects", "/projets/"),
    ("calls", "/appels/"),
    ("data", "/donnees"),
    ("sign-in", "/connexion"),
    ("about", "/a-propos"),
    ("map-english", "/en/"),
]


@pytest.mark.parametrize(("name", "path"), PAGES)
def test_a_visitor_reads_every_page_without_a_third_party_or_a_cookie(open_page, name, path):
    visitor = open_page(PHONE)

    page = visitor.go(path)

    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        visitor.shoot(name)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator("h1").count() == 1
    if path != "/connexion":
        assert page.context.cookies() == []
    visitor.assert_quiet()


# In all other looks by script/check-pages.
@pytest.mark.parametrize(
    ("path", "scheme"),
    [
        ("/", "light"),
        ("/", "dark"),
        ("/zones/fablab/ouest", "dark"),
        ("/lieux/artilect-fablab-toulouse", "light"),
        ("/projets/", "dark"),
        ("/connexion", "light"),
    ],
)
def test_pages_have_no_fault_that_axe_can_see(open_page, path, scheme):
    visitor = open_page(color_scheme=scheme)
    page = visitor.go(path)

    assert axe(page) == []
