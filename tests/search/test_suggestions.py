"""What is found is told in groups, the best first."""

import pytest

from fablabmesh.search.queries import Found, Group
from fablabmesh.search.rules import Level
from fablabmesh.search.suggestions import Item, Section, count_of, distance, in_order, to_json


@pytest.fixture(autouse=True)
def french(pages):
    with pages.test_request_context("/"):
        yield


@pytest.mark.parametrize(
    ("metres", "words"), [(4, "0 m"), (812, "810 m"), (1000, "1 km"), (3449, "3,4 km"), (120_400, "120 km")]
)
def test_a_distance_is_as_precise_as_it_is_of_use(metres, words):
    assert distance(metres) == words.replace(" ", "\u00a0")


def test_a_count_that_stopped_says_more_than():
    assert count_of(Group(count=12)) == "12"
    assert count_of(Group(count=300, is_capped=True)) == "plus de 300"


def test_the_sort_that_fits_best_comes_first_and_what_is_empty_not_at_all():
    found = Found(
        places=Group([1], Level.INSIDE, 1), towns=Group([1], Level.TOGETHER, 1), events=Group([1], Level.NAME, 1)
    )

    assert in_order(found) == ["events", "places", "towns"]


def test_the_script_is_given_labels_details_and_addresses_and_the_page_of_all():
    section = Section("places", "Lieux", [Item("LabFab", "Rennes", "/lieux/labfab")], "1")

    told = to_json("labfb", [section], "labfab", "/chercher?q=labfb")

    assert told == {
        "q": "labfb",
        "mended": "Résultats pour «\u00a0labfab\u00a0»",
        "groups": [{"label": "Lieux", "items": [{"label": "LabFab", "detail": "Rennes", "href": "/lieux/labfab"}]}],
        "all": {"label": "Tous les résultats", "href": "/chercher?q=labfb"},
    }


def test_the_script_is_given_nothing_of_nothing():
    assert to_json("x", [], "", "/chercher?q=x") == {"q": "x", "mended": "", "groups": [], "all": None}
