"""The teams of a zone, and the administration of people."""

import pytest

from fablabmesh.accounts.rules import Role
from fablabmesh.teams import actions
from tests.factories import NOW, make_account, make_place
from tests.teams.conftest import link_in


@pytest.fixture
def admin(db):
    return make_account(name="Ada", role=Role.ADMIN)


@pytest.fixture
def desk(as_person, admin):
    return as_person(admin)


def address(account, rest=""):
    return f"/administration/personnes/{account.id}{rest}"


# --- teams -------------------------------------------------------------------------------------------------------


def test_who_coordinates_sees_the_teams_of_the_zone_without_any_address(as_person, staffed, alice, coordinator):
    page = as_person(coordinator).get("/equipes").get_data(as_text=True)

    assert "LabFab" in page
    assert "Alice" in page
    assert alice.email not in page


def test_orphans_are_announced_and_listed_apart(as_person, lab, alice, coordinator):
    make_place(name="Jamais tenu")
    actions.leave(lab, alice, now=NOW, nobody_follows=True)
    browser = as_person(coordinator)

    assert "Un lieu que son équipe a quitté vous revient" in browser.get("/equipes").get_data(as_text=True)
    listed = browser.get("/equipes?etat=orphan").get_data(as_text=True)
    assert "LabFab" in listed
    assert "Jamais tenu" not in listed


def test_the_teams_are_not_everybodys(as_person, lab, alice):
    assert as_person(alice).get("/equipes").status_code == 403


# --- people ------------------------------------------------------------------------------------------------------


def test_a_person_s_page_leads_to_their_erasure_and_one_s_own_does_not(desk, alice, admin):
    link = f'href="/administration/effacer/{alice.id}"'
    assert link in desk.get(address(alice)).get_data(as_text=True)
    assert "/administration/effacer/" not in desk.get(address(admin)).get_data(as_text=True)


def test_people_are_for_who_runs_the_site(as_person, lab, alice, coordinator):
    for account in (alice, coordinator):
        browser = as_person(account)
        assert browser.get("/administration/personnes").status_code == 403
        assert browser.get(address(alice)).status_code == 403
        for path in ("/etat", "/role", "/zones"):
            assert browser.post(address(alice, path), data={"role": "admin"}).status_code == 403
    assert alice.role is Role.MEMBER


def test_people_are_listed_with_what_they_look_after(desk, staffed, coordinator):
    page = desk.get("/administration/personnes").get_data(as_text=True)

    for words in ("Alice", "LabFab", "Fab Labs – Ouest", "Ada"):
        assert words in page
    found = desk.get("/administration/personnes?qui=coordinator").get_data(as_text=True)
    assert "Paule Pôle" in found
    assert ">Alice<" not in found


def test_somebody_is_shown_with_address_places_and_zones(desk, lab, alice):
    page = desk.get(address(alice)).get_data(as_text=True)

    for words in ("alice@exemple.test", "LabFab", "Responsable"):
        assert words in page
    assert desk.get("/administration/personnes/0").status_code == 404


def test_a_deactivated_person_is_out_at_once_and_comes_back_by_signing_in(as_person, desk, lab, alice, db):
    theirs = as_person(alice)

    assert desk.post(address(alice, "/etat")).status_code == 303
    assert theirs.get("/mon-espace").status_code == 303
    assert desk.post(address(alice, "/etat"), data={"actif": "oui"}).status_code == 303
    assert theirs.get("/mon-espace").status_code == 303
    assert as_person(alice).get("/mon-espace").status_code == 200


def test_what_is_refused_is_told_on_the_page(desk, admin, db):
    answers = [desk.post(address(admin, "/etat")), desk.post(address(admin, "/role"), data={"role": "member"})]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "dernier compte d’administration" in answers[1].get_data(as_text=True)
    assert admin.role is Role.ADMIN


def test_an_administrator_is_named_and_steps_down(desk, admin, alice, db):
    assert desk.post(address(alice, "/role"), data={"role": "admin"}).status_code == 303
    assert alice.role is Role.ADMIN

    assert desk.post(address(admin, "/role"), data={"role": "member"}).headers["Location"] == "/mon-espace"

    assert desk.get("/administration/personnes").status_code == 403


def test_a_zone_is_given_and_taken_on_the_page_of_a_person(desk, zone, alice, db):
    assert desk.post(address(alice, "/zones"), data={"zone_id": zone.id}).status_code == 303
    assert alice.zone_ids == [zone.id]
    assert desk.post(address(alice, "/zones"), data={"zone_id": zone.id, "retirer": "oui"}).status_code == 303
    assert alice.zone_ids == []
    assert [desk.post(address(alice, "/zones"), data={"zone_id": text}).status_code for text in ("", "x", "0")] == [
        422,
        422,
        404,
    ]


def test_a_coordinator_is_invited_by_mail_and_starts(app, desk, zone, letters, db):
    typed = {"email": "paul@exemple.test", "zone_id": zone.id, "language": "en", "message": "Welcome"}

    assert desk.post("/administration/personnes/inviter", data=typed).status_code == 303
    assert "paul@exemple.test" in desk.get("/administration/personnes").get_data(as_text=True)
    word = link_in(letters("teams/invitation")[0][2], "invitations")
    guest = app.test_client()
    joined = guest.post(f"/invitations/{word}", data={"name": "Paul", "password": "", "language": "en"})

    assert joined.headers["Location"] == "/mon-espace"
    assert guest.get("/equipes").status_code == 200


def test_an_invitation_to_a_zone_is_sent_again_and_withdrawn(app, desk, zone, letters, db):
    typed = {"email": "paul@exemple.test", "zone_id": zone.id, "language": "fr"}
    desk.post("/administration/personnes/inviter", data=typed)
    number = db.connection().exec_driver_sql("SELECT id FROM invitation").scalar()

    twice = desk.post("/administration/personnes/inviter", data=typed)
    again = desk.post(f"/administration/personnes/invitations/{number}/renvoyer")
    gone = desk.post(f"/administration/personnes/invitations/{number}/retirer")

    assert (twice.status_code, again.status_code, gone.status_code) == (422, 303, 303)
    assert app.test_client().get(f"/invitations/{link_in(letters()[-1][2], 'invitations')}").status_code == 404


def test_people_are_listed_in_as_many_questions_for_one_as_for_four(desk, lab, count_queries):
    with count_queries() as first:
        desk.get("/administration/personnes?qui=manager")
    for number in range(3):
        make_place(name=f"Lab {number}", managers=(make_account(),))
    with count_queries() as second:
        desk.get("/administration/personnes?qui=manager")

    assert len(second) == len(first)
