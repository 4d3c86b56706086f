"""The demonstration from the terminal. Passwords are random and kept in one file that only its owner can read."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from fablabmesh.demo import actions, queries
from fablabmesh.kit import clock
from fablabmesh.kit.db import transaction
from fablabmesh.kit.errors import Refusal
from fablabmesh.kit.i18n import gettext as _

group = AppGroup("demo", help="Démonstration : personnes, lieux, événements et projets inventés.")


def _passwords_file() -> Path:
    folder: Path = current_app.config["SETTINGS"].data_dir
    return folder / "demo-accounts.txt"


def set_up() -> None:
    """Add the demonstration and keep its passwords for `demo show`."""
    with transaction():
        secret = actions.add_demo(now=clock.now())
    file = _passwords_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text("".join(f"{email} {password}\n" for email, password in secret), "utf-8")


@group.command("add")
def add() -> None:
    """Met en place la démonstration."""
    try:
        set_up()
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from refusal
    _print_people()


@group.command("show")
def show() -> None:
    """Affiche les comptes de démonstration."""
    _print_people()


@group.command("remove")
def remove() -> None:
    """Retire tout ce qui est inventé."""
    with transaction():
        places, people = actions.remove_demo()
    _passwords_file().unlink(missing_ok=True)
    click.echo(_("Retirés : %(places)d lieux et %(people)d comptes inventés.", places=places, people=people))


def _print_people() -> None:
    file = _passwords_file()
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    passwords = dict(line.split(" ", 1) for line in lines)
    for account, found in queries.list_people():
        names = ", ".join(found)
        password = passwords.get(account.email, _("(mot de passe perdu : demo remove, puis demo add)"))
        click.echo(f"  {account.name} ({names}) : {account.email} {password}")
