"""Failures and the waits they cost, on a real database."""

import hmac
from datetime import timedelta

import pytest

from fablabmesh.accounts import attempt_actions as attempts
from fablabmesh.kit.errors import TooSoon
from tests.factories import NOW


def test_counts_of_different_things_stay_apart(db):
    assert attempts.counter("mail", 1, 5).subject != attempts.counter("second", 1, 5).subject


def test_what_is_counted_cannot_be_guessed_without_the_key_of_the_site(app, db):
    key = app.config["SECRET_KEY"].encode()
    kept = attempts.counter("net", "192.0.2.1", 5).subject
    told = "accounts/attempt:net:192.0.2.1"

    assert kept == hmac.digest(key, told.encode(), "sha256")
    assert kept not in (attempts.digest("net:192.0.2.1"), attempts.digest(told))


def test_who_asks_while_waiting_is_let_in_when_the_wait_is_over(db):
    counters = [attempts.counter("second", 1, 1)]
    attempts.note_failure(counters, now=NOW)
    for tenths in range(10):
        with pytest.raises(TooSoon):
            attempts.hold_back(counters, now=NOW + timedelta(milliseconds=100 * tenths))

    attempts.hold_back(counters, now=NOW + timedelta(seconds=2))


def test_the_longest_of_several_waits_counts(db):
    short, long = attempts.counter("a", 1, 1), attempts.counter("b", 1, 1)
    attempts.note_failure([short], now=NOW)
    for _ in range(4):
        attempts.note_failure([long], now=NOW)

    with pytest.raises(TooSoon) as refusal:
        attempts.hold_back([short, long], now=NOW)

    assert (refusal.value.seconds, refusal.value.status) == (16, 429)
    assert refusal.value.message == "Trop d’essais\u00a0: attendez 16 secondes, puis recommencez."


def test_what_is_forgiven_costs_nothing_more(db):
    each = attempts.counter("a", 1, 1)
    attempts.note_failure([each], now=NOW)

    attempts.forgive(each)

    attempts.hold_back([each], now=NOW)


def test_failures_are_forgotten_after_a_day(db):
    attempts.note_failure([attempts.counter("a", 1, 1)], now=NOW)

    assert attempts.forget_failures(NOW + timedelta(hours=23)) == 0
    assert attempts.forget_failures(NOW + timedelta(hours=25)) == 1
