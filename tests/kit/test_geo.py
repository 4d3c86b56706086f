"""Points: in and out of PostGIS as numbers."""

import pytest
import sqlalchemy as sa

from fablabmesh.kit import geo

RENNES = geo.Point(48.1147, -1.6794)
NANTES = geo.Point(47.2186, -1.5541)


@pytest.mark.parametrize(("latitude", "longitude"), [(91, 0), (-91, 0), (0, 181), (float("nan"), 0), (0, float("inf"))])
def test_a_point_is_on_earth(latitude, longitude):
    with pytest.raises(ValueError, match="latitude"):
        geo.Point(latitude, longitude)


def test_distances_are_metres_on_the_ellipsoid(db):
    metres = db.scalar(sa.select(sa.func.ST_Distance(geo.to_sql(RENNES), geo.to_sql(NANTES))))

    assert metres == pytest.approx(100_000, rel=0.01)


def test_longitude_comes_first_for_postgis(db):
    assert db.scalar(sa.select(sa.func.ST_AsText(geo.to_geometry(RENNES)))) == "POINT(-1.6794 48.1147)"
