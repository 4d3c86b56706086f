"""Accounts, sessions and attempts on a real database."""

from datetime import timedelta

import pytest

from fablabmesh.accounts import actions, queries
from fablabmesh.kit.errors import Conflict, Refused
from tests.factories import NOW, PASSWORD, make_account


def test_an_address_has_one_account_whatever_its_capitals(db):
    actions.create_account(email="Alice@Exemple.Test", name="Alice", password=PASSWORD)

    with pytest.raises(Conflict):
        actions.create_account(email="alice@exemple.test", name="Une autre", password=PASSWORD)
    assert queries.find_by_email("ALICE@exemple.test").name == "Alice"


def test_a_weak_password_makes_no_account(db):
    with pytest.raises(Refused):
        actions.create_account(email="bob@exemple.test", name="Bob", password="court")

    assert queries.find_by_email("bob@exemple.test") is None


def test_the_password_is_kept_as_argon2id(db):
    account = actions.create_account(email="alice@exemple.test", name="Alice", password=PASSWORD)

    assert account.password_hash.startswith("$argon2id$")
    assert PASSWORD not in account.password_hash


def test_ten_failures_close_the_door_for_a_quarter_of_an_hour(db):
    account = make_account()
    for second in range(10):
        moment = NOW + timedelta(seconds=second)
        assert actions.check_credentials(account.email, "faux", address="192.0.2.1", now=moment) is None

    with pytest.raises(Refused):
        actions.check_credentials(account.email, PASSWORD, address="192.0.2.9", now=NOW + timedelta(seconds=11))
    later = actions.check_credentials(account.email, PASSWORD, address="192.0.2.9", now=NOW + timedelta(minutes=16))
    assert later is account


def test_one_account_under_attack_does_not_lock_another(db):
    attacked, other = make_account(), make_account()
    for _ in range(10):
        actions.check_credentials(attacked.email, "faux", address="192.0.2.1", now=NOW)

    assert actions.check_credentials(other.email, PASSWORD, address="192.0.2.1", now=NOW) is other


def test_a_closed_account_cannot_sign_in(db):
    account = make_account()
    account.is_active = False

    assert actions.check_credentials(account.email, PASSWORD, address="192.0.2.1", now=NOW) is None


def test_a_session_ends_when_it_is_ended_and_when_it_is_not_used(db):
    account = make_account()
    token = actions.open_sign_in(account, now=NOW)
    other = actions.open_sign_in(account, now=NOW)

    actions.end_sign_in(token, now=NOW)

    assert queries.find_open_sign_in(actions.digest(token), seen_after=NOW - timedelta(days=1)) is None
    assert queries.find_open_sign_in(actions.digest(other), seen_after=NOW - timedelta(days=1)).account is account
    assert queries.find_open_sign_in(actions.digest(other), seen_after=NOW) is None


def test_a_secret_word_does_its_one_thing_once_and_not_for_long(db):
    account = make_account()
    word = actions.write_word("test.reset", account=account, lives=timedelta(hours=1), now=NOW, told={"a": 1})

    seen = queries.find_word(actions.digest(word), "test.reset", now=NOW)
    for_else = actions.use_word(word, "test.other", now=NOW)
    late = actions.use_word(word, "test.reset", now=NOW + timedelta(hours=1))
    first = actions.use_word(word, "test.reset", now=NOW)
    again = actions.use_word(word, "test.reset", now=NOW)

    assert (seen.told, for_else, late, again) == ({"a": 1}, None, None, None)
    assert (first.account_id, first.used_at) == (account.id, NOW)
    assert word.encode() not in first.digest


def test_a_new_word_ends_the_former_one_of_its_kind(db):
    account = make_account()
    former, other = (
        actions.write_word(purpose, account=account, lives=timedelta(hours=1), now=NOW)
        for purpose in ("test.reset", "test.other")
    )
    actions.write_word("test.reset", account=account, lives=timedelta(hours=1), now=NOW)

    assert actions.use_word(former, "test.reset", now=NOW) is None
    assert actions.use_word(other, "test.other", now=NOW) is not None


def test_old_words_are_forgotten(db):
    actions.write_word("test.reset", account=None, lives=timedelta(hours=1), now=NOW)

    assert actions.forget_words(NOW + timedelta(hours=2)) == 0
    assert actions.forget_words(NOW + timedelta(hours=26)) == 1


def test_an_account_may_have_no_password_and_is_signed_in_by_none(db):
    actions.create_account(email="sans@exemple.test", name="Alice", password=None)

    assert actions.check_credentials("sans@exemple.test", "", address="192.0.2.1", now=NOW) is None
