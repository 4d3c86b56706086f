"""The filter of places, from an address and back."""

import pytest
from werkzeug.datastructures import MultiDict

from fablabmesh.places.filters import PlaceFilter, read_filter
from fablabmesh.places.rules import PlaceKind

ZONES = {"fablab": {"ouest", "sud-est"}, "epn": {"ouest", "centre-est"}}


def read(query: dict) -> PlaceFilter:
    return read_filter(MultiDict(query).to_dict(flat=False), zones=ZONES)


def test_an_empty_address_asks_for_everything():
    assert read({}).is_everything
    assert read({}).to_query() == ""


def test_all_parts_are_read_together_and_written_in_one_order():
    wanted = read({"zone": "ouest", "q": "  bois   métal ", "genre": ["pole", "laureat", "epn"], "programme": "epn"})

    assert wanted == PlaceFilter("epn", "ouest", frozenset({PlaceKind.EPN, PlaceKind.POLE}), True, "bois métal")
    assert wanted.to_query() == "genre=epn&genre=pole&genre=laureat&programme=epn&q=bois+m%C3%A9tal&zone=ouest"


@pytest.mark.parametrize(
    ("query", "unknown"),
    [
        ({"zone": "atlantide"}, ("atlantide",)),
        ({"programme": "mars"}, ("mars",)),
        ({"programme": "fablab", "zone": "centre-est"}, ("centre-est",)),
        ({"genre": ["fablab", "bar"]}, ("bar",)),
    ],
)
def test_a_value_that_no_longer_exists_is_told_and_left_out(query, unknown):
    wanted = read(query)

    assert wanted.unknown == unknown
    assert wanted.zone == ""


def test_no_programme_can_be_asked_for():
    assert read({"programme": "aucun"}).programme == "aucun"
