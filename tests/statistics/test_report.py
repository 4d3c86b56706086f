"""All figures as tables."""

import csv
import io
from collections import Counter
from datetime import date

import pytest

from fablabmesh.kit.i18n import speaking
from fablabmesh.kit.tables import csv_file
from fablabmesh.statistics.figures import Month, Tally, Tie
from fablabmesh.statistics.queries import FarCommune
from fablabmesh.statistics.report import TABLES, Report, Scope, Table, Territory, make_table, pairs_of
from fablabmesh.statistics.rules import Sort

WEST = Tally(
    people=1000,
    kinds=Counter(fablab=2, epn=5, laureat=1),
    machines=Counter(laser=2),
    labels=Counter(erc=3),
    reached=Counter({("fablab", 5): 250}),
    fresh=4,
    confirmed=1,
)
EAST = Tally(people=500, kinds=Counter(fablab=1), machines=Counter(laser=1, vinyle=4))


def written(table: Table) -> list[list[str]]:
    """As a spreadsheet reads it."""
    return list(csv.reader(io.StringIO(csv_file(table.to_rows()).decode("utf-8-sig"), newline="")))


def make_report(zone: str = "") -> Report:
    zones = (Territory("ouest", "Ouest", WEST), Territory("est", "Est", EAST))
    tally = WEST if zone else WEST + EAST
    return Report(
        scope=Scope("fablab", "Fab Labs", zone, "Ouest" if zone else ""),
        tally=tally,
        zones=zones,
        departments=(Territory("35", "=Ille-et-Vilaine", WEST),),
        months=(Month(date(2026, 1, 1), 3, 1),),
        ties={("est", "ouest"): Tie(2, 1), ("ouest", "ouest"): Tie(4, 0), ("est", "est"): Tie(0, 8)},
        far=(FarCommune("35002", "Loin", "35", 30, 32_000), FarCommune("35003", "Sans", "35", 2, None)),
        machines={"vinyle": "Vinyle", "laser": "Laser", "four": "Four"},
        labels={"erc": "ERC"},
        calls={"appel": "Appel"},
        km=20,
        sort=Sort.FABLAB,
        elsewhere=Tally(),
        compared=Scope("fablab", "Fab Labs"),
        measured_at=None,
    )


@pytest.fixture(autouse=True)
def french():
    with speaking("fr"):
        yield


def test_a_zone_lacks_what_others_have_and_not_what_nobody_has():
    report = make_report("ouest")

    assert report.known_machines == ["vinyle", "laser"]
    assert report.lacking == ["vinyle"]
    assert report.unknown_machines == ["four"]


def test_ties_are_across_zones_or_within_one():
    assert (make_report().ties_across, make_report().ties_within) == (Tie(2, 1), Tie(4, 8))
    assert (make_report("ouest").ties_across, make_report("ouest").ties_within) == (Tie(2, 1), Tie(4, 0))
    assert make_report().tie("ouest", "est") == Tie(2, 1)


def test_each_pair_of_zones_is_told_once():
    assert pairs_of(["a", "b", "c"]) == [("a", "a"), ("a", "b"), ("a", "c"), ("b", "b"), ("b", "c"), ("c", "c")]
    assert pairs_of(["a", "b", "c"], "b") == [("a", "b"), ("b", "b"), ("b", "c")]


def test_tables_say_what_the_page_shows():
    report = make_report()

    assert written(make_table("machines", report))[1:] == [
        ["Vinyle", "vinyle", "4", "0", "4"],
        ["Laser", "laser", "3", "2", "1"],
        ["Four", "four", "0", "0", "0"],
    ]
    assert written(make_table("mois", report))[1:] == [["2026-01", "3", "1"]]
    assert written(make_table("genres", report))[1:] == [
        ["Fab Labs", "fablab", "3"],
        ["EPN et lieux de médiation numérique", "epn", "5"],
        ["Pôles de ressources", "pole", "0"],
        ["Lauréats", "laureat", "1"],
    ]
    assert written(make_table("couverture", report))[1] == ["Fab Labs", "Fab Labs", "5", "1500", "250", "0.1667"]
    assert written(make_table("communes", report))[1:] == [
        ["35002", "Loin", "35", "30", "32000"],
        ["35003", "Sans", "35", "2", ""],
    ]
    assert written(make_table("zones", report))[1] == [
        "Ouest",
        "ouest",
        "1000",
        "2",
        "5",
        "0",
        "1",
        "200",
        "500",
        "4",
        "1",
    ]
    assert written(make_table("liens", report))[1:] == [
        ["Ouest", "Ouest", "4", "0"],
        ["Ouest", "Est", "2", "1"],
        ["Est", "Est", "0", "8"],
    ]
    assert make_table("rien", report) is None


def test_every_table_has_as_many_cells_as_its_header():
    for name in TABLES:
        rows = written(make_table(name, make_report()))
        assert len({len(row) for row in rows}) == 1, name


def test_no_cell_is_a_formula_for_a_spreadsheet():
    assert written(make_table("departements", make_report()))[1][0] == "'=Ille-et-Vilaine"
    assert written(Table(("a",), (("@x",), ("\tx",), (-1.5,), ("-1",)))) == [
        ["a"],
        ["'@x"],
        ["'\tx"],
        ["-1.5"],
        ["'-1"],
    ]
