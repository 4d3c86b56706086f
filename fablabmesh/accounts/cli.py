"""Accounts from the terminal: the first administrator of an installation."""

import secrets

import click
from flask.cli import AppGroup

from fablabmesh.accounts import actions
from fablabmesh.accounts.rules import Role
from fablabmesh.kit.db import transaction
from fablabmesh.kit.errors import Refusal
from fablabmesh.kit.i18n import gettext as _

group = AppGroup("accounts", help="Comptes.")


@group.command("create")
@click.argument("email")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.MEMBER.value)
def create(email: str, name: str, role: str) -> None:
    """Crée un compte et affiche une fois son mot de passe."""
    password = secrets.token_urlsafe(16)
    try:
        with transaction():
            actions.create_account(email=email, name=name, password=password, role=Role(role))
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from refusal
    click.echo(_("Compte créé pour %(email)s. Mot de passe : %(password)s", email=email, password=password))
