"""The laureate nearest to Saint-Étienne, found by hand, by keyboard alone, and without a script."""

import csv
import io
import math
import re
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE

# Its town hall, on the Earth of the haversine.
SAINT_ETIENNE = (45.4400, 4.3873)
EARTH_KM = 6371.0


def how_far(one: tuple[float, float], other: tuple[float, float]) -> float:
    (south, west), (north, east) = ([math.radians(degrees) for degrees in spot] for spot in (one, other))
    along = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin((east - west) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(along))


@pytest.fixture(scope="module")
def expected(site) -> tuple[str, str, float]:
    """Its name, its page and how far it is, by the file of all places."""
    with urllib.request.urlopen(f"{site.url}/lieux.csv", timeout=20) as answer:
        rows = list(csv.DictReader(io.StringIO(answer.read().decode("utf-8-sig")), delimiter=";"))
    laureates = [
        (how_far(SAINT_ETIENNE, (float(row["latitude"]), float(row["longitude"]))), row["name"], row["slug"])
        for row in rows
        if row["calls"] and row["latitude"]
    ]
    distance, name, slug = min(laureates)
    return name, f"/lieux/{slug}", distance


def read_first(page: Page) -> tuple[str, float]:
    first = page.locator(".place-list > li").first
    told = first.locator("strong").inner_text().replace("\u202f", "").replace(",", ".")
    return first.locator(".place-name").inner_text(), float(re.fullmatch(r"([\d.]+)\skm", told)[1])


def assert_found(page: Page, expected: tuple[str, str, float]) -> None:
    name, distance = read_first(page)
    assert name == expected[0]
    assert distance == pytest.approx(expected[2], abs=2)


def assert_opened(page: Page, expected: tuple[str, str, float]) -> None:
    expect(page).to_have_url(re.compile(f"{re.escape(expected[1])}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(expected[0])


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_by_hand(open_page, expected, size):
    visitor = open_page(size)
    page = visitor.go("/")

    page.locator("#criteres > summary").click()
    page.get_by_label("Près de").fill("Saint-Étienne")
    page.get_by_label("Près de").press("Enter")
    expect(page).to_have_url(re.compile(r"autour=42218"))
    page.get_by_label("Rayon").select_option("200")
    page.get_by_role("checkbox", name=re.compile("^Lauréat")).check()
    expect(page).to_have_url(re.compile(r"genre=laureat"))

    expect(page.locator(".place-name").first).to_have_text(expected[0])
    assert_found(page, expected)
    page.locator(".place-name").first.click()
    assert_opened(page, expected)
    visitor.assert_quiet()


def test_by_keyboard_alone(open_page, expected):
    visitor = open_page(DESK)
    page = visitor.go("/")

    def reach(selector: str) -> None:
        for _step in range(80):
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab never comes to {selector}")

    reach("#criteres > summary")
    page.keyboard.press("Enter")
    reach("#autour")
    page.keyboard.type("saint-etienne")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"autour=42218"))
    reach("#rayon")
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(r"rayon=200"))
    reach("#f-genre-laureat")
    page.keyboard.press(" ")
    expect(page).to_have_url(re.compile(r"genre=laureat"))
    expect(page.locator(".place-name").first).to_have_text(expected[0])
    assert_found(page, expected)
    reach(".place-name")
    page.keyboard.press("Enter")

    assert_opened(page, expected)
    visitor.assert_quiet()


def test_without_a_script(open_page, expected):
    page = open_page(PHONE, java_script_enabled=False).go("/")

    page.locator("#criteres > summary").click()
    page.get_by_label("Près de").fill("Saint-Étienne")
    page.get_by_label("Rayon").select_option("200")
    page.get_by_role("checkbox", name=re.compile("^Lauréat")).check()
    page.get_by_role("button", name="Filtrer").click()

    assert_found(page, expected)
    page.locator(".place-name").first.click()
    assert_opened(page, expected)
