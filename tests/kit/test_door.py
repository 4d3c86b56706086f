"""Junk, too much, and what other sites send: refused at the door, before a view or the database meets it."""

import re

import pytest

from fablabmesh.accounts.rules import Role
from fablabmesh.kit.door import DEEPEST_JSON, LONGEST_HEADER, LONGEST_QUERY
from tests.factories import make_account

FORM = "/connexion"
OURS = "http://localhost"

# --- the address ---------------------------------------------------------------------------------------------------

JUNK = {
    "a NUL": "%00",
    "a NUL among letters": "a%00b",
    "a byte that is no UTF-8": "%ff",
    "a letter in Latin-1": "caf%e9",
    "an overlong slash": "%c0%af",
    "half a surrogate pair": "%ed%a0%80",
    "a letter cut in two": "%c3",
    "beyond Unicode": "%f5%80%80%80",
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
@pytest.mark.parametrize("address", ["/lieux/?q={}", "/?{}=1", "/lieux/{}", "/agenda.ics?zone={}", "/{}"])
def test_junk_in_an_address_is_refused(client, address, junk):
    assert client.get(address.format(junk)).status_code == 400


@pytest.mark.parametrize("broken", ["%", "%z", "%4", "100%", "%%41", "%u0041"])
def test_a_broken_percent_sign_is_refused(client, broken):
    assert client.get(f"/lieux/?q={broken}").status_code == 400


def test_what_looks_odd_and_is_right_is_let_in(client):
    for query in ("q=100%25", "q=%F0%9F%94%A7", "q=%E2%80%99", "q=a+b", "q=&q=&&", "q=%0D%0A", "q=\u00e9"):
        assert (query, client.get(f"/chercher?{query}").status_code) == (query, 200)


def test_a_question_that_is_too_long_is_refused(client):
    assert client.get("/a-propos?q=" + "a" * LONGEST_QUERY).status_code == 414
    assert client.get("/a-propos?q=" + "a" * (LONGEST_QUERY - 10)).status_code == 200


# --- headers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["User-Agent", "Referer", "Accept-Language", "If-None-Match", "Cookie", "X-Other"])
@pytest.mark.parametrize("junk", ["a\x00b", "a\x1bb", "a\x7f"])
def test_a_control_character_in_a_header_is_refused(app, db, name, junk):
    answer = app.test_client(use_cookies=False).get(
        "/a-propos", environ_overrides={f"HTTP_{name.upper().replace('-', '_')}": junk}
    )

    assert answer.status_code == 400


def test_a_header_that_is_too_long_is_refused(client):
    assert client.get("/a-propos", headers={"X-Long": "a" * (LONGEST_HEADER + 1)}).status_code == 431
    assert client.get("/a-propos", headers={"X-Long": "a" * LONGEST_HEADER}).status_code == 200


def test_letters_beyond_ascii_in_a_header_harm_nobody(client):
    assert (
        client.get("/a-propos", environ_overrides={"HTTP_USER_AGENT": "caf\xe9", "HTTP_COOKIE": "a=\xff"}).status_code
        == 200
    )


# --- forms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("junk", [*JUNK.values(), "%", "%zz"])
@pytest.mark.parametrize("body", ["email={}&password=x", "email=a&{}=x"])
def test_junk_in_a_form_is_refused(client, body, junk):
    answer = client.post(FORM, data=body.format(junk), content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 400


@pytest.mark.parametrize("raw", [b"email=\xff", b"email=\x00", b"email=caf\xe9", b"email=\xc0\xaf"])
def test_raw_octets_that_are_no_text_are_refused(client, raw):
    assert client.post(FORM, data=raw, content_type="application/x-www-form-urlencoded").status_code == 400


def several_parts(*parts: bytes, end: bytes = b"--x--\r\n") -> bytes:
    return b"".join(b"--x\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + end


@pytest.mark.parametrize(
    "body",
    [
        several_parts(b'name="email"\r\n\r\na\x00b'),
        several_parts(b'name="email"\r\n\r\ncaf\xe9'),
        several_parts(b'name="e\x00mail"\r\n\r\na'),
        several_parts(b'name="email"\r\n\r\na', end=b""),
        several_parts(),
        b"no form at all",
        several_parts(b'filename="a"\r\n\r\na'),
    ],
    ids=["NUL", "Latin-1", "NUL in a name", "cut", "nothing", "no form", "no name"],
)
def test_a_form_in_parts_that_is_malformed_is_refused(client, body):
    assert client.post(FORM, data=body, content_type="multipart/form-data; boundary=x").status_code == 400


def test_a_form_in_parts_without_their_boundary_is_refused(client):
    assert client.post(FORM, data=b"--x\r\n", content_type="multipart/form-data").status_code == 400


def test_a_form_with_too_many_fields_is_refused(client):
    fields = "&".join(f"a{number}=1" for number in range(501))
    parts = several_parts(*(b'name="a%d"\r\n\r\n1' % number for number in range(501)))

    assert client.post(FORM, data=fields, content_type="application/x-www-form-urlencoded").status_code == 413
    assert client.post(FORM, data=parts, content_type="multipart/form-data; boundary=x").status_code == 413


def test_a_form_that_is_too_heavy_is_refused(client):
    assert client.post(FORM, data={"email": "a" * 1_100_000}).status_code == 413
    for part in (b'name="a"\r\n\r\n' + b"a" * 1_100_000, b'name="a"; filename="a"\r\n\r\n' + b"a" * 2_200_000):
        answer = client.post(FORM, data=several_parts(part), content_type="multipart/form-data; boundary=x")
        assert answer.status_code == 413


def test_a_field_that_stands_twice_is_read_once(client):
    answer = client.post(
        FORM, data="email=a@b.test&email=c@d.test&password=x", content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 422


# --- JSON ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b'{"a": "\xff"}',
        b'{"a": "b\\u0000c"}',
        b'{"b\\u0000c": 1}',
        b'{"a": "\\ud800"}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1, "a": 2}',
        b"[" * (DEEPEST_JSON + 1) + b"]" * (DEEPEST_JSON + 1),
        b"[" * 200_000,
        b"9" * 5_000,
        '{"a": 1}'.encode("utf-16"),
    ],
)
def test_json_that_is_junk_is_refused(client, body):
    assert client.post(FORM, data=body, content_type="application/json").status_code == 400


def test_json_that_is_right_comes_to_the_view(client):
    body = b'{"a": ["\\ud83d\\udd27", 1.5, null, {"b": ' + b"[" * 20 + b"]" * 20 + b"}]}"

    # Which wants a form.
    assert client.post(FORM, data=body, content_type="application/json").status_code == 422


# --- other sites ---------------------------------------------------------------------------------------------------

FOREIGN = [
    {"Origin": "https://autre.test"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost.autre.test"},
    {"Origin": "http://localhost:81"},
    {"Origin": "http://[::1"},
    {"Origin": "http://["},
    {"Origin": "ftp://localhost"},
    {"Origin": "http://user@localhost"},
    {"Referer": "https://autre.test/page"},
    {"Referer": "http://localhost.autre.test/"},
    {"Referer": "http://["},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": OURS},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://autre.test"},
    {"Sec-Fetch-Site": "none", "Origin": "null"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_what_another_site_has_a_browser_send_is_refused(client, headers):
    answer = client.post(FORM, data={"email": "a@b.test", "password": "x"}, headers=headers)

    assert answer.status_code == 403
    assert "vient d’un autre site" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": OURS},
        {"Referer": OURS + "/connexion"},
        {"Sec-Fetch-Site": "same-origin", "Origin": OURS},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
def test_what_is_sent_from_here_is_taken(client, headers):
    answer = client.post(FORM, data={"email": "a@b.test", "password": "x"}, headers=headers)

    assert answer.status_code == 422


def test_every_unsafe_route_refuses_another_site(app, client):
    """All but what the secret address of a letter opens, which wants neither session nor form."""
    for rule in app.url_map.iter_rules():
        by_secret = getattr(app.view_functions[rule.endpoint], "is_by_secret_link", False)
        for method in rule.methods - {"GET", "HEAD", "OPTIONS"}:
            address = re.sub(r"<\w+>", "x", re.sub(r"<(int|path):\w+>", "1", rule.rule))
            answer = client.open(address, method=method, headers={"Origin": "https://autre.test"})
            assert (rule.rule, answer.status_code == 403) == (rule.rule, not by_secret)


# --- a token in each form ------------------------------------------------------------------------------------------


@pytest.fixture
def with_tokens(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)


def token_in(answer) -> str:
    return re.search(r'name="csrf_token"[^>]* value="([^"]+)"', answer.get_data(as_text=True))[1]


def test_every_unsafe_route_wants_a_token(app, as_person, db, monkeypatch):
    browser = as_person(make_account(role=Role.ADMIN))
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    for rule in app.url_map.iter_rules():
        by_secret = getattr(app.view_functions[rule.endpoint], "is_by_secret_link", False)
        if rule.methods & {"POST", "PUT", "PATCH", "DELETE"} and not by_secret:
            address = re.sub(r"<\w+>", "x", re.sub(r"<int:\w+>", "1", rule.rule))
            answer = browser.post(address, data={"name": "x"}, headers={"Origin": OURS})
            assert (rule.rule, answer.status_code) == (rule.rule, 400)


def test_a_form_for_strangers_works_without_a_cookie(app, db, with_tokens):
    page = app.test_client(use_cookies=False).get("/lettres/nouvelle")
    fields = {"email": "a@lab.test", "language": "fr", "csrf_token": token_in(page)}
    sent = app.test_client(use_cookies=False).post("/lettres/nouvelle", data=fields, headers={"Origin": OURS})

    assert (page.headers.getlist("Set-Cookie"), sent.headers.getlist("Set-Cookie")) == ([], [])
    assert (sent.status_code, sent.headers["Location"]) == (303, "/lettres/demandee")


def test_a_form_for_strangers_wants_its_token_all_the_same(client, with_tokens):
    good = token_in(client.get("/connexion"))
    for token in ("", "x", good[:-1], good + "x"):
        answer = client.post("/connexion", data={"email": "a@b.test", "password": "x", "csrf_token": token})
        assert (token, answer.status_code) == (token, 400)
    answer = client.post("/connexion", data={"email": "a@b.test", "password": "x", "csrf_token": good})
    assert answer.status_code == 422


def test_the_token_of_visitors_does_nothing_in_a_session(app, as_person, alice, monkeypatch):
    browser = as_person(alice)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    of_visitors = token_in(app.test_client().get("/connexion"))

    assert browser.post("/deconnexion", data={"csrf_token": of_visitors}).status_code == 400
    own = token_in(browser.get("/mon-espace"))
    assert browser.post("/deconnexion", data={"csrf_token": own}).status_code == 303


def test_the_token_of_one_session_does_nothing_in_another(app, as_person, alice, monkeypatch):
    first, second = as_person(alice), as_person(alice)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)

    answer = second.post("/deconnexion", data={"csrf_token": token_in(first.get("/mon-espace"))})

    assert answer.status_code == 400
