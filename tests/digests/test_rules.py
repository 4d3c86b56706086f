"""When letters are due, what their links prove, who may ask how often."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fablabmesh.digests import rules
from fablabmesh.feeds.slices import Choice, Slice

KEY = b"a key for tests only"


@pytest.mark.parametrize(
    ("now", "issue"),
    [
        ("2026-03-02T05:59:59", "2026-02-23T06:00"),
        ("2026-03-02T06:00:00", "2026-03-02T06:00"),
        ("2026-03-08T23:30:00", "2026-03-02T06:00"),
        # Clocks go forward on Sunday 29 March: seven in the morning comes an hour sooner.
        ("2026-03-30T04:59:59", "2026-03-23T06:00"),
        ("2026-03-30T05:00:00", "2026-03-30T05:00"),
        # And back on Sunday 25 October.
        ("2026-10-26T05:59:59", "2026-10-19T05:00"),
        ("2026-10-26T06:00:00", "2026-10-26T06:00"),
    ],
)
def test_a_letter_is_due_on_monday_at_seven_in_paris(now, issue):
    found = rules.issue_of(datetime.fromisoformat(now).replace(tzinfo=UTC))

    assert found == datetime.fromisoformat(issue).replace(tzinfo=UTC)
    assert rules.issue_on(rules.issue_day(found)) == found


def test_the_day_of_a_letter_is_a_monday():
    for days in range(400):
        assert rules.issue_day(rules.issue_of(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days))).weekday() == 0


def test_a_secret_is_long_and_kept_as_a_hash():
    first, second = rules.new_secret(), rules.new_secret()

    assert first != second
    assert len(first) == 43
    assert len(rules.digest(first)) == 32
    assert first.encode() not in rules.digest(first)


def test_the_word_that_stops_a_letter_is_of_this_letter_alone():
    word = rules.write_stop(KEY, 12, b"nonce")

    assert rules.read_stop(word) == 12
    assert rules.is_stop(word, KEY, 12, b"nonce")
    assert not rules.is_stop(word, KEY, 13, b"nonce")
    assert not rules.is_stop(word, KEY, 12, b"other")
    assert not rules.is_stop(word, b"other", 12, b"nonce")
    assert len(word.partition("-")[2]) * 6 >= 128


@pytest.mark.parametrize(
    "word", ["", "12", "12-", "0-" + "a" * 22, "12-" + "a" * 21, "12-" + "a" * 23, "١٢-" + "a" * 22, "-1-" + "a" * 22]
)
def test_a_word_of_another_shape_is_nobodys(word):
    assert rules.read_stop(word) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("nonsense", ""),
    ],
)
def test_a_household_counts_once(address, network):
    assert rules.network_of(address) == network


def test_what_is_counted_by_cannot_be_guessed_without_the_key():
    assert rules.anonymous(KEY, "address:a@b.test") == rules.anonymous(KEY, "address:a@b.test")
    assert rules.anonymous(KEY, "address:a@b.test") != rules.anonymous(b"other", "address:a@b.test")
    assert len(rules.anonymous(KEY, "x")) == 16


@pytest.mark.parametrize(
    ("words", "tags", "quotable"),
    [
        ("découpe laser", ("3d",), True),
        ("l’été", ("arduino c++",), True),
        ("visitez https://exemple.test", (), False),
        ("exemple.test gagnez", (), False),
        ("", ("www exemple",), False),
        ("", ("bob@exemple",), False),
    ],
)
def test_a_letter_never_carries_somebody_elses_address(words, tags, quotable):
    assert rules.is_quotable(Slice((Choice(words=words, tags=tags),))) is quotable


def test_the_day_of_a_letter_is_told_by_the_clocks_of_paris():
    assert rules.issue_day(datetime(2026, 3, 29, 22, 30, tzinfo=UTC)) == date(2026, 3, 30)
