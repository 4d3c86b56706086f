"""Reads of collections: their events with or without the texts, what changed in them, what left them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    any_,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from fablabmesh.caldav.addresses import Mark, href_of, name_of, path_of, read_path
from fablabmesh.caldav.protocol import Between, Stored
from fablabmesh.events.models import Event, EventDate, EventPartner, FeedChunk, FeedForgotten, FeedTombstone
from fablabmesh.feeds import queries as feeds
from fablabmesh.feeds.composition import title_of
from fablabmesh.feeds.slices import Args, Choice, Slice, of_zone, read_slice
from fablabmesh.kit.db import session
from fablabmesh.places.models import Place
from fablabmesh.zones.models import Programme, Zone

# The dates of a series without end are known at least so far ahead.
_KNOWN = timedelta(days=365)


def read_filter(args: Args) -> Slice:
    """The slice of a filter's parameters. BadFilter for those that there are not."""
    return read_slice(args, zones=feeds.map_zones(), categories=feeds.list_category_slugs())


def find_title(wanted: Slice) -> str:
    """What the calendar is called. NotFound for a slice of what there is not."""
    return title_of(wanted, feeds.find_names(wanted))


def find_moved(path: str) -> str | None:
    """The address of today of what stood at a former address of a place; None for anything else."""
    address = read_path(path, read_filter)
    if address is None:
        return None
    now = feeds.follow_moved(address.wanted)
    return None if now == address.wanted else href_of(path_of(now)) + (name_of(address.uid) if address.uid else "")


def list_home() -> list[tuple[Slice, str]]:
    """What is shown to who asks what there is, with its names: the whole and the zones. Labs are found on the map."""
    statement = (
        select(Programme.slug, Zone.slug, Zone.name)
        .join(Zone.programme)
        .order_by(Programme.position, Zone.position, Zone.id)
    )
    found = [(Slice(), title_of(Slice(), {}))]
    for programme, slug, name in session.execute(statement):
        wanted = of_zone(programme, slug)
        found.append((wanted, title_of(wanted, {"zones": {f"{programme}/{slug}": name}})))
    return found


def find_marks(slices: Sequence[Slice]) -> list[Mark]:
    """The states of slices, in their order. To be read before their events: what is told twice does no harm."""
    numbered = [(at, choice) for at, wanted in enumerate(slices) for choice in wanted.choices or (Choice(),)]
    parts = [_state_of(at, order, choice) for order, (at, choice) in enumerate(numbered)]
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for at, _order, *state in session.execute(union_all(*parts).order_by("nth")):
        found[at].append(tuple(state))
    return [_mark_of(found[at]) for at in range(len(slices))]


def _state_of(at: int, order: int, choice: Choice) -> Select[Any]:
    """Of one choice: its last publication, up to where it is not known what left, when it was last written, and a
    digest of its places that have any part in events."""
    taking_part = union(*(select(part.place_id) for part in (FeedChunk, EventPartner, FeedTombstone, FeedForgotten)))
    asked = feeds.places_of(Slice((choice,) if choice != Choice() else ()))
    places = asked.where(Place.id.in_(taking_part)).cte(f"places_{order}")
    here = select(places.c.id)
    written = select(func.max(FeedChunk.number)).where(FeedChunk.place_id.in_(here))
    left = select(func.max(FeedTombstone.number)).where(FeedTombstone.place_id.in_(here))
    forgotten = select(func.max(FeedForgotten.number)).where(FeedForgotten.place_id.in_(here))
    with_others = (
        select(func.max(Event.feed_number))
        .join(EventPartner, EventPartner.event_id == Event.id)
        .where(EventPartner.place_id.in_(here))
    )
    changed_at = select(func.max(FeedChunk.changed_at)).where(FeedChunk.place_id.in_(here))
    in_order = aggregate_order_by(literal(","), places.c.id)
    return select(
        literal(at),
        literal(order).label("nth"),
        func.greatest(*(each.scalar_subquery() for each in (written, left, forgotten, with_others))),
        forgotten.scalar_subquery(),
        changed_at.scalar_subquery(),
        func.md5(select(func.string_agg(cast(places.c.id, Text), in_order)).scalar_subquery()),
    )


