"""A warm process that forks one more for each write it is asked for, so that each can be killed in the middle of it.

`python -m tests.faults.writer`, with settings in the environment; on each line of its input the name of a write and a
word that makes it unlike the others. It answers with the number of the process, then with how that ended.
"""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from fablabmesh.accounts.models import Account
from fablabmesh.app import create_app
from fablabmesh.curation import actions as curation
from fablabmesh.curation.actions import Note
from fablabmesh.curation.rules import ProposalKind
from fablabmesh.imports import actions as imports
from fablabmesh.kit import db as kit_db
from fablabmesh.kit.letters import Letter
from fablabmesh.mails import actions as mails
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place
from fablabmesh.privacy import actions as privacy
from fablabmesh.projects import actions as projects
from fablabmesh.projects import queries as project_queries
from fablabmesh.sheets import actions as sheets
from fablabmesh.sheets.details import Holder
from tests.factories import make_account, make_place, make_project, make_series
from tests.imports.conftest import calendar, vevent

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MANY, HOURS = range(30), ("20260617T180000", "20260617T200000")


def lab() -> Place:
    return kit_db.session.scalars(sa.select(Place).order_by(Place.id).limit(1)).one()


def person() -> Account:
    return kit_db.session.scalars(sa.select(Account).order_by(Account.id.desc()).limit(1)).one()


def set_up(word: str) -> None:
    """A lab with its manager, a second one with a project, somebody to be erased."""
    with kit_db.transaction():
        boss = make_account(name="Camille", email="camille@exemple.test")
        make_place(name="Le lab", managers=(boss,))
        make_project(make_place(name="L’autre lab"))
        make_account(name="Zénobie", email="zenobie@exemple.test")


def event(word: str) -> None:
    make_series(lab(), title=f"Série {word}")


def sheet(word: str) -> None:
    with kit_db.transaction():
        place = lab()
        places.edit_place(place, {"summary": f"Un lab {word}"}, now=NOW, by=None, version=place.version)
        sheets.set_people(place, [Holder(f"Rôle {word}")], by=None, now=NOW)


def partnership(word: str) -> None:
    with kit_db.transaction():
        project = project_queries.get_project("une-fraiseuse-en-plans-ouverts")
        projects.ask_to_join(project, make_place(name=f"Lab {word}"), message=word, by=None, now=NOW)


def proposal(word: str) -> None:
    with kit_db.transaction():
        place = lab()
        note = Note(message=word, contact="visite@exemple.test", network=word)
        curation.report(place, ProposalKind.CORRECTION, {"phone": word}, note, version=place.version, now=NOW)


def letter(word: str) -> None:
    with kit_db.transaction():
        words = Letter(f"Bonjour {word}", "Bonjour", "<p>Bonjour</p>")
        mails.send_later(words, to="zenobie@exemple.test", kind="test", now=NOW)


def erasure(word: str) -> None:
    with kit_db.transaction():
        privacy.erase(person().id, with_public_name=True, now=NOW)


def ask_import(word: str) -> None:
    """A file with thirty events, read and chosen from: the worker is to write them."""
    parts = [vevent(f"{number}@ailleurs", f"Atelier {number}", *HOURS, "RRULE:FREQ=WEEKLY;COUNT=3") for number in MANY]
    with kit_db.transaction():
        asked = imports.ask_import(
            lab(), by=None, now=NOW, category_slug="atelier", language="fr", tongue="fr", content=calendar(*parts)
        )
    imports.work(NOW)
    with kit_db.transaction():
        imports.choose(kit_db.session.merge(asked), MANY, follow_minutes=None, now=NOW)


def write_import(word: str) -> None:
    """Each try comes an hour after the last, when nobody holds the import any more."""
    imports.work(NOW + int(word.removeprefix("mot")) * timedelta(hours=1))


WRITERS = (set_up, event, sheet, partnership, proposal, letter, erasure, ask_import, write_import)
WRITES: dict[str, Callable[[str], None]] = {write.__name__: write for write in WRITERS}


def tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main() -> None:
    app = create_app()
    for line in sys.stdin:
        name, word = line.split()
        number = os.fork()
        if number == 0:
            with app.app_context():
                app.extensions["engine"].dispose(close=False)
                WRITES[name](word)
            os._exit(0)
        tell(number)
        tell(os.waitpid(number, 0)[1])


if __name__ == "__main__":
    main()
