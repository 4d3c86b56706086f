"""The page of a team and the link of an invitation, as people meet them."""

import pytest

from fablabmesh.accounts.rules import Role
from fablabmesh.places import actions as places
from fablabmesh.places.rules import ManagerRole
from tests.factories import PASSWORD, make_account, make_coordinator, make_place, make_zone
from tests.teams.conftest import link_in, roles

LEA = {"email": "x@exemple.test", "role": "editor", "language": "fr"}


def address(place, rest=""):
    return f"/lieux/{place.slug}/equipe-de-gestion{rest}"


# --- who sees it -------------------------------------------------------------------------------------------------


def test_the_team_is_seen_by_itself_by_who_coordinates_and_by_who_runs_the_site(
    as_person, staffed, alice, bob, coordinator
):
    far = make_coordinator(make_zone(slug="sud", name="Sud", position=2))
    people = {
        "manager": alice,
        "editor": bob,
        "coordinator": coordinator,
        "admin": make_account(role=Role.ADMIN),
        "member": make_account(),
        "elsewhere": far,
    }

    seen = {name: as_person(account).get(address(staffed)).status_code for name, account in people.items()}

    assert seen == {"manager": 200, "editor": 200, "coordinator": 200, "admin": 200, "member": 403, "elsewhere": 403}


def test_an_editor_manages_nothing(as_person, staffed, alice, bob, db):
    browser = as_person(bob)
    sent = {
        "/inviter": {"email": "x@exemple.test", "role": "manager", "language": "fr"},
        f"/{alice.id}/role": {"role": "editor", "seen": "manager"},
        f"/{alice.id}/retirer": {"personne": "oui"},
        "/ecrire": {"text": "Bonjour"},
    }

    codes = {path: browser.post(address(staffed, path), data=data).status_code for path, data in sent.items()}

    assert set(codes.values()) == {403}
    assert roles(db, staffed) == {"Alice": "manager", "Bob": "editor"}
    page = browser.get(address(staffed)).get_data(as_text=True)
    assert "Envoyer l’invitation" not in page
    assert "Quitter l’équipe" in page


def test_an_invitation_of_another_place_is_out_of_reach(as_person, lab, alice, bob, db):
    other = make_place(name="Autre", managers=(bob,))
    as_person(bob).post(address(other, "/inviter"), data=LEA)
    number = db.connection().exec_driver_sql("SELECT id FROM invitation").scalar()

    answer = as_person(alice).post(address(lab, f"/invitations/{number}/retirer"))

    assert answer.status_code == 404
    assert db.connection().exec_driver_sql("SELECT withdrawn_at FROM invitation").scalar() is None


def test_no_name_of_the_team_is_on_the_public_page(client, staffed):
    page = client.get(f"/lieux/{staffed.slug}").get_data(as_text=True)

    assert "Fiche tenue par l’équipe du lieu." in page
    assert "Alice" not in page
    assert "Bob" not in page


# --- inviting ----------------------------------------------------------------------------------------------------


def test_somebody_without_an_account_is_invited_and_is_in_the_team_with_two_pages(
    as_person, client, db, lab, alice, letters
):
    sent = as_person(alice).post(
        address(lab, "/inviter"), data={"email": "lea@exemple.test", "role": "manager", "language": "en"}
    )
    word = link_in(letters("teams/invitation")[0][2], "invitations")
    page = client.get(f"/invitations/{word}")
    opened = page.get_data(as_text=True)
    joined = client.post(f"/invitations/{word}", data={"name": "Léa", "password": "", "language": "fr"})

    assert (sent.status_code, page.status_code, joined.status_code) == (303, 200, 303)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "équipe de «\u00a0LabFab\u00a0»" in opened
    assert joined.headers["Location"] == f"/lieux/{lab.slug}"
    assert roles(db, lab) == {"Alice": "manager", "Léa": "manager"}
    assert "Publier un événement" in client.get(f"/lieux/{lab.slug}").get_data(as_text=True)


