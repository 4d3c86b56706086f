"""What is made of events at each write, in the same transaction: their dates, their calendar texts, the texts by place.

Nobody has to think of it: the session notes which events and places it writes, and settles them before it commits.
Bulk statements pass it by; who uses them calls `settle_events`. Numbers are given under a lock held to the end of the
transaction, so that they are in the order of commits: whoever has seen number 7 will never see a new 6.

Whoever settles holds rows of events first and that lock second, as who edits one event does, or two would wait for
each other.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    ColumnElement,
    cast,
    column,
    delete,
    event,
    func,
    insert,
    inspect,
    or_,
    select,
    text,
    update,
    values,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, aliased, joinedload, scoped_session, selectinload

from fablabmesh.events.dates import list_dates
from fablabmesh.events.models import (
    Category,
    Event,
    EventChange,
    EventDate,
    EventPartner,
    FeedChunk,
    FeedTombstone,
    feed_numbers,
)
from fablabmesh.events.rules import image_path
from fablabmesh.kit import ical
from fablabmesh.kit.db import equip
from fablabmesh.kit.geo import point_of
from fablabmesh.kit.i18n import force_locale
from fablabmesh.kit.splice import deflate_chunk
from fablabmesh.kit.text import fold
from fablabmesh.places.models import Place
from fablabmesh.publication.entries import FEED_LANGUAGE, to_entries, to_search_text

CHANNEL = "feeds"
# A deleted event stays in calendars so long, as cancelled: a calendar that only loses an event goes on showing it.
DELETED_FOR = timedelta(days=180)
_LOCK = 7_365_001
_NOTES = "unpublished"
_PLACE_WORDS = ("name", "slug", "address", "postcode", "commune", "latitude", "longitude", "is_demo")
_LONGEST_NOTICE = 7000
_BATCH = 1000  # events at a time, so that memory does not grow with their number


@dataclass(frozen=True)
class Publisher:
    """`base_url`: where pages are; `past_days`: how long calendars keep what is over."""

    base_url: str
    past_days: int


@dataclass
class Notes:
    """What a session has written and not settled yet. `left`: what left a place, by uid and place."""

    events: set[int] = field(default_factory=set)
    places: set[int] = field(default_factory=set)
    categories: set[str] = field(default_factory=set)
    left: set[tuple[str, int]] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)  # places

    def __bool__(self) -> bool:
        return any((self.events, self.places, self.categories, self.left, self.gone))


def install(factory: scoped_session[Session], publisher: Publisher) -> None:
    """Have every session of this factory settle what it writes."""
    equip(factory, publisher=publisher)
    for name, listener in (("after_flush", _note), ("before_commit", _settle), ("after_soft_rollback", _forget)):
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)


# --- noting ------------------------------------------------------------------------------------------------------


def _note(session: Session, _context: object) -> None:
    if "publisher" not in session.info:
        return
    notes: Notes = session.info.setdefault(_NOTES, Notes())
    for thing in (*session.new, *session.dirty, *session.deleted):
        if isinstance(thing, Event):
            _note_event(notes, thing, is_gone=thing in session.deleted)
        elif isinstance(thing, EventChange):
            notes.events.add(thing.event_id)
        elif isinstance(thing, Category) and inspect(thing).attrs["name_fr"].history.deleted:
            notes.categories.add(thing.slug)
        elif isinstance(thing, Place) and thing in session.deleted:
            notes.gone.add(thing.id)
        elif isinstance(thing, Place) and any(inspect(thing).attrs[name].history.deleted for name in _PLACE_WORDS):
            notes.places.add(thing.id)


def _note_event(notes: Notes, written: Event, *, is_gone: bool) -> None:
    if is_gone:
        notes.left.add((written.uid, written.place_id))
        return
    notes.events.add(written.id)
    state = inspect(written).attrs
    for former in state.place_id.history.deleted or ():
        if former is not None and former != written.place_id:
            notes.left.add((written.uid, former))
    for partner in state.partners.history.deleted or ():
        if partner.id != written.place_id:
            notes.left.add((written.uid, partner.id))


def _forget(session: Session, _previous: object) -> None:
    session.info.pop(_NOTES, None)


# --- settling ----------------------------------------------------------------------------------------------------


def _settle(session: Session) -> None:
    if "publisher" not in session.info:
        return
    session.flush()
    notes: Notes | None = session.info.pop(_NOTES, None)
    if notes:
        settle(session, notes)


def settle(session: Session, notes: Notes) -> None:
    """Bring dates, texts and chunks up to date with what was written, and tell those who listen."""
    moved, named = _hold(session, notes)
    now = session.execute(select(func.now())).scalar_one()
    number = session.execute(select(feed_numbers.next_value())).scalar_one()
    for_name = _touch(session, moved, named)
    places = {place_id for _, place_id in notes.left}
    places |= _settle_events(session, notes.events | for_name, dated=notes.events, number=number, now=now)
    for uid, place_id in notes.left:
        session.execute(insert(FeedTombstone).values(uid=uid, place_id=place_id, number=number, left_at=now))
    changed = {place_id for place_id in places if _settle_place(session, place_id, number)} | notes.gone
    if changed:
        told = ",".join(map(str, sorted(changed)))
        session.execute(select(func.pg_notify(CHANNEL, f"{number}:{told if len(told) < _LONGEST_NOTICE else '*'}")))


def settle_events(session: Session, ids: Collection[int]) -> None:
    """For writes that passed the session by."""
    settle(session, Notes(events=set(ids)))


def note_events(session: Session, ids: Collection[int]) -> None:
    """For writes that pass the session by: these are settled with all others, when it commits."""
    if "publisher" in session.info:
        notes: Notes = session.info.setdefault(_NOTES, Notes())
        notes.events.update(ids)


def _list_ids(session: Session, condition: ColumnElement[bool]) -> set[int]:
    return set(session.scalars(select(Event.id).where(condition)))


def _hold(session: Session, notes: Notes) -> tuple[set[int], set[int]]:
    """Lock the events concerned in the order of their ids, then publication; gives what `_list_touched` does.

    What came to be concerned while others published is not held yet: the lock of publication is given back, and all
    begins anew with it.
    """
    while True:
        moved, named = _list_touched(session, notes)
        rows = select(Event.id).where(Event.id.in_(notes.events | moved | named)).order_by(Event.id)
        # As strong as an update, and no stronger: who only refers to an event need not wait.
        session.execute(rows.with_for_update(key_share=True))
        session.execute(text("SAVEPOINT publication"))
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        now_moved, now_named = _list_touched(session, notes)
        if now_moved | now_named <= moved | named:
            session.execute(text("RELEASE SAVEPOINT publication"))
            return now_moved, now_named
        session.execute(text("ROLLBACK TO SAVEPOINT publication"))


def _list_touched(session: Session, notes: Notes) -> tuple[set[int], set[int]]:
    """The events that are elsewhere, or where they are is named otherwise; and those of which another word changed."""
    if not (notes.places or notes.categories):
        return set(), set()
    changes = select(EventChange.event_id).where(EventChange.venue_id.in_(notes.places))
    here = or_(Event.place_id.in_(notes.places), Event.venue_id.in_(notes.places), Event.id.in_(changes))
    partners = select(EventPartner.event_id).where(EventPartner.place_id.in_(notes.places))
    named = or_(Event.id.in_(partners), Event.category_slug.in_(notes.categories))
    moved = _list_ids(session, here)
    return moved, _list_ids(session, named) - moved


def _touch(session: Session, moved: Collection[int], named: Collection[int]) -> set[int]:
    """A place that is named or found otherwise changes where its events are, which subscribers must be told; another
    name of a partner or of a category is a word. What is told anew is stamped anew, or programs hold it for known.
    """
    for ids, sequence in ((moved, Event.sequence + 1), (named, Event.sequence)):
        if ids:
            session.execute(
                update(Event)
                .where(Event.id.in_(ids))
                .values(changed_at=func.now(), sequence=sequence)
                .execution_options(synchronize_session=False)
            )
    return {*moved, *named}


def _settle_events(
    session: Session, ids: Collection[int], *, dated: Collection[int], number: int, now: datetime
) -> set[int]:
    """The places whose calendars change."""
    places: set[int] = set()
    in_order = sorted(ids)
    for start in range(0, len(in_order), _BATCH):
        places |= _settle_batch(session, in_order[start : start + _BATCH], dated=dated, number=number, now=now)
    return places


def _settle_batch(
    session: Session, ids: Sequence[int], *, dated: Collection[int], number: int, now: datetime
) -> set[int]:
    publisher: Publisher = session.info["publisher"]
    statement = (
        select(Event, Event.digest, Event.feed_number, Event.search_text, Event.folded_tags)
        .where(Event.id.in_(ids))
        .options(
            joinedload(Event.place),
            joinedload(Event.venue),
            selectinload(Event.changes).joinedload(EventChange.venue),
            selectinload(Event.partners),
        )
        .execution_options(populate_existing=True)
    )
    found = session.execute(statement).all()
    _write_dates(session, [each for each, *_ in found if each.id in dated], now)
    places, searched, written = set(), [], []
    for each, digest, settled, *former in found:
        folded = [to_search_text(each), [fold(tag) for tag in each.tags]]
        if folded != former:
            searched.append({"id": each.id, "search_text": folded[0], "folded_tags": folded[1]})
        rendered = _render(each, publisher, now)
        now_digest = sha256(rendered.text).hexdigest()[:16] if rendered.text else ""
        if now_digest == digest and settled:
            continue
        written.append({"id": each.id, "ical": rendered.text.decode(), "digest": now_digest, "feed_number": number}
                       | {"ical_zones": list(rendered.zones)})  # fmt: skip
        if digest and not now_digest:
            left = {each.place_id, *(partner.id for partner in each.partners)}
            told = {"uid": each.uid, "number": number, "left_at": now}
            session.execute(insert(FeedTombstone), [{**told, "place_id": id_} for id_ in sorted(left)])
        if now_digest != digest:
            places.add(each.place_id)
    _write(session, searched)
    _write(session, written)
    _locate(session, ids)
    return places | {each.place_id for each, *_ in found if each.id in dated}


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    """Columns of events, by id; beside the session, which would note them and settle them again."""
    if not rows:
        return
    columns = Event.__table__.c
    given = values(*(column(name, columns[name].type) for name in rows[0]), name="given").data(
        [tuple(row.values()) for row in rows]
    )
    # What stands in a list of values is text, unless it says what it is.
    told = {name: cast(given.c[name], columns[name].type) for name in rows[0] if name != "id"}
    session.execute(
        update(Event).where(Event.id == given.c.id).values(told).execution_options(synchronize_session=False)
    )


def _locate(session: Session, ids: Sequence[int]) -> None:
    """Where events are held: what a radius asks for."""
    venue, organiser = aliased(Place), aliased(Place)
    found = func.coalesce(
        select(venue.location).where(venue.id == Event.venue_id).scalar_subquery(),
        point_of(Event.venue_latitude, Event.venue_longitude),
        select(organiser.location).where(organiser.id == Event.place_id).scalar_subquery(),
    )
    moved = update(Event).where(Event.id.in_(ids), Event.location.is_distinct_from(found)).values(location=found)
    session.execute(moved.execution_options(synchronize_session=False))


def _render(each: Event, publisher: Publisher, now: datetime) -> ical.Rendered:
    """The calendar text of an event, or none while it has nothing to do in calendars."""
    # What was published and then refused is deleted as well, and told as cancelled like all that is.
    if (each.is_draft and each.deleted_at is None) or not _is_in_window(each, publisher, now):
        return ical.Rendered(b"", ())
    if each.deleted_at is not None and (each.published_at is None or each.deleted_at < now - DELETED_FOR):
        return ical.Rendered(b"", ())
    with force_locale(FEED_LANGUAGE):
        image = publisher.base_url + image_path(each.image_digest) if each.image_digest else ""
        return ical.render_event(to_entries(each, f"{publisher.base_url}/evenements/{each.slug}", image))


def _is_in_window(each: Event, publisher: Publisher, now: datetime) -> bool:
    first = now - timedelta(days=publisher.past_days)
    if not each.is_recurring:
        return each.ends_at >= first
    return any(date.when.ends_at >= first for date in list_dates(each, now=now))


def _write_dates(session: Session, events: Sequence[Event], now: datetime) -> None:
    rows: list[dict[str, Any]] = []
    ids = [each.id for each in events]
    if ids:
        session.execute(
            delete(EventDate).where(EventDate.event_id.in_(ids)).execution_options(synchronize_session=False)
        )
    for each in events:
        if each.deleted_at is not None:
            continue
        rows += [
            {
                "event_id": each.id,
                "recurrence_local": date.recurrence_local,
                "starts_local": date.when.starts_local,
                "ends_local": date.when.ends_local,
                "starts_at": date.when.starts_at,
                "ends_at": date.when.ends_at,
                "is_cancelled": date.is_cancelled,
                "change_id": date.change.id if date.change else None,
            }
            for date in list_dates(each, now=now)
        ]
    if rows:
        session.execute(insert(EventDate), rows)


def _settle_place(session: Session, place_id: int, number: int) -> bool:
    """Put the texts of a place together again; says whether they changed."""
    texts = session.execute(
        select(Event.ical, Event.ical_zones, Event.changed_at)
        .where(Event.place_id == place_id, Event.ical != "")
        .order_by(Event.id)
    ).all()
    raw = "".join(text for text, _, _ in texts).encode()
    digest = sha256(raw).hexdigest()[:32]
    before = session.scalar(select(FeedChunk.digest).where(FeedChunk.place_id == place_id))
    if before == digest or (before is None and not raw):
        return False
    chunk = deflate_chunk(raw)
    values = {
        "raw": raw,
        "deflated": chunk.deflated,
        "crc32": chunk.crc32,
        "length": chunk.length,
        "zones": sorted({zone for _, zones, _ in texts for zone in zones}),
        "digest": digest,
        "number": number,
        "changed_at": max((changed for _, _, changed in texts), default=func.now()),
    }
    statement = upsert(FeedChunk).values(place_id=place_id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=[FeedChunk.place_id], set_=values))
    return True
