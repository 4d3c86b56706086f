"""A lab brings the file of its calendar on a phone, without any script, while the worker works beside."""

import re

from playwright.sync_api import expect

from tests.imports.conftest import calendar, vevent
from tests.journeys.conftest import PHONE
from tests.journeys.looks import axe
from tests.journeys.test_story import sign_in


def future(uid, title, *more):
    return vevent(uid, title, "20900610T180000", "20900610T200000", *more)


FILE = calendar(
    future("journey-1@lab", "Tournage sur bois", "RRULE:FREQ=WEEKLY;COUNT=8"),
    future(
        "journey-2@lab",
        "Un titre si long qu’il ne tient sur aucune ligne d’un téléphone, même tenu de travers, à la main",
    ),
    future("journey-3@lab", "Conseil", "STATUS:CANCELLED"),
    vevent("journey-4@lab", "Cassé", "demain", "demain"),
)


def bring(watched, site):
    """As far as the choice of what was read."""
    page = watched.page
    sign_in(page, site, 0)
    watched.go("/mon-espace")
    page.get_by_role("link", name=re.compile("^Importer un agenda")).first.click()
    page.get_by_label("Fichier .ics").set_input_files({"name": "lab.ics", "mimeType": "text/calendar", "buffer": FILE})
    page.get_by_role("button", name="Lire l’agenda").click()
    expect(page.locator("main")).to_contain_text("En attente de lecture")
    site.run("work", "--once")
    return page


def test_without_script_a_file_becomes_events_and_the_page_follows_by_itself(open_page, site):
    watched = open_page(PHONE, java_script_enabled=False)

    page = bring(watched, site)
    expect(page.locator("legend").first).to_contain_text("Nouveaux", timeout=10_000)
    expect(page.locator("main")).to_contain_text(
        "« demain » n’est pas une date".replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    )
    page.get_by_label(re.compile("^Conseil")).uncheck()
    page.get_by_role("button", name="Importer").click()
    site.run("work", "--once")

    expect(page.locator("main")).to_contain_text("C’est fait.", timeout=10_000)
    watched.go("/agenda?du=2090-06-01")
    expect(page.locator("main")).to_contain_text("Tournage sur bois")
    expect(page.locator("main")).not_to_contain_text("Conseil")


def test_its_pages_have_no_fault_that_axe_can_see(open_page, site):
    size = PHONE
    watched = open_page(size, color_scheme="dark")

    page = bring(watched, site)
    expect(page.locator("main")).to_contain_text("à vous de choisir", timeout=10_000)
    faults, address = [axe(page)], page.url
    watched.shoot("import")
    widths = [page.evaluate("document.documentElement.scrollWidth")]
    page.goto(address.rsplit("/", 1)[0])
    faults.append(axe(page))
    widths.append(page.evaluate("document.documentElement.scrollWidth"))

    assert faults == [[], []]
    assert widths == [size["width"]] * 2
    watched.assert_quiet()
