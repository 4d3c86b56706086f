"""Reads of curation: who decides about what, what waits, what was decided."""

from sqlalchemy import or_, select

from fablabmesh.curation.models import PlaceTwin
from fablabmesh.kit.db import session


def list_dismissed(place_id: int) -> list[PlaceTwin]:
    """The pairs with this place that somebody said are two places."""
    pair = or_(PlaceTwin.place_id == place_id, PlaceTwin.other_id == place_id)
    return list(session.scalars(select(PlaceTwin).where(pair, PlaceTwin.dismissed_at.is_not(None))))
