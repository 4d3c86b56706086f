"""Passkeys, codes and what is on paper, through the door of one's own account."""

import re

import pyotp

from fablabmesh.kit import clock
from fablabmesh.signin import factor_actions, queries
from tests.factories import make_account
from tests.signin.device import Device
from tests.signin.test_factor_actions import add_key, identity, set_up_codes


def text_of(answer):
    return answer.get_data(as_text=True)


def test_codes_are_set_up_with_a_picture_and_a_secret_to_type(alice, as_person):
    browser = as_person(alice)

    page = text_of(browser.get("/mon-compte/codes"))
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    wrong = browser.post("/mon-compte/codes", data={"code": "12"})
    right = browser.post("/mon-compte/codes", data={"code": pyotp.TOTP(secret).at(clock.now())})

    assert 'src="data:image/svg+xml;base64,' in page
    assert (wrong.status_code, right.status_code) == (422, 303)
    assert browser.get("/mon-compte/codes").headers["Location"] == "/mon-compte/securite"
    assert secret not in text_of(browser.get("/mon-compte/securite"))


def test_recovery_codes_are_shown_once(alice, as_person):
    set_up_codes(alice, clock.now())
    browser = as_person(alice)

    shown = browser.post("/mon-compte/codes-de-secours")
    later = browser.get("/mon-compte/codes-de-secours")

    made = re.findall(r"<code>([A-Z2-9-]{29})</code>", text_of(shown))
    assert len(made) == 10
    assert [code for code in made if code in text_of(later)] == []
    assert "10 codes de secours vous restent." in text_of(later)
    assert shown.headers["Cache-Control"] == "no-store"


def test_without_a_second_proof_there_are_no_codes_on_paper(alice, as_person):
    browser = as_person(alice)

    assert browser.get("/mon-compte/codes-de-secours").headers["Location"] == "/mon-compte/securite"
    assert browser.post("/mon-compte/codes-de-secours").headers["Location"] == "/mon-compte/securite"


def test_a_passkey_is_added_named_and_removed(alice, as_person):
    browser, device = as_person(alice), Device()
    options = text_of(browser.post("/mon-compte/cles/options"))

    nameless = browser.post("/mon-compte/cles", data={"name": "", "answer": "{}"})
    added = browser.post("/mon-compte/cles", data={"name": "Téléphone", "answer": device.make(options)})
    [key] = queries.list_passkeys(alice.id)
    browser.post(f"/mon-compte/cles/{key.id}", data={"name": "<b>Vieux téléphone</b>"})
    page = text_of(browser.get("/mon-compte/securite"))
    removed = browser.post(f"/mon-compte/cles/{key.id}/supprimer")

    assert (nameless.status_code, added.status_code, removed.status_code) == (422, 303, 303)
    assert "&lt;b&gt;Vieux téléphone&lt;/b&gt;" in page
    assert queries.list_passkeys(alice.id) == []


def test_a_passkey_that_the_device_did_not_make_is_refused_in_words(alice, as_person):
    answer = as_person(alice).post("/mon-compte/cles", data={"name": "Téléphone", "answer": "{}"})

    assert answer.status_code == 422
    assert "L’appareil n’a pas pu créer la clé d’accès." in text_of(answer)
    assert 'value="Téléphone"' in text_of(answer)


def test_somebody_else_s_passkey_does_not_exist(alice, as_person):
    add_key(make_account(), now=clock.now())
    [key] = queries.list_passkeys(queries.find_passkey("Téléphone".encode()).account_id)
    browser = as_person(alice)

    statuses = [
        browser.post(f"/mon-compte/cles/{key.id}", data={"name": "x"}).status_code,
        browser.post(f"/mon-compte/cles/{key.id}/supprimer").status_code,
    ]

    assert statuses == [404, 404]


def test_an_identity_is_unlinked(alice, as_person):
    now = clock.now()
    factor_actions.link_provider(alice, identity(), now=now)
    [link] = queries.list_provider_links(alice.id)

    as_person(alice).post(f"/mon-compte/fournisseur/{link.id}/retirer")

    assert queries.list_provider_links(alice.id) == []
