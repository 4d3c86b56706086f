"""Claiming a place and asking for an account, as people meet them; and the desk of those who answer."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.accounts.models import Account
from fablabmesh.kit import clock
from fablabmesh.teams import actions, claim_actions, claim_queries
from fablabmesh.teams.claim_actions import Claimant
from fablabmesh.teams.models import Claim
from fablabmesh.teams.rules import ClaimState
from tests.factories import make_account, make_place
from tests.teams.conftest import link_in, roles

LEA = {"name": "Léa", "email": "lea@labfab.test", "message": "J’anime l’atelier du jeudi."}


@pytest.fixture
def free(zone):
    return make_place(website="https://labfab.test")


@pytest.fixture
def stamp(db):
    """As if the form had been open for a minute."""
    return actions.stamp(clock.now() - timedelta(minutes=1))


@pytest.fixture
def waiting(client, db, free, stamp, letters):
    """A claim by an address of elsewhere, which waits."""
    client.post(f"/lieux/{free.slug}/s-en-occuper", data=LEA | {"stamp": stamp, "email": "lea@ailleurs.test"})
    word = link_in(letters("teams/claim")[-1][2], "s-en-occuper")
    assert client.post(f"/s-en-occuper/{word}").status_code == 200
    return db.scalar(sa.select(Claim))


# --- claiming ----------------------------------------------------------------------------------------------------


def test_a_visitor_with_the_places_address_looks_after_it_in_three_steps(client, db, free, stamp, letters):
    page = client.get(f"/lieux/{free.slug}").get_data(as_text=True)
    assert f"/lieux/{free.slug}/s-en-occuper" in page

    sent = client.post(f"/lieux/{free.slug}/s-en-occuper", data=LEA | {"stamp": stamp})
    word = link_in(letters("teams/claim")[0][2], "s-en-occuper")
    opened = client.get(f"/s-en-occuper/{word}")
    done = client.post(f"/s-en-occuper/{word}")

    assert (sent.status_code, sent.headers["Location"]) == (303, f"/s-en-occuper/merci?lieu={free.slug}")
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert done.headers["Location"] == f"/lieux/{free.slug}"
    assert roles(db, free) == {"Léa": "manager"}
    assert "Publier un événement" in client.get(f"/lieux/{free.slug}").get_data(as_text=True)


def test_opening_the_link_does_nothing(client, db, free, stamp, letters):
    client.post(f"/lieux/{free.slug}/s-en-occuper", data=LEA | {"stamp": stamp})
    word = link_in(letters("teams/claim")[0][2], "s-en-occuper")

    for _turn in range(2):
        assert client.get(f"/s-en-occuper/{word}").status_code == 200

    assert roles(db, free) == {}


def test_the_answer_is_the_same_whoever_has_an_account_here(app, db, free, stamp):
    make_account(email="known@exemple.test")
    answers = []
    for email in ("known@exemple.test", "unknown@exemple.test"):
        answer = app.test_client().post(f"/lieux/{free.slug}/s-en-occuper", data=LEA | {"stamp": stamp, "email": email})
        answers.append((answer.status_code, answer.headers["Location"], answer.get_data()))

    assert answers[0] == answers[1]


def test_an_account_that_is_there_is_not_opened_by_the_link(client, db, free, stamp, letters):
    make_account(name="Léa", email=LEA["email"])
    client.post(f"/lieux/{free.slug}/s-en-occuper", data=LEA | {"stamp": stamp})

    done = client.post(f"/s-en-occuper/{link_in(letters('teams/claim')[0][2], 's-en-occuper')}")

    assert done.status_code == 200
    assert roles(db, free) == {"Léa": "manager"}
    assert client.get("/mon-espace").status_code == 303


@pytest.mark.parametrize(
    ("changed", "status", "told"),
    [
        ({"email": "lea"}, 422, "Cette adresse n’est pas complète"),
        ({"name": ""}, 422, "Écrivez votre nom"),
        ({"message": "x" * 2001}, 422, "2000"),
        ({"stamp": "x"}, 422, "depuis trop peu de temps"),
    ],
)
def test_what_is_to_be_corrected_is_told_and_nothing_typed_is_lost(client, db, free, stamp, changed, status, told):
    answer = client.post(f"/lieux/{free.slug}/s-en-occuper", data=LEA | {"stamp": stamp} | changed)

    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert told in page
    assert changed.get("message", "J’anime l’atelier du jeudi.") in page
    assert db.scalars(sa.select(Claim)).all() == []


def test_a_robot_is_thanked_and_nothing_is_kept(client, db, free, stamp, letters):
    answer = client.post(f"/lieux/{free.slug}/s-en-occuper", data=LEA | {"stamp": stamp, "site": "http://spam"})

    assert (answer.status_code, letters(), db.scalars(sa.select(Claim)).all()) == (303, [], [])


def test_too_much_of_one_network_must_wait(client, free, stamp):
    codes = [
        client.post(
            f"/lieux/{free.slug}/s-en-occuper", data=LEA | {"stamp": stamp, "email": f"p{number}@exemple.test"}
        ).status_code
        for number in range(11)
    ]

    assert codes == [303] * 10 + [429]


def test_who_is_of_the_team_is_led_to_its_page(as_person, lab, alice):
    answer = as_person(alice).get(f"/lieux/{lab.slug}/s-en-occuper")

    assert answer.headers["Location"] == f"/lieux/{lab.slug}/equipe-de-gestion"


def test_signed_in_with_the_places_confirmed_address_it_is_done_at_once(as_person, db, free):
    lea = make_account(name="Léa", email=LEA["email"])
    lea.email_confirmed_at = lea.created_at

    answer = as_person(lea).post(f"/lieux/{free.slug}/s-en-occuper", data=LEA)

    assert answer.headers["Location"] == f"/lieux/{free.slug}"
    assert roles(db, free) == {"Léa": "manager"}


def test_signed_in_one_sees_that_a_claim_is_under_way(as_person, db, free):
    lea = make_account(name="Léa", email="lea@perso.test")
    lea.email_confirmed_at = lea.created_at
    browser = as_person(lea)

    browser.post(f"/lieux/{free.slug}/s-en-occuper", data=LEA | {"email": lea.email})

    assert "est en route" in browser.get(f"/lieux/{free.slug}/s-en-occuper").get_data(as_text=True)
    assert "est en route" in browser.get("/mon-espace").get_data(as_text=True)


# --- asking for an account ---------------------------------------------------------------------------------------


def test_asking_for_an_account_finds_the_place_and_claims_it(client, db, free, stamp, letters):
    typed = LEA | {"stamp": stamp, "place_name": "labfab", "commune": "Rennes"}

    first = client.post("/compte/demander", data=typed)
    second = client.post("/compte/demander", data=typed | {"slug": free.slug})

    assert (first.status_code, second.status_code) == (200, 303)
    assert "LabFab (Rennes)" in first.get_data(as_text=True)
    assert second.headers["Location"] == f"/s-en-occuper/merci?lieu={free.slug}"
    assert [to for to, _subject, _text in letters("teams/claim")] == ["lea@labfab.test"]
    assert db.scalar(sa.select(sa.func.count(Account.id))) == 0


@pytest.mark.parametrize("typed", [{"place_name": "Introuvable"}, {"place_name": "LabFab", "slug": ""}])
def test_asking_for_a_place_that_is_missing_leads_to_its_form_with_all_that_was_typed(client, free, stamp, typed):
    answer = client.post("/compte/demander", data=LEA | {"stamp": stamp, "commune": "Rennes"} | typed)
    page = client.get(answer.headers["Location"]).get_data(as_text=True)

    assert answer.headers["Location"] == f"/lieux/proposer?q={typed['place_name']}&responsable=oui"
    for word in (typed["place_name"], "lea@labfab.test", "J’anime l’atelier du jeudi.", "Rennes"):
        assert word in page
    assert 'checked id="looks_after"' in page


def test_a_request_without_a_place_is_told(client, stamp):
    answer = client.post("/compte/demander", data=LEA | {"stamp": stamp})

    assert answer.status_code == 422
    assert "Écrivez le nom du lieu" in answer.get_data(as_text=True)


def test_a_place_that_does_not_exist_cannot_be_chosen(client, free, stamp):
    typed = LEA | {"stamp": stamp, "place_name": "LabFab", "slug": "nulle-part"}

    assert client.post("/compte/demander", data=typed).status_code == 422


def test_who_has_an_account_needs_no_other(as_person, alice):
    assert as_person(alice).get("/compte/demander").headers["Location"] == "/mon-espace"


def test_the_sign_in_page_leads_there(client):
    assert "/compte/demander" in client.get("/connexion").get_data(as_text=True)


# --- the desk ----------------------------------------------------------------------------------------------------


def test_the_coordinator_accepts_and_the_invited_person_makes_an_account(
    app, as_person, db, free, waiting, coordinator, letters
):
    desk = as_person(coordinator)
    listed = desk.get("/equipes/demandes").get_data(as_text=True)
    shown = desk.get(f"/equipes/demandes/{waiting.id}").get_data(as_text=True)
    assert "LabFab" in listed
    for word in ("J’anime l’atelier du jeudi.", "lea@ailleurs.test", "est bien la sienne"):
        assert word in shown

    answer = desk.post(f"/equipes/demandes/{waiting.id}/accepter", data={"version": waiting.version, "role": "manager"})
    word = link_in(letters("teams/invitation")[0][2], "invitations")
    app.test_client().post(f"/invitations/{word}", data={"name": "Léa", "password": "", "language": "fr"})

    assert answer.status_code == 303
    assert roles(db, free) == {"Léa": "manager"}
    assert "Rien à traiter" in desk.get("/equipes/demandes").get_data(as_text=True)
    assert "LabFab" in desk.get("/equipes/demandes?liste=traitees").get_data(as_text=True)


def test_a_refusal_needs_a_reason(as_person, waiting, coordinator):
    desk, version = as_person(coordinator), waiting.version

    none = desk.post(f"/equipes/demandes/{waiting.id}/refuser", data={"version": version, "usual": "", "reason": ""})
    said = desk.post(
        f"/equipes/demandes/{waiting.id}/refuser", data={"version": version, "usual": "", "reason": "Non."}
    )

    assert (none.status_code, said.status_code) == (422, 303)
    assert "avec bienveillance" in none.get_data(as_text=True)


def test_a_question_goes_out_and_its_answer_comes_back(app, as_person, db, waiting, coordinator, letters):
    desk = as_person(coordinator)
    assert desk.post(f"/equipes/demandes/{waiting.id}/demander", data={"text": ""}).status_code == 422
    desk.post(f"/equipes/demandes/{waiting.id}/demander", data={"version": waiting.version, "text": "Quel jour ?"})
    word = link_in(letters("teams/claim")[-1][2], "s-en-occuper")
    stranger = app.test_client()

    assert "Quel jour ?" in stranger.get(f"/s-en-occuper/{word}").get_data(as_text=True)
    assert stranger.post(f"/s-en-occuper/{word}", data={"text": " "}).status_code == 422
    assert stranger.post(f"/s-en-occuper/{word}", data={"text": "Le jeudi."}).status_code == 200
    assert "Le jeudi." in desk.get(f"/equipes/demandes/{waiting.id}").get_data(as_text=True)
    assert claim_queries.get_claim(waiting.id).state is ClaimState.PENDING


def test_two_decisions_that_cross_are_told(as_person, db, free, waiting, coordinator):
    desk, version = as_person(coordinator), waiting.version
    desk.post(f"/equipes/demandes/{waiting.id}/refuser", data={"version": version, "usual": "", "reason": "Non."})

    answers = [
        desk.post(
            f"/equipes/demandes/{waiting.id}/{deed}", data={"version": version, "text": "x", "usual": "", "reason": "x"}
        )
        for deed in ("accepter", "refuser", "demander")
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert "Quelqu’un d’autre vient de répondre" in answers[0].get_data(as_text=True)
    assert roles(db, free) == {}


def test_the_desk_is_closed_to_others(as_person, waiting, bob):
    browser = as_person(bob)

    assert "LabFab" not in browser.get("/equipes/demandes").get_data(as_text=True)
    assert browser.get(f"/equipes/demandes/{waiting.id}").status_code == 404
    for deed in ("accepter", "refuser", "demander"):
        assert browser.post(f"/equipes/demandes/{waiting.id}/{deed}").status_code == 404


def test_who_coordinates_is_warned_while_the_places_own_people_have_their_time(as_person, db, lab, alice, coordinator):
    lea = make_account(name="Léa")
    lea.email_confirmed_at = clock.now()
    claim = claim_actions.ask(lab, Claimant("Léa", lea.email, by=lea), now=clock.now())
    db.commit()
    address, words = f"/equipes/demandes/{claim.id}", "Ce lieu a des responsables"

    early = [words in as_person(person).get(address).get_data(as_text=True) for person in (coordinator, alice)]
    claim.coordinator_from = clock.now()
    db.commit()

    assert early == [True, False]
    assert words not in as_person(coordinator).get(address).get_data(as_text=True)
