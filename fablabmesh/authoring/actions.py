"""Writes that follow from the calendar of school holidays, which is published some years ahead and no further.

A series that leaves holidays out and goes on beyond those that were known is brought up to date once more are.
"""

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import update

from fablabmesh.authoring import queries
from fablabmesh.authoring.schedule import without_later_holidays
from fablabmesh.events import actions as events
from fablabmesh.events import queries as event_queries
from fablabmesh.events.models import Event
from fablabmesh.events.rules import when_of
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.errors import Conflict
from fablabmesh.kit.school_holidays import Holidays, SchoolZone, known_holidays, spell_holidays

MOST_A_TURN = 50
_log = logging.getLogger("fablabmesh.authoring")


def leave_out_later_holidays(now: datetime, holidays: Holidays | None = None) -> int:
    """The chore: series whose holidays are known further than when they were written, each in a transaction."""
    holidays = holidays or known_holidays()
    done = 0
    for zone in SchoolZone:
        known = spell_holidays(zone, holidays)
        for uid in queries.list_behind_holidays(zone.value, known, limit=MOST_A_TURN):
            try:
                with transaction():
                    done += _bring_up_to_date(uid, known, holidays, now)
            except Conflict:  # somebody is writing it: at the next turn
                continue
            except Exception:  # the next series is not to blame
                _log.exception("school holidays of event %s", uid)
    return done


def _bring_up_to_date(uid: str, known: str, holidays: Holidays, now: datetime) -> int:
    event = event_queries.find_by_uid(uid)
    if event is None:
        return 0
    when = without_later_holidays(
        when_of(event),
        event.school_holidays,
        holidays,
        since=now.astimezone(ZoneInfo(event.timezone)).replace(tzinfo=None),
        decided=[change.recurrence_local for change in event.changes],
    )
    if set(when.exdates) != set(event.exdates):
        events.edit_event(event, event.place, {"school_holidays": known}, when, now=now, version=event.version)
    else:
        # Nothing that anybody sees: no line of its history, no new version under the hands of who writes it.
        session.execute(update(Event).where(Event.id == event.id).values(school_holidays=known))
    return 1
