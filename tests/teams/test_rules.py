"""Where invitations stand, who is the last manager, which addresses nobody has."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from fablabmesh.places.rules import ManagerRole
from fablabmesh.teams.rules import (
    After,
    ClaimDeed,
    ClaimState,
    InvitationState,
    Proof,
    is_last_manager,
    is_nowhere,
    managers_in,
    state_of,
)
from tests.factories import NOW


def link(number, role=ManagerRole.MANAGER, *, is_active=True):
    return SimpleNamespace(account_id=number, role=role, account=SimpleNamespace(is_active=is_active))


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({}, InvitationState.OPEN),
        ({"expires_at": NOW}, InvitationState.EXPIRED),
        ({"accepted_at": NOW}, InvitationState.ACCEPTED),
        ({"declined_at": NOW}, InvitationState.DECLINED),
        ({"withdrawn_at": NOW, "expires_at": NOW}, InvitationState.WITHDRAWN),
    ],
)
def test_an_invitation_is_open_until_something_ends_it(told, state):
    blank = {"accepted_at": None, "declined_at": None, "withdrawn_at": None, "expires_at": NOW + timedelta(1)}

    assert state_of(SimpleNamespace(**blank | told), NOW) is state


def test_the_last_manager_is_the_only_one_who_can_act():
    editor, closed = link(2, ManagerRole.EDITOR), link(3, is_active=False)

    assert managers_in([link(1), editor, closed])[0].account_id == 1
    assert is_last_manager([link(1), editor, closed], 1) is True
    assert is_last_manager([link(1), link(4)], 1) is False
    assert is_last_manager([link(1), editor], 2) is False
    assert is_last_manager([closed], 3) is False


def test_only_reserved_domains_are_nowhere():
    told = ("a@b.invalid", "a@B.TEST", "a@example.org", "a@myexample.org", "a@test.fr", "a@invalid")

    assert [is_nowhere(email) for email in told] == [True, True, True, False, False, False]


def test_everything_has_a_name(pages):
    with pages.test_request_context("/"):
        labels = [each.label for kind in (InvitationState, ClaimState, ClaimDeed, Proof, After) for each in kind]

    assert all(labels)
    assert len(labels) == 18
