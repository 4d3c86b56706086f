"""Inviting, accepting with an account or with a new one, declining; links that serve once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.kit.errors import Conflict, NotFound, Refused
from fablabmesh.places.rules import ManagerRole
from fablabmesh.teams import actions, invitation_actions, queries
from fablabmesh.teams.invitation_actions import Guest
from fablabmesh.teams.models import Invitation
from fablabmesh.teams.rules import INVITATION_LIVES, After
from tests.factories import NOW, make_account, make_place
from tests.teams.conftest import link_in, roles

MANAGER, EDITOR = ManagerRole.MANAGER, ManagerRole.EDITOR
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def invite(lab, alice, letters):
    """`invite("lea@exemple.test")`: the word of the link in the letter."""

    def send(email="lea@exemple.test", role=EDITOR, *, place=lab, then=None, **guest):
        invitation_actions.invite(place, Guest(email, **guest), role, by=alice, now=NOW, then=then)
        return link_in(letters("teams/invitation")[-1][2], "invitations")

    return send


def test_an_invited_person_makes_an_account_whose_address_is_known_to_be_theirs(db, lab, invite):
    found = invitation_actions.look(invite(), now=LATER)

    account = invitation_actions.accept_new(found, name="Léa", password=None, language="en", now=LATER)

    assert roles(db, lab) == {"Alice": "manager", "Léa": "editor"}
    assert (account.email, account.language, account.password_hash) == ("lea@exemple.test", "en", None)
    assert account.email_confirmed_at == LATER


def test_a_link_serves_once(db, invite):
    word = invite()
    invitation_actions.accept_new(
        invitation_actions.look(word, now=LATER), name="Léa", password=None, language="fr", now=LATER
    )

    with pytest.raises(NotFound):
        invitation_actions.look(word, now=LATER)


def test_a_link_dies_after_two_weeks_and_lives_again_when_it_is_sent_again(db, invite, letters):
    word, late = invite(), NOW + INVITATION_LIVES + timedelta(seconds=1)
    with pytest.raises(NotFound):
        invitation_actions.look(word, now=late)

    found = db.scalar(sa.select(Invitation))
    invitation_actions.resend(queries.get_invitation(found.id), now=late)

    again = link_in(letters("teams/invitation")[-1][2], "invitations")
    assert invitation_actions.look(again, now=late).id == found.id
    with pytest.raises(NotFound):
        invitation_actions.look(word, now=late)


def test_a_letter_is_not_sent_for_ever(db, invite):
    invite()
    found = queries.get_invitation(db.scalar(sa.select(Invitation.id)))
    for _turn in range(4):
        invitation_actions.resend(found, now=LATER)

    with pytest.raises(Refused):
        invitation_actions.resend(found, now=LATER)


def test_what_is_withdrawn_or_declined_leads_nowhere(db, alice, invite, letters):
    first, second = invite("a@exemple.test"), invite("b@exemple.test")
    invitation_actions.withdraw(invitation_actions.look(first, now=LATER), now=LATER)
    invitation_actions.decline(invitation_actions.look(second, now=LATER), now=LATER)

    for word in (first, second):
        with pytest.raises(NotFound):
            invitation_actions.look(word, now=LATER)
    ((to, _subject, text),) = letters("teams/team")
    assert (to, "b@exemple.test a décliné" in text) == (alice.email, True)


def test_the_invitations_of_who_is_removed_die_with_their_right(db, staffed, alice, bob, letters):
    actions.change_role(staffed, bob.id, MANAGER, seen=EDITOR, by=alice, now=NOW)
    invitation_actions.invite(staffed, Guest("friend@exemple.test"), MANAGER, by=bob, now=NOW)
    word = link_in(letters("teams/invitation")[-1][2], "invitations")

    actions.remove(staffed, bob.id, by=alice, now=LATER)

    with pytest.raises(NotFound):
        invitation_actions.look(word, now=LATER)


@pytest.mark.parametrize("email", ["", "lea", "a@b", "lea@exemple.test\nBcc: x@y.test", "x" * 250 + "@exemple.test"])
def test_what_is_no_address_is_refused(db, lab, alice, email):
    with pytest.raises(Refused):
        invitation_actions.invite(lab, Guest(email), EDITOR, by=alice, now=NOW)


def test_nobody_is_invited_twice_nor_from_within(db, lab, alice, invite):
    invite("Lea@Exemple.test")

    for email in ("lea@exemple.test", alice.email.upper()):
        with pytest.raises(Conflict):
            invitation_actions.invite(lab, Guest(email), EDITOR, by=alice, now=NOW)


def test_a_team_has_only_so_many_open_invitations(db, lab, invite):
    for number in range(20):
        invite(f"p{number}@exemple.test")

    with pytest.raises(Refused):
        invite("p20@exemple.test")


def test_a_letter_bears_the_words_of_who_invites_as_text_in_both_forms(db, lab, invite):
    invite(message='<script>alert("1")</script>', name="<b>Léa</b>")

    html = db.scalar(sa.text("SELECT html FROM mail ORDER BY id DESC LIMIT 1"))
    text = db.scalar(sa.text("SELECT text FROM mail ORDER BY id DESC LIMIT 1"))
    assert "<script" not in html
    assert "<b>L" not in html
    assert '<script>alert("1")</script>' in text


def test_news_of_a_team_show_names_as_text_in_html(db, lab, alice):
    actions.join(lab, make_account(name="<img src=x>"), EDITOR, now=NOW)

    html = db.scalar(sa.text("SELECT html FROM mail ORDER BY id DESC LIMIT 1"))
    assert "<img" not in html
    assert "&lt;img src=x&gt;" in html


# --- invented places ---------------------------------------------------------------------------------------------


def test_an_invented_place_writes_to_no_address_that_somebody_may_have(db, zone, letters):
    ada = make_account(is_demo=True)
    lab = make_place(is_demo=True, managers=(ada,))

    with pytest.raises(Refused):
        invitation_actions.invite(lab, Guest("lea@exemple.fr"), EDITOR, by=ada, now=NOW)
    invitation_actions.invite(lab, Guest("lea@exemple.invalid"), EDITOR, by=ada, now=NOW)

    word = link_in(letters("teams/invitation")[-1][2], "invitations")
    found = invitation_actions.look(word, now=NOW)
    assert invitation_actions.accept_new(found, name="Léa", password=None, language="fr", now=NOW).is_demo is True


# --- handing over, zones -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "team"),
    [(After.EDITOR, {"Alice": "editor", "Léa": "manager"}), (After.LEAVE, {"Léa": "manager"})],
)
def test_the_place_is_handed_over_once_the_invited_one_accepts(db, lab, invite, then, team):
    word = invite(role=MANAGER, then=then)
    assert roles(db, lab) == {"Alice": "manager"}

    found = invitation_actions.look(word, now=LATER)
    invitation_actions.accept_new(found, name="Léa", password=None, language="fr", now=LATER)

    assert roles(db, lab) == team


def test_an_account_that_is_there_accepts(db, lab, bob, invite):
    invitation_actions.accept_as(invitation_actions.look(invite("bob@exemple.test"), now=LATER), bob, now=LATER)

    assert roles(db, lab) == {"Alice": "manager", "Bob": "editor"}


def test_a_new_account_is_not_made_where_there_is_one(db, bob, invite):
    found = invitation_actions.look(invite("bob@exemple.test"), now=LATER)

    with pytest.raises(Conflict):
        invitation_actions.accept_new(found, name="Faux Bob", password=None, language="fr", now=LATER)


def test_somebody_invited_to_a_zone_coordinates_it(db, zone, alice, letters):
    invitation_actions.invite_coordinator(zone, Guest("paul@exemple.test", "en"), by=alice, now=NOW)
    found = invitation_actions.look(link_in(letters("teams/invitation")[-1][2], "invitations"), now=LATER)

    account = invitation_actions.accept_new(found, name="Paul", password=None, language="en", now=LATER)

    assert (account.zone_ids, account.department_codes) == ([zone.id], ["35"])
    with pytest.raises(NotFound):
        queries.get_invitation(found.id)


def test_an_invented_person_does_not_coordinate_by_somebody_elses_letter(db, alice, zone, letters):
    camille = make_account(name="Camille", is_demo=True)
    invitation_actions.invite_coordinator(zone, Guest("paul@exemple.test", "en"), by=alice, now=NOW)
    found = invitation_actions.look(link_in(letters("teams/invitation")[-1][2], "invitations"), now=LATER)

    with pytest.raises(Refused, match="Un compte de démonstration"):
        invitation_actions.accept_as(found, camille, now=LATER)

    assert (camille.zone_ids, found.accepted_at) == ([], None)


def test_what_is_over_is_forgotten_after_three_months(db, invite):
    invitation_actions.withdraw(invitation_actions.look(invite("a@exemple.test"), now=NOW), now=NOW)
    invite("b@exemple.test")

    assert invitation_actions.forget_old(NOW + timedelta(days=80)) == 0
    assert invitation_actions.forget_old(NOW + timedelta(days=91)) == 1
    assert invitation_actions.forget_old(NOW + timedelta(days=105)) == 1
