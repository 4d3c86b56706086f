"""Stamps of forms, and what requests are counted by."""

from datetime import UTC, datetime, timedelta

import pytest

from fablabmesh.kit.strangers import FASTEST, FORM_KEPT, anonymous, is_stamp_fine, network_of, write_stamp

KEY, NOW = b"a key", datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "is_fine"),
    [
        (FASTEST - timedelta(seconds=1), False),
        (FASTEST, True),
        (FORM_KEPT, True),
        (FORM_KEPT + timedelta(seconds=1), False),
    ],
)
def test_a_stamp_is_good_neither_at_once_nor_for_ever(after, is_fine):
    assert is_stamp_fine(KEY, "teams", write_stamp(KEY, "teams", NOW), NOW + after) is is_fine


@pytest.mark.parametrize("text", ["", "x", "-", "1772442000", "1772442000-é", "٣-x", "9" * 30 + "-x"])
def test_what_we_did_not_write_is_no_stamp(text):
    assert is_stamp_fine(KEY, "teams", text, NOW) is False


def test_a_stamp_is_of_one_room_and_one_key():
    stamp = write_stamp(KEY, "teams", NOW)

    assert is_stamp_fine(KEY, "curation", stamp, NOW + FASTEST) is False
    assert is_stamp_fine(b"another", "teams", stamp, NOW + FASTEST) is False


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("nonsense", ""),
    ],
)
def test_a_household_is_one_network(address, network):
    assert network_of(address) == network


def test_without_the_key_a_subject_cannot_be_guessed():
    assert anonymous(KEY, "teams/network:192.0.2.1") != anonymous(b"another", "teams/network:192.0.2.1")
    assert len(anonymous(KEY, "x")) == 16
