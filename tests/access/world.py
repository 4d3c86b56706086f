"""A small world that every address of the site can be asked for in: eight people, and one of each thing.

An address takes its arguments of `ARGUMENTS`. A new route whose arguments are not there yet needs a line of its own:
the beginning of its address, the name of the argument, and the thing that is meant. Where several things are of
interest (an event that is shown, one that is a draft), each has a label, and the table one line for each.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from fablabmesh.accounts import actions as accounts
from fablabmesh.accounts.models import Account
from fablabmesh.accounts.rules import Role
from fablabmesh.coordination import actions as poles
from fablabmesh.curation import actions as curation
from fablabmesh.curation.actions import Note
from fablabmesh.curation.rules import ProposalKind
from fablabmesh.events import actions as events
from fablabmesh.imports import actions as imports
from fablabmesh.imports import source_actions as sources
from fablabmesh.journal.models import JournalAct, JournalEntry
from fablabmesh.kit import clock
from fablabmesh.kit.acting import WORKER, acting
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.letters import Letter
from fablabmesh.mails import actions as mails
from fablabmesh.moderation.report_actions import report
from fablabmesh.places import actions as places
from fablabmesh.places.models import PlaceVersion
from fablabmesh.places.rules import ManagerRole
from fablabmesh.projects import actions as projects
from fablabmesh.signin.models import Passkey, ProviderLink
from fablabmesh.syndication import actions as syndication
from fablabmesh.teams import claim_actions as claims
from fablabmesh.teams import invitation_actions as teams
from fablabmesh.teams.claim_actions import Claimant
from fablabmesh.teams.invitation_actions import Guest
from fablabmesh.tokens import actions as tokens
from fablabmesh.tokens.rules import Scope
from fablabmesh.zones import queries as zones
from tests.factories import make_account, make_coordinator, make_department, make_place, make_project, make_zone
from tests.factories import make_series as series

# Who asks. The world's things are of the lab that the editor and the manager look after, in the coordinator's zone.
PERSONAS = (
    "visitor",
    "member",
    "editor",
    "manager",
    "manager elsewhere",
    "coordinator",
    "coordinator elsewhere",
    "administrator",
)
# A secret that nobody was given: what one may do with a good one is told by the tests of its room.
WRONG = "x" * 43

Things = Mapping[str, Any]


@dataclass
class World:
    """What there is: people by persona, their cookies, and the words that name things in addresses."""

    app: Flask
    connection: sa.Connection
    people: dict[str, Account] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    # Of each person, a token for the lab with all scopes, whether they look after it (any more) or not.
    tokens: dict[str, str] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)
    # What is sent as JSON, by method and route, where the right depends on it.
    bodies: dict[str, Any] = field(default_factory=dict)


# (beginning of the address, name of the argument) → the thing, or things by label. The longest beginning that fits.
ARGUMENTS: dict[tuple[str, str], str | dict[str, str]] = {
    ("/", "slug"): "lab",
    ("/", "programme"): "programme",
    ("/administration/effacer", "account_id"): "account",
    ("/", "zone"): "zone",
    ("/", "place_slug"): "other lab",
    ("/", "other"): "other lab",
    ("/", "secret"): "wrong secret",
    ("/", "word"): "wrong secret",
    ("/", "token"): "wrong secret",
    ("/", "digest"): "no digest",
    ("/", "version"): "version",
    ("/", "key"): "date",
    ("/", "zoom"): "zero",
    ("/", "x"): "zero",
    ("/", "y"): "zero",
    ("/", "ending"): "atom",
    ("/", "number"): "one",
    ("/", "sort"): "places",
    ("/", "name"): "no name",
    ("/", "path"): "no path",
    ("/", "mail_id"): "mail",
    ("/", "proposal_id"): {"about the lab": "correction", "missing place": "missing"},
    ("/", "vocabulary"): "vocabulary",
    ("/", "code"): "code",
    ("/", "import_id"): "import",
    ("/", "source_id"): "source",
    ("/", "calendar_id"): "calendar",
    ("/journal", "act_id"): "act",
    ("/journal", "entry_id"): "entry",
    ("/", "token_id"): "token",
    ("/", "account_id"): "editor",
    ("/", "invitation_id"): "invitation",
    ("/", "sign_in_id"): "one",
    ("/", "passkey_id"): "passkey",
    ("/", "claim_id"): "claim",
    ("/", "link_id"): "provider link",
    ("/api/v1/evenements/", "name"): {"shown": "event", "draft": "draft", "deleted": "deleted"},
    ("/administration/categories", "slug"): "category",
    ("/appels/", "slug"): "call",
    ("/moderation/dossiers/", "proposal_id"): {"about an event": "report", "about a page": "correction"},
    ("/evenements/", "slug"): {"shown": "event", "draft": "draft", "deleted": "deleted"},
    ("/lieux.", "ending"): "csv",
    ("/lieux/", "number"): "line of history",
    ("/moderation/doublons/", "other"): {"both in the zone": "near lab", "one of them": "other lab"},
    ("/projets/", "slug"): "project",
    ("/api/v1/projets/", "slug"): "project",
    ("/zones/", "slug"): "zone",
    ("/zones/", "ending"): "atom",
    ("/zones/", "year"): "year",
    ("/zones/", "news_slug"): {"published": "news", "draft": "draft news"},
    ("/carte/zones/", "slug"): "zone",
    ("/api/v1/zones/", "slug"): "zone",
    ("/images/carte/<version>/zones/", "slug"): "zone",
    ("/static/", "filename"): "style",
}
FIXED = {
    "programme": "fablab",
    "zone": "ouest",
    "wrong secret": WRONG,
    "no digest": "0" * 32,
    "version": "0",
    "zero": "0",
    "year": "2025",
    "one": "1",
    "atom": "atom",
    "csv": "csv",
    "places": "lieux",
    "no name": "rien",
    "no path": "rien",
    "vocabulary": "services",
    "category": "atelier",
    "style": "base/base.css",
}
_ARGUMENT = re.compile(r"<(?:[a-z]+(?:\([^)]*\))?:)?([a-z_]+)>")


class NoRecipe(LookupError):
    """An argument that nobody has said what to put for."""


def addresses_of(rule: str, things: Mapping[str, str]) -> list[tuple[str, str]]:
    """(label, address) of each line that a route has in the table."""
    choices: dict[str, str | dict[str, str]] = {name: _find(rule, name) for name in _ARGUMENT.findall(rule)}
    labels: list[str] = []
    for choice in choices.values():
        if isinstance(choice, dict):
            labels = list(choice)
    found = []
    for label in labels or [""]:
        words = {name: choice[label] if isinstance(choice, dict) else choice for name, choice in choices.items()}
        found.append((label, _ARGUMENT.sub(lambda match, words=words: things[words[match[1]]], rule)))
    return found


def _find(rule: str, name: str) -> str | dict[str, str]:
    fitting = [start for start, of in ARGUMENTS if of == name and rule.startswith(start)]
    if not fitting:
        raise NoRecipe(
            f"{rule}: say in tests/access/world.py what stands for <{name}>, by a line of ARGUMENTS, and make the "
            "thing in `_fill` if the world does not have it yet."
        )
    return ARGUMENTS[(max(fitting, key=len), name)]


@contextmanager
def open_world(app: Flask, engine: sa.Engine) -> Iterator[World]:
    """The world, in a transaction that the end undoes."""
    connection = engine.connect()
    outer = connection.begin()
    session.remove()
    session.configure(bind=connection, join_transaction_mode="create_savepoint")
    try:
        world = World(app, connection, things=dict(FIXED))
        with app.app_context(), app.test_request_context("/"):
            _people(world)
            _fill(world)
            session.commit()
            _change(world)
        yield world
    finally:
        session.remove()
        outer.rollback()
        connection.close()
        session.configure(bind=engine, join_transaction_mode="conditional_savepoint")


def _people(world: World) -> None:
    make_department()
    make_department("67", "Bas-Rhin", box=(7.0, 48.1, 8.2, 49.1), region=("44", "Grand Est"))
    west, east = make_zone("35"), make_zone("67", slug="est", name="Est", position=2)
    world.people = {
        "member": make_account(name="Membre"),
        "editor": make_account(name="Rédactrice"),
        "manager": make_account(name="Responsable"),
        "manager elsewhere": make_account(name="Responsable d’ailleurs"),
        "coordinator": make_coordinator(west, name="Coordinatrice"),
        "coordinator elsewhere": make_coordinator(east, name="Coordinateur d’ailleurs"),
        "administrator": make_account(name="Administration", role=Role.ADMIN),
    }
    serializer = world.app.session_interface.get_signing_serializer(world.app)
    for persona, account in world.people.items():
        token = accounts.open_sign_in(account, now=clock.now())
        cookie = serializer.dumps({"_user_id": token, "_fresh": True})
        world.cookies[persona] = f"{world.app.config['SESSION_COOKIE_NAME']}={cookie}"


def _fill(world: World) -> None:
    """One of each thing, all of the manager's lab."""
    people, things, now = world.people, world.things, clock.now()
    manager = people["manager"]
    lab = make_place(name="Le lab", managers=(manager,))
    places.grant(lab, people["editor"], ManagerRole.EDITOR)
    places.edit_place(lab, {"phone": "+33 2 99 00 00 00"}, now=now, version=lab.version, by=manager)
    other = make_place(
        name="L’autre lab",
        managers=(people["manager elsewhere"],),
        department="67",
        postcode="67000",
        commune="Strasbourg",
        latitude=48.58,
        longitude=7.75,
    )
    near = make_place(name="Le lab d’à côté")
    session.refresh(lab, ["managers"])
    things.update({"lab": lab.slug, "other lab": other.slug, "near lab": near.slug})
    _fill_events(things, lab, manager)
    project = make_project(lab)
    projects.ask_to_join(project, other, message="Un tour.", by=people["manager elsewhere"], now=now)
    things["project"] = project.slug
    things["account"] = str(people["member"].id)
    note = Note(message="J’y étais.", network="192.0.2.1")
    correction = curation.report(lab, ProposalKind.CORRECTION, {"phone": "01"}, note, version=lab.version, now=now)
    missing = curation.propose_place({"name": "Un lieu", "kind": "fablab", "insee": "35238"}, note, now=now)
    places.put_call("un-appel-2026", name="Un appel", year=2026, body="L’État", description="", source="")
    calendar, _token = syndication.open_calendar(manager, name="À moi", with_drafts=True, with_projects=True, now=now)
    brought = imports.ask_import(
        lab, by=manager, now=now, category_slug="atelier", language="fr", tongue="fr", file_name="a.ics", content=b"x"
    )
    followed = sources.follow(
        lab, "https://agenda.test/a.ics", name="Ailleurs", category_slug="atelier", language="fr", every_minutes=60,
        ignored_uids=(), by=manager, now=now,
    )  # fmt: skip
    letter = mails.send_later(Letter("Bonjour", "Un mot.", "<p>Un mot.</p>"), to="a@exemple.test", kind="x", now=now)
    session.flush()
    for name, made in {
        "correction": correction, "missing": missing, "calendar": calendar, "import": brought, "source": followed,
        "mail": letter,
    }.items():  # fmt: skip
        things[name] = str(made.id)
    for persona, account in people.items():
        made, words = tokens.make_token(account, name="Site", scopes=list(Scope), places=[lab], days=30, now=now)
        world.tokens[persona] = words
        if account is manager:
            things["token"] = str(made.id)
    _fill_accounts(things, lab, people)
    reported = report(events.queries.get_event(things["event"]), ProposalKind.OTHER, note, now=now)
    session.flush()
    things["report"] = str(reported.id)
    _fill_news(things, people["coordinator"])
    things["line of history"] = str(session.scalar(sa.select(PlaceVersion.id).where(PlaceVersion.place_id == lab.id)))
    world.bodies["POST /api/v1/evenements"] = {
        "place": lab.slug,
        "title": "Atelier",
        "category": "atelier",
        "starts_local": "2090-06-10T18:00",
        "ends_local": "2090-06-10T20:00",
    }
    things["call"] = "un-appel-2026"
    things["code"] = session.scalar(sa.text("SELECT code FROM term WHERE vocabulary = 'service' ORDER BY code LIMIT 1"))


