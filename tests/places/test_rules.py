"""Who may do what to a place; words."""

from types import SimpleNamespace

import pytest

from fablabmesh.accounts.rules import Role, Visitor
from fablabmesh.places.rules import (
    Confidence,
    FactSubject,
    ManagerRole,
    PlaceKind,
    Precision,
    can_administer,
    can_edit,
)

LAB = SimpleNamespace(manager_ids={1})
ALICE = SimpleNamespace(id=1, role=Role.MEMBER)
BOB = SimpleNamespace(id=2, role=Role.MEMBER)
ADMIN = SimpleNamespace(id=3, role=Role.ADMIN)
COORDINATOR = SimpleNamespace(id=4, role=Role.COORDINATOR)


@pytest.mark.parametrize(
    ("person", "may"), [(ALICE, True), (BOB, False), (ADMIN, True), (COORDINATOR, False), (Visitor(), False)]
)
def test_a_place_is_edited_by_those_who_look_after_it(person, may):
    assert can_edit(person, LAB) is may


def test_calls_are_the_administrators_business():
    assert [can_administer(person) for person in (ALICE, COORDINATOR, Visitor(), ADMIN)] == [False, False, False, True]


@pytest.mark.parametrize("words", [PlaceKind, Precision, Confidence, FactSubject, ManagerRole])
def test_every_word_has_a_label_of_its_own(words):
    labels = [word.label for word in words]

    assert len(set(labels)) == len(labels)
    assert all(labels)
