"""Reads for pictures of maps: where places stand, as finely as a picture shows, and the version of it all."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Integer, cast, exists, func, select

from fablabmesh.kit.db import session
from fablabmesh.places.models import Laureate, Place, PlaceNumber
from fablabmesh.places.queries import IS_LISTED


def find_number() -> int:
    """How many changes of places there were."""
    return session.scalar(select(PlaceNumber.number)) or 0


def list_spots(
    departments: Collection[str] | None, *, cell: float, conditions: Collection[ColumnElement[bool]] = ()
) -> list[tuple[float, float, bool]]:
    """(longitude, latitude, is a laureate there?) of each cell of so many degrees that has a place, laureates last.

    `departments`: only in these; `conditions`: on `Place`, of a filter. What is invented, and what has closed, is on no
    picture.
    """
    column, row = cast(func.floor(Place.longitude / cell), Integer), cast(func.floor(Place.latitude / cell), Integer)
    chosen = func.bool_or(exists().where(Laureate.place_id == Place.id))
    statement = (
        select(column, row, chosen)
        .where(IS_LISTED, Place.latitude.is_not(None), Place.is_demo.is_(False), Place.closed_on.is_(None), *conditions)
        .group_by(column, row)
        .order_by(chosen, column, row)
    )
    if departments is not None:
        statement = statement.where(Place.department_code.in_(departments))
    return [((x + 0.5) * cell, (y + 0.5) * cell, star) for x, y, star in session.execute(statement)]
