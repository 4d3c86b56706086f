import pytest

from fablabmesh.authoring import queries
from fablabmesh.zones.models import Commune
from tests.factories import make_department, make_place


@pytest.fixture
def communes(db):
    make_department()
    make_department("974", "La Réunion", box=(55.2, -21.4, 55.9, -20.8))
    for insee, name, postcodes, department, people in (
        ("35238", "Rennes", ["35000", "35200", "35700"], "35", 220_000),
        ("35239", "Rennes-le-Petit", ["35990"], "35", 300),
        ("97411", "Saint-Denis", ["97400"], "974", 150_000),
    ):
        folded = name.casefold().replace("é", "e")
        db.add(
            Commune(
                insee=insee,
                name=name,
                folded_name=folded,
                postcodes=postcodes,
                department_code=department,
                latitude=1.0,
                longitude=2.0,
                population=people,
            )
        )
    db.flush()


def names(found) -> list[str]:
    return [each.name for each in found]


def test_places_are_found_by_all_words_of_their_name_or_town(db):
    make_place(name="Fabrique du Loch", commune="Auray", postcode="56400")
    make_place(name="Fabrique de l’Ouest", commune="Rennes")

    assert names(queries.search_places("fabrique auray", is_demo=False)) == ["Fabrique du Loch"]
    assert names(queries.search_places("FABRIQUE", is_demo=False)) == ["Fabrique de l’Ouest", "Fabrique du Loch"]
    assert queries.search_places("", is_demo=False) == []
    assert queries.search_places("%", is_demo=False) == []


def test_invented_and_real_places_are_never_offered_together(db):
    real, invented = make_place(name="Fabrique vraie"), make_place(name="Fabrique inventée", is_demo=True)

    assert names(queries.search_places("fabrique", is_demo=True)) == ["Fabrique inventée"]
    assert names(queries.search_places("fabrique", is_demo=False)) == ["Fabrique vraie"]
    assert queries.list_places([real.id, invented.id], is_demo=True) == [invented]


def test_what_was_chosen_comes_first_and_once(db):
    one = make_place(name="Fabrique une")
    make_place(name="Fabrique deux")

    assert names(queries.search_places("fabrique", chosen=[one.id], is_demo=False)) == ["Fabrique une", "Fabrique deux"]


def test_a_search_asks_as_much_for_three_places_as_for_one(db, count_queries):
    asked = []
    for _round in range(2):
        make_place(name="Fabrique")
        make_place(name="Fabrique bis")
        with count_queries() as seen:
            queries.search_places("fabrique", is_demo=False)
        asked.append(len(seen))

    assert asked == [1, 1]


def test_towns_are_found_by_name_or_postcode_and_bear_the_one_asked_for(communes):
    assert [town.label for town in queries.search_towns("35700")] == ["35700 Rennes"]
    assert [town.label for town in queries.search_towns("rennes")] == ["35000 Rennes", "35990 Rennes-le-Petit"]
    assert [town.label for town in queries.search_towns("35990", chosen="35238")] == [
        *("35000 Rennes", "35990 Rennes-le-Petit"),
    ]
    assert [town.timezone for town in queries.search_towns("saint")] == ["Indian/Reunion"]
    assert queries.search_towns("") == []


def test_the_town_of_an_address_is_found_again(communes):
    town = queries.find_town("2 rue Hoche, 35200 Rennes")

    assert (town.insee, town.postcode) == ("35238", "35200")
    assert queries.find_town("2 rue Hoche, 35200 Nantes") is None
    assert queries.find_town("Salle des fêtes") is None
