"""Files of what a filter shows."""

import csv
import gzip
import io

import pytest

from fablabmesh.directory import export_queries
from fablabmesh.directory.views import Shelf
from fablabmesh.kit import clock
from fablabmesh.places.rules import PlaceKind
from tests.factories import make_place, make_zone


@pytest.fixture
def places(db):
    make_place(name='Lab « "quoted" \\ »', phone="+33 2 99", labels=["cyber-base"])
    make_place(name="EPN du bourg", kind=PlaceKind.EPN, latitude=None, longitude=None)
    make_zone("35")
    db.commit()


def table(client, address: str) -> list[str]:
    text = client.get(address).get_data().decode("utf-8-sig")
    return [row["name"] for row in csv.DictReader(io.StringIO(text), delimiter=";")]


def test_geojson_written_by_the_database_reads_as_what_is_there(client, places):
    answer = client.get("/lieux.geojson")

    body = answer.get_json()
    lab, epn = body["features"]
    assert answer.mimetype == "application/geo+json"
    assert body["type"] == "FeatureCollection"
    assert lab["geometry"] == {"type": "Point", "coordinates": [-1.6775, 48.1146]}
    assert lab["properties"]["name"] == 'Lab « "quoted" \\ »'
    assert lab["properties"]["labels"] == ["cyber-base"]
    assert lab["properties"]["url"] == f"http://localhost/lieux/{lab['properties']['slug']}"
    assert lab["properties"]["is_demo"] is False
    assert epn["geometry"] is None
    assert epn["properties"]["machine_types"] == []


def test_geojson_of_nothing_is_still_geojson(client, places):
    assert client.get("/lieux.geojson?q=introuvable").get_json()["features"] == []


@pytest.mark.parametrize("query", ["", "?genre=epn", "?label=cyber-base", "?zone=ouest", "?q=bourg", "?ouvert=samedi"])
def test_every_file_holds_what_the_page_lists(client, places, query):
    names = table(client, f"/lieux.csv{query}")

    features = client.get(f"/lieux.geojson{query}").get_json()["features"]
    assert [feature["properties"]["name"] for feature in features] == names
    assert client.get(f"/lieux.kml{query}").get_data(as_text=True).count("<Placemark") == len(names)


def test_a_filter_that_is_none_is_refused_in_a_file(client, places):
    assert client.get("/lieux.csv?genre=bar").status_code == 400


def test_who_has_a_file_already_is_told_so_until_a_place_changes(client, places):
    tag = client.get("/lieux.geojson").headers["ETag"]

    assert client.get("/lieux.geojson", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/lieux.geojson?genre=epn", headers={"If-None-Match": tag}).status_code == 200
    assert client.get("/lieux.csv", headers={"If-None-Match": tag}).status_code == 200


def test_what_hangs_on_the_clock_has_no_tag(client, places):
    assert "ETag" not in client.get("/lieux.csv?ouvert=maintenant").headers


def test_a_file_is_sent_packed_to_who_can_read_that(client, places):
    packed = client.get("/lieux.csv", headers={"Accept-Encoding": "gzip"})
    again = client.get("/lieux.csv", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/lieux.csv")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert again.data == packed.data


def test_a_file_that_would_be_too_long_says_what_to_do(client, places, monkeypatch):
    monkeypatch.setattr(export_queries, "MOST", 1)

    answer = client.get("/lieux.csv")

    assert answer.status_code == 400
    assert "choisissez une zone" in answer.get_data(as_text=True)


def test_a_shelf_holds_so_many_bytes_and_no_more():
    shelf = Shelf(most_bytes=10)
    for tag in ("a", "b", "c"):
        shelf.keep(tag, b"12345")
    shelf.keep("d", b"12345678901")

    assert [shelf.find(tag) for tag in ("a", "b", "c", "d")] == [None, b"12345", b"12345", None]


def test_no_file_takes_or_gives_a_cookie(client, places):
    assert "Set-Cookie" not in client.get("/lieux.kml").headers


def test_files_and_the_list_tell_who_confirmed_a_page_and_that_nobody_did(client, db):
    confirmed, never = make_place(name="Confirmé"), make_place(name="Jamais")
    confirmed.confirmed_at = clock.now()
    db.flush()
    today = clock.now().date().isoformat()

    table = client.get("/lieux.csv").get_data(as_text=True)
    data = client.get("/lieux.geojson").get_json()
    page = client.get("/").get_data(as_text=True)

    days = {each["properties"]["slug"]: each["properties"]["confirmed_on"] for each in data["features"]}
    assert days == {confirmed.slug: today, never.slug: None}
    assert table.count(today) >= 1
    assert page.count("jamais confirmée") == 1
