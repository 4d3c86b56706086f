"""Calendars and the list of all places as files, from the terminal and beside the worker."""

import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from fablabmesh.files import actions, place_actions
from fablabmesh.kit import clock, db
from fablabmesh.places.models import CHANNEL as PLACES
from fablabmesh.publication.actions import CHANNEL

group = AppGroup("feeds", help="Agendas à suivre.")


@group.command("publish")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def publish(folder: Path) -> None:
    """Écrit les agendas et la liste des lieux dans un dossier qu’un serveur web sert lui-même, et les tient à jour."""
    over = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: over.set())
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    beside = threading.Thread(target=keep_places, args=(folder, app, over.is_set), daemon=True)
    beside.start()
    keep_published(folder, app, over.is_set)
    beside.join()


def keep_published(folder: Path, app: Flask, is_over: Callable[[], bool]) -> None:
    """Calendars, beside other work: within the application's context, and until it is over."""
    engine = app.extensions["engine"]
    with app.app_context():
        actions.keep_published(folder, lambda patience: db.listen(engine, CHANNEL, patience), is_over)


def keep_places(folder: Path, app: Flask, is_over: Callable[[], bool]) -> None:
    """The list of all places, likewise."""
    engine = app.extensions["engine"]
    client = app.test_client()

    def ask() -> bytes | None:
        answer = client.get(place_actions.ADDRESS, headers={"Accept-Encoding": "gzip"}, base_url=app.config["BASE_URL"])
        return answer.data if answer.status_code == 200 else None

    def hear(patience: Callable[[], float]) -> Iterator[list[str]]:
        return db.listen(engine, PLACES, patience)

    with app.app_context():
        place_actions.keep_places(folder, ask, hear, clock.now, is_over)
