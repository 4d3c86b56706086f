"""Roles and passwords, without a database."""

import pytest

from fablabmesh.accounts.rules import PASSWORD_LONGEST, Role, Visitor, password_problem


@pytest.mark.parametrize(
    "password",
    [
        "court",
        "x" * (PASSWORD_LONGEST + 1),
        "alice.martin et la suite",
        "aaaaaaaaaaaaaaaaaa",
        "Mon nom est Alice Martin",
    ],
    ids=["short", "endless", "mail address", "one letter", "name"],
)
def test_a_guessable_password_is_refused_with_a_reason(password):
    problem = password_problem(password, email="alice.martin@exemple.test", name="Alice Martin")

    assert problem is not None
    assert len(problem) > 20


@pytest.mark.parametrize("password", ["une phrase bien longue", "é" * 3 + "correct cheval", "    espaces partout   "])
def test_length_is_enough(password):
    assert password_problem(password, email="alice@exemple.test", name="Alice") is None


def test_a_visitor_has_no_role():
    assert Visitor().role is None
    assert Visitor().is_authenticated is False


def test_every_role_has_a_name_for_people():
    assert [role.label for role in Role] == ["Membre", "Administration"]
