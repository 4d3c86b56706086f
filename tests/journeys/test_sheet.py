"""A lab's manager looks after its page on a telephone: hours, a machine, the point, a photograph; all seen at once."""

import re
from io import BytesIO

import pytest
from PIL import Image as Drawing
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE

ADDRESS = "/lieux/fabrique-imaginaire-saint-etienne"


def photo():
    out = BytesIO()
    Drawing.new("RGB", (800, 600), "#2f6f9f").save(out, "JPEG")
    return {"name": "atelier.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture
def manager(open_page, site):
    watched = open_page(PHONE)
    mail, password = next(each for each in site.people if each[0].startswith("dominique"))
    page = watched.go("/connexion")
    page.fill("[name=email]", mail)
    page.fill("[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_load_state("networkidle")
    return watched


def open_part(page, name):
    page.locator(f"#part-{name} > summary").click()


def test_a_manager_changes_hours_adds_a_machine_drags_the_point_and_adds_a_photograph(manager):
    page = manager.go(f"{ADDRESS}/modifier")
    before = page.input_value("[name=longitude]")

    open_part(page, "hours")
    page.fill("[name=days-0-open_0]", "14:00")
    page.fill("[name=days-0-close_0]", "21:30")

    open_part(page, "machines")
    page.get_by_role("button", name="Ajouter une machine").click()
    row = page.locator("#part-machines [data-row]").last
    row.get_by_label("Type de machine").select_option("brodeuse-numerique")
    row.get_by_label("Marque et modèle").fill("Brodeuse du téléphone")

    open_part(page, "point")
    mark = page.locator("[data-point-mark]")
    mark.evaluate("mark => mark.scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(300)
    box = mark.bounding_box()
    page.mouse.move(box["x"] + 22, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 62, box["y"] + 10, steps=6)
    page.mouse.up()
    dragged = page.input_value("[name=longitude]")
    assert float(dragged) > float(before)

    # The same without a mouse.
    mark.focus()
    page.keyboard.press("ArrowLeft")
    assert float(page.input_value("[name=longitude]")) < float(dragged)
    assert page.is_checked("[name=precision][value=address]")

    open_part(page, "pictures")
    page.set_input_files("[name=picture]", photo())
    page.get_by_label("Ce que la photo montre").last.fill("Un mur bleu")
    manager.shoot("sheet-edit")
    point = [page.input_value(f"[name={name}]") for name in ("latitude", "longitude")]
    page.locator(".save-bar button").click()
    page.wait_for_load_state("networkidle")

    expect(page).to_have_url(re.compile(f"{ADDRESS}$"))
    expect(page.get_by_text("La fiche est à jour.")).to_be_visible()
    shown = page.locator("main").inner_html()
    for text in ("Brodeuse du téléphone", "Un mur bleu", "21\xa0h\xa030"):
        assert (text, text in shown.replace("&nbsp;", "\xa0")) == (text, True)
    page = manager.go(f"{ADDRESS}/historique")
    line = page.locator(".history > li").first
    for text in ("Mo 14:00-21:30", "Brodeuse du téléphone", "Un mur bleu", *point):
        assert (text, text in line.text_content()) == (text, True)
    page = manager.go(f"{ADDRESS}/modifier")
    assert [page.input_value(f"[name={name}]") for name in ("latitude", "longitude")] == point
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    manager.assert_quiet()


def test_all_of_it_can_be_done_without_a_script(open_page, site):
    watched = open_page(PHONE, java_script_enabled=False)
    mail, password = next(each for each in site.people if each[0].startswith("sacha"))
    page = watched.go("/connexion")
    page.fill("[name=email]", mail)
    page.fill("[name=password]", password)
    page.click("main button[type=submit]")
    page = watched.go("/lieux/la-case-a-essais-saint-denis/modifier")

    page.locator("#part-machines > summary").click()
    page.get_by_role("button", name="Ajouter une machine").click()
    row = page.locator("#part-machines [data-row]").last
    row.get_by_label("Type de machine").select_option("drone")
    page.locator(".save-bar button").click()

    expect(page.get_by_text("La fiche est à jour.")).to_be_visible()
    assert "Drone" in watched.go("/lieux/la-case-a-essais-saint-denis/historique").text_content("main")
