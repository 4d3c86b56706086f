"""Reading what accounts prove themselves by."""

import pytest

from fablabmesh.kit.errors import NotFound
from fablabmesh.signin import factor_actions, queries
from tests.factories import NOW, make_account
from tests.signin.test_factor_actions import add_key, identity, set_up_codes


def test_factors_are_counted_apart_and_for_one_account(db, alice):
    none = queries.get_factors(alice.id)
    set_up_codes(alice)
    factor_actions.make_recovery_codes(alice, now=NOW)
    add_key(alice)
    add_key(make_account(), name="De Bob")

    found = queries.get_factors(alice.id)

    assert (none.passkeys, none.has_codes, none.recovery_codes, none.is_enough) == (0, False, 0, False)
    assert (found.passkeys, found.has_codes, found.recovery_codes, found.is_enough) == (1, True, 10, True)


def test_a_passkey_is_got_by_its_owner_alone(db, alice):
    add_key(alice)
    [key] = queries.list_passkeys(alice.id)

    assert queries.get_passkey(alice.id, key.id) is key
    with pytest.raises(NotFound):
        queries.get_passkey(make_account().id, key.id)


def test_an_identity_is_found_by_both_its_names(db, alice):
    factor_actions.link_provider(alice, identity(), now=NOW)

    assert queries.find_provider_link("https://fournisseur.test", "u1").account is alice
    assert queries.find_provider_link("https://fournisseur.test", "u2") is None
    assert queries.find_provider_link("https://autre.test", "u1") is None
