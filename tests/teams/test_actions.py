"""Who is in a team and who leaves it; the last manager; what those who run the site do to accounts."""

from datetime import timedelta

import pytest

from fablabmesh.accounts import actions as accounts
from fablabmesh.accounts import queries as account_queries
from fablabmesh.accounts.rules import Role
from fablabmesh.kit.errors import Conflict, NotFound, Refused
from fablabmesh.places import actions as places
from fablabmesh.places.rules import ManagerRole
from fablabmesh.teams import actions, queries
from fablabmesh.teams.rules import After
from tests.factories import NOW, make_account, make_place
from tests.teams.conftest import roles

MANAGER, EDITOR = ManagerRole.MANAGER, ManagerRole.EDITOR


# --- stamps and counts -------------------------------------------------------------------------------------------


def test_a_form_is_believed_when_it_was_open_for_a_while(db):
    shown = actions.stamp(NOW)

    assert [actions.is_by_person(shown, NOW + timedelta(seconds=more)) for more in (1, 60, 86_400)] == [
        False,
        True,
        False,
    ]


def test_one_network_is_refused_after_ten_requests_in_an_hour(db):
    for _turn in range(10):
        actions.count_network("192.0.2.1", NOW)

    with pytest.raises(actions.TooMany):
        actions.count_network("192.0.2.1", NOW)
    actions.count_network("192.0.2.2", NOW)
    actions.count_network("192.0.2.1", NOW + timedelta(hours=2))


def test_one_address_is_written_to_three_times_a_day_whoever_asks(db):
    tries = [actions.may_write_to("lea@exemple.test", NOW) for _turn in range(4)]

    assert tries == [True, True, True, False]


# --- joining -----------------------------------------------------------------------------------------------------


def test_who_joins_is_announced_to_the_other_managers_in_their_language(db, lab, alice, bob, letters):
    alice.language = "en"

    actions.join(lab, bob, EDITOR, now=NOW)

    assert roles(db, lab) == {"Alice": "manager", "Bob": "editor"}
    ((address, _subject, text),) = letters("teams/team")
    assert address == "alice@exemple.test"
    assert f"http://localhost/en/lieux/{lab.slug}/equipe-de-gestion" in text


def test_nobody_becomes_less_by_joining_again(db, lab, alice, letters):
    actions.join(lab, alice, EDITOR, now=NOW)

    assert (roles(db, lab), letters()) == ({"Alice": "manager"}, [])


# --- roles -------------------------------------------------------------------------------------------------------


def test_a_role_is_changed_and_its_bearer_told(db, staffed, alice, bob, letters):
    actions.change_role(staffed, bob.id, MANAGER, seen=EDITOR, by=alice, now=NOW)

    assert roles(db, staffed) == {"Alice": "manager", "Bob": "manager"}
    assert [(to, "responsable" in text) for to, _subject, text in letters("teams/team")] == [("bob@exemple.test", True)]


def test_a_role_that_somebody_else_changed_meanwhile_is_not_overwritten(db, staffed, alice, bob):
    with pytest.raises(Conflict) as conflict:
        actions.change_role(staffed, bob.id, MANAGER, seen=MANAGER, by=alice, now=NOW)

    assert "Bob a maintenant le rôle" in conflict.value.message
    assert roles(db, staffed) == {"Alice": "manager", "Bob": "editor"}


def test_the_last_manager_cannot_be_made_an_editor(db, staffed, alice):
    with pytest.raises(Refused):
        actions.change_role(staffed, alice.id, EDITOR, seen=MANAGER, by=alice, now=NOW)

    assert roles(db, staffed) == {"Alice": "manager", "Bob": "editor"}


def test_a_manager_whose_account_is_closed_does_not_count(db, staffed, alice, bob):
    carol = make_account(name="Carol")
    places.grant(staffed, carol)
    carol.is_active = False
    db.flush()

    with pytest.raises(Refused):
        actions.leave(staffed, alice, now=NOW)


# --- leaving -----------------------------------------------------------------------------------------------------


def test_an_editor_leaves_and_the_manager_is_told(db, staffed, bob, letters):
    actions.leave(staffed, bob, now=NOW)

    assert roles(db, staffed) == {"Alice": "manager"}
    assert [to for to, _subject, _text in letters()] == ["alice@exemple.test"]


def test_the_last_manager_leaves_only_by_saying_that_nobody_follows(db, staffed, alice, coordinator, letters):
    with pytest.raises(Refused):
        actions.leave(staffed, alice, now=NOW)
    actions.leave(staffed, alice, now=NOW, nobody_follows=True)

    assert roles(db, staffed) == {"Bob": "editor"}
    assert [to for to, _subject, _text in letters()] == [coordinator.email]
    assert [place.slug for place, _at in queries.list_orphans(["35"])] == [staffed.slug]


def test_without_a_coordinator_those_who_run_the_site_hear_of_an_orphan(db, lab, alice, letters):
    admin = make_account(name="Ada", role=Role.ADMIN)

    actions.leave(lab, alice, now=NOW, nobody_follows=True)

    assert [to for to, _subject, _text in letters()] == [admin.email]


