"""The data of the map: compact, filtered, cached, the same for everybody."""

import gzip
import json

import pytest
from flask import url_for

from fablabmesh.maps import views
from fablabmesh.places import actions
from fablabmesh.places.rules import PlaceKind
from tests.factories import make_department, make_place, make_zone


@pytest.fixture
def places(db):
    make_department("35")
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.6))
    make_zone("35", slug="nord", name="Nord", colour="#123456")
    lab = make_place(name="Élu Lab")
    make_place(name="EPN", kind=PlaceKind.EPN, department="44", insee="44109", latitude=None, longitude=None)
    call = actions.put_call("appel", name="Appel", year=2013)
    actions.put_laureate(call, lab, project_name="Projet")
    db.commit()


def rows(client, query: str = "") -> list[dict]:
    data = client.get(f"/carte/lieux.json{query}").get_json()
    return [dict(zip(data["fields"], row, strict=True)) for row in data["rows"]]


def test_a_row_says_what_a_mark_shows(client, places):
    lab, epn = rows(client)

    assert lab == {
        "slug": "elu-lab-rennes",
        "name": "Élu Lab",
        "kind": "fablab",
        "laureate": 2013,
        "latitude": 48.1146,
        "longitude": -1.6775,
        "zone": "nord",
        "commune": "Rennes",
        "demo": 0,
    }
    assert (epn["zone"], epn["latitude"], epn["laureate"]) == ("", None, 0)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?zone=nord", ["Élu Lab"]),
        ("?genre=epn", ["EPN"]),
        ("?genre=laureat", ["Élu Lab"]),
        ("?genre=epn&genre=laureat", ["Élu Lab", "EPN"]),
        ("?q=elu", ["Élu Lab"]),
        ("?zone=atlantide", ["Élu Lab", "EPN"]),
    ],
)
def test_the_rows_follow_the_filter_of_the_page(client, places, query, names):
    assert [row["name"] for row in rows(client, query)] == names


def test_the_zones_tell_which_department_is_theirs(client, places):
    data = client.get("/carte/zones.json").get_json()["programmes"]["fablab"]

    assert data["departments"] == {"35": "nord"}
    assert data["zones"]["nord"]["colour"] == "#123456"
    assert data["zones"]["nord"]["counts"].startswith("1 lauréat · 1 Fab Lab · 0 EPN")


def test_the_outlines_are_101_departments_and_are_sent_as_kept(client, places):
    page = client.get("/").get_data(as_text=True)
    script = client.get(page.split('src="')[-2].split('"')[0]).get_data(as_text=True)
    address = next(word for word in script.split('"') if word.startswith("/carte/departements-"))

    answer = client.get(address)

    body = answer.get_data()
    shapes = json.loads(gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body)
    assert len(shapes["features"]) == 101
    assert "31536000" in answer.headers["Cache-Control"]


def test_the_outlines_are_unpacked_for_whom_cannot_read_gzip(client, places):
    address = url_for("maps.departments", version=views._land()[1])

    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    plain = client.get(address, headers={"Accept-Encoding": "identity"})

    assert (packed.headers.get("Content-Encoding"), plain.headers.get("Content-Encoding")) == ("gzip", None)
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize("path", ["/carte/lieux.json", "/carte/zones.json", "/carte/liens.json"])
def test_what_was_read_already_is_not_sent_again_and_no_cookie_is_touched(client, places, path):
    first = client.get(path)
    second = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, second.status_code) == (200, 304)
    assert first.headers.getlist("Set-Cookie") == []
    assert "Cookie" not in first.headers.get("Vary", "")


def test_the_script_speaks_the_language_of_the_page(client, places):
    french, english = client.get("/").get_data(as_text=True), client.get("/en/").get_data(as_text=True)

    assert "/carte/" in french
    assert "/en/carte/" in english


def test_an_old_address_of_the_script_still_answers_for_a_moment(client, places):
    answer = client.get("/carte/0123456789ab.js")

    assert answer.status_code == 200
    assert "max-age=60" in answer.headers["Cache-Control"]
    assert client.get("/carte/departements-0123456789ab.json").status_code == 404


def test_more_places_cost_no_more_queries(client, places, count_queries):
    with count_queries() as few:
        client.get("/carte/lieux.json")
    for number in range(5):
        make_place(name=f"Lab {number}")

    with count_queries() as many:
        client.get("/carte/lieux.json")

    assert len(many) == len(few)
