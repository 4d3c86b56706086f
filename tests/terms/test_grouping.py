"""Machines by type, codes by their terms."""

from types import SimpleNamespace as Thing

from fablabmesh.terms.grouping import group_machines, list_labels

TERMS = {
    code: Thing(code=code, broader=broader)
    for code, broader in [
        ("printer", None),
        ("fil", "printer"),
        ("resin", "printer"),
        ("laser", None),
        ("loop", "loop"),
    ]
}


def machine(code: str, model: str) -> Thing:
    return Thing(type=TERMS[code], model=model)


def test_machines_stand_below_their_widest_type_in_the_vocabulary_s_order():
    found = group_machines(
        [
            machine("laser", "L"),
            machine("resin", "R"),
            machine("fil", "F2"),
            machine("fil", "F1"),
            machine("loop", "O"),
        ],
        TERMS,
    )

    assert [
        (
            group.term.code,
            group.is_plain,
            [(kind.term.code, [each.model for each in kind.machines]) for kind in group.types],
        )
        for group in found
    ] == [
        ("printer", False, [("fil", ["F2", "F1"]), ("resin", ["R"])]),
        ("laser", True, [("laser", ["L"])]),
        ("loop", True, [("loop", ["O"])]),
    ]


def test_codes_are_told_by_their_terms_and_unknown_ones_by_none():
    assert [term.code for term in list_labels(["laser", "gone", "fil"], TERMS)] == ["fil", "laser"]
