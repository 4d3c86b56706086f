"""Somebody who did all that one can do on the site, so that there is something to take away and to erase."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.accounts import actions as accounts
from fablabmesh.accounts.models import Account
from fablabmesh.curation import actions as curation
from fablabmesh.curation.actions import Note
from fablabmesh.curation.models import FreshnessLetter
from fablabmesh.curation.rules import ProposalKind
from fablabmesh.digests.models import Subscription
from fablabmesh.events.models import EventVersion
from fablabmesh.kit.letters import Letter
from fablabmesh.mails import actions as mails
from fablabmesh.notices.models import Notice
from fablabmesh.notices.rules import Kind
from fablabmesh.projects import actions as projects
from fablabmesh.sheets import actions as sheets
from fablabmesh.sheets.details import Holder
from fablabmesh.syndication import actions as syndication
from fablabmesh.teams.models import Invitation
from fablabmesh.tokens import actions as tokens
from fablabmesh.tokens.rules import Scope
from tests.factories import NOW, make_account, make_event, make_place, make_project, make_zone

NAME, MAIL = "Zénobie Quartermaine", "zenobie.quartermaine@exemple.test"


def everything(db) -> str:
    """All rows of all tables as the database writes them: what a copy of it would tell."""
    db.flush()
    named = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
    return "\n".join(
        row
        for table in db.scalars(sa.text(named)).all()
        for row in db.scalars(sa.text(f'SELECT t::text FROM "{table}" t'))
    )


def question_to(person) -> FreshnessLetter:
    return FreshnessLetter(
        account_id=person.id, place_ids=[], secret_hash=b"s", sent_at=NOW, expires_at=NOW + timedelta(days=60)
    )


def write_letters(db) -> None:
    """One to the person, one to somebody else that names them, one that they asked for without the account."""
    mails.send_later(Letter("Bonjour", f"Bonjour {NAME}", f"<p>{NAME}</p>"), to=MAIL, kind="test", now=NOW)
    told = Letter(f"{NAME} vous rejoint", f"{NAME} vous rejoint.", f"<p>{NAME} vous rejoint.</p>")
    mails.send_later(told, to="basile@exemple.test", kind="test", now=NOW)
    title = f"{NAME} a rejoint l’équipe"
    person, other = (db.scalars(sa.select(Account).where(Account.name == name)).one() for name in (NAME, "Basile"))
    for reader in (person, other):
        db.add(Notice(account_id=reader.id, kind=next(iter(Kind)), title=title, url="/", at=NOW, due_at=NOW))
    for address, name, by in ((MAIL, NAME, other), ("camille@exemple.test", "Camille", person)):
        place = make_place(name=f"Lieu {by.id}", managers=(other,))
        db.add(
            Invitation(
                place_id=place.id, role="editor", email=address, name=name, language="fr", invited_by_id=by.id,
                digest=address.encode(), created_at=NOW, sent_at=NOW, expires_at=NOW + timedelta(days=7),
            )
        )  # fmt: skip
    db.add(Subscription(email=MAIL, query="tag=x", language="fr", nonce=b"n", asked_at=NOW))


@pytest.fixture
def life(db):
    """Zénobie, her place with a colleague, and what she wrote."""
    basile = make_account(name="Basile")
    person = make_account(name=NAME, email=MAIL)
    place = make_place(name="Atelier du Port", managers=(person, basile))
    make_zone("35")
    sheets.set_people(place, [Holder("Fabmanager", NAME, date(2026, 1, 2))], by=person, now=NOW)
    event = make_event(place, by=person, description=f"Écrire à {MAIL.upper()} avant jeudi.")
    event.contact = f"Zénobie <{MAIL}>"
    db.add(EventVersion(event_id=event.id, at=NOW, by_id=person.id, deed="edited", changed={"contact": ["", MAIL]}))
    project = make_project(make_place(name="Autre atelier", managers=(basile,)))
    projects.ask_to_join(project, place, message="Nous aussi", by=person, now=NOW)
    project.created_by_id = person.id
    accounts.open_sign_in(person, now=NOW)
    accounts.write_word("test.reset", account=person, lives=timedelta(hours=1), now=NOW)
    accounts.write_word("test.invite", account=None, lives=timedelta(hours=1), now=NOW, told={"email": MAIL})
    syndication.open_calendar(person, name="Mon agenda", with_drafts=True, with_projects=True, now=NOW)
    tokens.make_token(person, name="Site du port", scopes=list(Scope), places=[place], days=30, now=NOW)
    write_letters(db)
    note = Note(message=f"Répondez à {MAIL}", contact=MAIL, by=person, network="réseau")
    curation.report(place, ProposalKind.OTHER, {}, note, version=place.version, now=NOW)
    db.add(question_to(person))
    db.commit()
    return person
