"""PostGIS and GeoAlchemy2 enter here; what leaves is numbers and GeoJSON."""

import math
from dataclasses import dataclass

import sqlalchemy as sa
from geoalchemy2 import Geography, Geometry
from sqlalchemy.orm import InstrumentedAttribute


def polygon_type() -> Geometry:
    """A new type for each column: the library writes the column's own nullability into it.

    spatial_index=False: it would make an index of its own beside the migration's.
    """
    return Geometry("MULTIPOLYGON", srid=4326, spatial_index=False)


def point_type() -> Geography:
    """See `polygon_type`."""
    return Geography("POINT", srid=4326, spatial_index=False)


def plane_point_type() -> Geometry:
    """A point of a plane that is nobody's but the map's. See `polygon_type`."""
    return Geometry("POINT", srid=-1, spatial_index=False)


POINT_FROM_COLUMNS = "ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)::geography"


@dataclass(frozen=True)
class Point:
    """WGS 84 degrees."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError("latitude in -90..90 and longitude in -180..180 are expected")


def box_around(point: Point, km: float) -> tuple[float, float, float, float]:
    """West, south, east, north of a circle, on a sphere and near no pole."""
    high = km / 111.2
    wide = high / max(math.cos(math.radians(point.latitude)), 0.05)
    return point.longitude - wide, point.latitude - high, point.longitude + wide, point.latitude + high


def to_sql(point: Point) -> sa.ColumnElement[object]:
    """The point as a geography."""
    return sa.cast(to_geometry(point), point_type())


def point_of(
    latitude: InstrumentedAttribute[float | None], longitude: InstrumentedAttribute[float | None]
) -> sa.ColumnElement[object]:
    """The point of two columns; none where they have none."""
    return sa.cast(sa.func.ST_SetSRID(sa.func.ST_MakePoint(longitude, latitude), 4326), point_type())


def to_geometry(point: Point) -> sa.ColumnElement[object]:
    """The point as a geometry, for polygons."""
    return sa.func.ST_SetSRID(sa.func.ST_MakePoint(point.longitude, point.latitude), 4326)


def within(column: InstrumentedAttribute[object], point: Point, metres: float) -> sa.ColumnElement[bool]:
    """Index-backed: is the column's point within so many metres?"""
    return sa.func.ST_DWithin(column, to_sql(point), metres)


def distance(column: InstrumentedAttribute[object], point: Point) -> sa.ColumnElement[float]:
    """Metres. To find the nearest of many, order by `nearness`."""
    return sa.func.ST_Distance(column, to_sql(point))


def nearness(column: InstrumentedAttribute[object], point: Point) -> sa.ColumnElement[float]:
    """To ORDER BY with a LIMIT: the index hands out the nearest first, and nothing else is read."""
    found: sa.ColumnElement[float] = column.op("<->")(to_sql(point))
    return found


def holds(column: InstrumentedAttribute[object], point: Point) -> sa.ColumnElement[bool]:
    """Is the point in the polygon, border included?"""
    return sa.func.ST_Intersects(column, to_geometry(point))


def geojson(column: InstrumentedAttribute[object], digits: int = 4) -> sa.ColumnElement[str]:
    """The geometry as GeoJSON text with so many decimals (4: about ten metres)."""
    return sa.func.ST_AsGeoJSON(column, digits)
