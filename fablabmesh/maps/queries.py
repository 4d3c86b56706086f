"""What the map reads: its version, the marks of a filter, and tiles, counted beforehand or when they are asked for."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Double, Integer, and_, cast, func, literal, or_, select
from sqlalchemy.dialects import postgresql

from fablabmesh.kit.db import session
from fablabmesh.maps import grid
from fablabmesh.maps.grid import EXTENT, SIDE, Tile
from fablabmesh.maps.models import MapCell, MapPoint
from fablabmesh.places.models import Place, PlaceNumber
from fablabmesh.places.queries import IS_LISTED
from fablabmesh.projects.models import Partnership, Project
from fablabmesh.projects.rules import PartnershipStatus
from fablabmesh.zones.models import Zone, ZoneDepartment

# Conditions on `Place`; none at all for the whole map, which then reads its own tables alone.
Conditions = Sequence[ColumnElement[bool]]

# Of a vector tile: 20,000 places are half a megabyte.
MOST_IN_VECTOR = 100_000

OVERSEAS = ("971", "972", "973", "974", "976")


@dataclass(frozen=True)
class Mark:
    """A place as the map shows it. `x`, `y`: on the plane of `maps.grid`."""

    x: int
    y: int
    slug: str
    name: str
    kind: str
    year: int
    department: str
    commune: str
    is_demo: bool


@dataclass(frozen=True)
class Cell:
    """So many places, and the middle of them."""

    x: int
    y: int
    count: int


def find_number() -> int:
    """The count of changes of places: another number, another map."""
    return session.scalar(select(PlaceNumber.number)) or 0


def find_composition_mark() -> str:
    """A short mark of which departments are in which zone: places of a zone change with it, and are not counted."""
    told = func.concat(ZoneDepartment.programme_id, ":", ZoneDepartment.department_code, ":", Zone.slug)
    joined = func.string_agg(told, postgresql.aggregate_order_by(literal(","), told))
    digest = session.scalar(select(func.md5(joined)).join(Zone, Zone.id == ZoneDepartment.zone_id))
    return (digest or "")[:8]


def count_marks(conditions: Conditions, *, most: int) -> int:
    """How many marks a filter leaves on the map; counted no farther than `most`."""
    some = _among(select(MapPoint.place_id), conditions).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def list_marks(conditions: Conditions, *, only_chosen: bool = False, limit: int | None = None) -> list[Mark]:
    """All marks of a filter, or those that stand out of any crowd, in a fixed order."""
    statement = _among(_marks(), conditions).order_by(MapPoint.place_id).limit(limit)
    return _read_marks(statement.where(MapPoint.is_chosen) if only_chosen else statement)


def find_mark(slug: str) -> Mark | None:
    """The mark of one place."""
    return next(iter(_read_marks(_marks().where(MapPoint.slug == slug))), None)


def count_overseas(conditions: Conditions) -> dict[str, int]:
    """Code of each overseas department → marks there."""
    statement = _among(select(MapPoint.department_code, func.count()), conditions)
    rows = session.execute(statement.where(MapPoint.department_code.in_(OVERSEAS)).group_by(MapPoint.department_code))
    found = {row[0]: row[1] for row in rows}
    return {code: found.get(code, 0) for code in OVERSEAS}


def list_linked(conditions: Conditions) -> list[str]:
    """Slugs of the places at either end of a link that the filter leaves."""
    accepted = select(Partnership).where(Partnership.status == PartnershipStatus.ACCEPTED).subquery()
    leads = select(Project.lead_id).join(accepted, accepted.c.project_id == Project.id)
    ends = or_(Place.id.in_(leads), Place.id.in_(select(accepted.c.place_id)))
    return list(session.scalars(select(Place.slug).where(IS_LISTED, ends, *conditions).order_by(Place.slug)))


def find_reach(conditions: Conditions, *, with_overseas: bool) -> tuple[float, float, float, float] | None:
    """West, south, east, north of all that fits; without what is overseas, unless there is nothing else or it is asked
    for. None where nothing has a point."""
    sides = (
        func.min(Place.longitude),
        func.min(Place.latitude),
        func.max(Place.longitude),
        func.max(Place.latitude),
    )
    is_home = func.coalesce(Place.department_code, "").not_in(OVERSEAS)
    row: Any = session.execute(select(*sides, *(side.filter(is_home) for side in sides)).where(*conditions)).one()
    every, home = row[:4], row[4:]
    west, south, east, north = every if with_overseas or home[0] is None else home
    if west is None or south is None or east is None or north is None:
        return None
    return west, south, east, north


# --- tiles of the map's own shape --------------------------------------------------------------------------------


def read_tile(tile: Tile, conditions: Conditions) -> tuple[list[Cell], list[Mark]]:
    """Cells of several places, and places that are alone in theirs. What is chosen is in no tile.

    A cell belongs to the tile that holds the middle of its places, so that each is told once.
    """
    if tile.zoom >= grid.EACH_FROM:
        marks = _list_each(tile, conditions)
        if len(marks) <= grid.MOST_PLACES:
            return [], marks
    counted = tile.zoom <= grid.DEEPEST_COUNTED and not conditions
    found = _read_counted(tile) if counted else _count_now(tile, conditions)
    cells = [Cell(x, y, count) for x, y, count, _id in found if count > 1]
    alone = [place_id for _x, _y, count, place_id in found if count == 1]
    marks = _read_marks(_marks().where(MapPoint.place_id.in_(alone)).order_by(MapPoint.place_id)) if alone else []
    return cells, marks


def _list_each(tile: Tile, conditions: Conditions) -> list[Mark]:
    statement = _among(_marks(), conditions).where(_is_within(tile.west, tile.north, tile.east, tile.south))
    statement = statement.where(MapPoint.is_chosen.is_(False), *_is_inside(tile, MapPoint.x, MapPoint.y))
    return _read_marks(statement.order_by(MapPoint.place_id).limit(grid.MOST_PLACES + 1))


def _read_counted(tile: Tile) -> list[Any]:
    x, y = MapCell.x_sum // MapCell.count, MapCell.y_sum // MapCell.count
    statement = select(x, y, MapCell.count, MapCell.id_sum).where(*_has_cell(tile), *_is_inside(tile, x, y))
    return list(session.execute(statement.order_by(MapCell.row, MapCell.col)).all())


def _has_cell(tile: Tile) -> list[ColumnElement[bool]]:
    return [MapCell.zoom == tile.zoom, MapCell.row.between(*tile.rows), MapCell.col.between(*tile.cols)]


def _count_now(tile: Tile, conditions: Conditions) -> list[Any]:
    row, col = cells_of(MapPoint.x, MapPoint.y, tile.zoom)
    count = func.count(MapPoint.place_id)
    x, y = func.sum(MapPoint.x) // count, func.sum(MapPoint.y) // count
    statement = _among(select(x, y, count, func.min(MapPoint.place_id)), conditions)
    statement = statement.where(MapPoint.is_chosen.is_(False), _is_within(*tile.reach))
    inside = and_(*_is_inside(tile, x, y))
    return list(session.execute(statement.group_by(row, col).having(inside).order_by(row, col)).all())


def _is_inside(tile: Tile, x: Any, y: Any) -> list[ColumnElement[bool]]:
    return [x >= tile.west, x < tile.east, y >= tile.north, y < tile.south]


def _is_within(west: int, north: int, east: int, south: int) -> ColumnElement[bool]:
    """By the index, both ends included. The whole plane needs none."""
    if west <= 0 and north <= 0 and east >= SIDE and south >= SIDE:
        return literal(True)
    return MapPoint.spot.op("&&")(func.ST_MakeEnvelope(west, north, east, south))


def _among(statement: Any, conditions: Conditions) -> Any:
    if not conditions:
        return statement.where(MapPoint.is_closed.is_(False))
    return statement.join(Place, Place.id == MapPoint.place_id).where(*conditions)


def _marks() -> Any:
    return select(
        MapPoint.x,
        MapPoint.y,
        MapPoint.slug,
        MapPoint.name,
        MapPoint.kind,
        MapPoint.year,
        MapPoint.department_code,
        MapPoint.commune,
        MapPoint.is_demo,
    )


def _read_marks(statement: Any) -> list[Mark]:
    return [Mark(*row) for row in session.execute(statement)]


# --- vector tiles for others' maps ---------------------------------------------------------------------------------


_LEAN = (MapPoint.place_id.label("id"), MapPoint.kind, MapPoint.department_code.label("department"))


def read_vector_tile(tile: Tile, conditions: Conditions, *, is_whole: bool) -> bytes:
    """A Mapbox vector tile of one layer, « places »: each place below `grid.EACH_FROM` too, for others cluster as they
    like. Lean: id, kind, department. Whole: all that a mark shows. Where places are too many for a tile that anybody
    could draw, it is of the layer « cells » instead: each with its count.

    The plane is the tile's own, so that its points need no projection: a subtraction and a scale.
    """
    if tile.zoom <= grid.DEEPEST_COUNTED and sum(row[2] for row in _read_counted(tile)) > MOST_IN_VECTOR:
        return _read_vector_cells(tile)
    spot = _spot_in(tile, MapPoint.x, MapPoint.y)
    columns: list[Any] = [spot, *_LEAN]
    if is_whole:
        columns += [MapPoint.slug, MapPoint.name, MapPoint.commune, MapPoint.year.label("laureate")]
    rows = (
        _among(select(*columns), conditions)
        .where(_is_within(tile.west, tile.north, tile.east, tile.south), *_is_inside(tile, MapPoint.x, MapPoint.y))
        .subquery("rows")
    )
    made = func.ST_AsMVT(rows.table_valued(), "places", EXTENT, "geom", "id")
    return bytes(session.scalar(select(made)) or b"")


def _read_vector_cells(tile: Tile) -> bytes:
    x, y = MapCell.x_sum // MapCell.count, MapCell.y_sum // MapCell.count
    rows = select(_spot_in(tile, x, y), MapCell.count).where(*_has_cell(tile), *_is_inside(tile, x, y)).subquery("rows")
    return bytes(session.scalar(select(func.ST_AsMVT(rows.table_valued(), "cells", EXTENT, "geom"))) or b"")


def _spot_in(tile: Tile, x: Any, y: Any) -> Any:
    scale = EXTENT / tile.side
    return func.ST_MakePoint(func.floor((x - tile.west) * scale), func.floor((y - tile.north) * scale)).label("geom")


# --- the arithmetic of `maps.grid`, in SQL -----------------------------------------------------------------------


def plane_of(latitude: Any, longitude: Any) -> tuple[Any, Any]:
    """`grid.to_plane`, in SQL."""
    lat = func.radians(func.greatest(-grid.NORTHMOST, func.least(grid.NORTHMOST, latitude)))
    across = (longitude + 180) * cast(SIDE / 360, Double)
    down = (0.5 - func.asinh(func.tan(lat)) * cast(1 / (2 * math.pi), Double)) * SIDE
    return _whole(across), _whole(down)


def _whole(part: Any) -> Any:
    return func.greatest(0, func.least(SIDE - 1, func.floor(part))).cast(Integer)


def cells_of(x: Any, y: Any, zoom: Any) -> tuple[Any, Any]:
    """`grid.cell_of`, in SQL."""
    across = grid.ACROSS * func.power(cast(2, Double), zoom, type_=Double)
    row = cast(func.floor(cast(y, Double) * across / cast(SIDE * grid.HEIGHT, Double)), Integer)
    shift = cast(row.op("&")(1), Double) * cast(0.5, Double)
    return row, cast(func.floor(cast(x, Double) * across / cast(SIDE, Double) + shift), Integer)
