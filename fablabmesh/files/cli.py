"""Calendars as files from the terminal."""

import signal
import threading
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from fablabmesh.files import actions
from fablabmesh.kit import db
from fablabmesh.publication.actions import CHANNEL

group = AppGroup("feeds", help="Agendas à suivre.")


@group.command("publish")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def publish(folder: Path) -> None:
    """Écrit les agendas dans un dossier qu’un serveur web sert lui-même, et les tient à jour jusqu’à l’arrêt."""
    over = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: over.set())
    keep_published(folder, current_app._get_current_object(), over.is_set)  # type: ignore[attr-defined]


def keep_published(folder: Path, app: Flask, is_over: Callable[[], bool]) -> None:
    """The same beside other work: within the application's context, and until it is over."""
    engine = app.extensions["engine"]
    with app.app_context():
        actions.keep_published(folder, lambda patience: db.listen(engine, CHANNEL, patience), is_over)
