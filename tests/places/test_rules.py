"""Who may do what to a place; words."""

import pytest

from fablabmesh.accounts.rights import Act, Tie
from fablabmesh.accounts.rules import Role, Visitor
from fablabmesh.places.rules import (
    Confidence,
    FactSubject,
    ManagerRole,
    PlaceKind,
    Precision,
    can_administer,
    can_edit,
    may,
    ties_to,
)
from tests.people import make_lab, make_person

ALICE, BOB, EDITH = make_person(1), make_person(2), make_person(5)
ADMIN = make_person(3, Role.ADMIN)
COORDINATOR, ELSEWHERE = make_person(4, departments=["22", "35"]), make_person(6, departments=["75"])
INVENTED, INVENTED_ADMIN = make_person(7, departments=["35"], is_demo=True), make_person(8, Role.ADMIN, is_demo=True)
LAB = make_lab(10, ALICE, editors=(EDITH,))
EVERYBODY = (Visitor(), BOB, EDITH, ALICE, COORDINATOR, ELSEWHERE, ADMIN, INVENTED, INVENTED_ADMIN)


@pytest.mark.parametrize(
    ("act", "who"),
    [
        (Act.PLACE_READ, EVERYBODY),
        (Act.PLACE_EDIT, (EDITH, ALICE, COORDINATOR, ADMIN)),
        (Act.PLACE_IMPORT, (EDITH, ALICE, ADMIN)),
        (Act.PLACE_TEAM, (ALICE, COORDINATOR, ADMIN)),
        (Act.PLACE_LEAVE, (EDITH, ALICE)),
        (Act.PLACE_MODERATE, (COORDINATOR, ADMIN)),
        (Act.EVENT_WRITE, (EDITH, ALICE, ADMIN)),
    ],
)
def test_who_may_do_what_to_a_place(act, who):
    assert tuple(person for person in EVERYBODY if may(person, act, LAB)) == who


def test_invented_people_moderate_what_is_invented():
    lab = make_lab(11, is_demo=True)

    assert [person for person in EVERYBODY if may(person, Act.PLACE_MODERATE, lab)] == [ADMIN, INVENTED, INVENTED_ADMIN]


def test_a_place_without_a_department_is_in_nobody_s_zone():
    assert ties_to(COORDINATOR, make_lab(department=None)) == {Tie.VISITOR, Tie.MEMBER}


def test_the_page_is_edited_by_whom_the_table_says():
    assert [person for person in EVERYBODY if can_edit(person, LAB)] == [EDITH, ALICE, COORDINATOR, ADMIN]


def test_calls_are_the_administrators_business():
    assert [can_administer(person) for person in (ALICE, COORDINATOR, Visitor(), ADMIN)] == [False, False, False, True]


@pytest.mark.parametrize("words", [PlaceKind, Precision, Confidence, FactSubject, ManagerRole])
def test_every_word_has_a_label_of_its_own(words):
    labels = [word.label for word in words]

    assert len(set(labels)) == len(labels)
    assert all(labels)
