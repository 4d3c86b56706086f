"""HTTP manners: junk, headers, cookies, conditional answers, pages of a list."""

import pytest

from fablabmesh.kit.config import Settings
from fablabmesh.kit.web import conditional, local_path, read_page, security_headers


@pytest.mark.parametrize("address", ["/?q=%00", "/lieux/%00", "/agenda?zone=a%00b"])
def test_a_nul_is_refused_at_the_door(client, address):
    assert client.get(address).status_code == 400


def test_a_nul_in_a_form_is_refused(client):
    assert client.post("/connexion", data={"email": "a\x00b", "password": "x"}).status_code == 400


@pytest.mark.parametrize("target", ["//x", "/\\x", "https://x", "", None, "x", "/a\nb"])
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
