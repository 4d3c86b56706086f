"""The desk: whose it is, what it shows field by field, and each thing that may be done there."""

import pytest
import sqlalchemy as sa

from fablabmesh.curation import actions, queries
from fablabmesh.curation.actions import Note
from fablabmesh.curation.models import Proposal
from fablabmesh.curation.rules import ProposalKind
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place
from tests.curation.conftest import LATER, hidden
from tests.factories import NOW, make_account, make_place


@pytest.fixture
def desk(as_person, coordinator):
    return as_person(coordinator)


def state(db, proposal):
    return db.scalar(sa.select(Proposal.state).where(Proposal.id == proposal.id)).value


def test_the_desk_is_for_those_who_decide(client, as_person, desk, lab, say):
    say(lab, phone="01")

    assert client.get("/moderation").status_code == 303
    assert as_person(make_account()).get("/moderation").status_code == 403
    page = desk.get("/moderation").get_data(as_text=True)
    assert "LabFab" in page
    assert "en retard" in page
    assert "Une proposition attend votre décision" in desk.get("/mon-espace").get_data(as_text=True)


def test_a_proposal_shows_what_stands_there_what_stood_there_and_what_is_proposed(desk, lab, say):
    proposal = say(lab, phone="01 02 03 04 05", contact="secret@exemple.test")
    places.update_place(lab, {"phone": "09 09 09 09 09"}, now=LATER)

    page = desk.get(f"/moderation/{proposal.id}").get_data(as_text=True)

    assert 'value="01 02 03 04 05"' in page
    assert "09 09 09 09 09" in page
    assert "a changé depuis" in page
    assert "secret@exemple.test" not in page


def test_another_zones_proposals_are_nobody_elses_business(as_person, lab, say):
    proposal = say(lab, phone="01")
    stranger = as_person(make_account())

    for path, method in (
        ("", "get"),
        ("/accepter", "post"),
        ("/refuser", "post"),
        ("/demander", "post"),
        ("/revenir", "post"),
    ):
        answer = getattr(stranger, method)(f"/moderation/{proposal.id}{path}")
        assert (path, answer.status_code) == (path, 404)


def versions(desk, proposal):
    page = desk.get(f"/moderation/{proposal.id}").get_data(as_text=True)
    return {"proposal_version": hidden(page, "proposal_version"), "version": hidden(page, "version")}


def test_it_is_accepted_retouched_in_part_then_taken_back(db, desk, lab, say):
    proposal = say(lab, phone="01 02 03 04 05", website="https://faux.test")
    given = versions(desk, proposal) | {"phone": "02 02 02 02 02", "website": "https://faux.test", "garder": ["phone"]}

    answer = desk.post(f"/moderation/{proposal.id}/accepter", data=given)

    assert (answer.status_code, state(db, proposal)) == (303, "published")
    assert db.execute(sa.select(Place.phone, Place.website).where(Place.id == lab.id)).one() == (
        "02 02 02 02 02",
        "https://labfab.test",
    )
    page = desk.get(f"/moderation/{proposal.id}").get_data(as_text=True)
    assert "Paule Pôle a accepté la proposition après l’avoir retouchée" in page
    desk.post(f"/moderation/{proposal.id}/revenir", data={"proposal_version": hidden(page, "proposal_version")})
    assert (state(db, proposal), db.scalar(sa.select(Place.phone).where(Place.id == lab.id))) == ("pending", "")


def test_a_page_that_changed_meanwhile_is_shown_beside_what_was_typed(db, desk, lab, say):
    proposal = say(lab, phone="01 02 03 04 05")
    given = versions(desk, proposal) | {"phone": "02 02 02 02 02", "garder": "phone"}
    places.update_place(lab, {"phone": "09 09 09 09 09"}, now=LATER)
    db.commit()

    answer = desk.post(f"/moderation/{proposal.id}/accepter", data=given)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "09 09 09 09 09" in page
    assert 'value="02 02 02 02 02"' in page
    assert (state(db, proposal), db.scalar(sa.select(Place.phone).where(Place.id == lab.id))) == (
        "pending",
        "09 09 09 09 09",
    )
    again = given | {"version": hidden(page, "version"), "proposal_version": hidden(page, "proposal_version")}
    assert desk.post(f"/moderation/{proposal.id}/accepter", data=again).status_code == 303


def test_what_is_not_fit_for_the_page_is_not_accepted(db, desk, lab, say):
    proposal = say(lab, phone="01 02 03 04 05")

    answer = desk.post(f"/moderation/{proposal.id}/accepter", data=versions(desk, proposal) | {"phone": "abc"})

    assert (answer.status_code, state(db, proposal)) == (422, "pending")


def test_a_closed_place_is_closed_by_accepting(db, desk, lab, say):
    proposal = say(lab, kind=ProposalKind.CLOSED, closed_on=NOW.date())
    given = versions(desk, proposal) | {"closed_on": "2026-03-02", "garder": "closed_on"}

    desk.post(f"/moderation/{proposal.id}/accepter", data=given)

    assert "Fermé définitivement depuis le 2 mars 2026" in desk.get(f"/lieux/{lab.slug}").get_data(as_text=True)


def test_a_missing_place_is_amended_and_published(db, desk, lab, rennes):
    values = {"name": "Lab neuf", "kind": "fablab", "commune": "Rennes", "insee": "35238", "postcode": "35000"}
    proposal = actions.propose_place(values | {"latitude": 48.1, "longitude": -1.6}, Note(), now=NOW)
    page = desk.get(f"/moderation/{proposal.id}").get_data(as_text=True)
    given = {"proposal_version": hidden(page, "proposal_version"), "name": "Lab tout neuf", "kind": "epn"}
    given |= {"commune": "Rennes", "postcode": "35000", "latitude": "48.1", "longitude": "-1.6", "phone": ""}

    answer = desk.post(f"/moderation/{proposal.id}/accepter", data=given)

    assert answer.status_code == 303
    made = db.scalars(sa.select(Place).where(Place.name == "Lab tout neuf")).one()
    assert (made.kind, made.insee, made.department_code, made.is_demo) == ("epn", "35238", "35", False)


def test_it_is_refused_with_a_reason_or_asked_about(db, desk, lab, say):
    proposal, other = say(lab, phone="01"), say(lab, phone="01", contact="moi@exemple.test")
    given = {"proposal_version": versions(desk, proposal)["proposal_version"], "usual": ""}
    db.commit()

    without = desk.post(f"/moderation/{proposal.id}/refuser", data=given)
    with_one = desk.post(f"/moderation/{proposal.id}/refuser", data=given | {"reason": "Numéro privé."})
    asked = desk.post(f"/moderation/{other.id}/demander", data=given | {"text": "Depuis quand ?"})
    nothing = desk.post(f"/moderation/{other.id}/demander", data=given | {"text": ""})

    assert [each.status_code for each in (without, with_one, asked, nothing)] == [422, 303, 303, 422]
    assert (state(db, proposal), state(db, other)) == ("refused", "asked")
    assert [each.reason for each in queries.get_proposal(proposal.id).decisions] == ["Numéro privé."]
    listed = desk.get("/moderation?liste=traitees").get_data(as_text=True)
    assert f"/moderation/{proposal.id}" in listed
    assert f"/moderation/{other.id}" not in listed


def test_stale_pages_are_listed(desk, lab):
    make_place(name="Jamais confirmé")

    page = desk.get("/moderation/anciennes").get_data(as_text=True)

    assert "Jamais confirmé" in page
    assert "personne ne s’en occupe" in page
