"""An invented coordinator has something of everything to decide about, and nothing of it is left behind."""

import pytest
from sqlalchemy import func, select

from fablabmesh.accounts.models import Account
from fablabmesh.curation.models import Proposal
from fablabmesh.curation.queries import find_scope
from fablabmesh.demo import actions, desk_actions
from fablabmesh.kit.db import session
from fablabmesh.moderation import queries
from fablabmesh.moderation.rules import Wanted
from fablabmesh.zones.models import ZoneRule
from tests.factories import NOW, make_department, make_zone


@pytest.fixture
def demo(db):
    make_department("35")
    make_department("42", "Loire", box=(3.7, 45.2, 4.8, 46.3))
    make_department("974", "La Réunion", box=(55.2, -21.4, 55.9, -20.8))
    make_zone("35")
    return actions.add_demo(now=NOW)


def test_the_desk_holds_each_sort_of_thing_and_one_that_is_late(db, demo):
    person = db.scalar(select(Account).where(Account.name == "Maxence Exemple"))
    asked = {"me": person.id, "now": NOW}

    found = queries.list_queue(find_scope(person), Wanted(), limit=50, **asked)

    assert [(each.kind.value, each.place_name) for each in found] == [
        ("correction", "Atelier des Essais"),
        ("other", "Atelier des Essais"),
        ("missing", "Atelier partagé imaginaire"),
        ("abuse", "Une fraiseuse à bois en plans ouverts"),
        ("closed", "Initiation à la découpe laser"),
        ("publication", "Fabriquer un nichoir"),
        ("publication", "Soirée jeux de société"),
        ("publication", "Un four solaire pour la cour"),
    ]
    assert {each.is_demo for each in found} == {True}
    assert queries.count_queue(find_scope(person), Wanted(is_late=True), **asked) == 1


def test_nothing_is_left_behind(db, demo):
    actions.remove_demo()

    assert [db.scalar(select(func.count()).select_from(kind)) for kind in (Proposal, ZoneRule)] == [0, 0]


def test_what_is_real_stays(db, demo):
    session.add(Proposal(kind="other", state="pending", place_name="Vrai", created_at=NOW))
    session.flush()

    desk_actions.remove()

    assert db.scalars(select(Proposal.place_name)).all() == ["Vrai"]
