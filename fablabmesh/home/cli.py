"""The worker from the terminal: what is to be done regularly, for as long as it is not told to stop."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from fablabmesh.kit import acting, clock, db
from fablabmesh.kit.worker import Chore, Worker

# Of several workers on one database one works; the others wait for it to end.
LOCK = 7_365_002
PATIENCE = 5.0
MOST_TURNS = 100


@click.command("work")
@click.option("--once", is_flag=True, help="Une seule fois, puis s’arrête : pour une minuterie du système.")
@with_appcontext
def work(once: bool) -> None:
    """Fait ce qui revient : courriers, agendas suivis, lettres, mise à jour quotidienne. Un seul à la fois suffit."""
    worker = Worker([_named(chore) for chore in current_app.extensions["chores"]], db.session.remove)
    if once:
        # What is done part by part is done to its end.
        for _turn in range(MOST_TURNS):
            if not worker.run_due(clock.now()):
                break
        return
    over = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: over.set())
    with _companions(current_app._get_current_object(), over):  # type: ignore[attr-defined]
        _take_turns(worker, over)


def _named(chore: Chore) -> Chore:
    """The same, whose writes are known for its own."""

    def run(now: datetime) -> int:
        with acting.acting(acting.WORKER, chore.name):
            return chore.run(now)

    return replace(chore, run=run)


def _take_turns(worker: Worker, over: threading.Event) -> None:
    while not over.is_set():
        try:
            with db.alone(current_app.extensions["engine"], LOCK) as still_alone:
                while not over.is_set() and still_alone():
                    worker.run_due(clock.now())
                    over.wait(worker.pause(clock.now()))
        except db.Unreachable:
            db.session.remove()
        over.wait(0 if over.is_set() else PATIENCE)


@contextmanager
def _companions(app: Flask, over: threading.Event) -> Iterator[None]:
    """What goes on all the time beside the chores, each in a thread of its own: whoever holds the lock."""
    threads = [
        threading.Thread(target=companion, args=(app, over.is_set), daemon=True)
        for companion in app.extensions["companions"]
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(PATIENCE)
