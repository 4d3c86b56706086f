"""The register and erasure from the terminal."""

import sqlalchemy as sa

from fablabmesh.accounts.models import Account
from tests.privacy.conftest import MAIL


def test_the_register_is_written_for_the_document(app, root, db):
    told = app.test_cli_runner().invoke(args=["privacy", "register"])

    assert told.output == (root / "docs" / "privacy.md").read_text("utf-8")


def test_an_account_is_erased_by_its_address(app, db, life):
    told = app.test_cli_runner().invoke(args=["privacy", "erase", MAIL.upper()])

    assert (told.exit_code, told.output) == (0, "Le compte est effacé.\n")
    assert db.scalars(sa.select(Account.id).where(Account.email == MAIL)).all() == []


def test_an_address_without_an_account_is_said_to_be_one(app, db):
    told = app.test_cli_runner().invoke(args=["privacy", "erase", "personne@exemple.test"])

    assert (told.exit_code, told.output) == (1, "Error: Aucun compte n’a cette adresse.\n")
