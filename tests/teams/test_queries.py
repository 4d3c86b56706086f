"""Who looks after what, what nobody looks after any more, and people; in few questions, however many there are."""

from datetime import timedelta

import pytest

from fablabmesh.accounts.rules import Role
from fablabmesh.kit.errors import NotFound
from fablabmesh.places import actions as places
from fablabmesh.places.rules import ManagerRole
from fablabmesh.teams import actions, invitation_actions, queries
from fablabmesh.teams.invitation_actions import Guest
from fablabmesh.teams.queries import PeopleSearch, TeamSearch
from tests.factories import NOW, make_account, make_department, make_place


def test_a_team_begins_with_its_managers(staffed):
    assert [(link.account.name, link.role) for link in queries.list_team(staffed.id)] == [
        ("Alice", ManagerRole.MANAGER),
        ("Bob", ManagerRole.EDITOR),
    ]


def test_a_place_is_looked_after_by_a_manager_who_can_act(db, staffed, alice):
    assert queries.is_looked_after(staffed.id) is True

    alice.is_active = False
    db.flush()

    assert queries.is_looked_after(staffed.id) is False


def test_orphans_are_places_that_somebody_left_and_no_others(db, zone, lab, alice):
    never = make_place(name="Jamais")
    closed = make_place(name="Fermé", managers=(alice,), closed_on=NOW.date())
    make_department("22", "Côtes-d’Armor", box=(-4, 48, -2.3, 49))
    far = make_place(name="Loin", managers=(alice,), department="22", insee="22278", postcode="22000")

    for place in (lab, closed, far):
        actions.leave(place, alice, now=NOW, nobody_follows=True)

    assert [place.name for place, _at in queries.list_orphans(["35"])] == ["LabFab"]
    assert [place.name for place, _at in queries.list_orphans(None)] == ["LabFab", "Loin"]
    assert (queries.count_orphans(["35"]), queries.count_orphans(None), queries.count_orphans([])) == (1, 2, 0)
    assert never.managers == []


def test_a_deleted_account_leaves_orphans_too(db, lab, alice):
    db.delete(alice)
    db.flush()

    assert queries.count_orphans(["35"]) == 1


def test_what_is_invented_is_apart(db, zone):
    ada = make_account(is_demo=True)
    lab = make_place(is_demo=True, managers=(ada,))
    actions.leave(lab, ada, now=NOW, nobody_follows=True)

    assert [queries.count_orphans(["35"], is_demo) for is_demo in (False, True, None)] == [0, 1, 1]


def test_coordinators_of_a_place_are_those_of_its_zones(lab, coordinator):
    make_account()

    assert [each.name for each in queries.list_coordinators_of(lab)] == [coordinator.name]


def test_who_runs_the_site_sees_all_teams_and_a_coordinator_those_of_the_zone(coordinator):
    assert queries.reach_of(make_account(role=Role.ADMIN)) == (None, None)
    assert queries.reach_of(coordinator) == (frozenset({"35"}), False)
    assert queries.reach_of(make_account()) == (frozenset(), False)


@pytest.mark.parametrize(
    ("state", "words", "names"),
    [
        ("", "", ["Jamais", "LabFab", "Quitté"]),
        ("tended", "", ["LabFab"]),
        ("orphan", "", ["Quitté"]),
        ("never", "", ["Jamais"]),
        ("", "quitte", ["Quitté"]),
        ("never", "quitte", []),
    ],
)
def test_teams_are_found_by_words_and_by_state(lab, alice, state, words, names):
    make_place(name="Jamais")
    left = make_place(name="Quitté", managers=(alice,))
    actions.leave(left, alice, now=NOW, nobody_follows=True)

    found = queries.list_places_with_teams(["35"], False, TeamSearch(words, state), limit=10, offset=0)

    assert [place.name for place in found] == names
    assert queries.count_places_with_teams(["35"], False, TeamSearch(words, state)) == len(names)


def test_teams_are_listed_in_as_many_questions_for_one_place_as_for_three(lab, bob, count_queries, db):
    def ask():
        db.expire_all()
        with count_queries() as seen:
            for place in queries.list_places_with_teams(["35"], False, TeamSearch(), limit=10, offset=0):
                assert [link.account.name for link in place.managers]
        return len(seen)

    first = ask()
    make_place(name="B", managers=(bob,))
    make_place(name="C", managers=(bob,))

    assert ask() == first


# --- invitations -------------------------------------------------------------------------------------------------


def test_an_invitation_waits_for_who_has_shown_that_the_address_is_theirs(db, lab, alice, bob):
    bob.email_confirmed_at = None
    invitation_actions.invite(lab, Guest(bob.email), ManagerRole.EDITOR, by=alice, now=NOW)
    assert queries.list_invitations_to(bob, now=NOW) == []

    bob.email_confirmed_at = NOW

    assert [found.place.name for found in queries.list_invitations_to(bob, now=NOW)] == ["LabFab"]
    assert queries.list_invitations_to(bob, now=NOW + timedelta(days=15)) == []


def test_those_to_a_zone_are_listed_apart(zone, lab, alice):
    invitation_actions.invite(lab, Guest("a@exemple.test"), ManagerRole.EDITOR, by=alice, now=NOW)
    invitation_actions.invite_coordinator(zone, Guest("b@exemple.test"), by=alice, now=NOW)

    assert [found.email for found in queries.list_zone_invitations()] == ["b@exemple.test"]
    assert [found.email for found in queries.list_invitations(place_id=lab.id)] == ["a@exemple.test"]
    assert [found.email for found in queries.list_invitations(zone_id=zone.id)] == ["b@exemple.test"]


# --- people ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "words", "names"),
    [
        ("", "", ["Ada", "Alice", "Élodie", "Paule Pôle"]),
        ("admin", "", ["Ada"]),
        ("coordinator", "", ["Paule Pôle"]),
        ("manager", "", ["Alice"]),
        ("nothing", "", ["Élodie"]),
        ("inactive", "", ["Élodie"]),
        ("", "elodie", ["Élodie"]),
        ("", "pole paule", ["Paule Pôle"]),
        ("", "alice@exemple.test", ["Alice"]),
        ("", "100%_", []),
    ],
)
def test_people_are_found_by_name_address_and_what_they_are(lab, coordinator, what, words, names):
    make_account(name="Ada", role=Role.ADMIN)
    make_account(name="Élodie").is_active = False

    found = queries.list_people(PeopleSearch(words, what), limit=10, offset=0)

    assert [each.name for each in found] == names
    assert queries.count_people(PeopleSearch(words, what)) == len(names)


def test_places_and_zones_of_people_are_read_together(lab, alice, coordinator, zone, count_queries):
    places.grant(make_place(name="Autre"), alice)

    with count_queries() as seen:
        found = queries.map_places_of([alice.id, coordinator.id])
        zones = queries.map_zones_of([alice.id, coordinator.id])

    assert {key: [link.place.name for link in links] for key, links in found.items()} == {alice.id: ["Autre", "LabFab"]}
    assert {key: [each.slug for each in found] for key, found in zones.items()} == {coordinator.id: ["ouest"]}
    assert len(seen) == 2


def test_who_and_what_does_not_exist_is_not_found(db):
    for ask in (queries.get_person, queries.get_zone, queries.get_invitation):
        with pytest.raises(NotFound):
            ask(0)
