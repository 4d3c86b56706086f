"""Somebody who coordinates a zone, and what the public sends to it."""

import re
from datetime import timedelta

import pytest

from fablabmesh.curation import actions
from fablabmesh.curation.actions import Note
from fablabmesh.curation.rules import ProposalKind
from fablabmesh.zones.models import Commune
from tests.factories import NOW, make_coordinator, make_department, make_place, make_zone


@pytest.fixture
def zone(db):
    make_department()
    return make_zone("35")


@pytest.fixture
def coordinator(zone):
    """Coordinates the zone."""
    return make_coordinator(zone, name="Paule Pôle")


@pytest.fixture
def lab(zone):
    return make_place(website="https://labfab.test")


@pytest.fixture
def rennes(db, zone):
    town = Commune(
        insee="35238", name="Rennes", folded_name="rennes", postcodes=["35000", "35200"], department_code="35",
        latitude=48.1119, longitude=-1.6804, population=220_000,
    )  # fmt: skip
    db.add(town)
    db.flush()
    return town


@pytest.fixture
def say(db):
    """`say(lab, phone="01")`: a correction by a visitor, sent today."""

    def send(lab, *, kind=ProposalKind.CORRECTION, contact="", by=None, language="fr", **values):
        note = Note(message="J’y étais.", contact=contact, by=by, network="192.0.2.1", language=language)
        return actions.report(lab, kind, values, note, version=lab.version, now=NOW)

    return send


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


LATER = NOW + timedelta(days=1)
