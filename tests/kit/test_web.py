"""HTTP manners: junk, headers, cookies, conditional answers, pages of a list."""

import html
import re

import pytest
from flask import Flask

from fablabmesh.events import queries as events
from fablabmesh.kit.config import Settings
from fablabmesh.kit.web import conditional, install, local_path, read_page
from tests.factories import make_account, make_place


@pytest.mark.parametrize("target", ["//x", "/\\x", "https://x", "", None, "x", "/a\nb", "/\t/[x", "/\t/x"])
def test_only_a_path_of_this_site_is_local(target):
    assert local_path(target, "/ici") == "/ici"


def test_the_same_content_is_sent_once(app):
    with app.test_request_context("/"):
        first = conditional(b"contenu", "text/plain")
    with app.test_request_context("/", headers={"If-None-Match": first.headers["ETag"]}):
        second = conditional(b"contenu", "text/plain")
    with app.test_request_context("/", headers={"If-None-Match": first.headers["ETag"]}):
        other = conditional(b"autre contenu", "text/plain")

    assert (first.status_code, second.status_code, other.status_code) == (200, 304, 200)


@pytest.mark.parametrize(
    ("asked", "number"), [("1", 1), ("3", 3), ("99", 3), ("0", 1), ("-1", 1), ("x", 1), ("٣", 1), ("9" * 30, 1)]
)
def test_a_page_outside_the_list_is_brought_back(asked, number):
    page = read_page({"page": asked}, total=25, size=10)

    assert (page.number, page.count) == (number, 3)


def test_the_pages_of_an_empty_list_are_one():
    page = read_page({}, total=0, size=10)

    assert (page.count, page.offset, page.previous, page.next) == (1, 0, None, None)


# --- hosts and cookies ---------------------------------------------------------------------------------------------


@pytest.fixture
def hosts(app, monkeypatch):
    settings = Settings(environment="production", secret_key="x" * 40, base_url="https://mesh.test")
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", settings.hosts)


@pytest.mark.parametrize(
    "host", ["evil.test", "mesh.test.evil.test", "evil.test:443", "localhost", "mesh.test@evil.test"]
)
def test_another_host_than_ours_is_answered_nothing(client, hosts, host):
    answer = client.get("/a-propos", headers={"Host": host})

    assert answer.status_code == 400
    assert "evil" not in answer.get_data(as_text=True) + str(answer.headers)


def test_our_host_is_answered_whatever_its_port(client, hosts):
    for host in ("mesh.test", "mesh.test:8443"):
        assert client.get("/a-propos", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/zones?q=a", "/zones/?q=a"),
        ("/en/zones", "/en/zones/"),
        ("/zones//evil.test/x", "/zones/evil.test/x"),
        ("/statistiques", "/statistiques/"),
    ],
)
def test_a_slash_is_added_without_repeating_the_host(client, asked, led_to):
    answer = client.get(asked, headers={"Host": "evil.test"})

    assert answer.status_code == 308
    assert answer.headers["Location"] == led_to


def test_a_forged_host_stands_in_no_answer(app, client):
    """Addresses are written from the setting; a page that repeated the Host could be kept by a cache for others."""
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.arguments:
            answer = client.get(rule.rule, headers={"Host": "evil.test", "X-Forwarded-Host": "evil.test"})
            assert (rule.rule, "evil.test" in answer.get_data(as_text=True) + str(answer.headers)) == (rule.rule, False)


# Whose first proof is too old is told so after being sent back to the form.
SENT_BACK = {"/connexion/verification"}


def test_a_visitor_gets_no_cookie_anywhere(app, db):
    """Neither from a page with a form, nor for a form that is sent, nor from a refusal."""
    given = set()
    for rule in app.url_map.iter_rules():
        for method in rule.methods - {"OPTIONS"}:
            answer = app.test_client().open(re.sub(r"<[^>]+>", "1", rule.rule), method=method)
            given |= {(rule.rule, method)} if answer.headers.getlist("Set-Cookie") else set()

    assert given - {(rule, "POST") for rule in SENT_BACK} == set()


def test_the_cookie_of_a_session_is_for_this_site_and_out_of_reach_of_scripts(app, as_person, alice):
    browser = as_person(alice)
    set_cookie = browser.post("/deconnexion").headers["Set-Cookie"]
    settings = Settings(base_url="https://mesh.test", secret_key="x" * 40)
    made = Flask("made")
    install(made, settings)

    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(set_cookie.split("; "))
    assert "Domain" not in set_cookie
    assert (made.config["SESSION_COOKIE_NAME"], made.config["SESSION_COOKIE_SECURE"]) == ("__Host-session", True)


def test_an_error_speaks_french_and_shows_a_way_out(client):
    answer = client.get("/nulle-part")

    assert answer.status_code == 404
    assert "Page introuvable" in answer.get_data(as_text=True)
    assert 'href="/"' in answer.get_data(as_text=True)


def test_an_api_error_is_a_problem_document(client):
    answer = client.get("/api/v1/nulle-part")

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.get_json()["status"] == 404


# --- what was written is not lost ----------------------------------------------------------------------------------

OURS = {"Origin": "http://localhost"}


def kept_by(answer) -> list[tuple[str, str]]:
    """The fields of the form that a page keeps ready."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.get_data(as_text=True))
    return [(name, html.unescape(text)) for name, text in found if name != "csrf_token"]


def test_what_is_sent_after_the_session_has_ended_is_kept_to_be_sent_again(client):
    typed = {"title": 'Atelier « <b>bois</b> & "laiton" »', "partners": ["1", "2"], "csrf_token": "an old one"}

    answer = client.post("/evenements/nouveau", data=typed, headers=OURS)

    assert (answer.status_code, answer.headers["Cache-Control"]) == (403, "no-store")
    assert kept_by(answer) == [("title", typed["title"]), ("partners", "1"), ("partners", "2")]


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://autre.test"}])
def test_what_another_site_made_up_is_not_kept_ready(client, headers):
    answer = client.post("/evenements/nouveau", data={"title": "Piège"}, headers=headers)

    assert answer.status_code in (303, 403)
    assert kept_by(answer) == []


def test_a_form_with_an_old_token_is_kept_with_a_new_one_that_is_good(app, as_person, monkeypatch):
    alice = make_account()
    lab, browser = make_place(managers=(alice,)), as_person(alice)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    typed = {"place": str(lab.id), "title": "Soirée", "category": "atelier", "first_day": "2090-06-10"}
    typed |= {"first_hour": "18:00", "last_hour": "20:00", "act": "draft", "csrf_token": "an old one"}

    refused = browser.post("/evenements/nouveau", data=typed, headers=OURS)
    token = re.search(r'name="csrf_token" value="([^"]+)"', refused.get_data(as_text=True))[1]
    taken = browser.post("/evenements/nouveau", data=dict(kept_by(refused)) | {"csrf_token": token}, headers=OURS)

    assert (refused.status_code, taken.status_code) == (400, 303)
    assert events.get_event("soiree").is_draft


def test_a_form_that_keeps_nothing_says_to_open_the_page_again(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)

    answer = client.post("/connexion", data={"email": "a@b.test", "password": "secret"}, headers=OURS)

    assert answer.status_code == 400
    assert "Ouvrez-la de nouveau" in answer.get_data(as_text=True)
    assert "secret" not in answer.get_data(as_text=True)
