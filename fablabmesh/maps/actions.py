"""Bringing points and cells up to the places: what changed, or all when much did. Nothing else writes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, false, func, insert, literal, literal_column, or_, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.selectable import CTE

from fablabmesh.kit.db import session, transaction
from fablabmesh.maps import grid
from fablabmesh.maps.models import MapCell, MapNumber, MapPoint
from fablabmesh.maps.queries import cells_of, plane_of
from fablabmesh.places.models import FundingCall, Laureate, Place, PlaceChange, PlaceFeature, PlaceNumber
from fablabmesh.places.queries import IS_LISTED
from fablabmesh.places.rules import PlaceKind

# Who asks for a tile may wait for so many changes to be drawn; more are the worker's.
MOST_BY_THE_WAY = 20_000
# Of more it is quicker to draw all anew.
MOST_ONE_BY_ONE = 200_000
_COLUMNS = (
    "place_id", "x", "y", "is_chosen", "is_closed", "slug", "name", "kind", "year", "department_code", "commune",
    "is_demo", "closes_on",
)  # fmt: skip


def refresh(now: datetime) -> int:
    """A chore: says how many places were drawn. What closes by time alone is written as a change first."""
    with transaction():
        closed = select(MapPoint.place_id).where(MapPoint.closes_on <= now.date(), MapPoint.is_closed.is_(False))
        # Nothing changes but the count of changes, by the trigger, at the commit.
        session.execute(
            update(Place)
            .where(Place.id.in_(closed))
            .values(closed_on=Place.closed_on, version=Place.version)
            .execution_options(synchronize_session=False)
        )
    with transaction():
        return bring_up_to_date(now) or 0


def bring_up_to_date(now: datetime, *, most: int | None = None) -> int | None:
    """Draws what changed since the last time; None, and nothing done, when that is more than `most` places.

    Two at once wait for each other. What is written between the reading of the number and that of the places is drawn
    now and once more at the next turn: a point says by itself what its cells have counted.
    """
    reached = session.scalar(select(PlaceNumber.number)) or 0
    known = session.scalar(select(MapNumber.number)) or 0
    if known == reached:
        return 0
    # Before the lock, which whoever draws everything holds for minutes.
    if most is not None and _count_changed(known, most + 1) > most:
        return None
    known = session.scalar(select(MapNumber.number).with_for_update()) or 0
    if known >= reached:
        return 0
    count = 0 if known == 0 else _count_changed(known, MOST_ONE_BY_ONE + 1)
    if known == 0 or count > MOST_ONE_BY_ONE:
        count = draw_all(now)
    else:
        _draw_some(select(PlaceChange.place_id).where(PlaceChange.number > known), now)
    session.execute(update(MapNumber).values(number=reached))
    return count


def _count_changed(known: int, limit: int) -> int:
    """How many places changed, or are there where nothing was drawn yet; counted no farther than it matters."""
    changed = select(PlaceChange.place_id).where(PlaceChange.number > known) if known else select(Place.id)
    return session.scalar(select(func.count()).select_from(changed.limit(limit).subquery())) or 0


def draw_all(now: datetime) -> int:
    """All points and cells anew, and the features of all places. Says how many points there are."""
    # Of millions it takes minutes, and nobody waits for a page meanwhile.
    session.execute(text("SET LOCAL statement_timeout = 0"))
    features = postgresql.insert(PlaceFeature).from_select(
        ["place_id", "feature"], select(Place.id, func.feature_of(literal_column("place"))).select_from(Place)
    )
    session.execute(
        features.on_conflict_do_update(
            index_elements=[PlaceFeature.place_id],
            set_={"feature": features.excluded.feature},
            where=PlaceFeature.feature != features.excluded.feature,
        )
    )
    session.execute(delete(MapCell))
    session.execute(delete(MapPoint))
    session.execute(insert(MapPoint).from_select(_COLUMNS, _points(now)))
    every = select(MapPoint.x, MapPoint.y, MapPoint.place_id, _is_counted()).cte("every")
    for zoom in range(grid.DEEPEST_COUNTED + 1):
        session.execute(_counted(every, zoom, 1))
    return session.scalar(select(func.count()).select_from(MapPoint)) or 0


def _draw_some(changed: Any, now: datetime) -> None:
    columns = (MapPoint.x, MapPoint.y, MapPoint.place_id, _is_counted())
    gone = delete(MapPoint).where(MapPoint.place_id.in_(changed)).returning(*columns).cte("moved")
    session.execute(_counted(gone, None, -1))
    points = _points(now).where(Place.id.in_(changed))
    come = insert(MapPoint).from_select(_COLUMNS, points).returning(*columns).cte("moved")
    session.execute(_counted(come, None, 1))
    session.execute(delete(MapCell).where(MapCell.count == 0))


def _is_counted() -> Any:
    return (MapPoint.is_chosen.is_(False) & MapPoint.is_closed.is_(False)).label("is_counted")


def _points(now: datetime) -> Any:
    """Places that have a point, as rows of `map_point`."""
    year = (
        select(func.max(FundingCall.year))
        .join(Laureate, Laureate.call_id == FundingCall.id)
        .where(Laureate.place_id == Place.id)
        .correlate(Place)
        .scalar_subquery()
    )
    is_chosen = or_(Place.kind == PlaceKind.POLE, exists().where(Laureate.place_id == Place.id))
    return select(
        Place.id,
        *plane_of(Place.latitude, Place.longitude),
        is_chosen,
        func.coalesce(Place.closed_on <= now.date(), false()),
        Place.slug,
        Place.name,
        Place.kind,
        func.coalesce(year, 0),
        func.coalesce(Place.department_code, ""),
        Place.commune,
        Place.is_demo,
        Place.closed_on,
    ).where(Place.latitude.is_not(None), IS_LISTED)


def _counted(moved: CTE, zoom: int | None, sign: int) -> Any:
    """Adds what moved to the cells of a zoom, or of all; or takes it away."""
    zooms = func.generate_series(zoom or 0, grid.DEEPEST_COUNTED if zoom is None else zoom)
    each = zooms.table_valued("zoom", name="each").render_derived()
    row, col = cells_of(moved.c.x, moved.c.y, each.c.zoom)
    found = (
        select(
            each.c.zoom,
            row.label("row"),
            col.label("col"),
            (func.count() * sign).label("count"),
            (func.sum(moved.c.x) * sign).label("x_sum"),
            (func.sum(moved.c.y) * sign).label("y_sum"),
            (func.sum(moved.c.place_id) * sign).label("id_sum"),
        )
        .select_from(moved.join(each, literal(True)))
        .where(moved.c.is_counted)
        .group_by(each.c.zoom, row, col)
    )
    sums = ("count", "x_sum", "y_sum", "id_sum")
    statement = postgresql.insert(MapCell).from_select(["zoom", "row", "col", *sums], found)
    return statement.on_conflict_do_update(
        index_elements=["zoom", "row", "col"],
        set_={name: getattr(MapCell, name) + getattr(statement.excluded, name) for name in sums},
    )
