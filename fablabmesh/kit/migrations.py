"""The schema's history: alembic enters here."""

from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import AppGroup

group = AppGroup("db", help="Schéma de la base de données.")


def _folder() -> Path:
    package = Path(__file__).parent.parent
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "alembic"


def make_config(url: str) -> Config:
    """Alembic's configuration for one database."""
    config = Config()
    config.set_main_option("script_location", str(_folder()))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema to that revision."""
    command.upgrade(make_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Bring the schema back to that revision."""
    command.downgrade(make_config(url), revision)


def check(url: str) -> None:
    """Raise if the tables of the code and of the migrations differ."""
    command.check(make_config(url))


def head() -> str:
    """The one newest revision."""
    revision = ScriptDirectory.from_config(make_config("")).get_current_head()
    if revision is None:
        raise RuntimeError("there is no migration")
    return revision


@group.command("upgrade")
def upgrade_command() -> None:
    """Amène le schéma à la dernière version."""
    upgrade(current_app.config["SETTINGS"].database_url)
    click.echo(f"schema: {head()}")
