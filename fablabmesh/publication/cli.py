"""The agenda from the terminal: what time alone changes in calendars."""

import click
from flask.cli import AppGroup

from fablabmesh.kit.db import transaction
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.publication import actions as publication

group = AppGroup("agenda", help="Agenda et calendriers.")


@group.command("refresh")
@click.option("--all", "is_all", is_flag=True, help="Récrit tous les événements, et pas seulement ce qui a vieilli.")
def refresh(is_all: bool) -> None:
    """Met les calendriers à jour de ce que le temps change : à lancer une fois par jour."""
    with transaction() as session:
        count = publication.settle_all(session) if is_all else publication.settle_aged(session, is_moved=True)
    click.echo(_("Événements mis à jour dans les calendriers : %(count)d.", count=count))
