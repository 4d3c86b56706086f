"""The agenda from the terminal: what time alone changes in calendars."""

import click
from flask.cli import AppGroup

from fablabmesh.kit.i18n import gettext as _
from fablabmesh.publication import renewal_actions

group = AppGroup("agenda", help="Agenda et calendriers.")


@group.command("refresh")
@click.option("--all", "is_all", is_flag=True, help="Récrit tous les événements, et pas seulement ce qui a vieilli.")
def refresh(is_all: bool) -> None:
    """Met les calendriers à jour de ce que le temps change : à lancer une fois par jour."""
    count = renewal_actions.settle_all() if is_all else renewal_actions.settle_aged(is_moved=True)
    renewal_actions.forget_left()
    click.echo(_("Événements mis à jour dans les calendriers : %(count)d.", count=count))
