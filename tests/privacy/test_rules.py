"""Who is thought to have left, and what they are told before."""

from datetime import UTC, datetime, timedelta

import pytest

from fablabmesh.accounts.rules import LIVES, Role
from fablabmesh.privacy import rules
from fablabmesh.privacy.rules import ends_at, next_step
from fablabmesh.tokens.rules import ENDED_KEPT

SEEN = datetime(2024, 1, 1, tzinfo=UTC)


def on(days):
    return SEEN + timedelta(days=days)


@pytest.mark.parametrize(
    ("day", "warned", "called", "step"),
    [
        (729, None, None, None),
        (730, None, None, "first"),
        (900, 730, None, None),
        (1064, 730, None, None),
        (1065, 730, None, "last"),
        (1094, 730, 1065, None),
        (1095, 730, 1065, "erase"),
        (1095, None, None, "first"),
        (1100, 1090, None, None),
        (1120, 1090, None, "last"),
        (1140, 1090, 1120, None),
        (1150, 1090, 1120, "erase"),
        (1095, -10, -5, "first"),
    ],
)
def test_an_account_is_told_twice_before_its_end(day, warned, called, step):
    at = {"warned_at": None if warned is None else on(warned), "called_at": None if called is None else on(called)}

    assert next_step(SEEN, now=on(day), **at) == step


def test_the_end_that_is_told_is_never_less_than_a_month_away():
    assert ends_at(SEEN, now=on(730)) == on(1095)
    assert ends_at(SEEN, now=on(1090)) == on(1120)


def test_what_the_register_says_of_rooms_it_cannot_see_is_what_they_do():
    assert rules.TOKEN_KEPT == ENDED_KEPT
    assert (rules.SESSION_UNUSED, rules.SESSION_KEPT) == LIVES[Role.MEMBER] == max(LIVES.values())