def test_who_is_removed_is_told_by_whom_and_their_invitations_are_void(db, staffed, alice, bob, letters):
    actions.remove(staffed, bob.id, by=alice, now=NOW)

    assert roles(db, staffed) == {"Alice": "manager"}
    ((to, _subject, text),) = letters()
    assert (to, "Alice vous a retiré·e" in text) == ("bob@exemple.test", True)


def test_somebody_who_is_not_there_cannot_be_removed(db, lab, alice, bob):
    with pytest.raises(NotFound):
        actions.remove(lab, bob.id, by=alice, now=NOW)


# --- handing over ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "team"),
    [(After.EDITOR, {"Alice": "editor", "Bob": "manager"}), (After.LEAVE, {"Bob": "manager"})],
)
def test_the_place_is_handed_over_to_somebody_of_the_team(db, staffed, alice, bob, then, team):
    actions.hand_over(staffed, alice, bob.id, then=then, now=NOW)

    assert roles(db, staffed) == team


def test_an_editor_has_nothing_to_hand_over(db, staffed, alice, bob):
    with pytest.raises(Refused):
        actions.hand_over(staffed, bob, alice.id, then=After.LEAVE, now=NOW)

    assert roles(db, staffed) == {"Alice": "manager", "Bob": "editor"}


def test_nobody_hands_over_to_themselves_or_to_a_closed_account(db, staffed, alice, bob):
    bob.is_active = False
    db.flush()

    for to in (alice.id, bob.id):
        with pytest.raises(Refused):
            actions.hand_over(staffed, alice, to, then=After.LEAVE, now=NOW)


# --- writing to a team -------------------------------------------------------------------------------------------


def test_a_message_reaches_the_team_without_any_address(db, staffed, coordinator, letters):
    count = actions.write_to_team(staffed, "Bonjour !", by=coordinator, with_address=False, now=NOW)

    assert count == 2
    assert [to for to, _subject, _text in letters("teams/message")] == ["alice@exemple.test", "bob@exemple.test"]
    assert not any(coordinator.email in text for _to, _subject, text in letters())


def test_a_message_bears_the_address_of_who_wants_an_answer(db, lab, coordinator, letters):
    actions.write_to_team(lab, "Bonjour !", by=coordinator, with_address=True, now=NOW)

    assert [coordinator.email in text for _to, _subject, text in letters()] == [True]


def test_nobody_floods_teams_with_messages(db, lab, coordinator):
    for _turn in range(20):
        actions.write_to_team(lab, "Bonjour !", by=coordinator, with_address=False, now=NOW)

    with pytest.raises(actions.TooMany):
        actions.write_to_team(lab, "Bonjour !", by=coordinator, with_address=False, now=NOW)


def test_invented_people_are_not_written_to(db, zone, letters):
    ada, ben = make_account(is_demo=True), make_account(is_demo=True)
    lab = make_place(is_demo=True, managers=(ada,))

    actions.join(lab, ben, EDITOR, now=NOW)

    assert letters() == []


# --- accounts ----------------------------------------------------------------------------------------------------


@pytest.fixture
def admin(db):
    return make_account(name="Ada", role=Role.ADMIN)


def test_a_deactivated_account_loses_its_sessions_at_once_and_leaves_an_orphan(db, lab, alice, admin, coordinator):
    token = accounts.open_sign_in(alice, now=NOW)

    actions.deactivate(alice, by=admin, now=NOW)
    actions.reactivate(alice, now=NOW)

    found = account_queries.find_open_sign_in(accounts.digest(token), now=NOW)
    assert found is None


def test_the_coordinator_hears_of_a_place_whose_last_manager_is_deactivated(
    db, lab, alice, admin, coordinator, letters
):
    actions.deactivate(alice, by=admin, now=NOW)

    assert [to for to, _subject, _text in letters()] == [coordinator.email]
    assert queries.count_orphans(["35"]) == 1
    actions.reactivate(alice, now=NOW)
    assert queries.count_orphans(["35"]) == 0


def test_nobody_deactivates_themselves_nor_the_last_administrator(db, admin):
    other = make_account(role=Role.ADMIN)
    actions.deactivate(other, by=admin, now=NOW)

    with pytest.raises(Refused):
        actions.deactivate(admin, by=admin, now=NOW)
    with pytest.raises(Refused):
        actions.deactivate(admin, by=other, now=NOW)
    with pytest.raises(Refused):
        actions.set_role(admin, Role.MEMBER, by=admin, now=NOW)


def test_an_administrator_is_made_and_the_others_are_told(db, admin, alice, letters):
    third = make_account(role=Role.ADMIN, email="third@exemple.test")

    actions.set_role(alice, Role.ADMIN, by=admin, now=NOW)

    assert alice.role is Role.ADMIN
    assert [to for to, _subject, _text in letters("teams/account")] == ["alice@exemple.test", third.email]


def test_invented_people_never_run_the_site(db, admin):
    with pytest.raises(Refused):
        actions.set_role(make_account(is_demo=True), Role.ADMIN, by=admin, now=NOW)


def test_a_zone_is_granted_and_withdrawn_with_a_letter_each_time_and_once(db, zone, alice, admin, letters):
    for _turn in range(2):
        actions.grant_zone(zone, alice, by=admin, now=NOW)
    assert alice.department_codes == ["35"]
    for _turn in range(2):
        actions.withdraw_zone(zone, alice, now=NOW)

    assert alice.zone_ids == []
    assert len(letters("teams/account")) == 2
