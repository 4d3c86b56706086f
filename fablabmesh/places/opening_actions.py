"""Counts out when places are open, from what their hours say: at each write, and by a chore as the weeks go by."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, Integer, delete, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.opening_hours import Opening, list_openings
from fablabmesh.places.models import Place, PlaceHorizon, PlaceOpening
from fablabmesh.places.rules import OPENINGS_COUNTED_DAYS, OPENINGS_KNOWN_DAYS
from fablabmesh.zones.rules import timezone_of_department

# A day of today's name is asked for from its midnight on, and has begun already east of here.
_BACK = timedelta(days=2)
_A_TURN = 300  # places; some tenths of a second


def count_out(places: Sequence[Place], *, now: datetime) -> None:
    """Write when these places are open in the weeks to come, instead of what was written before."""
    until = now + timedelta(days=OPENINGS_COUNTED_DAYS)
    session.execute(delete(PlaceOpening).where(PlaceOpening.place_id.in_([place.id for place in places])))
    rows = [(place.id, opening) for place in places for opening in _openings_of(place, now - _BACK, until)]
    if rows:
        instants = ARRAY(DateTime(timezone=True))
        columns = [
            func.unnest(literal([place_id for place_id, _opening in rows], ARRAY(Integer))),
            func.unnest(literal([opening.opens_at for _id, opening in rows], instants)),
            func.unnest(literal([opening.closes_at for _id, opening in rows], instants)),
        ]
        # One statement, with three values: a row each would be thousands of them.
        session.execute(insert(PlaceOpening).from_select(["place_id", "opens_at", "closes_at"], select(*columns)))
    put = upsert(PlaceHorizon).values([{"place_id": place.id, "counted_to": until} for place in places])
    session.execute(
        put.on_conflict_do_update(index_elements=[PlaceHorizon.place_id], set_={"counted_to": put.excluded.counted_to})
    )


def _openings_of(place: Place, start: datetime, end: datetime) -> list[Opening]:
    clock = timezone_of_department(place.department_code)
    if place.closed_on is not None:
        end = min(end, datetime.combine(place.closed_on, time(), ZoneInfo(clock)))
    merged: list[Opening] = []
    for opening in list_openings(place.opening_hours, clock, start, end):
        # Two notes of one opening do not make two of it.
        if merged and opening.opens_at <= merged[-1].closes_at:
            merged[-1] = merged[-1]._replace(closes_at=max(opening.closes_at, merged[-1].closes_at))
        else:
            merged.append(opening)
    return merged


def count_out_due(now: datetime) -> int:
    """The chore: some of the places whose openings are not known far enough. Says how many.

    A place that somebody writes to at this moment is left to that write, or to a later turn.
    """
    enough = now + timedelta(days=OPENINGS_KNOWN_DAYS)
    known = select(PlaceHorizon.place_id).where(PlaceHorizon.counted_to >= enough)
    with transaction():
        due = session.scalars(
            select(Place)
            .where(Place.opening_hours != "", Place.id.not_in(known))
            .order_by(Place.id)
            .limit(_A_TURN)
            .with_for_update(read=True, skip_locked=True)
        ).all()
        if due:
            count_out(due, now=now)
    return len(due)
