"""What every answer tells the browser, and how strictly."""

import re

import pytest

from fablabmesh.kit.config import Settings
from fablabmesh.kit.headers import security_headers

TILES = Settings(tiles_url="https://tiles.test/{z}/{x}/{y}.png", tiles_attribution="© T")
ALWAYS = {
    "Content-Security-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Cross-Origin-Embedder-Policy",
    "Permissions-Policy",
}


def policy_of(settings: Settings, **given) -> dict[str, str]:
    parts = security_headers(settings, **given)["Content-Security-Policy"].split("; ")
    return {name: value for name, _space, value in (part.partition(" ") for part in parts)}


def test_the_policy_names_nothing_but_this_site():
    policy = policy_of(Settings())

    assert set(" ".join(policy.values()).split()) == {"'self'", "'none'", "data:"}
    assert [name for name, value in policy.items() if "data:" in value] == ["img-src"]
    assert {name for name, value in policy.items() if value == "'none'"} == {
        *("default-src", "object-src", "base-uri", "frame-ancestors")
    }


def test_a_tile_server_is_let_in_for_images_alone():
    assert [name for name, value in policy_of(TILES).items() if "tiles.test" in value] == ["img-src"]
    # Whoever looks at a frame of another site has agreed to nothing.
    assert "tiles.test" not in str(policy_of(TILES, is_framed=True))


def test_a_tile_server_is_asked_without_anything_of_the_visitor():
    name = "Cross-Origin-Embedder-Policy"

    assert (security_headers(Settings())[name], security_headers(TILES)[name]) == ("require-corp", "credentialless")


def test_only_a_frame_may_be_shown_by_other_sites():
    page, frame = security_headers(Settings()), security_headers(Settings(), is_framed=True)

    assert (page["X-Frame-Options"], page["Cross-Origin-Resource-Policy"]) == ("DENY", "same-origin")
    assert ("X-Frame-Options" in frame, frame["Cross-Origin-Resource-Policy"]) == (False, "cross-origin")
    assert policy_of(Settings(), is_framed=True)["frame-ancestors"] == "*"


def test_what_is_for_https_alone():
    plain, safe = security_headers(Settings()), security_headers(Settings(base_url="https://x.test"))

    assert "Strict-Transport-Security" not in plain
    assert safe["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "upgrade-insecure-requests" in safe["Content-Security-Policy"].split("; ")


def test_every_answer_of_every_route_wears_them(app, client):
    for rule in app.url_map.iter_rules():
        answer = client.get(re.sub(r"<[^>]+>", "1", rule.rule))
        assert (rule.rule, ALWAYS - set(answer.headers.keys())) == (rule.rule, set())


@pytest.mark.parametrize("address", ["/nulle-part", "/agenda?q=%ff", "/static/nothing.css", "/static/base/tokens.css"])
def test_errors_and_files_wear_them_too(client, address):
    assert ALWAYS - set(client.get(address).headers.keys()) == set()


@pytest.mark.parametrize("address", ["/agenda.ics", "/agenda.atom", "/agenda.json", "/lieux.ics"])
def test_what_is_answered_from_memory_wears_them_too(app, client, address):
    first, again = client.get(address), client.get(address)

    assert ALWAYS - set(again.headers.keys()) == set()
    assert {name: first.headers[name] for name in ALWAYS} == {name: again.headers[name] for name in ALWAYS}
