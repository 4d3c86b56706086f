"""Addresses are asked of the operator's geocoder, if there is one, kept, and done without when it fails."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from fablabmesh.kit.geocoding import Geocoder, Spot, read_spots

# A server is started and stopped for each.
pytestmark = pytest.mark.slow

FEATURE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [-1.6808, 48.1104]},
    "properties": {
        "label": "19 Rue Hoche 35000 Rennes",
        "type": "housenumber",
        "postcode": "35000",
        "city": "Rennes",
        "citycode": "35238",
        "score": 0.97,
    },
}
ANSWER = json.dumps({"type": "FeatureCollection", "features": [FEATURE]}).encode()
SPOT = Spot("19 Rue Hoche 35000 Rennes", 48.1104, -1.6808, "housenumber", "35000", "Rennes", "35238")


@contextmanager
def base(status=200, body=ANSWER):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(parse_qs(urlsplit(self.path).query))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/search/", asked
    finally:
        server.shutdown()
        server.server_close()


def test_an_address_becomes_a_spot_and_is_asked_for_once():
    with base() as (url, asked):
        geocoder = Geocoder(url, "Essai")
        found = [geocoder.find(text) for text in ("19 rue Hoche, Rennes", " 19 rue hoche,  rennes ")]

    assert found == [[SPOT], [SPOT]]
    assert asked == [{"q": ["19 rue Hoche, Rennes"], "limit": ["5"]}]


def test_what_was_answered_is_asked_again_the_next_day():
    hours = [0.0]
    with base() as (url, asked):
        geocoder = Geocoder(url, "Essai", clock=lambda: hours[0] * 3600)
        for hours[0] in (0, 23, 25):
            geocoder.find("19 rue Hoche")

    assert len(asked) == 2


@pytest.mark.parametrize("bad", [{"status": 500}, {"body": b"<html>"}, {"body": b"[]"}, {"body": b"\xff" * 300_000}])
def test_a_geocoder_that_fails_is_left_alone_for_a_minute(bad):
    seconds = [0.0]
    with base(**bad) as (url, asked):
        geocoder = Geocoder(url, "Essai", clock=lambda: seconds[0])
        found = [geocoder.find(f"{seconds[0]} rue Hoche") for seconds[0] in (0, 30, 61)]

    assert found == [[], [], []]
    assert len(asked) == 2


def test_without_a_geocoder_nothing_is_asked():
    geocoder = Geocoder("", "Essai")

    assert (geocoder.is_on, geocoder.host, geocoder.find("19 rue Hoche")) == (False, "", [])


def test_whom_the_visitor_is_told_of_is_the_host_of_the_address():
    geocoder = Geocoder("https://api-adresse.data.gouv.fr/search/", "Essai")

    assert (geocoder.is_on, geocoder.host) == (True, "api-adresse.data.gouv.fr")


def test_a_name_that_leads_into_the_house_is_not_followed():
    with base() as (url, asked):
        found = Geocoder(url.replace("127.0.0.1", "localhost"), "Essai").find("19 rue Hoche")

    assert (found, asked) == ([], [])


@pytest.mark.parametrize(
    "feature",
    [
        None,
        {},
        {"geometry": None, "properties": {"label": "x"}},
        {"geometry": {"coordinates": [0, 91]}, "properties": {"label": "x"}},
        {"geometry": {"coordinates": ["a", "b"]}, "properties": {"label": "x"}},
        {"geometry": {"coordinates": [0, 45]}, "properties": {"label": ""}},
        {"geometry": {"coordinates": [0, 45]}, "properties": []},
    ],
)
def test_a_feature_that_is_not_as_expected_is_left_out(feature):
    assert read_spots(json.dumps({"features": [feature, FEATURE]}).encode()) == [SPOT]
