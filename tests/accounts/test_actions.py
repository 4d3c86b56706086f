"""Accounts, sessions and attempts on a real database."""

from datetime import timedelta

import argon2
import pytest

from fablabmesh.accounts import actions, queries
from fablabmesh.accounts.rules import Role
from fablabmesh.kit.errors import Conflict, Refused, TooSoon
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


def fail(account, times, *, address="192.0.2.1", device=None, now=NOW):
    """So many wrong passwords, each after the wait that the former cost."""
    for _ in range(times):
        while True:
            try:
                assert actions.check_credentials(account.email, "faux", address=address, device=device, now=now) is None
                break
            except TooSoon as refusal:
                now += timedelta(seconds=refusal.seconds)
    return now


def test_failures_cost_a_wait_that_grows_and_ends(db):
    account = make_account()
    now = fail(account, 12)

    with pytest.raises(TooSoon) as refusal:
        actions.check_credentials(account.email, PASSWORD, address="198.51.100.9", now=now)
    later = now + timedelta(seconds=refusal.value.seconds)

    assert refusal.value.seconds == 256
    assert refusal.value.message == "Trop d’essais\u00a0: attendez 5 minutes, puis recommencez."
    assert actions.check_credentials(account.email, PASSWORD, address="198.51.100.9", now=later) is account


def test_after_a_success_failures_of_the_account_are_counted_anew(db):
    account = make_account()
    now = fail(account, 5) + timedelta(minutes=1)
    actions.check_credentials(account.email, PASSWORD, address="192.0.2.1", now=now)

    assert actions.check_credentials(account.email, "faux", address="192.0.2.1", now=now) is None
    assert actions.check_credentials(account.email, PASSWORD, address="192.0.2.1", now=now) is account


def test_a_browser_that_is_known_waits_for_its_own_failures_alone(db):
    account = make_account()
    device, _is_new = actions.know_device(account, None, now=NOW)
    now = fail(account, 14)

    signed_in = actions.check_credentials(account.email, PASSWORD, address="192.0.2.1", device=device, now=now)
    own = fail(account, 6, device=device, now=now)

    assert signed_in is account
    with pytest.raises(TooSoon):
        actions.check_credentials(account.email, PASSWORD, address="192.0.2.1", device=device, now=own)


def test_a_browser_is_known_for_who_used_it_and_under_no_word_of_its_own(db):
    alice, bob = make_account(), make_account()
    made_up = "un jeton que ce site n’a pas donné"

    token, is_new = actions.know_device(alice, made_up, now=NOW)
    again, is_new_again = actions.know_device(alice, token, now=NOW)
    shared, is_new_to_bob = actions.know_device(bob, token, now=NOW)

    assert token != made_up
    assert (again, shared) == (token, token)
    assert (is_new, is_new_again, is_new_to_bob) == (True, False, True)
    assert queries.count_devices(alice.id) == 1


def test_thirty_failures_of_one_network_make_it_wait_whomever_it_tries(db):
    now = NOW
    for number in range(30):
        now = fail(make_account(email=f"cible{number}@exemple.test"), 1, address=f"2001:db8:1:2::{number:x}", now=now)
    other = make_account()

    with pytest.raises(TooSoon):
        actions.check_credentials(other.email, PASSWORD, address="2001:db8:1:2:ffff::1", now=now)
    assert actions.check_credentials(other.email, PASSWORD, address="2001:db8:1:3::1", now=now) is other


def test_one_account_under_attack_does_not_lock_another(db):
    attacked, other = make_account(), make_account()
    now = fail(attacked, 10)

    assert actions.check_credentials(other.email, PASSWORD, address="192.0.2.1", now=now) is other


def test_a_closed_account_cannot_sign_in(db):
    account = make_account()
    account.is_active = False

    assert actions.check_credentials(account.email, PASSWORD, address="192.0.2.1", now=NOW) is None


def is_open(token, now, **given):
    return queries.find_open_sign_in(actions.digest(token), now=now, **given) is not None


def test_a_session_ends_when_it_is_ended_and_when_it_is_not_used(db):
    account = make_account()
    token, other = actions.open_sign_in(account, now=NOW), actions.open_sign_in(account, now=NOW)

    actions.end_sign_in(token, now=NOW)

    assert not is_open(token, NOW)
    assert is_open(other, NOW + timedelta(days=29))
    assert not is_open(other, NOW + timedelta(days=30))


