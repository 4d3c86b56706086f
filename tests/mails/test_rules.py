"""Addresses, pauses, headers."""

from datetime import timedelta

import pytest

from fablabmesh.mails.rules import PAUSES, clean_address, is_header, pause_after


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Alice.Martin@Exemple.test ", "alice.martin@exemple.test"),
        ("o'brien+labs@exemple.test", "o'brien+labs@exemple.test"),
        ("zoe@café.test", "zoe@xn--caf-dma.test"),
    ],
)
def test_an_address_is_written_in_one_way(typed, address):
    assert clean_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "alice",
        "@exemple.test",
        "alice@",
        "alice@exemple",
        "alice@exemple..test",
        "alice@-exemple.test",
        "alice@127.0.0.1",
        "a..b@exemple.test",
        "alice martin@exemple.test",
        "alice@exemple.test, bob@exemple.test",
        "alice@bob@exemple.test",
        "Alice <alice@exemple.test>",
        "alice@exemple.test\r\nBcc: bob@exemple.test",
        "alice@exemple.test\nbob@exemple.test",
        "zoé@exemple.test",
        "a" * 65 + "@exemple.test",
        "a@" + "b." * 130 + "test",
        "a@" + "b" * 64 + ".test",
    ],
)
def test_anything_else_is_no_address(typed):
    assert clean_address(typed) is None


def test_pauses_grow_from_a_minute_to_half_a_day_and_end_within_three_days():
    assert [pause_after(attempts) for attempts in range(1, len(PAUSES) + 1)] == list(PAUSES)
    assert list(PAUSES) == sorted(PAUSES)
    assert (PAUSES[0], PAUSES[-1]) == (timedelta(minutes=1), timedelta(hours=12))
    assert timedelta(days=2) < sum(PAUSES, timedelta()) < timedelta(days=3)
    assert pause_after(len(PAUSES) + 1) is None


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("List-Unsubscribe", "<https://exemple.test/x>", True),
        ("List-Id", "<lettres.exemple.test>", True),
        ("Bcc", "bob@exemple.test", False),
        ("List-Id\r\nBcc", "bob@exemple.test", False),
        ("List-Id", "<x>\r\nBcc: bob@exemple.test", False),
        ("List-Id", "<é>", False),
        ("List-Id", "x" * 900, False),
    ],
)
def test_only_headers_of_lists_are_borne(name, value, allowed):
    assert is_header(name, value) is allowed
