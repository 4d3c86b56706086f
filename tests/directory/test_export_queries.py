"""Features that the database keeps say what the places say."""

import json

from sqlalchemy import delete, func, select

from fablabmesh.directory.export_queries import render_features
from fablabmesh.directory.filters import Search
from fablabmesh.maps import actions as maps
from fablabmesh.places import actions as places
from fablabmesh.places.models import FundingCall, PlaceFeature
from tests.factories import NOW, make_place


def read_features(now=NOW):
    count, written = render_features(Search(), "http://localhost/lieux/", now=now)
    return count, json.loads(b"[" + written + b"]")


def test_a_feature_follows_its_place_and_its_calls(db):
    place = make_place(phone="01 02 03 04 05", website="https://labfab.test", opening_hours='Tu "9:00"')
    before = read_features()
    places.update_place(place, {"name": "Lab\\Fab\n«\u2028»", "latitude": None, "longitude": None}, now=NOW)
    call = FundingCall(slug="appel-2013", name="Appel", year=2013)
    db.add(call)
    db.flush()
    places.put_laureate(call, place, project_name="Projet", holder="", source="", confidence=None)

    count, features = read_features()

    assert (before[0], count) == (1, 1)
    assert before[1][0]["geometry"] == {"type": "Point", "coordinates": [-1.6775, 48.1146]}
    assert before[1][0]["properties"]["opening_hours"] == 'Tu "9:00"'
    assert features[0]["geometry"] is None
    told = features[0]["properties"]
    assert (told["name"], told["calls"], told["url"]) == (
        "Lab\\Fab\n«\u2028»",
        ["appel-2013"],
        "http://localhost/lieux/labfab-rennes",
    )


def test_a_place_that_was_loaded_without_triggers_has_the_same_feature(db):
    make_place()
    kept = read_features()
    db.execute(delete(PlaceFeature))

    assert read_features() == kept
    maps.draw_all(NOW)
    assert db.scalar(select(func.count()).select_from(PlaceFeature)) == 1
