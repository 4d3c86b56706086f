"""Whose desk shows what; what nobody confirmed; in a number of queries that does not grow."""

from datetime import timedelta

from fablabmesh.accounts.rules import Role
from fablabmesh.curation import queries
from fablabmesh.curation.rules import Scope
from fablabmesh.places import actions as places
from tests.factories import NOW, make_account, make_department, make_place, make_zone


def test_the_pole_sees_its_zone_the_people_their_place_and_administrators_all(db, coordinator, lab, say):
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.6))
    make_zone("44", slug="sud", name="Sud", position=2)
    alice, admin, nobody = make_account(), make_account(role=Role.ADMIN), make_account()
    far = make_place(name="Lointain", department="44", insee="44109", managers=(alice,))
    near, away = say(lab, phone="01"), say(far, phone="02")

    def seen(person):
        return [each.id for each in queries.list_proposals(queries.find_scope(person), is_open=True, limit=9)]

    assert seen(coordinator) == [near.id]
    assert seen(alice) == [away.id]
    assert seen(admin) == [near.id, away.id]
    assert seen(nobody) == []
    assert [queries.count_waiting(person) for person in (coordinator, alice, admin, nobody)] == [1, 1, 2, None]


def test_invented_and_real_ones_are_not_mixed(db, coordinator, zone, lab, say):
    invented = make_place(name="Inventé", is_demo=True)
    say(invented, phone="01")
    say(lab, phone="01")
    admin = make_account(role=Role.ADMIN)

    assert queries.count_waiting(coordinator) == 1
    assert queries.count_waiting(admin) == 2


def test_stale_pages_of_my_zones_those_with_people_first(db, coordinator, zone, lab):
    now = NOW + timedelta(days=800)
    old = make_place(name="Ancien", managers=(make_account(),))
    old.confirmed_at = NOW
    fresh = make_place(name="Frais")
    fresh.confirmed_at = now
    sourced = make_place(name="Sourcé")
    places.update_place(sourced, {"source_updated_on": now.date()}, now=now)
    db.flush()
    scope = queries.find_scope(coordinator)

    names = [place.name for place in queries.list_stale(scope, now=now, limit=9)]

    assert names == ["Ancien", "LabFab"]
    assert queries.count_stale(scope, now=now) == 2
    assert queries.count_stale(Scope(), now=now) == 0


def test_real_people_are_due_for_open_places_that_nobody_confirmed(db, zone):
    alice, bob, invented = make_account(), make_account(), make_account(is_demo=True)
    mine = make_place(name="À moi", managers=(alice, bob))
    closed = make_place(name="Fermé", managers=(alice,))
    closed.closed_on = NOW.date()
    confirmed = make_place(name="Confirmé", managers=(alice,))
    confirmed.confirmed_at = NOW + timedelta(days=300)
    make_place(name="Inventé", is_demo=True, managers=(invented,))
    bob.is_active = False
    db.flush()

    assert queries.map_due(before=NOW + timedelta(days=10)) == {alice.id: [mine.id]}
    assert queries.map_due(before=NOW) == {}


def test_a_list_of_one_and_of_many_costs_the_same(db, coordinator, lab, say, count_queries):
    scope = queries.find_scope(coordinator)
    say(lab, phone="01")
    db.expire_all()
    with count_queries() as one:
        queries.list_proposals(scope, is_open=True, limit=30)
    for _turn in range(5):
        say(lab, phone="01")
    db.expire_all()
    with count_queries() as many:
        queries.list_proposals(scope, is_open=True, limit=30)

    assert len(many) == len(one)
