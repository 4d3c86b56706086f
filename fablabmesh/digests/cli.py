"""Letters from the terminal: for who asks the team to be forgotten, and for addresses whose mail comes back."""

import click
from flask.cli import AppGroup

from fablabmesh.digests import actions
from fablabmesh.kit import clock
from fablabmesh.kit.db import transaction
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.mails.rules import clean_address

group = AppGroup("letters", help="Lettres de l’agenda.")


@group.command("forget")
@click.argument("address")
def forget(address: str) -> None:
    """Arrête toutes les lettres d’une adresse, et l’efface aussi des courriers déjà partis."""
    email = clean_address(address)
    if email is None:
        raise click.ClickException(_("Cette adresse n’est pas complète (exemple : prenom@exemple.fr)."))
    with transaction():
        count = actions.forget_address(email, now=clock.now())
    click.echo(_("Lettres arrêtées : %(count)d. L’adresse est effacée.", count=count))
