"""Passkeys, one-time codes, recovery codes and providers on a real database."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from fablabmesh.accounts.rules import Role
from fablabmesh.kit.errors import Conflict, Refused, TooSoon
from fablabmesh.mails.models import Mail
from fablabmesh.signin import factor_actions as factors
from fablabmesh.signin import queries
from fablabmesh.signin.models import OneTimeCode, RecoveryCode
from fablabmesh.signin.providers import Identity
from tests.factories import NOW, make_account
from tests.signin.device import Device

STEP = timedelta(seconds=30)


def add_key(account, device=None, *, name="Téléphone", now=NOW):
    device = device or Device(credential_id=name.encode())
    factors.add_passkey(account, device.make(factors.begin_passkey(account, now=now)), name=name, now=now)
    return device


def show(device, *, account=None, now=NOW):
    options = factors.begin_showing(network="192.0.2.1", now=now, account=account)
    return factors.show_passkey(device.show(options), now=now, account=account)


def set_up_codes(account, now=NOW):
    """A telephone that makes codes, and the moment from which on its next code is another."""
    totp = pyotp.TOTP(factors.begin_codes(account, now=now))
    assert factors.confirm_codes(account, totp.at(now), now=now)
    return totp, now + STEP


def letters(db):
    return [mail.subject for mail in db.scalars(select(Mail).where(Mail.kind == "signin.notice"))]


# --- passkeys ----------------------------------------------------------------------------------------------------


def test_a_passkey_says_whose_it_is_and_its_owner_is_told_of_it(db, alice):
    device = add_key(alice)

    assert show(device) is alice
    assert [(key.name, key.last_used_at, key.sign_count) for key in queries.list_passkeys(alice.id)] == [
        ("Téléphone", NOW, 1)
    ]
    assert letters(db) == ["Sécurité de votre compte"]


def test_several_keys_of_one_account_call_it_by_one_name(db, alice):
    first, second = add_key(alice, name="Téléphone"), add_key(alice, name="Ordinateur")

    assert first.handle == second.handle
    assert (show(first), show(second)) == (alice, alice)


def test_a_challenge_is_good_once_and_five_minutes_and_for_one_thing(db, alice):
    device = add_key(alice)
    options = factors.begin_showing(network="192.0.2.1", now=NOW)
    answer = device.show(options)

    late = factors.show_passkey(answer, now=NOW + timedelta(minutes=5))
    first = factors.show_passkey(answer, now=NOW)
    again = factors.show_passkey(device.show(options), now=NOW)

    assert (late, first, again) == (None, alice, None)
    with pytest.raises(Refused):
        factors.add_passkey(
            alice, Device().make(factors.begin_passkey(alice, now=NOW)), name="x", now=NOW + timedelta(hours=1)
        )


def test_a_challenge_of_one_person_makes_no_key_for_another(db, alice):
    answer = Device().make(factors.begin_passkey(make_account(), now=NOW))

    with pytest.raises(Refused):
        factors.add_passkey(alice, answer, name="Téléphone", now=NOW)


def test_where_it_is_known_whose_key_is_awaited_another_s_proves_nothing(db, alice):
    bob = make_account()
    of_alice, of_bob = add_key(alice), add_key(bob, name="Celui de Bob")

    assert show(of_bob, account=alice) is None
    assert show(of_alice, account=alice) is alice
    assert (
        factors.show_passkey(of_alice.show(factors.begin_showing(network="", now=NOW)), now=NOW, account=alice) is None
    )


def test_a_key_of_a_closed_account_a_copy_and_one_that_was_removed_prove_nothing(db, alice):
    device = add_key(alice)
    show(device)
    device.count = 0
    copied = show(device)
    device.count = 5
    alice.is_active = False
    closed = show(device)
    alice.is_active = True
    factors.remove_passkey(alice, queries.list_passkeys(alice.id)[0], now=NOW)

    assert (copied, closed, show(device)) == (None, None, None)


def test_the_same_key_is_not_kept_twice(db, alice):
    device = add_key(alice)

    with pytest.raises(Conflict):
        add_key(make_account(), device)


def test_nobody_asks_for_challenges_without_end(db):
    for _ in range(60):
        factors.begin_showing(network="192.0.2.1", now=NOW)

    with pytest.raises(TooSoon):
        factors.begin_showing(network="192.0.2.1", now=NOW)


# --- one-time codes ----------------------------------------------------------------------------------------------


def test_codes_are_asked_for_once_the_telephone_showed_one(db, alice):
    secret = factors.begin_codes(alice, now=NOW)
    before = queries.get_factors(alice.id)
    wrong = factors.confirm_codes(alice, "000000" if pyotp.TOTP(secret).at(NOW) != "000000" else "111111", now=NOW)

    assert factors.begin_codes(alice, now=NOW) == secret
    assert not before.is_enough
    assert not wrong
    assert factors.confirm_codes(alice, pyotp.TOTP(secret).at(NOW), now=NOW)
    assert queries.get_factors(alice.id).has_codes


def test_a_secret_that_was_left_alone_is_made_anew_and_one_in_use_is_not(db, alice):
    secret = factors.begin_codes(alice, now=NOW)

    assert factors.begin_codes(alice, now=NOW + timedelta(hours=2)) != secret
    set_up_codes(alice, NOW + timedelta(hours=2))
    with pytest.raises(Conflict):
        factors.begin_codes(alice, now=NOW + timedelta(hours=3))


def test_no_code_is_taken_twice_nor_one_from_before_it(db, alice):
    totp, now = set_up_codes(alice)
    code, older = totp.at(now), totp.at(now - STEP)

    taken = [factors.check_second(alice, each, now=now) for each in (older, code, code, older)]

    assert taken == [False, True, False, False]


def test_the_secret_is_kept_encrypted(db, alice):
    secret = factors.begin_codes(alice, now=NOW)

    assert secret.encode() not in db.get(OneTimeCode, alice.id).secret


def test_guessing_codes_costs_waits(db, alice):
    totp, now = set_up_codes(alice)
    for _ in range(5):
        assert not factors.check_second(alice, "1", now=now)

    with pytest.raises(TooSoon):
        factors.check_second(alice, totp.at(now), now=now)


def test_before_they_are_confirmed_codes_prove_nothing(db, alice):
    totp = pyotp.TOTP(factors.begin_codes(alice, now=NOW))

    assert not factors.check_second(alice, totp.at(NOW), now=NOW)


# --- recovery codes ----------------------------------------------------------------------------------------------


def test_a_recovery_code_serves_once_however_it_is_typed(db, alice):
    set_up_codes(alice)
    made = factors.make_recovery_codes(alice, now=NOW)
    typed = made[3].lower().replace("-", " ")

    assert factors.check_second(alice, typed, now=NOW)
    assert not factors.check_second(alice, made[3], now=NOW)
    assert not factors.check_second(make_account(), made[4], now=NOW)
    assert queries.get_factors(alice.id).recovery_codes == 9
    kept = db.scalars(select(RecoveryCode.digest)).all()
    assert [made[0].replace("-", "").encode() in digest for digest in kept] == [False] * 10


def test_new_recovery_codes_end_the_former(db, alice):
    set_up_codes(alice)
    former = factors.make_recovery_codes(alice, now=NOW)
    factors.make_recovery_codes(alice, now=NOW)

    assert not factors.check_second(alice, former[0], now=NOW)
    assert queries.get_factors(alice.id).recovery_codes == 10


def test_recovery_codes_stand_for_something_and_go_with_it(db, alice):
    with pytest.raises(Refused):
        factors.make_recovery_codes(alice, now=NOW)
    set_up_codes(alice)
    factors.make_recovery_codes(alice, now=NOW)

    factors.remove_codes(alice, now=NOW)

    assert queries.get_factors(alice.id).recovery_codes == 0


def test_an_administrator_keeps_one_second_proof_at_least(db):
    admin = make_account(role=Role.ADMIN)
    set_up_codes(admin)
    with pytest.raises(Refused):
        factors.remove_codes(admin, now=NOW)
    add_key(admin)

    factors.remove_codes(admin, now=NOW)

    with pytest.raises(Refused):
        factors.remove_passkey(admin, queries.list_passkeys(admin.id)[0], now=NOW)


# --- providers ---------------------------------------------------------------------------------------------------


def identity(subject="u1", email=None):
    return Identity("https://fournisseur.test", subject, email)


def test_an_identity_is_known_by_issuer_and_subject_whatever_its_address(db, alice):
    factors.link_provider(alice, identity(), now=NOW)
    bob = make_account()
    bob.email_confirmed_at = NOW

    assert factors.recognise(identity(email=bob.email), now=NOW) is alice
    assert factors.recognise(Identity("https://autre.test", "u1", None), now=NOW) is None


def test_an_address_links_only_where_both_sides_have_verified_it(db, alice):
    alice.email_confirmed_at = None
    unverified = factors.recognise(identity(email=None), now=NOW)
    unconfirmed = factors.recognise(identity(email=alice.email), now=NOW)
    alice.email_confirmed_at = NOW

    linked = factors.recognise(identity(email=alice.email.upper()), now=NOW)

    assert (unverified, unconfirmed, linked) == (None, None, alice)
    assert [link.subject for link in queries.list_provider_links(alice.id)] == ["u1"]


def test_an_identity_is_of_one_account_and_can_be_given_up(db, alice):
    bob = make_account()
    factors.link_provider(alice, identity(), now=NOW)
    factors.link_provider(alice, identity(), now=NOW)
    with pytest.raises(Conflict):
        factors.link_provider(bob, identity(), now=NOW)
    link = queries.list_provider_links(alice.id)[0]

    factors.unlink_provider(bob, link.id, now=NOW)
    assert len(queries.list_provider_links(alice.id)) == 1
    factors.unlink_provider(alice, link.id, now=NOW)

    assert factors.recognise(identity(), now=NOW) is None


def test_a_closed_account_is_recognised_by_nobody(db, alice):
    factors.link_provider(alice, identity(), now=NOW)
    alice.is_active = False

    assert factors.recognise(identity(), now=NOW) is None
