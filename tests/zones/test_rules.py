"""Codes of departments and their clocks, without a database."""

import pytest

from fablabmesh.zones.rules import FoundBy, Standing, department_of_insee, spell_arrondissements, timezone_of_department


@pytest.mark.parametrize(
    ("insee", "department"),
    [
        ("75111", "75"),
        ("01001", "01"),
        ("2A004", "2A"),
        ("2b033", "2B"),
        ("97411", "974"),
        ("98818", "988"),
        ("", None),
        (None, None),
        ("7511", None),
        ("2C004", None),
        ("abcde", None),
    ],
)
def test_an_insee_code_begins_with_its_department(insee, department):
    assert department_of_insee(insee) == department


@pytest.mark.parametrize(
    ("department", "timezone"),
    [("35", "Europe/Paris"), ("974", "Indian/Reunion"), ("973", "America/Cayenne"), (None, "Europe/Paris")],
)
def test_each_department_has_its_clock(department, timezone):
    assert timezone_of_department(department) == timezone


def test_every_word_has_a_label():
    assert [standing.label for standing in Standing] == ["Sourcé", "Hypothèse"]
    assert len({found.label for found in FoundBy}) == len(FoundBy)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Paris 11", "paris 75011"),
        ("lab Lyon 3ème", "lab lyon 69003"),
        ("Marseille 13e", "marseille 13013"),
        ("marseille 13", "marseille 13"),
        ("Lyon (69)", "Lyon (69)"),
        ("Lyon 69", "lyon 69"),
        ("Paris 75011", "paris 75011"),
        ("Paris 21", "paris 21"),
        ("Rennes 3e", "rennes 3e"),
        ("Été", "Été"),
    ],
)
def test_arrondissements_are_spelled_as_postcodes(text, meant):
    assert spell_arrondissements(text).casefold() == meant.casefold()