def _mark_of(states: list[tuple[Any, ...]]) -> Mark:
    numbers, forgotten, moments, places = zip(*states, strict=True)
    return Mark(
        number=max(number or 0 for number in numbers),
        places=sha256(",".join(digest or "" for digest in places).encode()).hexdigest(),
        changed_at=max((moment for moment in moments if moment), default=None),
        forgotten=max(number or 0 for number in forgotten),
    )


def list_stored(
    wanted: Slice,
    *,
    uids: Collection[str] | None = None,
    since: int | None = None,
    between: Between | None = None,
    with_text: bool = False,
    most: int | None = None,
) -> list[Stored]:
    """Events of a slice in the order of their ids, or some of them: by uid, by number, by time, the first so many."""
    columns: list[Any] = [Event.uid, Event.digest, Event.ical_zones, Event.changed_at]
    statement = select(*columns, *([Event.ical] if with_text else [])).where(Event.ical != "", feeds.fits(wanted))
    if uids is not None:
        statement = statement.where(Event.uid == any_(cast(list(uids), ARRAY(Text))))
    if since is not None:
        statement = statement.where(Event.feed_number > since)
    if between is not None:
        statement = statement.where(_happens(between))
    found = session.execute(statement.order_by(Event.id).limit(most))
    return [Stored(uid, digest, tuple(zones), changed_at, *text) for uid, digest, zones, changed_at, *text in found]


def list_left(wanted: Slice, since: int) -> list[str]:
    """Uids of what may have been in the slice at a number, and is not any more."""
    places = feeds.places_of(wanted)
    left: Any = select(FeedTombstone.uid).where(FeedTombstone.number > since, FeedTombstone.place_id.in_(places))
    if not wanted.is_of_places:
        # An event that was edited may have lost the tag, the word or the language by which it was found.
        with_others = select(EventPartner.event_id).where(EventPartner.place_id.in_(places))
        edited = select(Event.uid).where(
            Event.feed_number > since,
            Event.ical != "",
            or_(Event.place_id.in_(places), Event.id.in_(with_others)),
            not_(feeds.fits(wanted)),
        )
        left = union(left, edited)
    uids = left.subquery().c.uid
    still = exists().where(Event.uid == uids, Event.ical != "", feeds.fits(wanted))
    return list(session.scalars(select(uids).distinct().where(not_(still)).order_by(uids)))


def _happens(between: Between) -> ColumnElement[bool]:
    """Has an event a date then? By the dates that are known; what is deleted has none and is found by its first."""
    start, end = between
    asked = exists().where(EventDate.event_id == Event.id)
    deleted: list[ColumnElement[bool]] = [Event.deleted_at.is_not(None)]
    if end is not None:
        asked = asked.where(EventDate.starts_at < end)
        deleted.append(Event.starts_at < end)
    if start is not None:
        # What has no length happens when it starts: RFC 4791 §9.9.
        asked = asked.where(or_(EventDate.ends_at > start, EventDate.starts_at >= start))
        comes_again = or_(Event.rrule != "", func.cardinality(Event.rdates) > 0)
        deleted.append(or_(Event.ends_at > start, Event.starts_at >= start, comes_again))
    found = [asked, and_(*deleted)]
    if end is not None:
        known_to = func.greatest(func.now(), Event.starts_at) + _KNOWN
        longer = exists().where(EventDate.event_id == Event.id, EventDate.starts_at > known_to)
        found.append(and_(Event.rrule != "", Event.rrule.not_like("%COUNT=%"), known_to < end, longer))
    return or_(*found)
