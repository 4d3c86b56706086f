"""The list of all places as a file follows the places: what is written, what is left alone, and what is not offered."""

import gzip
import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from fablabmesh.files.folder import Folder
from fablabmesh.files.place_actions import PublishedPlaces, keep_places
from tests.factories import NOW, make_department, make_place


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def ask(client):
    return lambda: client.get("/lieux.geojson", headers={"Accept-Encoding": "gzip"}).data


@pytest.fixture
def counted(db):
    """A change is counted at its commit, which tests never come to: as if each statement were one."""
    make_department()
    db.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def read(folder: Folder) -> dict:
    return json.loads(gzip.decompress((folder.public / "lieux.geojson.gz").read_bytes()))


def names(folder: Folder) -> list[str]:
    return [feature["properties"]["name"] for feature in read(folder)["features"]]


def test_the_file_is_what_the_application_answers(folder, ask, client, counted):
    make_place(name="Labfab")

    assert PublishedPlaces(folder, ask).update(NOW) is True
    assert names(folder) == ["Labfab"]
    assert read(folder) == client.get("/lieux.geojson").json


def test_without_a_change_nothing_is_written_and_with_one_it_is(folder, ask, counted, db):
    place = make_place(name="Labfab")
    published = PublishedPlaces(folder, ask)
    published.update(NOW)

    assert published.update(NOW) is False
    assert PublishedPlaces(folder, ask).update(NOW) is False

    db.execute(text("UPDATE place SET name = 'Ailleurs' WHERE id = :id"), {"id": place.id})
    db.execute(text("UPDATE place_number SET number = number + 1"))
    assert published.update(NOW) is True
    assert names(folder) == ["Ailleurs"]


def test_another_day_is_looked_at_anew(folder, counted):
    asked = []
    published = PublishedPlaces(folder, lambda: asked.append(1) or gzip.compress(b"{}"))

    for now in (NOW, NOW, NOW + timedelta(days=1)):
        published.update(now)

    assert asked == [1, 1]


def test_what_the_application_refuses_is_not_offered_as_a_file(folder, counted, db):
    PublishedPlaces(folder, lambda: gzip.compress(b"{}")).update(NOW)
    assert folder.public.exists()

    assert PublishedPlaces(folder, lambda: None).update(NOW) is False
    assert not folder.public.exists()


def test_it_is_kept_until_it_is_over_and_then_left_to_the_application(tmp_path, counted, caplog):
    seen = []

    def hear(_patience):
        yield []
        seen.append((tmp_path / "places" / "public" / "lieux.geojson.gz").exists())
        raise ConnectionError("the database went away")

    keep_places(tmp_path, lambda: gzip.compress(b"{}"), hear, lambda: NOW, lambda: len(seen) > 0)

    assert seen == [True]
    assert not (tmp_path / "places" / "public").exists()
    assert "places are not published as a file; trying again" in caplog.messages
