"""The chore that measures how far the nearest places are from each commune."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from fablabmesh.kit.db import session, transaction
from fablabmesh.places.models import PlaceNumber
from fablabmesh.statistics.models import ReachMeasure

# A place closes on a day, and a gazetteer is loaded, without any change of a place.
LOOK_AGAIN_AFTER = timedelta(hours=12)

# Of the points that are measured from and to; sums, which ask for no order.
_DIGEST = text("""
SELECT concat_ws(' ',
    (SELECT sum(hashtextextended(concat_ws(' ', kind, latitude, longitude,
                    EXISTS (SELECT FROM laureate WHERE laureate.place_id = place.id)), 0)::numeric)
     FROM place WHERE location IS NOT NULL AND moderation = 'published'
     AND (closed_on IS NULL OR closed_on > :today)),
    (SELECT count(*) FROM commune),
    (SELECT sum(hashtextextended(concat_ws(' ', insee, latitude, longitude), 0)::numeric) FROM commune))
""")

# One index for each: that of all places would walk over the others to find the rare ones.
_GATHER = text("""
DROP TABLE IF EXISTS pg_temp.reach_fablab, pg_temp.reach_epn, pg_temp.reach_laureate;
CREATE TEMPORARY TABLE reach_fablab ON COMMIT DROP AS SELECT DISTINCT location FROM place
    WHERE kind = 'fablab' AND location IS NOT NULL AND moderation = 'published'
    AND (closed_on IS NULL OR closed_on > :today);
CREATE TEMPORARY TABLE reach_epn ON COMMIT DROP AS SELECT DISTINCT location FROM place
    WHERE kind = 'epn' AND location IS NOT NULL AND moderation = 'published'
    AND (closed_on IS NULL OR closed_on > :today);
CREATE TEMPORARY TABLE reach_laureate ON COMMIT DROP AS SELECT DISTINCT location FROM place
    WHERE EXISTS (SELECT FROM laureate WHERE laureate.place_id = place.id)
    AND location IS NOT NULL AND moderation = 'published' AND (closed_on IS NULL OR closed_on > :today);
CREATE INDEX ON pg_temp.reach_fablab USING gist (location);
CREATE INDEX ON pg_temp.reach_epn USING gist (location);
CREATE INDEX ON pg_temp.reach_laureate USING gist (location);
ANALYZE pg_temp.reach_fablab, pg_temp.reach_epn, pg_temp.reach_laureate;
""")
_MEASURE = text("""
INSERT INTO commune_reach AS kept (insee, fablab_m, epn_m, laureate_m)
SELECT insee,
    (SELECT round(ST_Distance(location, point)) FROM pg_temp.reach_fablab ORDER BY location <-> point LIMIT 1),
    (SELECT round(ST_Distance(location, point)) FROM pg_temp.reach_epn ORDER BY location <-> point LIMIT 1),
    (SELECT round(ST_Distance(location, point)) FROM pg_temp.reach_laureate ORDER BY location <-> point LIMIT 1)
FROM (SELECT insee, ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)::geography AS point FROM commune) AS here
ON CONFLICT (insee) DO UPDATE
SET fablab_m = excluded.fablab_m, epn_m = excluded.epn_m, laureate_m = excluded.laureate_m
WHERE (kept.fablab_m, kept.epn_m, kept.laureate_m)
    IS DISTINCT FROM (excluded.fablab_m, excluded.epn_m, excluded.laureate_m)
""")


def measure_reach(now: datetime) -> int:
    """The chore: the distances of all communes anew, if a point has moved. Says how many communes have another one."""
    with transaction():
        state = session.scalar(select(ReachMeasure).with_for_update())
        number = session.scalar(select(PlaceNumber.number)) or 0
        if state and state.place_number == number and now - state.checked_at < LOOK_AGAIN_AFTER:
            return 0
        today = now.date()
        digest = session.scalar(_DIGEST, {"today": today}) or ""
        if state is None:
            state = ReachMeasure(id=1, place_number=number, digest="", measured_at=now, checked_at=now)
            session.add(state)
        changed = 0
        if state.digest != digest:
            changed = _measure(today)
            state.digest, state.measured_at = digest, now
        state.place_number, state.checked_at = number, now
        session.flush()
    return changed


def _measure(today: date) -> int:
    session.execute(_GATHER, {"today": today})
    result: Any = session.execute(_MEASURE)
    return int(result.rowcount)
