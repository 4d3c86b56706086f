"""How people prove who they are, in a browser: a lost password, a virtual passkey, a fresh administrator."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Page, expect

from fablabmesh.kit import clock
from tests.journeys.conftest import DESK, PHONE, Site, Watched, free_port, wait_for
from tests.journeys.test_authoring import axe

EMAIL, NEW = "claude@exemple.test", "encore une phrase très longue"


def make_account(site: Site, email: str, *words: str) -> str:
    return site.run("accounts", "create", email, "Claude Martin", *words).split()[-1]


def write_letters(site: Site) -> None:
    """What the worker does every other second."""
    program = (
        "from fablabmesh.app import create_app; from fablabmesh.kit import clock; "
        "from fablabmesh.signin import actions; "
        "create_app().app_context().push(); actions.write_asked(clock.now())"
    )
    subprocess.run([sys.executable, "-c", program], env=site.environ, check=True)


def assert_quiet(watched: Watched) -> None:
    """But for pages that answer 422, which the browser tells as errors of the network."""
    assert [text for text in watched.complaints if "422" not in text] == []
    assert watched.foreign == []


def open_account(watched: Watched, email: str, password: str) -> Page:
    page = watched.go("/connexion")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe", exact=True).fill(password)
    page.locator("main").get_by_role("button", name="Se connecter").click()
    return page


def set_up_codes(page: Page, site: Site) -> pyotp.TOTP:
    """As an administrator is led to: scan, copy the first code, keep the codes on paper."""
    page.goto(site.url + "/mon-compte/codes")
    totp = pyotp.TOTP(page.locator("code.secret").inner_text().replace(" ", ""))
    page.get_by_label("Code", exact=True).fill(totp.at(clock.now()))
    page.get_by_role("button", name="Vérifier et mettre en place").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Codes de secours")
    return totp


def test_a_lost_password_is_replaced_by_the_letter_on_a_phone_without_script(site, open_page):
    make_account(site, EMAIL)
    watched = open_page(PHONE, java_script_enabled=False)
    page = watched.go("/connexion")
    page.get_by_role("link", name=re.compile("Mot de passe oublié")).click()
    page.get_by_label("Adresse électronique").fill(EMAIL)
    page.get_by_role("button", name="Envoyer le lien").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Consultez votre boîte de réception")

    write_letters(site)
    watched.go("/courrier")
    page.get_by_role("link", name="Choisissez un autre mot de passe").first.click()
    page.locator("main a[href*='/mot-de-passe/']").click()
    page.get_by_label("Nouveau mot de passe").fill("motdepasse1234")
    page.get_by_role("button", name="Enregistrer et me connecter").click()
    expect(page.get_by_text(re.compile("parmi les plus courants"))).to_be_visible()
    watched.shoot("reset")
    page.get_by_label("Nouveau mot de passe").fill(NEW)
    page.get_by_role("button", name="Enregistrer et me connecter").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    assert_quiet(watched)


def test_a_fresh_administrator_is_led_to_codes_and_comes_back_with_one(site, open_page):
    password = make_account(site, "patronne@exemple.test", "--role", "admin")
    watched = open_page(DESK)
    page = open_account(watched, "patronne@exemple.test", password)
    expect(page.get_by_text("Avant toute autre chose")).to_be_visible()
    watched.shoot("must-set-up")
    faults = axe(page)

    totp = set_up_codes(page, site)
    page.get_by_role("button", name="Faire dix nouveaux codes").click()
    on_paper = page.locator(".recovery code").all_inner_texts()
    watched.shoot("recovery")
    page.get_by_role("button", name="Se déconnecter").click()
    open_account(watched, "patronne@exemple.test", password)
    expect(page.get_by_role("heading", level=1)).to_have_text("Double vérification")
    page.get_by_label("Code", exact=True).fill(totp.at(clock.now()))  # the one that was used already
    page.get_by_role("button", name="Vérifier").click()
    expect(page.get_by_text("a déjà servi")).to_be_visible()
    page.get_by_label("Code", exact=True).fill(on_paper[0])
    page.get_by_role("button", name="Vérifier").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    assert faults == []
    assert len(on_paper) == 10
    assert_quiet(watched)


@pytest.fixture
def named(site) -> Iterator[Site]:
    """The same site by its name: a number has no passkeys."""
    port = free_port()
    environ = site.environ | {"FABLABMESH_BASE_URL": f"http://localhost:{port}"}
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "1", "--no-access-log", "--log-level", "warning", "fablabmesh.wsgi:app"],
        env=environ,
    )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", server)
        yield Site(f"http://localhost:{port}", environ)
    finally:
        server.terminate()
        server.wait(20)


def test_a_passkey_is_made_and_opens_the_account_without_a_password(site, named, browser):
    password = make_account(site, "cle@exemple.test")
    context = browser.new_context(viewport=PHONE, locale="fr-FR", service_workers="block")
    watched = Watched(context, named)
    page = watched.page
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    open_account(watched, "cle@exemple.test", password)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    page.get_by_role("link", name="Mon compte et sa sécurité").click()
    page.get_by_role("link", name="Sécurité", exact=True).click()
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    page.get_by_label("Nom de la clé").fill("Téléphone de l’atelier")
    page.get_by_role("button", name="Créer la clé d’accès").click()
    expect(page.get_by_role("textbox", name="Nom de la clé")).to_have_value("Téléphone de l’atelier")
    watched.shoot("security")

    page.get_by_role("button", name="Se déconnecter").click()
    watched.go("/connexion")
    watched.shoot("sign-in")
    page.get_by_role("button", name="Utiliser une clé d’accès").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    watched.assert_quiet()
    context.close()
