"""Signing in and out through the door."""

import dataclasses
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from fablabmesh.accounts import passwords
from fablabmesh.accounts.models import SignIn
from fablabmesh.kit import clock
from fablabmesh.mails.models import Mail
from tests.factories import PASSWORD, make_account
from tests.signin.test_factor_actions import add_key, set_up_codes


def test_alice_signs_in_and_finds_her_page(client):
    alice = make_account(name="Alice Martin")

    answer = client.post("/connexion", data={"email": alice.email, "password": PASSWORD})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/mon-espace")
    assert "Alice Martin" in client.get("/mon-espace").get_data(as_text=True)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client):
    alice = make_account()

    wrong = client.post("/connexion", data={"email": alice.email, "password": "pas le bon du tout"})
    unknown = client.post("/connexion", data={"email": "personne@exemple.test", "password": "pas le bon du tout"})

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    bodies = [
        re.sub(r'(csrf_token" value)="[^"]+"', r"\1", answer.get_data(as_text=True))
        .replace(alice.email, "X")
        .replace("personne@exemple.test", "X")
        for answer in (wrong, unknown)
    ]
    assert bodies[0] == bodies[1]
    assert 'value="X"' in bodies[0]


def test_after_some_failures_one_is_told_how_long_to_wait(client):
    alice = make_account()
    for _ in range(5):
        client.post("/connexion", data={"email": alice.email, "password": "pas le bon du tout"})

    answer = client.post("/connexion", data={"email": alice.email, "password": PASSWORD})

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] in ("1", "2")
    assert "Trop d’essais" in answer.get_data(as_text=True)
    assert f'value="{alice.email}"' in answer.get_data(as_text=True)


def test_signing_out_kills_every_copy_of_the_cookie(app, client, as_person):
    browser = as_person(make_account())
    stolen = browser.get_cookie("session").value

    browser.post("/deconnexion")

    thief = app.test_client()
    thief.set_cookie("session", stolen)
    assert thief.get("/mon-espace").status_code == 303


def test_signing_out_by_a_link_is_impossible(as_person):
    assert as_person(make_account()).get("/deconnexion").status_code == 405


def test_a_cookie_from_before_signing_in_does_not_become_the_session(client):
    alice = make_account()
    client.get("/connexion")
    before = client.get_cookie("session")

    client.post("/connexion", data={"email": alice.email, "password": PASSWORD})

    assert before is None or client.get_cookie("session").value != before.value


@pytest.mark.parametrize(
    ("target", "lands_on"),
    [
        ("/mon-espace", "/mon-espace"),
        ("//mal.test", "/mon-espace"),
        ("https://mal.test/", "/mon-espace"),
        ("/\\mal.test", "/mon-espace"),
        ("\\\\mal.test", "/mon-espace"),
        ("javascript:alert(1)", "/mon-espace"),
        ("/projets/nouveau?lieu=x", "/projets/nouveau?lieu=x"),
        ("/\tmal.test", "/mon-espace"),
    ],
)
def test_after_signing_in_one_stays_on_this_site(client, target, lands_on):
    alice = make_account()

    answer = client.post(
        "/connexion", query_string={"suite": target}, data={"email": alice.email, "password": PASSWORD}
    )

    assert answer.headers["Location"] == lands_on


def test_the_form_needs_its_token(app, client, db):
    alice = make_account()
    db.commit()
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        without = client.post("/connexion", data={"email": alice.email, "password": PASSWORD})
        page = client.get("/connexion").get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        with_it = client.post("/connexion", data={"email": alice.email, "password": PASSWORD, "csrf_token": token})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    assert (without.status_code, with_it.status_code) == (400, 303)


def test_a_form_sent_from_another_site_is_refused(client):
    alice = make_account()

    answer = client.post(
        "/connexion", data={"email": alice.email, "password": PASSWORD}, headers={"Origin": "https://mal.test"}
    )

    assert answer.status_code == 403


def test_in_english_the_way_back_stays_english(client):
    alice = make_account()

    led = client.get("/en/mon-espace")
    answer = client.post(led.headers["Location"], data={"email": alice.email, "password": PASSWORD})

    assert led.headers["Location"].startswith("/en/connexion?suite=")
    assert answer.headers["Location"] == "/en/mon-espace"


def sign_in(client, account, **given):
    return client.post("/connexion", data={"email": account.email, "password": PASSWORD}, **given)


def test_a_browser_that_signed_in_before_is_let_in_while_others_wait(app, client, db, alice):
    sign_in(client, alice)
    client.post("/deconnexion")
    stranger = app.test_client()
    for _ in range(6):
        stranger.post("/connexion", data={"email": alice.email, "password": "pas le bon du tout"})

    assert sign_in(app.test_client(), alice).status_code == 429
    assert sign_in(client, alice).status_code == 303


