"""Machines and roles as values."""

import json
from datetime import date

from fablabmesh.places.rules import Training
from fablabmesh.sheets.details import Holder, Tool, read_tool, widen


def test_a_machine_comes_back_from_its_line_of_history_as_it_was():
    tool = Tool(
        "decoupe-laser", "Laser 100 W", 2, "1 m", ("bois", "carton"), Training.INTRODUCTION, "1 €", "Non", False
    )

    assert read_tool(json.loads(json.dumps(tool.plain()))) == tool


def test_a_line_of_history_never_holds_the_name_of_a_person():
    holder = Holder("Fabmanager", "Camille Exemple", date(2026, 1, 15))

    assert holder.plain() == {"role": "Fabmanager", "is_named": True}


def test_types_are_told_with_all_that_is_broader_once_and_in_order():
    broader = {"surjeteuse": "machine-a-coudre", "machine-a-coudre": None, "fil": "3d", "resine": "3d", "3d": None}

    assert widen(["surjeteuse", "resine", "fil"], broader) == ["3d", "fil", "machine-a-coudre", "resine", "surjeteuse"]


def test_broader_types_that_go_round_in_a_circle_end():
    assert widen(["a"], {"a": "b", "b": "a"}) == ["a", "b"]