def test_opening_the_link_accepts_nothing(client, as_person, lab, alice, letters, db):
    as_person(alice).post(address(lab, "/inviter"), data=LEA)
    word = link_in(letters("teams/invitation")[0][2], "invitations")

    codes = [client.get(f"/invitations/{word}").status_code for _turn in range(3)]

    assert codes == [200, 200, 200]
    assert roles(db, lab) == {"Alice": "manager"}


def test_who_has_an_account_must_sign_in_before_the_link_does_anything(client, as_person, lab, alice, bob, letters, db):
    as_person(alice).post(address(lab, "/inviter"), data={"email": bob.email, "role": "editor", "language": "fr"})
    word = link_in(letters("teams/invitation")[0][2], "invitations")

    assert "Se connecter pour accepter" in client.get(f"/invitations/{word}").get_data(as_text=True)
    answer = client.post(f"/invitations/{word}", data={"name": "Faux", "password": "", "language": "fr"})

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/connexion?suite=/invitations/{word}"
    assert roles(db, lab) == {"Alice": "manager"}
    assert as_person(bob).post(f"/invitations/{word}").headers["Location"] == f"/lieux/{lab.slug}"
    assert roles(db, lab) == {"Alice": "manager", "Bob": "editor"}


def test_a_weak_password_is_explained_and_nothing_typed_is_lost(client, as_person, lab, alice, letters, db):
    as_person(alice).post(address(lab, "/inviter"), data=LEA)
    word = link_in(letters("teams/invitation")[0][2], "invitations")

    answer = client.post(f"/invitations/{word}", data={"name": "Léa Rey", "password": "court", "language": "fr"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "au moins 12 caractères" in page
    assert 'value="Léa Rey"' in page
    assert "court" not in page.replace("encourt", "")


def test_with_a_password_one_signs_in_again_later(app, client, as_person, lab, alice, letters):
    as_person(alice).post(address(lab, "/inviter"), data=LEA)
    word = link_in(letters("teams/invitation")[0][2], "invitations")
    client.post(f"/invitations/{word}", data={"name": "Léa", "password": PASSWORD, "language": "fr"})

    again = app.test_client().post("/connexion", data={"email": "x@exemple.test", "password": PASSWORD})

    assert again.status_code == 303


def test_a_mistyped_address_is_told_and_kept(as_person, lab, alice):
    answer = as_person(alice).post(
        address(lab, "/inviter"), data={"email": "lea@", "role": "manager", "language": "fr", "message": "Viens !"}
    )

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Cette adresse n’est pas complète" in page
    assert 'value="lea@"' in page
    assert "Viens !" in page


def test_an_invitation_is_declined_without_an_account(client, as_person, lab, alice, letters):
    as_person(alice).post(address(lab, "/inviter"), data=LEA)
    word = link_in(letters("teams/invitation")[0][2], "invitations")

    answer = client.post(f"/invitations/{word}/decliner")

    assert answer.status_code == 200
    assert client.get(f"/invitations/{word}").status_code == 404


def test_an_invitation_is_sent_again_and_withdrawn_from_the_page(as_person, client, lab, alice, letters, db):
    browser = as_person(alice)
    browser.post(address(lab, "/inviter"), data=LEA)
    number = db.connection().exec_driver_sql("SELECT id FROM invitation").scalar()

    assert "x@exemple.test" in browser.get(address(lab)).get_data(as_text=True)
    assert browser.post(address(lab, f"/invitations/{number}/renvoyer")).status_code == 303
    assert len(letters("teams/invitation")) == 2
    assert browser.post(address(lab, f"/invitations/{number}/retirer")).status_code == 303
    assert client.get(f"/invitations/{link_in(letters('teams/invitation')[1][2], 'invitations')}").status_code == 404


def test_who_is_invited_sees_it_in_their_own_space_and_answers_there(as_person, lab, alice, bob, db):
    bob.email_confirmed_at = bob.created_at
    as_person(alice).post(address(lab, "/inviter"), data={"email": bob.email, "role": "editor", "language": "fr"})
    number = db.connection().exec_driver_sql("SELECT id FROM invitation").scalar()
    browser = as_person(bob)

    assert "LabFab" in browser.get("/mon-espace").get_data(as_text=True)
    assert as_person(make_account()).post(f"/mon-espace/invitations/{number}").status_code == 404
    assert browser.post(f"/mon-espace/invitations/{number}").headers["Location"] == f"/lieux/{lab.slug}"
    assert roles(db, lab) == {"Alice": "manager", "Bob": "editor"}


# --- roles, leaving, handing over --------------------------------------------------------------------------------


def test_a_role_is_changed_on_the_page_and_a_crossing_is_told(as_person, staffed, alice, bob, db):
    browser = as_person(alice)
    change = {"role": "manager", "seen": "editor"}

    codes = [browser.post(address(staffed, f"/{bob.id}/role"), data=change).status_code for _turn in range(2)]

    assert codes == [303, 409]
    assert roles(db, staffed) == {"Alice": "manager", "Bob": "manager"}


def test_the_last_manager_is_led_to_hand_over(as_person, staffed, alice, db):
    browser = as_person(alice)

    refused = browser.post(address(staffed, "/quitter"))
    page = refused.get_data(as_text=True)

    assert refused.status_code == 422
    assert "désignez d’abord qui prend la suite" in page
    assert browser.post(address(staffed, "/quitter"), data={"personne": "oui"}).headers["Location"] == "/mon-espace"
    assert roles(db, staffed) == {"Bob": "editor"}


def test_a_coordinator_takes_somebody_out_and_invites_another(as_person, staffed, alice, bob, coordinator, db):
    browser = as_person(coordinator)

    assert browser.post(address(staffed, f"/{bob.id}/retirer")).status_code == 303
    assert browser.post(address(staffed, f"/{alice.id}/retirer")).status_code == 422
    assert browser.post(address(staffed, f"/{alice.id}/retirer"), data={"personne": "oui"}).status_code == 303
    assert "Personne n’est responsable" in browser.get(address(staffed)).get_data(as_text=True)
    sent = browser.post(address(staffed, "/inviter"), data=LEA | {"role": "manager"})
    assert sent.status_code == 303
    assert roles(db, staffed) == {}


def test_the_place_is_handed_over_in_one_form(as_person, staffed, alice, bob, db):
    answer = as_person(alice).post(address(staffed, "/passer"), data={"to": str(bob.id), "then": "leave"})

    assert answer.headers["Location"] == "/mon-espace"
    assert roles(db, staffed) == {"Bob": "manager"}


def test_the_place_is_handed_over_by_mail(as_person, client, lab, alice, letters, db):
    browser = as_person(alice)
    missing = browser.post(address(lab, "/passer"), data={"to": "mail", "then": "editor"})
    sent = browser.post(address(lab, "/passer"), data={"to": "mail", "successor": "x@exemple.test", "then": "editor"})

    assert (missing.status_code, sent.status_code) == (422, 303)
    word = link_in(letters("teams/invitation")[0][2], "invitations")
    client.post(f"/invitations/{word}", data={"name": "Léa", "password": "", "language": "fr"})
    assert roles(db, lab) == {"Alice": "editor", "Léa": "manager"}


@pytest.mark.parametrize("typed", [{}, {"role": "owner", "seen": "editor"}, {"role": "manager", "seen": "x"}])
def test_a_role_that_does_not_exist_is_refused(as_person, staffed, alice, bob, typed):
    assert as_person(alice).post(address(staffed, f"/{bob.id}/role"), data=typed).status_code == 400


def test_an_empty_message_is_not_sent(as_person, lab, alice, coordinator, letters):
    browser = as_person(coordinator)

    assert browser.post(address(lab, "/ecrire"), data={"text": " "}).status_code == 422
    assert browser.post(address(lab, "/ecrire"), data={"text": "Bonjour"}).status_code == 303
    assert [to for to, _subject, _text in letters("teams/message")] == [alice.email]


def test_the_page_asks_as_many_questions_for_one_person_as_for_four(as_person, lab, alice, count_queries):
    browser = as_person(alice)
    with count_queries() as first:
        browser.get(address(lab))
    for _turn in range(3):
        places.grant(lab, make_account(), ManagerRole.EDITOR)
    with count_queries() as second:
        browser.get(address(lab))

    assert len(second) == len(first)