def test_the_cookie_of_a_browser_comes_with_signing_in_and_opens_nothing(app, client, alice):
    before = client.get("/connexion").headers.getlist("Set-Cookie")
    wrong = client.post("/connexion", data={"email": alice.email, "password": "faux"}).headers.getlist("Set-Cookie")
    right = sign_in(client, alice).headers.getlist("Set-Cookie")
    other = app.test_client()
    other.set_cookie("device", client.get_cookie("device").value)

    assert [text for text in (*before, *wrong) if text.startswith("device=")] == []
    [device] = [text for text in right if text.startswith("device=")]
    assert re.fullmatch(r"device=[\w-]{43}; .*Max-Age=31536000; HttpOnly; Path=/; SameSite=Lax", device)
    assert other.get("/mon-espace").status_code == 303


def test_over_https_the_cookie_of_a_browser_is_bound_to_the_host(app, client, alice, monkeypatch):
    settings = dataclasses.replace(app.config["SETTINGS"], base_url="https://mesh.exemple.test")
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)

    cookies = sign_in(client, alice, base_url="https://localhost").headers.getlist("Set-Cookie")

    assert [text.partition("=")[0] for text in cookies if "device" in text] == ["__Host-device"]
    assert [text for text in cookies if "Secure" not in text] == []


def test_a_new_browser_is_told_to_the_owner_of_the_account_and_a_known_one_is_not(app, db, alice):
    first, second = app.test_client(), app.test_client()
    counts = []
    for browser in (first, first, second, second):
        sign_in(browser, alice)
        counts.append(len(db.scalars(select(Mail)).all()))

    assert counts == [0, 0, 1, 1]


def test_when_too_many_sign_in_at_once_one_is_told_to_come_back_and_how_else_to_enter(client, db, alice):
    db.commit()
    with passwords.STRANGERS.entered(), passwords.STRANGERS._room:
        answer = sign_in(client, alice)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "demandez un lien par courriel" in answer.get_data(as_text=True)
    assert f'value="{alice.email}"' in answer.get_data(as_text=True)
    assert sign_in(client, alice).status_code == 303


def test_a_wrong_password_and_an_unknown_address_ask_the_same_of_the_database(client, alice, count_queries):
    counts = []
    for email in (alice.email, "personne@exemple.test"):
        with count_queries() as seen:
            client.post("/connexion", data={"email": email, "password": "faux"})
        counts.append(seen)

    assert counts[0] == counts[1]


def test_each_sign_in_and_each_step_is_another_token(app, db, alice):
    totp, _later = set_up_codes(alice, clock.now() - timedelta(hours=1))
    browser = app.test_client()
    step = sign_in(browser, alice)
    with browser.session_transaction() as cookie:
        half = cookie["half"]
        assert "_user_id" not in cookie

    done = browser.post(step.headers["Location"], data={"code": totp.at(clock.now())})

    with browser.session_transaction() as cookie:
        assert "half" not in cookie
        assert cookie["_user_id"] != half
    assert done.headers["Location"] == "/mon-espace"
    assert db.scalars(select(SignIn.is_strong).where(SignIn.ended_at.is_(None))).all() == [True]


def test_the_second_step_says_what_is_wrong_keeps_the_way_on_and_ends_with_time(app, db, alice):
    set_up_codes(alice, clock.now() - timedelta(hours=1))
    browser = app.test_client()
    step = browser.post("/connexion?suite=/projets/nouveau", data={"email": alice.email, "password": PASSWORD}).headers[
        "Location"
    ]
    empty, wrong = browser.post(step, data={"code": ""}), browser.post(step, data={"code": "1"})
    db.execute(update(SignIn).values(created_at=clock.now() - timedelta(minutes=11)))

    late = browser.post(step, data={"code": "1"})

    assert step == "/connexion/verification?suite=/projets/nouveau"
    assert (empty.status_code, wrong.status_code) == (422, 422)
    assert late.headers["Location"] == "/connexion?suite=/projets/nouveau"
    assert app.test_client().get(step).headers["Location"] == "/connexion?suite=/projets/nouveau"


def test_half_signed_in_nobody_shows_another_s_passkey(app, alice):
    of_alice, of_bob = add_key(alice, now=clock.now()), add_key(make_account(), name="De Bob", now=clock.now())
    browser = app.test_client()
    sign_in(browser, alice)

    def show(device):
        options = browser.post("/connexion/cle/options").get_data(as_text=True)
        return browser.post("/connexion/cle", data={"answer": device.show(options)})

    assert show(of_bob).status_code == 422
    assert show(of_alice).headers["Location"] == "/mon-espace"
