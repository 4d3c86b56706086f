"""A zone with somebody who coordinates it, a lab in it, and what waits there."""

import re

import pytest

from fablabmesh.events import actions as events
from fablabmesh.events.rules import When
from fablabmesh.moderation import queries
from fablabmesh.projects import actions as projects
from fablabmesh.zones import rule_actions
from fablabmesh.zones.moderation import DEFAULTS, Thing, Whose
from tests.factories import NOW, local, make_account, make_coordinator, make_department, make_place, make_zone


@pytest.fixture
def zone(db):
    make_department()
    return make_zone("35")


@pytest.fixture
def coordinator(zone):
    return make_coordinator(zone, name="Paule Pôle")


@pytest.fixture
def manager(db):
    return make_account(name="Alice Martin", email="alice@exemple.test")


@pytest.fixture
def lab(zone, manager):
    return make_place(managers=(manager,))


@pytest.fixture
def strict(zone, coordinator):
    """The zone publishes nothing at once."""
    nothing = dict.fromkeys(DEFAULTS, False)
    rule_actions.set_rules(zone, nothing, seen=DEFAULTS, is_demo=False, by=coordinator, now=NOW)
    return zone


@pytest.fixture
def pending(db, strict, lab, manager):
    """`pending()`: an event of the lab that waits."""

    def make(title="Soudure pour tout le monde", **values):
        when = When(local("2090-06-10T18:00"), local("2090-06-10T20:00"), "Europe/Paris")
        given = {"title": title, "category_slug": "atelier"} | values
        event = events.create_event(lab, given, when, by=manager, now=NOW)
        db.commit()
        return event

    return make


@pytest.fixture
def pending_project(db, strict, lab, manager):
    values = {"title": "Un four solaire", "summary": "Le bâtir ensemble.", "seeks": "Du verre."}
    project = projects.create_project(lab, values, by=manager, now=NOW)
    db.commit()
    return project


@pytest.fixture
def case_of(db):
    """The item of the queue that is about an event or a project."""

    def find(thing):
        column = "event_id" if thing.__tablename__ == "event" else "project_id"
        found = db.query(queries.Proposal).filter_by(**{column: thing.id}).order_by(queries.Proposal.id.desc()).first()
        return queries.get_case(found.id)

    return find


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


__all__ = ["Thing", "Whose", "hidden"]