def _change(world: World) -> None:
    """One thing written of the lab, for the journal: an act of its own."""
    with acting(WORKER, "access"), transaction():
        lab = places.queries.get_place(world.things["lab"])
        places.update_place(lab, {"phone": "02 99 00 00 00"}, now=clock.now())
    act = session.scalars(sa.select(JournalAct).order_by(JournalAct.id.desc()).limit(1)).one()
    entry = session.scalars(sa.select(JournalEntry).where(JournalEntry.act_id == act.id)).one()
    world.things |= {"act": str(act.id), "entry": str(entry.id)}


def _fill_accounts(things: dict[str, str], lab: Any, people: Mapping[str, Account]) -> None:
    """What hangs on accounts: all of the manager, but for an invitation, which is to the member."""
    manager, invited, now = people["manager"], people["member"], clock.now()
    invited.email_confirmed_at = now
    key = Passkey(
        account_id=manager.id, credential_id=b"2", public_key=b"2", user_handle=b"3", sign_count=0, transports=[],
        name="Ordinateur", created_at=now,
    )  # fmt: skip
    link = ProviderLink(account_id=manager.id, issuer="https://qui.test", subject="1", created_at=now)
    session.add_all([key, link])
    claim = claims.ask(lab, Claimant(invited.name, invited.email, "C’est le mien.", by=invited), now=now)
    assert claim is not None
    invitation = teams.invite(lab, Guest(invited.email), ManagerRole.EDITOR, by=manager, now=now)
    session.flush()
    things.update({"passkey": str(key.id), "provider link": str(link.id), "invitation": str(invitation.id)})
    things["claim"] = str(claim.id)
    things.update({persona: str(people[persona].id) for persona in ("editor", "member")})


def _fill_news(things: dict[str, str], coordinator: Account) -> None:
    zone = zones.get_zone("fablab", "ouest")
    for name, title in (("news", "Une nouvelle"), ("draft news", "Pas encore")):
        told = {"title": title, "text": "Des mots.", "on_date": clock.now().date()}
        made = poles.create_news(zone, told, by=coordinator, now=clock.now(), is_published=name == "news")
        things[name] = made.slug


def _fill_events(things: dict[str, str], lab: Any, manager: Account) -> None:
    shown = series(lab, by=manager)
    draft = series(lab, by=manager, title="Brouillon", is_draft=True)
    deleted = series(lab, by=manager, title="Supprimé")
    events.delete_event(deleted, by=manager, now=clock.now() + timedelta(minutes=1), version=deleted.version)
    session.commit()
    things.update({"event": shown.slug, "draft": draft.slug, "deleted": deleted.slug, "date": "2090-06-10T18:00"})
