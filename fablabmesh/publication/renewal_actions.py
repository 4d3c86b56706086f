"""What is written anew without an event being written: what time alone has changed, and all after a change of the site.

Some events at a time, each turn in a transaction of its own: whoever publishes meanwhile waits for one turn, and what
an end in between leaves undone is found again by the next run.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from fablabmesh.events.models import Event, EventDate, FeedForgotten, FeedTombstone
from fablabmesh.kit.db import transaction
from fablabmesh.publication.actions import DELETED_FOR, Publisher, settle_events

# What left a calendar is told so long to who asks what changed; who was away for longer reads all of it anew.
LEFT_FOR = timedelta(days=400)
_A_TURN = 200  # events; some tenths of a second


def settle_all() -> int:
    """Every event anew: after an import in bulk, or a change of how texts are written."""
    return _settle_in_turns(Event.id > 0)


def settle_aged(*, is_moved: bool = False) -> int:
    """What time alone has changed: events past the window, dates to be known further on; and what was never settled.

    `is_moved`: also every event that speaks of another address of the site than today's.
    """
    with transaction() as session:
        publisher: Publisher = session.info["publisher"]
    first = func.now() - timedelta(days=publisher.past_days)
    # The end of a series is that of its first date: what counts is whether a later one is known.
    over = and_(Event.ends_at < first, ~exists().where(EventDate.event_id == Event.id, EventDate.ends_at >= first))
    ahead = func.now() + timedelta(days=366)
    known_to = select(func.max(EventDate.starts_at)).where(EventDate.event_id == Event.id).scalar_subquery()
    aged = [
        Event.feed_number == 0,
        Event.search_text == "",
        func.cardinality(Event.folded_tags) != func.cardinality(Event.tags),
        and_(Event.ical != "", over),
        and_(Event.ical != "", Event.deleted_at < func.now() - DELETED_FOR),
        and_(_goes_on(ahead), known_to < ahead),
    ]
    if is_moved:
        here = f"%\r\nURL:{publisher.base_url}/%"
        aged.append(and_(Event.ical != "", Event.ical.not_like(here)))
    return _settle_in_turns(or_(*aged))


def _goes_on(ahead: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Has an event dates after that moment, for all its rule says?"""
    until = func.substring(Event.rrule, "UNTIL=([0-9]{8})")
    ends_later = or_(until.is_(None), until >= func.to_char(ahead, "YYYYMMDD"))
    return and_(Event.rrule != "", Event.rrule.not_like("%COUNT=%"), ends_later)


def refresh(now: datetime) -> int:
    """The chore: what time alone has changed until `now`, which is the database's own time."""
    return settle_aged(is_moved=True) + forget_left()


def forget_left() -> int:
    """Forget what left calendars long ago, and remember up to where; says how much."""
    with transaction() as session:
        old = delete(FeedTombstone).where(FeedTombstone.left_at < func.now() - LEFT_FOR)
        gone = session.execute(old.returning(FeedTombstone.place_id, FeedTombstone.number)).all()
        last: dict[int, int] = {}
        for place_id, number in gone:
            last[place_id] = max(number, last.get(place_id, 0))
        if last:
            rows = [{"place_id": place_id, "number": number} for place_id, number in sorted(last.items())]
            put = upsert(FeedForgotten).values(rows)
            further = func.greatest(FeedForgotten.number, put.excluded.number)
            session.execute(
                put.on_conflict_do_update(index_elements=[FeedForgotten.place_id], set_={"number": further})
            )
    return len(gone)


def _settle_in_turns(condition: ColumnElement[bool]) -> int:
    # By place, whose texts are put together again once a turn.
    with transaction() as session:
        ids = session.scalars(select(Event.id).where(condition).order_by(Event.place_id, Event.id)).all()
    for start in range(0, len(ids), _A_TURN):
        with transaction() as session:
            settle_events(session, ids[start : start + _A_TURN])
    return len(ids)
