"""A lab manager keeps a series right, by keyboard, on a telephone and at a desk; a reader far away is told the hour."""

import re
from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.test_story import sign_in

SERIES = "/evenements/atelier-libre"
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


def photo() -> bytes:
    """A bench, a lamp, a sky: something to look at."""
    drawing = Image.new("RGB", (2000, 1250), "#cfe3ea")
    pen = ImageDraw.Draw(drawing)
    pen.rectangle((0, 800, 2000, 1250), fill="#8a5a34")
    pen.ellipse((1300, 120, 1700, 520), fill="#f2c14e")
    pen.rectangle((300, 500, 900, 820), fill="#0b5e5a")
    out, exif = BytesIO(), Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 6.0, 53.0)})
    drawing.save(out, "JPEG", exif=exif)
    return out.getvalue()


def press(page: Page, role: str, name) -> None:
    """As who has no mouse: the thing takes the focus, which can be seen, and answers to Enter."""
    thing = page.locator("main").get_by_role(role, name=name).first
    thing.focus()
    assert thing.evaluate("each => getComputedStyle(each).outlineStyle") != "none"
    enter(page)


def enter(page: Page) -> None:
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press("Enter")


def assert_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator("h1").count() == 1
    assert (
        page.locator("main :is(input, select, textarea):not([type=hidden])").evaluate_all(
            "fields => fields.filter(each => !each.labels.length).map(each => each.name)"
        )
        == []
    )


@SIZES
def test_a_manager_keeps_a_series_right_by_keyboard(site, open_page, size):
    manager = open_page(size)
    page = manager.page
    sign_in(page, site, 0)
    seen = []

    def look(name: str) -> None:
        assert_fits(page)
        manager.shoot(f"upkeep-{name}")
        seen.append(name)

    manager.go(SERIES)
    look("show")
    press(page, "link", "Dates, une par une")
    look("dates")
    press(page, "link", re.compile("^Annuler –"))
    look("cancel")
    page.keyboard.press("Tab")
    press(page, "button", "Annuler cette date")
    expect(page.get_by_role("alert")).to_contain_text("Une chose est à corriger")
    page.get_by_label("Pourquoi").fill("Le chauffage est en panne.")
    enter(page)
    expect(page.get_by_role("status").first).to_contain_text("Cette date est annulée")
    press(page, "link", re.compile("^Modifier –"))
    look("edit-date")
    page.get_by_label("Début").fill("19:00")
    page.get_by_label("Fin", exact=True).fill("21:30")
    page.get_by_label("Chercher un autre lieu").fill("rennes")
    press(page, "button", "Chercher")
    expect(page.locator("main")).to_contain_text("lieu")
    expect(page.get_by_label("Lieu", exact=True)).to_be_in_viewport()
    look("edit-date-found")
    page.get_by_label("Ou une autre adresse").fill("Salle des fêtes imaginaire, 1 rue des Essais")
    press(page, "button", "Enregistrer cette date")
    expect(page.locator("main")).to_contain_text("Autre lieu")
    press(page, "link", re.compile("^Annuler cette date et les suivantes –"))
    look("cancel-following")
    manager.go(f"{SERIES}/dates/ajouter")
    look("add-date")
    manager.go(f"{SERIES}/image")
    page.get_by_label("Fichier").set_input_files({"name": "atelier.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    page.get_by_label("Ce que l’image montre").fill("Un établi sous une lampe ronde")
    look("image")
    press(page, "button", "Enregistrer l’image")
    picture = page.get_by_role("img", name="Un établi sous une lampe ronde")
    expect(picture).to_be_visible()
    assert picture.evaluate("each => each.decode().then(() => each.naturalWidth > 0)")
    look("show-with-image")
    press(page, "link", "Historique")
    look("history")
    expect(page.locator("main")).to_contain_text("a annulé une date")
    manager.go(f"{SERIES}/supprimer")
    look("delete")
    manager.go("/mes-evenements")
    look("own")
    manager.go("/evenements/fete-de-l-atelier")
    look("draft")
    manager.go(f"{SERIES}/image")
    press(page, "button", "Retirer l’image")

    assert len(seen) == 13
    assert [text for text in manager.complaints if "422" not in text] == []
    assert manager.foreign == []


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Paris", None),
        ("Europe/Berlin", None),
        ("America/Montreal", re.compile(r"À l’heure de votre appareil \(America/(Montreal|Toronto)\)\s:\s.+ 12:00")),
        ("Indian/Reunion", re.compile(r"À l’heure de votre appareil \(Indian/Reunion\)\s:\s")),
    ],
)
def test_a_reader_is_told_the_hour_of_their_own_clock_where_it_differs(site, open_page, zone, words):
    reader = open_page(timezone_id=zone)
    page = reader.go("/evenements/initiation-a-la-decoupe-laser")
    line = page.locator("[data-reader-time]")

    if words is None:
        expect(line).to_be_hidden()
    else:
        expect(line).to_have_text(words)
    assert page.context.cookies() == []
    reader.assert_quiet()


@SIZES
def test_a_page_of_an_event_can_be_printed(open_page, size):
    reader = open_page(size)
    page = reader.go(SERIES)

    page.emulate_media(media="print")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Chaque semaine, le mardi et le jeudi.")).to_be_visible()
    expect(page.get_by_text("Prochaines dates")).to_be_visible()
    expect(page.get_by_role("link", name="Ajouter à mon calendrier")).to_be_hidden()
    reader.shoot("upkeep-print")
