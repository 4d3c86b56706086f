"""What waits at the desk of an invented coordinator: a bit of everything, about what is invented."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from fablabmesh.accounts.models import Account
from fablabmesh.coordination import actions as poles
from fablabmesh.coordination.models import PoleNews, PolePage
from fablabmesh.curation.models import Proposal
from fablabmesh.curation.rules import ProposalKind, ProposalState, plain
from fablabmesh.demo import content
from fablabmesh.events.models import Event
from fablabmesh.kit.db import session
from fablabmesh.places.models import Place
from fablabmesh.projects.models import Project
from fablabmesh.zones import queries as zones
from fablabmesh.zones import rule_actions
from fablabmesh.zones.models import ZoneRule
from fablabmesh.zones.moderation import DEFAULTS, Thing, Whose

# What an editor writes waits there, so that the desk has something of each sort.
_WAITING = {(Thing.EVENT, Whose.EDITOR): False, (Thing.PROJECT, Whose.EDITOR): False}


def set_rules(by: Account, told: content.Coordinator, *, now: datetime) -> None:
    """The rules of an invented coordinator's zones, for what is invented."""
    for programme, slug in told.zones:
        zone = zones.find_zone(programme, slug)
        if zone is not None:
            rule_actions.set_rules(zone, DEFAULTS | _WAITING, seen=DEFAULTS, is_demo=True, by=by, now=now)


def speak_for_pole(by: Account, told: content.Coordinator, *, now: datetime) -> None:
    """What the invented pole says of itself, in the first of their zones."""
    programme, slug = told.zones[0]
    zone = zones.find_zone(programme, slug)
    if zone is None:
        return
    poles.write_page(zone, content.POLE, content.CONTACTS, by=by, now=now, version=0)
    for each in content.NEWS:
        at = now - timedelta(days=each.days_ago)
        values = {"title": each.title, "text": each.text, "on_date": at.date()}
        poles.create_news(zone, values, by=by, now=at, is_published=each.is_published)


def add_waiting(put: Mapping[str, Place], *, now: datetime) -> None:
    """What the public said of it: a missing place, corrections, reports; one of them has waited for long."""
    for said in content.SAID:
        place = put[said.place]
        event = session.scalar(select(Event).where(Event.title == said.about, Event.place_id == place.id))
        project = session.scalar(select(Project).where(Project.title == said.about, Project.lead_id == place.id))
        is_new = said.kind is ProposalKind.MISSING
        session.add(
            Proposal(
                kind=said.kind,
                state=ProposalState.PENDING,
                event_id=event.id if event else None,
                project_id=project.id if project else None,
                place_id=None if is_new else place.id,
                place_name=said.values["name"] if is_new else said.about or place.name,
                place_version=None if is_new else place.version,
                department_code=place.department_code,
                is_demo=True,
                proposed={name: plain(value) for name, value in _values(said, place).items()},
                before={} if is_new else {name: plain(getattr(place, name)) for name in said.values},
                message=said.message,
                known_by=said.known_by,
                created_at=now - timedelta(days=said.days_ago),
            )
        )
    session.flush()


def _values(said: content.Said, place: Place) -> dict[str, Any]:
    """A missing place stands in the town of the one beside which it is told."""
    if said.kind is not ProposalKind.MISSING:
        return dict(said.values)
    town = ("commune", "postcode", "insee", "latitude", "longitude", "precision")
    return {name: getattr(place, name) for name in town} | dict(said.values)


def remove() -> None:
    """What hangs on no invented place or person goes by itself; the rest goes with these."""
    session.execute(delete(Proposal).where(Proposal.is_demo))
    session.execute(delete(ZoneRule).where(ZoneRule.is_demo))
    session.execute(delete(PoleNews).where(PoleNews.is_demo))
    session.execute(delete(PolePage).where(PolePage.is_demo))
