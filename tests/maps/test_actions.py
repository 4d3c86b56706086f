"""Points and cells follow the places: what changed is taken away and added, and comes to the same as all anew."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from fablabmesh.maps import actions, grid
from fablabmesh.maps.models import MapCell, MapNumber, MapPoint
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place
from fablabmesh.places.rules import PlaceKind
from tests.factories import NOW, make_place


def cells(db) -> list[tuple]:
    db.flush()
    columns = (MapCell.zoom, MapCell.row, MapCell.col, MapCell.count, MapCell.x_sum, MapCell.y_sum, MapCell.id_sum)
    return list(db.execute(select(*columns).order_by(MapCell.zoom, MapCell.row, MapCell.col)).all())


@pytest.fixture
def three(db, count_changes):
    found = [
        make_place(name="Un", latitude=48.11, longitude=-1.68),
        make_place(name="Deux", latitude=48.12, longitude=-1.67),
        make_place(name="Pôle", kind=PlaceKind.POLE, latitude=48.13, longitude=-1.66),
    ]
    count_changes()
    return found


def test_a_cell_counts_the_crowd_and_a_pole_stands_alone(db, three):
    actions.bring_up_to_date(NOW)

    whole = [cell for cell in cells(db) if cell[0] == 0]
    assert [(cell[3], cell[6]) for cell in whole] == [(2, three[0].id + three[1].id)]
    assert set(db.scalars(select(MapPoint.slug).where(MapPoint.is_chosen))) == {three[2].slug}


def test_the_cell_of_a_point_is_the_same_in_python_and_in_the_database(db, three):
    actions.bring_up_to_date(NOW)
    point = db.scalar(select(MapPoint).where(MapPoint.place_id == three[0].id))

    assert (point.x, point.y) == grid.to_plane(48.11, -1.68)
    own = {(zoom, *grid.cell_of(point.x, point.y, zoom)) for zoom in range(grid.DEEPEST_COUNTED + 1)}
    assert own <= {cell[:3] for cell in cells(db)}


def test_what_moved_left_closed_or_was_chosen_is_counted_as_if_all_were_drawn_anew(db, three, count_changes):
    actions.bring_up_to_date(NOW)
    one, two, pole = three
    more = [make_place(name=f"Lab {n}", latitude=44 + n / 10, longitude=2 + n / 7) for n in range(5)]
    call = places.put_call("appel", name="Appel", year=2013)
    places.put_laureate(call, more[0], project_name="Projet")
    db.execute(update(Place).where(Place.id == one.id).values(latitude=43.6, longitude=1.44))
    db.execute(update(Place).where(Place.id == more[1].id).values(closed_on=date(2020, 1, 1)))
    db.execute(update(Place).where(Place.id == pole.id).values(kind="epn"))
    db.execute(delete(Place).where(Place.id == two.id))
    count_changes()

    drawn = actions.bring_up_to_date(NOW)
    by_parts = cells(db)
    actions.draw_all(NOW)

    assert drawn == 8
    assert by_parts == cells(db)
    assert sum(cell[3] for cell in by_parts if cell[0] == 0) == 5


def test_nothing_is_done_where_nothing_changed(db, three, count_queries):
    actions.bring_up_to_date(NOW)

    with count_queries() as seen:
        again = actions.bring_up_to_date(NOW)

    assert (again, len(seen)) == (0, 2)


def test_who_asks_by_the_way_does_not_wait_for_more_than_was_agreed(db, three):
    assert actions.bring_up_to_date(NOW, most=2) is None
    assert cells(db) == []
    assert db.scalar(select(MapNumber.number)) == 0


def test_a_place_leaves_the_map_on_the_day_it_closes(db, three, count_changes):
    db.execute(update(Place).where(Place.id == three[0].id).values(closed_on=NOW.date() + timedelta(days=2)))
    count_changes()
    actions.refresh(NOW)
    before = db.scalar(select(MapPoint.is_closed).where(MapPoint.place_id == three[0].id))
    later: datetime = NOW + timedelta(days=3)

    actions.refresh(later)
    count_changes()
    actions.refresh(later)

    assert (before, db.scalar(select(MapPoint.is_closed).where(MapPoint.place_id == three[0].id))) == (False, True)
