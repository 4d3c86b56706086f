"""Privacy from the terminal: the register, and erasure when somebody asks for it by letter."""

import click
from flask.cli import AppGroup

from fablabmesh.privacy import document

group = AppGroup("privacy", help="Données personnelles.")


@group.command("register")
def register() -> None:
    """Écrit le registre des traitements (docs/privacy.md)."""
    click.echo(document.write(), nl=False)
