"""Background tiles brought by this server: from one host, pictures only, kept for a week, within bounds."""

import pytest

from fablabmesh.kit.config import Settings
from fablabmesh.maps.background import FRESH_FOR, Carrier, NoTile, picture_type, tile_url
from tests.kit.test_fetch import plain, serving

PICTURE = b"\x89PNG\r\n\x1a\n" + b"x" * 100
NOW = 1_800_000_000.0


def carrier_for(server, tmp_path, **given) -> Carrier:
    template = f"http://tuiles.test:{server.port}/{{s}}/{{z}}/{{x}}/{{y}}.png"
    resolve = {"tuiles.test": ["127.0.0.1"], "ailleurs.test": ["127.0.0.1"]}
    return Carrier(template, tmp_path, "Essai (+http://localhost)", resolve=lambda host, _port: resolve[host], **given)


def test_a_tile_is_asked_once_and_we_say_who_we_are(tmp_path):
    with serving(plain(PICTURE)) as server:
        carrier = carrier_for(server, tmp_path)
        first = carrier.bring(5, 16, 11, now=NOW)
        second = carrier.bring(5, 16, 11, now=NOW + FRESH_FOR - 10)

    assert first == second == (PICTURE, "image/png")
    assert [request.split("\r\n")[0] for request in server.requests] == ["GET /a/5/16/11.png HTTP/1.1"]
    assert "User-Agent: Essai (+http://localhost)" in server.requests[0]
    assert "Accept: image/png" in server.requests[0]


def test_after_a_week_it_is_asked_again_and_the_former_serves_where_the_host_fails(tmp_path):
    other = PICTURE + b"y"
    with serving(plain(PICTURE), plain(other), plain(b"", status="500 Oops")) as server:
        carrier = carrier_for(server, tmp_path)
        carrier.bring(1, 0, 0, now=NOW)
        renewed = carrier.bring(1, 0, 0, now=NOW + FRESH_FOR + 1)
        failing = carrier.bring(1, 0, 0, now=NOW + 3 * FRESH_FOR)

    assert (renewed[0], failing[0]) == (other, other)


@pytest.mark.parametrize(
    "answer",
    [
        plain(b"<html>"),
        plain(b"", status="404 Not Found"),
        plain(b"\x89PNG\r\n\x1a\n" + b"x" * 600_000),
        plain(b"", "Location: http://ailleurs.test/1.png", status="302 Found"),
    ],
    ids=["page", "nothing", "huge", "elsewhere"],
)
def test_what_is_no_tile_of_that_host_is_neither_taken_nor_kept(tmp_path, answer):
    with serving(answer) as server, pytest.raises(NoTile):
        carrier_for(server, tmp_path).bring(1, 0, 0, now=NOW)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert len(server.requests) == 1


def test_of_too_much_the_oldest_goes(tmp_path):
    with serving(plain(PICTURE)) as server:
        carrier = carrier_for(server, tmp_path, most_kept=len(PICTURE) * 3)
        for x in range(4):
            carrier.bring(3, x, 0, now=NOW + x)
        gone = carrier.sweep()

    assert gone == 2
    assert sorted(path.parent.name for path in tmp_path.rglob("*") if path.is_file()) == ["2", "3"]


def test_the_address_of_a_tile_names_one_of_the_hosts_servers():
    assert tile_url("https://{s}.t.test/{z}/{x}/{y}{r}.png", 5, 16, 12) == "https://b.t.test/5/16/12.png"


def test_pictures_are_known_by_their_first_bytes():
    assert picture_type(b"RIFF1234WEBPVP8 ") == "image/webp"
    with pytest.raises(NoTile):
        picture_type(b"RIFF1234WAVEfmt ")


def test_browsers_are_sent_to_no_host_when_this_server_brings_the_tiles():
    settings = {"tiles_url": "https://t.test/{z}/{x}/{y}.png", "tiles_attribution": "©"}

    assert Settings(**settings).tiles_origin == "https://t.test"
    assert Settings(**settings, tiles_proxy=True).tiles_origin == ""
