"""What the map draws at a scale where places are too many to be sent: points on a plane, and counts by cell and zoom.

Both follow from places and are brought up to date by `maps.actions`; nothing else writes them, and nothing is lost with
them. They have no foreign keys: a place that is deleted leaves its point, so that its cells can be told to forget it.
"""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Computed, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from fablabmesh.kit.db import Base
from fablabmesh.kit.geo import plane_point_type


class MapNumber(Base):
    """The number of changes of places (`PlaceNumber`) up to which points and cells are right. One row."""

    __tablename__ = "map_number"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


class MapPoint(Base):
    """A place that has a point: where it is on the plane of `maps.grid`, and what its mark shows.

    `is_chosen`: a laureate or a pole, which is never counted into a cell, nor is one that closed for good. `year`: of
    the last call that chose it, or 0.
    """

    __tablename__ = "map_point"
    __table_args__ = (
        Index("ix_map_point_spot", "spot", postgresql_using="gist"),
        Index("ix_map_point_chosen", "place_id", postgresql_where=text("is_chosen")),
        Index("ix_map_point_closes_on", "closes_on", postgresql_where=text("closes_on IS NOT NULL AND NOT is_closed")),
    )

    place_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    x: Mapped[int]
    y: Mapped[int]
    spot: Mapped[Any | None] = mapped_column(
        plane_point_type(), Computed("ST_MakePoint(x, y)", persisted=True), deferred=True
    )
    is_chosen: Mapped[bool]
    is_closed: Mapped[bool]
    slug: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    year: Mapped[int]
    department_code: Mapped[str]
    commune: Mapped[str]
    is_demo: Mapped[bool]
    closes_on: Mapped[date | None]


class MapCell(Base):
    """How many places of the crowd are in one cell of one zoom. Sums, so that a change adds and takes away.

    The middle of the places is `x_sum / count`; the only one of a cell is `id_sum`.
    """

    __tablename__ = "map_cell"

    zoom: Mapped[int] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    col: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]
    x_sum: Mapped[int] = mapped_column(BigInteger)
    y_sum: Mapped[int] = mapped_column(BigInteger)
    id_sum: Mapped[int] = mapped_column(BigInteger)
