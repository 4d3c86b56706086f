"""Roles and passwords, without a database."""

from datetime import timedelta

import pytest

from fablabmesh.accounts.rules import (
    PASSWORD_LONGEST,
    Means,
    Role,
    Visitor,
    device_of,
    network_of,
    password_problem,
    pause_after,
    shown_network,
)


@pytest.mark.parametrize(
    "password",
    [
        "court",
        "x" * (PASSWORD_LONGEST + 1),
        "alice.martin et la suite",
        "aaaaaaaaaaaaaaaaaa",
        "Mon nom est Alice Martin",
        "MotDePasse2026!",
    ],
    ids=["short", "endless", "mail address", "one letter", "name", "common"],
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


def test_every_means_has_a_name_for_people():
    assert [means.label for means in Means] == [
        "Mot de passe",
        "Lien reçu par courriel",
        "Clé d’accès",
        "Fournisseur d’identité",
    ]


def test_waits_begin_after_what_is_free_double_and_never_grow_beyond_a_quarter_of_an_hour():
    seconds = [pause_after(failures, 5).total_seconds() for failures in range(4, 16)]

    assert seconds == [0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    assert pause_after(10**6, 5) == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("address", "counted", "shown"),
    [
        ("192.0.2.77", "192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.77", "192.0.2.0/24"),
        ("", "", ""),
        ("pas une adresse", "", ""),
    ],
)
def test_whose_failures_are_counted_together_and_what_is_shown_of_an_address(address, counted, shown):
    assert (network_of(address), shown_network(address)) == (counted, shown)


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 "
            "Safari/537.36 Edg/126.0",
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari · iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile "
            "Safari/537.36",
            "Chrome · Android",
        ),
        ("curl/8.5.0", ""),
        ("", ""),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_a_browser_is_told_in_words_that_people_know(agent, device):
    assert device_of(agent) == device