@pytest.mark.parametrize(
    ("role", "step", "whole"),
    [(Role.MEMBER, timedelta(days=20), timedelta(days=90)), (Role.ADMIN, timedelta(hours=1), timedelta(hours=12))],
)
def test_a_session_that_is_used_ends_all_the_same_in_the_end(db, role, step, whole):
    account, now = make_account(role=role), NOW
    token = actions.open_sign_in(account, now=NOW)
    while now + step < NOW + whole:
        now += step
        actions.touch(queries.find_open_sign_in(actions.digest(token), now=now), now=now)

    assert is_open(token, NOW + whole - timedelta(seconds=1))
    assert not is_open(token, NOW + whole)


def test_half_a_session_opens_nothing_and_not_for_long(db):
    token = actions.open_sign_in(make_account(), now=NOW, is_half=True)

    assert not is_open(token, NOW)
    assert is_open(token, NOW, is_half=True)
    assert not is_open(token, NOW + timedelta(minutes=10), is_half=True)


def test_a_new_proof_is_a_new_token_and_the_former_is_dead(db):
    token = actions.open_sign_in(make_account(), now=NOW, is_strong=False)
    sign_in = queries.find_open_sign_in(actions.digest(token), now=NOW)
    later = NOW + timedelta(hours=1)

    new = actions.renew(sign_in, now=later, is_strong=True)

    assert not is_open(token, later)
    assert is_open(new, later)
    assert (sign_in.proved_at, sign_in.is_strong) == (later, True)


def test_sessions_are_ended_one_by_one_or_all_but_one_and_never_those_of_others(db):
    alice, bob = make_account(), make_account()
    tokens = [actions.open_sign_in(alice, now=NOW) for _ in range(4)]
    of_bob = actions.open_sign_in(bob, now=NOW)
    rows = [queries.find_open_sign_in(actions.digest(token), now=NOW) for token in tokens]
    row_of_bob = queries.find_open_sign_in(actions.digest(of_bob), now=NOW)

    none = actions.end_sign_ins(alice, now=NOW, only=row_of_bob.id)
    one = actions.end_sign_ins(alice, now=NOW, only=rows[1].id)
    others = actions.end_sign_ins(alice, now=NOW, but=rows[0])

    assert (none, one, others) == (0, 1, 2)
    assert [is_open(token, NOW) for token in (*tokens, of_bob)] == [True, False, False, False, True]
    assert [each.id for each in queries.list_open_sign_ins(alice, now=NOW)] == [rows[0].id]


def test_sessions_that_are_over_are_forgotten(db):
    account = make_account()
    token = actions.open_sign_in(account, now=NOW)
    actions.open_sign_in(account, now=NOW)
    actions.end_sign_in(token, now=NOW)

    assert actions.forget_sign_ins(NOW) == 0
    assert actions.forget_sign_ins(NOW + timedelta(days=2)) == 1
    assert actions.forget_sign_ins(NOW + timedelta(days=91)) == 1


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


def test_words_of_one_kind_may_stand_side_by_side(db):
    account = make_account()
    former, later = (
        actions.write_word("test.undo", account=account, lives=timedelta(days=7), now=NOW, keeps_former=True)
        for _ in range(2)
    )

    assert actions.use_word(former, "test.undo", now=NOW) is not None
    assert actions.use_word(later, "test.undo", now=NOW) is not None


def test_a_present_password_is_asked_with_the_same_patience(db):
    account = make_account()
    wrong = [actions.check_password(account, "faux", now=NOW) for _ in range(5)]

    assert wrong == [False] * 5
    with pytest.raises(TooSoon):
        actions.check_password(account, PASSWORD, now=NOW)
    assert actions.check_password(account, PASSWORD, now=NOW + timedelta(minutes=1))


def test_another_password_is_held_to_the_same_rules(db):
    account = make_account()

    with pytest.raises(Refused):
        actions.set_password(account, "motdepasse1234")
    actions.set_password(account, "encore une phrase très longue")

    assert actions.check_password(account, "encore une phrase très longue", now=NOW)


def test_a_password_kept_with_less_work_is_kept_anew_at_the_next_sign_in(db):
    account = make_account()
    account.password_hash = argon2.PasswordHasher(time_cost=1, memory_cost=8_192).hash(PASSWORD)

    actions.check_credentials(account.email, PASSWORD, address="192.0.2.1", now=NOW)

    assert account.password_hash.startswith("$argon2id$v=19$m=65536,t=3,")
