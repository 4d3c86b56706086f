"""Codes of departments and their clocks, without a database."""

import pytest

from fablabmesh.zones.rules import FoundBy, Standing, department_of_insee, timezone_of_department


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
