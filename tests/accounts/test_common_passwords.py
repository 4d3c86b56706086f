"""Passwords that everybody tries first, and what people make of them."""

import pytest

from fablabmesh.accounts.common_passwords import common_passwords, is_common
from fablabmesh.accounts.rules import PASSWORD_SHORTEST


def test_three_thousand_and_more_of_those_that_are_long_enough_are_refused():
    """ASVS 5, 6.2.4: the commonest that the policy would let through. Few are so long but by digits and doubling."""
    words = sorted(common_passwords(), key=len, reverse=True)[:3_300]
    long = [word + "1234567890"[: max(0, PASSWORD_SHORTEST - len(word))] for word in words]

    assert min(map(len, long)) >= PASSWORD_SHORTEST
    assert len(set(long)) >= 3_000
    assert [password for password in long if not is_common(password)] == []


@pytest.mark.parametrize(
    "password",
    [
        "Password123456!",
        "azertyazerty12",
        "M0td3p@sse2024",
        "motdepasse123",
        "soleilmarseille",
        "Soleil-Marseille",
        "123456789012",
        "1q2w3e4r5t6y7u",
        "FabLabMesh2026",
        "abcabcabcabc",
        "25 décembre 1987",
        "poiuytrezaazert",
    ],
)
def test_what_is_made_of_common_ones_is_common(password):
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    [
        "une phrase bien longue",
        "correct horse battery staple",
        "jaime les chevaux bleus",
        "aB3$kd92ms0Q",
        "x9Kq-27bLm-pp01",
        "Vf7_t0Wq2rYzc1hA",
    ],
)
def test_phrases_and_chance_are_not(password):
    assert not is_common(password)


def test_an_endless_password_is_read_in_no_time():
    assert not is_common("x9 kq " * 40 + "bleu")
