"""The page of the queue, and what is done there with several at once."""

import re

import pytest
import sqlalchemy as sa

from fablabmesh.events.models import Event
from fablabmesh.teams import actions as teams
from fablabmesh.teams import claim_actions
from fablabmesh.teams.claim_actions import Claimant
from tests.factories import NOW, make_account, make_place


@pytest.fixture
def desk(as_person, coordinator):
    return as_person(coordinator)


def ticks(desk, query=""):
    return re.findall(r'name="dossier" value="([\d.]+)"', desk.get(f"/moderation{query}").get_data(as_text=True))


def states(db):
    return [state.value for state in db.scalars(sa.select(Event.moderation).order_by(Event.id))]


def test_the_queue_shows_what_waits_and_its_filters_narrow_it(desk, pending, pending_project):
    pending("Un")

    page = desk.get("/moderation").get_data(as_text=True)
    narrowed = desk.get("/moderation?quoi=projet").get_data(as_text=True)

    assert ("2 dossiers" in page, "Un four solaire" in page) == (True, True)
    assert ("1 dossier" in narrowed, ">Un</a>" in narrowed) == (True, False)
    assert "Rien ne correspond à ce choix." in desk.get("/moderation?genre=abuse").get_data(as_text=True)


def test_it_is_not_for_who_decides_about_nothing(client, as_person, pending):
    assert client.get("/moderation").status_code == 303
    assert as_person(make_account()).get("/moderation").status_code == 403
    assert as_person(make_account()).post("/moderation").status_code == 403


def test_several_are_published_at_once_and_the_filter_is_kept(db, desk, pending):
    pending("Un"), pending("Deux")

    answer = desk.post("/moderation?quoi=evenement", data={"acte": "accepter", "dossier": ticks(desk)})

    assert (answer.status_code, answer.location) == (303, "/moderation?quoi=evenement")
    assert states(db) == ["published", "published"]


def test_each_outcome_is_told_and_what_failed_stays_ticked(db, desk, pending):
    pending("Un"), pending("Deux")
    seen = ticks(desk)
    desk.post("/moderation", data={"acte": "accepter", "dossier": seen[0]})

    page = desk.post("/moderation", data={"acte": "refuser", "reason": "Non.", "dossier": seen}).get_data(as_text=True)

    assert "rien n’a changé" in page
    assert "Quelqu’un d’autre vient de traiter cette proposition." in page
    assert states(db) == ["published", "refused"]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ({"acte": "accepter"}, "Cochez d’abord"),
        ({"acte": "refuser", "dossier": True}, "avec bienveillance"),
        ({"acte": "rien", "dossier": True}, "Choisissez ce qu’il faut en faire."),
        ({"acte": "attribuer", "a": "999999", "dossier": True}, "Choisissez ce qu’il faut en faire."),
    ],
)
def test_what_cannot_be_done_is_said_and_the_ticks_are_kept(db, desk, pending, act, words):
    pending("Un")
    seen = ticks(desk)

    answer = desk.post("/moderation", data=act | ({"dossier": seen} if "dossier" in act else {}))

    page = answer.get_data(as_text=True)
    assert (answer.status_code, words in page) == (422, True)
    assert (" checked>" in page) is ("dossier" in act)
    assert states(db) == ["pending"]


def test_several_are_given_to_oneself(desk, pending, coordinator):
    pending("Un"), pending("Deux")

    desk.post("/moderation", data={"acte": "attribuer", "a": coordinator.id, "dossier": ticks(desk)})

    assert len(ticks(desk, "?qui=moi")) == 2
    assert ticks(desk, "?qui=personne") == []


def test_the_desk_leads_to_places_without_a_team_and_to_those_who_claim_one(desk, coordinator):
    alice, lea = make_account(), make_account(name="Léa")
    lea.email_confirmed_at = NOW
    lab = make_place(name="Quitté", managers=(alice,))
    teams.leave(lab, alice, now=NOW, nobody_follows=True)
    claim_actions.ask(lab, Claimant("Léa", lea.email, by=lea), now=NOW)

    page = desk.get("/moderation").get_data(as_text=True)

    assert "Lieux sans responsable (1)" in page
    assert "Demandes de s’occuper d’un lieu (1)" in page
