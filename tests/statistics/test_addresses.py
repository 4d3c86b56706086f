"""How the lists behind the figures are spelled."""

from datetime import date

from fablabmesh.statistics.addresses import (
    Choices,
    around_query,
    fresh_query,
    month_path,
    period_path,
    places_query,
)
from fablabmesh.statistics.report import Scope
from fablabmesh.statistics.rules import Sort

OUEST = Scope("fablab", "Fab Labs", "ouest", "Ouest")


def test_a_list_of_places_says_nothing_that_is_usual():
    assert places_query(Scope(), genre="epn") == {"genre": "epn"}
    assert places_query(OUEST, machine="decoupe-laser") == {"machine": "decoupe-laser", "zone": "ouest"}
    assert list(places_query(Scope("epn", "", "ouest"), departement="35", genre="epn").items()) == [
        ("departement", "35"),
        ("genre", "epn"),
        ("programme", "epn"),
        ("zone", "ouest"),
    ]
    assert fresh_query(OUEST) == {"maj": "365", "zone": "ouest"}


def test_around_a_commune_goes_as_far_as_the_nearest_one():
    assert around_query(OUEST, "29232", 140_211, Sort.FABLAB) == {"autour": "29232", "genre": "fablab", "rayon": "141"}
    assert around_query(Scope("epn"), "29232", 900_000, Sort.EPN)["rayon"] == "500"
    assert around_query(OUEST, "29232", None, Sort.LAUREATE) == {
        "autour": "29232",
        "genre": "laureat",
        "rayon": "500",
    }


def test_a_month_leads_to_its_dates_and_no_others():
    assert month_path(OUEST, date(2026, 2, 1)) == "/agenda?zone=fablab/ouest&au=2026-02-28&du=2026-02-01"
    assert month_path(Scope(), date(2026, 12, 1)) == "/agenda?au=2026-12-31&du=2026-12-01"
    assert period_path(Scope("fablab"), date(2026, 1, 5), date(2026, 2, 1)) == "/agenda?au=2026-01-31&du=2026-01-05"


def test_what_is_chosen_is_spelled_only_where_it_is_not_usual():
    assert Choices(20, Sort.FABLAB).to_query() == {}
    assert Choices(5, Sort.EPN).to_query() == {"genre": "epn", "rayon": "5"}
