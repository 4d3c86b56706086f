"""The map's own tables from the terminal."""

import click
from flask.cli import AppGroup

from fablabmesh.kit import clock
from fablabmesh.kit.db import transaction
from fablabmesh.maps import actions

group = AppGroup("maps", help="La carte : ce qu’elle compte d’avance.")


@group.command("draw")
def draw() -> None:
    """Compte à nouveau tous les lieux, zoom par zoom : après un chargement fait sans l’application."""
    with transaction():
        count = actions.draw_all(clock.now())
    click.echo(f"{count} lieux sur la carte.")
