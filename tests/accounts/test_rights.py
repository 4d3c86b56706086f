"""The table of rights: whole, and asked in one way only."""

import pytest

from fablabmesh.accounts.models import Account
from fablabmesh.accounts.rights import RIGHTS, Act, Tie, allows, label_of, ties_to_site, ties_to_thing
from fablabmesh.accounts.rules import Role, Visitor


def person(role=Role.MEMBER, *, is_demo=False):
    return Account(id=1, role=role, is_demo=is_demo, zone_ids=[], department_codes=[])


def test_every_act_has_its_row_and_every_row_somebody():
    assert set(RIGHTS) == set(Act)
    assert [act for act, ties in RIGHTS.items() if not ties] == []


def test_administrators_may_all_but_what_is_one_s_own():
    assert [act for act, ties in RIGHTS.items() if Tie.ADMIN not in ties] == [Act.OWN_USE, Act.PLACE_LEAVE]


def test_every_act_and_every_tie_has_its_words(pages):
    """docs/rights.md shows them: add those of a new act to `label_of`."""
    with pages.test_request_context("/"):
        words = [label_of(act) for act in Act] + [tie.label for tie in Tie]

    assert len(set(words)) == len(Act) + len(Tie)


def test_what_a_visitor_may_everybody_may():
    assert [act for act, ties in RIGHTS.items() if Tie.VISITOR in ties and ties != frozenset(Tie)] == []


@pytest.mark.parametrize(
    ("asked", "ties"),
    [
        (Visitor(), {Tie.VISITOR}),
        (person(), {Tie.VISITOR, Tie.MEMBER}),
        (person(Role.ADMIN), {Tie.VISITOR, Tie.MEMBER, Tie.ADMIN}),
    ],
    ids=["a visitor", "a member", "an administrator"],
)
def test_ties_to_the_site(asked, ties):
    assert ties_to_site(asked) == ties


def test_an_invented_administrator_is_none_to_what_is_real():
    invented = person(Role.ADMIN, is_demo=True)

    assert Tie.ADMIN not in ties_to_thing(invented, is_demo=False)
    assert Tie.ADMIN in ties_to_thing(invented, is_demo=True)


def test_one_tie_that_allows_is_enough():
    assert allows({Tie.MEMBER, Tie.EDITOR}, Act.EVENT_WRITE)
    assert not allows({Tie.VISITOR, Tie.MEMBER}, Act.EVENT_WRITE)
    assert not allows((), Act.SITE_READ)
