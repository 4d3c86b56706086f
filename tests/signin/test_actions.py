"""Letters of the door, and the desk they are written at."""

import dataclasses
from datetime import timedelta

from sqlalchemy import select

from fablabmesh.accounts.models import OneTimeWord
from fablabmesh.mails.models import Mail
from fablabmesh.signin import actions
from fablabmesh.signin.models import Purpose
from tests.factories import NOW

ALL = (
    *("device", "password", "first_password", "passkey_added", "passkey_removed", "codes_added", "codes_removed"),
    *("recovery_made", "recovery_used", "provider_linked", "provider_unlinked"),
)


def test_the_desk_is_as_the_operator_set_it(settings):
    plain = actions.make_desk(settings)
    with_provider = actions.make_desk(
        dataclasses.replace(
            settings,
            oidc_issuer="https://fournisseur.test",
            oidc_client_id="mesh",
            oidc_client_secret="un secret",
        )
    )

    assert (plain.provider, plain.party.id) == (None, "localhost")
    assert (with_provider.provider.name, with_provider.provider.scope) == ("ProConnect", "openid email")
    assert "un secret" not in repr(with_provider)


def test_each_thing_that_happens_to_an_account_is_told_in_words_of_its_own(db, alice):
    for what in ALL:
        actions.tell(alice, what, now=NOW, device="Firefox · Linux", network="192.0.2.0/24", name="Téléphone")
    told = [mail.text.split("\n\n")[0] for mail in db.scalars(select(Mail).order_by(Mail.id))]

    assert len(set(told)) == len(ALL)
    assert [text for text in told if not text.startswith("Bonjour Alice. ") or len(text) < 40] == []


def test_a_letter_that_was_asked_for_long_ago_is_not_written(db, alice):
    actions.ask_letter(Purpose.LINK, alice.email, address="192.0.2.1", then="", now=NOW)

    assert actions.write_asked(NOW + timedelta(hours=2)) == 1
    assert db.scalars(select(Mail)).all() == []


def test_an_account_that_was_closed_meanwhile_is_not_opened_by_its_word(db, alice):
    actions.ask_confirmation(alice, now=NOW)
    word = db.scalars(select(OneTimeWord)).one()
    alice.is_active = False

    assert actions.confirm_by_word(word, now=NOW) is None
