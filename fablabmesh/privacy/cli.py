"""Privacy from the terminal: the register, and erasure when somebody asks for it by letter."""

import click
from flask.cli import AppGroup

from fablabmesh.accounts import queries as accounts
from fablabmesh.kit import clock
from fablabmesh.kit.db import transaction
from fablabmesh.kit.errors import Refusal
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.privacy import actions
from fablabmesh.privacy.register import write_document

group = AppGroup("privacy", help="Données personnelles.")


@group.command("register")
def register() -> None:
    """Écrit le registre des traitements (docs/privacy.md)."""
    click.echo(write_document(), nl=False)


@group.command("erase")
@click.argument("mail")
@click.option("--keep-public-name", is_flag=True, help="Laisse le nom sur les fiches où la personne l’a publié.")
def erase(mail: str, keep_public_name: bool) -> None:
    """Efface le compte de cette adresse, à la demande de la personne."""
    try:
        with transaction():
            account = accounts.find_by_email(mail)
            if account is None:
                raise click.ClickException(_("Aucun compte n’a cette adresse."))
            actions.erase(account.id, with_public_name=not keep_public_name, now=clock.now())
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from refusal
    click.echo(_("Le compte est effacé."))
