"""HTTP manners: junk, headers, cookies, conditional answers, pages of a list."""

import html
import re

import pytest

from fablabmesh.events import queries as events
from fablabmesh.kit.config import Settings
from fablabmesh.kit.web import conditional, local_path, read_page, security_headers
from tests.factories import make_account, make_place


@pytest.mark.parametrize("address", ["/?q=%00", "/lieux/%00", "/agenda?zone=a%00b"])
def test_a_nul_is_refused_at_the_door(client, address):
    assert client.get(address).status_code == 400


def test_a_nul_in_a_form_is_refused(client):
    assert client.post("/connexion", data={"email": "a\x00b", "password": "x"}).status_code == 400


@pytest.mark.parametrize("target", ["//x", "/\\x", "https://x", "", None, "x", "/a\nb", "/\t/[x", "/\t/x"])
def test_only_a_path_of_this_site_is_local(target):
    assert local_path(target, "/ici") == "/ici"


def test_the_policy_knows_no_inline_and_no_third_party():
    policy = security_headers(Settings())["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_tile_server_is_let_in_for_images_alone():
    settings = Settings(tiles_url="https://tiles.test/{z}/{x}/{y}.png", tiles_attribution="© T")

    policy = dict(part.split(" ", 1) for part in security_headers(settings)["Content-Security-Policy"].split("; "))

    assert [name for name, value in policy.items() if "tiles.test" in value] == ["img-src"]
    # Whoever looks at a frame of another site has agreed to nothing.
    assert "tiles.test" not in security_headers(settings, is_framed=True)["Content-Security-Policy"]


def test_hsts_is_for_https_alone():
    assert "Strict-Transport-Security" not in security_headers(Settings())
    assert "Strict-Transport-Security" in security_headers(Settings(base_url="https://x.test"))


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


def test_a_visitor_gets_no_cookie(client):
    for address in ("/a-propos", "/zones/", "/appels/", "/api/"):
        assert client.get(address).headers.getlist("Set-Cookie") == []


def test_an_error_speaks_french_and_shows_a_way_out(client):
    answer = client.get("/nulle-part")

    assert answer.status_code == 404
    assert "Page introuvable" in answer.get_data(as_text=True)
    assert 'href="/"' in answer.get_data(as_text=True)


def test_an_api_error_is_a_problem_document(client):
    answer = client.get("/api/v1/nulle-part")

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.get_json()["status"] == 404


@pytest.mark.parametrize("origin", ["http://[::1", "http://[", "null", "", "https://localhost.autre.test"])
def test_a_form_of_another_origin_is_refused_however_it_is_spelled(client, origin):
    assert client.post("/connexion", data={"email": "a"}, headers={"Origin": origin}).status_code == 403


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
