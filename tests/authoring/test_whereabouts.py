import pytest

from fablabmesh.authoring.whereabouts import Choice, Town, read_id, read_town


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2 place de la Mairie, 35000 Rennes", ("2 place de la Mairie", "35000", "Rennes")),
        ("Hall B, 2 rue Hoche, 35000 Rennes", ("Hall B, 2 rue Hoche", "35000", "Rennes")),
        ("97400 Saint-Denis", ("", "97400", "Saint-Denis")),
        ("Salle des fêtes", ("Salle des fêtes", "", "")),
        ("Salle 35000", ("Salle 35000", "", "")),
    ],
)
def test_an_address_is_taken_apart_as_it_was_put_together(text, parts):
    assert read_town(text) == parts


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("", None), ("-1", None), ("²", None), ("9" * 12, None), (None, None)]
)
def test_only_a_small_number_is_an_id(text, number):
    assert read_id(text) == number


def test_a_place_is_told_from_its_namesakes_by_its_town():
    assert Choice(1, "La Fabrique", "Europe/Paris", "56400 Auray").label == "La Fabrique – 56400 Auray"
    assert Choice(1, "La Fabrique", "Europe/Paris").label == "La Fabrique"
    assert Town("35238", "Rennes", "35000", "Europe/Paris", 48.1, -1.7).label == "35000 Rennes"
