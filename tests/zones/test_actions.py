"""Composing zones: polygons and places follow."""

import json

from sqlalchemy import func, select

from fablabmesh.places import queries as places
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.zones import actions, queries
from fablabmesh.zones.models import Zone
from fablabmesh.zones.rules import Standing
from tests.factories import NOW, make_account, make_coordinator, make_department, make_place, make_zone


def area(db, zone) -> float:
    return round(db.scalar(select(func.ST_Area(Zone.geom)).where(Zone.id == zone.id)) or 0, 3)


def test_a_zone_is_the_union_of_its_departments(db):
    make_department("35", box=(-2, 47, -1, 48))
    make_department("44", "Loire-Atlantique", box=(-2, 46, -1, 47))
    zone = make_zone("35", "44")

    shape = queries.find_zone_shape(zone.id)

    assert area(db, zone) == 2.0
    assert len(json.loads(shape)["coordinates"]) == 1


def test_moving_a_department_moves_both_polygons_and_every_place(db):
    make_department("35", box=(-2, 47, -1, 48.5))
    make_department("44", "Loire-Atlantique", box=(-2, 46, -1, 47))
    west = make_zone("35", "44", slug="ouest")
    south = make_zone(slug="sud", name="Sud", position=2)
    place = make_place()

    actions.compose(south, ["35"], standing=Standing.SOURCE, reason="décision du pôle")

    in_west = places.list_places(PlaceFilter(zone="ouest"))
    in_south = places.list_places(PlaceFilter(zone="sud"))
    assert (in_west, in_south) == ([], [place])
    assert (area(db, west), area(db, south)) == (1.0, 1.5)


def test_composing_twice_the_same_changes_nothing(db):
    make_department("35")
    zone = make_zone("35")

    changed = actions.compose(zone, ["35"], standing=Standing.HYPOTHESIS, reason="pour un essai")

    assert changed == 0


def test_a_zone_that_loses_all_its_departments_has_no_polygon(db):
    make_department("35")
    west, south = make_zone("35", slug="ouest"), make_zone(slug="sud", name="Sud")

    actions.compose(south, ["35"], standing=Standing.HYPOTHESIS, reason="")

    assert area(db, west) == 0
    assert queries.find_zone_shape(west.id) is None


def test_who_coordinates_a_zone_is_told_by_their_account_alone(db):
    make_department("35")
    make_department("44", "Loire-Atlantique", box=(-2, 46, -1, 47))
    zone, other = make_zone("44", "35"), make_zone(slug="sud", name="Sud")
    account = make_coordinator(zone, other)
    told = [(account.zone_ids, account.department_codes)]

    actions.withdraw_coordination(zone, account)
    told.append((account.zone_ids, account.department_codes))

    assert told == [(sorted([zone.id, other.id]), ["35", "44"]), ([other.id], [])]


def test_the_departments_of_coordinators_follow_the_composition_of_zones(db):
    make_department("35")
    west, south = make_zone("35", slug="ouest"), make_zone(slug="sud", name="Sud")
    of_west, of_south = make_coordinator(west), make_coordinator(south)

    actions.compose(south, ["35"], standing=Standing.SOURCE, reason="décision du pôle")

    db.refresh(of_west)
    db.refresh(of_south)
    assert (of_west.department_codes, of_south.department_codes) == ([], ["35"])


def test_the_right_is_given_once_with_who_gave_it(db):
    zone, giver, account = make_zone(), make_account(), make_account()

    for by in (giver, account):
        actions.grant_coordination(zone, account, by=by, now=NOW)

    assert [(link.account_id, link.granted_by_id) for link in queries.list_coordinators(zone)] == [
        (account.id, giver.id)
    ]
    assert queries.list_coordinated(account.zone_ids) == [zone]
