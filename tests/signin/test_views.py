"""Signing in and out through the door."""

import re

import pytest

from tests.factories import PASSWORD, make_account


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
