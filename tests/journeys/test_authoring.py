"""An event is posted from a phone, by the keyboard alone: a simple one, and a series with its exceptions."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from fablabmesh.kit.school_holidays import SchoolZone, is_holiday
from tests import icaljs
from tests.journeys.conftest import PHONE
from tests.journeys.looks import axe
from tests.journeys.test_story import fetch, sign_in


def first_tuesday() -> date:
    """A Tuesday at least a week away, out of holidays, with holidays of zone B in the fifteen weeks after it."""
    today = datetime.now(UTC).date()
    for day in (today + timedelta(days=number) for number in range(7, 400)):
        off = [is_holiday(day + timedelta(weeks=number), SchoolZone.B) for number in range(15)]
        if day.weekday() == 1 and any(off) and not any(off[:3]):
            return day
    raise AssertionError("no school holidays are known any more: bring vacances-scolaires-france up to date")


def reach(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    for _press in range(120):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


def put_date(page: Page, selector: str, day: date) -> None:
    reach(page, selector)
    page.keyboard.type(f"{day:%m%d%Y}")  # the order of Chromium's own language, which is not that of the page


@pytest.fixture
def phone(open_page, site):
    watched = open_page(PHONE)
    sign_in(watched.page, site, 0)
    return watched


def test_a_simple_event_is_posted_in_a_few_keys(site, phone):
    page = phone.go("/evenements/nouveau")
    reach(page, "[name=title]")
    page.keyboard.type("Café réparation")
    put_date(page, "[name=first_day]", first_tuesday())

    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Café réparation")
    phone.assert_quiet()


def test_a_weekly_event_with_exceptions_is_posted_by_the_keyboard(site, phone):
    first = first_tuesday()
    page = phone.go("/evenements/nouveau")
    reach(page, "[name=title]")
    page.keyboard.type("Couture du mardi")
    put_date(page, "[name=first_day]", first)
    reach(page, "summary:has(+ * [name=rhythm])")
    page.keyboard.press("Enter")
    reach(page, "[name=rhythm]")
    page.keyboard.type("Chaque semaine")
    reach(page, "[name=ends]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    reach(page, "[name=count]")
    page.keyboard.type("15")
    reach(page, "[name=holidays]")
    page.keyboard.type("Zone B")
    expect(page.locator("[data-sentence]")).to_contain_text("sauf pendant les vacances scolaires de la zone B")
    expect(page.locator(".next-dates li")).to_have_count(10)

    # On the small calendar, the second date is left out.
    reach(page, ".pick summary")
    page.keyboard.press("Enter")
    second = first + timedelta(days=7)
    reach(page, f'[data-pick="{second:%d/%m/%Y}"]')
    page.keyboard.press("Space")
    expect(page.locator(f'[data-pick="{second:%d/%m/%Y}"]')).to_have_attribute("aria-pressed", "false")
    expect(page.locator(f'[data-pick="{second:%d/%m/%Y}"]')).to_be_focused()
    phone.shoot("event-form-series")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    reach(page, "button.button[value=preview]")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Ceci est un aperçu")
    phone.shoot("event-preview")
    reach(page, "button[value=publish]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Couture du mardi")

    _status, body, _headers = fetch(page.url + ".ics")
    weeks = [first + timedelta(weeks=number) for number in range(15)]
    expected = [day for day in weeks if day != second and not is_holiday(day, SchoolZone.B)]
    (event,) = [each for each in icaljs.read(body)["events"] if each["summary"] == "Couture du mardi"]
    assert dates_of(body, len(weeks)) == expected
    assert event["start"]["wall"][:16] == f"{first.isoformat()}T18:00"
    phone.assert_quiet()


def dates_of(body: bytes, most: int) -> list[date]:
    """The starts of a weekly series as its lines say them."""
    text = body.decode().replace("\r\n ", "")
    (start,) = re.findall(r"DTSTART[^:]*:(\d{8})T\d{6}", text.split("BEGIN:VEVENT")[1])
    left_out = set(re.findall(r"(\d{8})T", " ".join(re.findall(r"EXDATE[^:]*:(.*)", text))))
    day = datetime.strptime(start, "%Y%m%d").replace(tzinfo=UTC).date()
    every = [day + timedelta(weeks=number) for number in range(most)]
    return [each for each in every if f"{each:%Y%m%d}" not in left_out]


def test_the_form_and_its_preview_have_no_fault_that_axe_can_see(open_page, site):
    watched = open_page(PHONE, color_scheme="dark")
    page = watched.page
    sign_in(page, site, 0)
    watched.go("/evenements/nouveau")
    page.get_by_label("Titre").fill("Couture")
    page.get_by_label("Date", exact=True).fill(first_tuesday().isoformat())
    page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
    page.get_by_label("Répétition").select_option("weekly")
    page.get_by_label("Dans un autre lieu du réseau").check()
    expect(page.locator("[data-sentence]")).to_be_visible()
    page.locator(".pick summary").click()
    faults = [axe(page)]
    page.get_by_role("button", name="Aperçu").click()
    expect(page.locator("main")).to_contain_text("Une chose est à corriger")
    faults.append(axe(page))
    page.get_by_label("Dans le lieu qui l’organise").check()
    page.get_by_role("button", name="Aperçu").click()
    expect(page.locator("main")).to_contain_text("Ceci est un aperçu")
    faults.append(axe(page))

    assert faults == [[], [], []]


def test_two_tabs_that_save_the_same_event_are_brought_together(open_page, site):
    watched = open_page(PHONE)
    mine, theirs = watched.page, watched.page.context.new_page()
    sign_in(mine, site, 0)
    watched.go("/evenements/nouveau")
    mine.get_by_label("Titre").fill("Soirée jeux")
    mine.get_by_label("Date", exact=True).fill(first_tuesday().isoformat())
    mine.locator("button.button[value=publish]").click()
    expect(mine.get_by_role("heading", level=1)).to_have_text("Soirée jeux")
    address = mine.url + "/modifier"
    for page in (mine, theirs):
        page.goto(address)
    theirs.get_by_label("Titre").fill("Soirée de jeux")
    theirs.get_by_role("button", name="Enregistrer", exact=True).last.click()
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Soirée de jeux")

    mine.get_by_label("Fin", exact=True).fill("23:00")
    mine.get_by_role("button", name="Enregistrer", exact=True).last.click()
    expect(mine.get_by_role("heading", level=1)).to_have_text("Deux versions à réunir")
    faults = axe(mine)
    watched.shoot("event-versions")
    mine.get_by_role("button", name="Enregistrer ce choix").click()

    expect(mine.get_by_role("heading", level=1)).to_have_text("Soirée de jeux")
    expect(mine.locator("main")).to_contain_text("à 23")
    assert faults == []
