"""A stranger proposes, the zone amends and publishes; words that would do harm are words on the desk."""

import re
import subprocess
import sys
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.looks import axe

EMAIL = "zone@exemple.fr"
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"
SET_UP = """
from fablabmesh.accounts.queries import find_by_email
from fablabmesh.app import create_app
from fablabmesh.kit import clock
from fablabmesh.kit.db import session, transaction
from fablabmesh.zones import actions, queries
from fablabmesh.zones.models import Commune, ZoneDepartment

with create_app().app_context(), transaction():
    town = session.query(Commune).order_by(Commune.population.desc().nulls_last(), Commune.insee).first()
    part = session.query(ZoneDepartment).filter_by(department_code=town.department_code).first()
    zone = next(each for each in queries.list_coordinated([part.zone_id]))
    actions.grant_coordination(zone, find_by_email("zone@exemple.fr"), by=None, now=clock.now())
    print(town.name, town.postcodes[0], sep="|")
"""


@pytest.fixture(scope="module")
def town(site) -> list[str]:
    """A town in the zone of somebody who coordinates it: its name and its postcode."""
    password = site.run("accounts", "create", EMAIL, "Paule Zone").split()[-1]
    site.people.append((EMAIL, password))
    told = subprocess.run(
        [sys.executable, "-c", SET_UP], env=site.environ, capture_output=True, text=True, check=True
    ).stdout
    return told.strip().split("|")


def test_a_stranger_proposes_a_place_and_the_coordinator_amends_and_publishes_it(open_page, site, town):
    visitor = open_page(PHONE, java_script_enabled=False)
    page, opened = visitor.go("/lieux/proposer"), time.monotonic()
    page.get_by_label("Nom du lieu").fill("Latelier du Val")
    page.get_by_label("Commune").fill(f"{town[0]} {town[1]}")
    page.get_by_label("Comment le savez-vous").fill(HOSTILE)
    zone = open_page(DESK)
    desk = zone.go("/connexion")
    desk.get_by_label("Adresse électronique").fill(EMAIL)
    desk.get_by_label("Mot de passe").fill(dict(site.people)[EMAIL])
    desk.locator("main").get_by_role("button", name="Se connecter").click()
    page.wait_for_timeout(max(0, 3_100 - 1_000 * (time.monotonic() - opened)))  # a person needs longer
    page.get_by_role("button", name=re.compile("Envoyer|Proposer")).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Merci"))

    page = zone.go("/moderation?genre=missing")
    page.get_by_role("link", name="Latelier du Val").click()
    expect(page.get_by_text(HOSTILE)).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Nom du lieu").fill("L’atelier du Val")
    page.locator("section[aria-labelledby=decider]").get_by_role("button", name="Accepter").click()
    expect(page.get_by_role("status").first).to_contain_text("la proposition est acceptée")

    found = visitor.go("/chercher?q=atelier+du+val")
    found.locator("main").get_by_role("link", name=re.compile("atelier du Val")).first.click(timeout=10_000)
    expect(found.get_by_role("heading", level=1)).to_have_text("L’atelier du Val")
    # Without JavaScript nothing reads what pages of maps ask for ahead, of which the browser makes a remark.
    assert [each for each in visitor.complaints if "link preload" not in each] == []
    assert visitor.foreign == []
    zone.assert_quiet()
