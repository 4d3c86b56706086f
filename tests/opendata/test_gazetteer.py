"""Communes are found by what people write."""

import pytest

from fablabmesh.opendata.gazetteer import Gazetteer, Town, key

ETIENNE = Town("42218", "Saint-Étienne", ("42000", "42100"), "42", 45.4, 4.4, 170_000)
LYON = Town("69123", "Lyon", ("69001", "69003"), "69", 45.8, 4.8, 500_000)
LYON_3 = Town("69383", "Lyon 3e arrondissement", ("69003",), "69", 45.8, 4.9, 100_000)
TEIL = Town("07319", "Le Teil", ("07400",), "07", 44.5, 4.7, 8_000)
BEAUMONT = Town("07029", "Beaumont", ("07110",), "07", 44.5, 4.2, 200)
OTHER_BEAUMONT = Town("63032", "Beaumont", ("63110",), "63", 45.8, 3.1, 11_000)
ALL = Gazetteer([ETIENNE, LYON, LYON_3, TEIL, BEAUMONT, OTHER_BEAUMONT])


@pytest.mark.parametrize(
    ("name", "postcode", "town"),
    [
        ("Saint-Etienne", "42000", ETIENNE),
        ("ST ETIENNE CEDEX 2", "42100", ETIENNE),
        ("LE TEIL", "07400", TEIL),
        ("Teil", "07400", TEIL),
        ("Lyon", "69003", LYON),
        ("LYON 03", "69003", LYON),
        ("Lyon 3ème", "69003", LYON),
        ("Lyon 3e arrondissement", "69003", LYON_3),
        ("Saint-Étienne", "69003", None),
        ("", "42000", None),
        ("Beaumont", "99999", None),
    ],
)
def test_a_commune_is_found_by_its_postcode_and_name(name, postcode, town):
    assert ALL.find(name, postcode) == town


def test_a_name_alone_tells_only_when_the_country_has_it_once():
    assert ALL.find_only("saint etienne") == ETIENNE
    assert ALL.find_only("Beaumont") is None


def test_spellings_of_one_name_share_a_key():
    assert key("Bourg-d’Oisans (Le)") == key("BOURG D'OISANS LE")
    assert key("Œuilly") == "oeuilly"


def test_the_communes_of_a_postcode_come_the_most_peopled_first():
    assert [town.insee for town in ALL.list_served("69003")] == ["69123", "69383"]
