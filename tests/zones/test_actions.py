"""Composing zones: polygons and places follow."""

import json

from sqlalchemy import func, select

from fablabmesh.places import queries as places
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.zones import actions, queries
from fablabmesh.zones.models import Zone
from fablabmesh.zones.rules import Standing
from tests.factories import make_department, make_place, make_zone


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
