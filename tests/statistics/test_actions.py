"""The measure of distances."""

from datetime import date, timedelta

from sqlalchemy import select

from fablabmesh.kit.db import session
from fablabmesh.places.models import Place, PlaceNumber
from fablabmesh.statistics.actions import measure_reach
from fablabmesh.statistics.models import CommuneReach, ReachMeasure
from fablabmesh.statistics.queries import find_measure
from tests.factories import NOW, make_place


def reach_of(insee: str) -> tuple[int | None, int | None, int | None]:
    session.expire_all()
    found = session.get(CommuneReach, insee)
    return found.fablab_m, found.epn_m, found.laureate_m


def advance() -> None:
    """As the commit of a change of places does."""
    session.scalar(select(PlaceNumber)).number += 1
    session.flush()


def test_each_commune_knows_how_far_the_nearest_ones_are(country):
    assert measure_reach(NOW) == 9

    assert reach_of("35238") == (0, 7784, 0)
    assert reach_of("35001") == (7784, 0, 7784)
    assert reach_of("42218")[0] == 0
    assert 549_000 < reach_of("42218")[2] < 552_000
    assert find_measure().measured_at == NOW


def test_nothing_is_measured_again_until_a_point_moves(country):
    lab, _other = country
    measure_reach(NOW)

    lab.phone = "+33 2 99 00 00 00"
    advance()
    later = NOW + timedelta(minutes=5)
    assert measure_reach(later) == 0
    assert (find_measure().measured_at, find_measure().checked_at) == (NOW, later)

    lab.latitude = 48.18
    session.flush()
    advance()
    assert measure_reach(later) > 0
    assert reach_of("35001") == (0, 0, 0)
    assert find_measure().measured_at == later


def test_a_new_place_counts_without_the_others_being_written_again(country):
    measure_reach(NOW)

    make_place(name="Second", department="42", insee="42001", latitude=46.20, longitude=4.39)
    advance()

    assert measure_reach(NOW) == 1
    assert reach_of("42001")[0] == 0


def test_a_place_that_closed_is_no_longer_near_from_its_day_on(country):
    lab, _other = country
    lab.closed_on = date(2026, 3, 3)
    session.flush()
    measure_reach(NOW)
    assert reach_of("35238")[0] == 0

    # No place changes: time alone does it.
    measure_reach(NOW + timedelta(days=1))

    assert reach_of("35238")[0] > 500_000
    assert reach_of("35238")[2] is None


def test_there_may_be_no_place_at_all(db):
    assert measure_reach(NOW) == 0
    assert session.scalar(select(Place.id).limit(1)) is None
    assert session.scalar(select(ReachMeasure.measured_at)) == NOW
