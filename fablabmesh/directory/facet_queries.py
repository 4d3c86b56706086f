"""Live counts: what each value of a filter would leave, counted on bitmaps that a process keeps of all places.

The bitmaps are right as of a number of `PlaceNumber`, which each count asks for; what changed since is read again.
What hangs on events or projects is asked of the database each time; what hangs on the clock, once for each moment.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, scoped_session

from fablabmesh.directory import bitmaps, queries
from fablabmesh.directory.bitmaps import Facet, Index, union, without
from fablabmesh.directory.filters import EVENT_DAYS, LISTS, NOW, TERMS, UPDATE_DAYS, WEEKDAYS, Search
from fablabmesh.directory.moments import HOME, Windows, event_days, updated_since, windows_of
from fablabmesh.kit.db import equip, session, transaction
from fablabmesh.places.filters import LAUREATE, PlaceFilter
from fablabmesh.places.models import FundingCall, Laureate, Place, PlaceChange
from fablabmesh.places.queries import IS_LISTED
from fablabmesh.zones.models import Programme, Zone, ZoneDepartment

# The day on which a place closed for good: a facet that no address asks for.
CLOSED_ON = "ferme-le"
# Moments that people ask about again: the present minute, the days of the week, the periods that are offered.
_MOST_KEPT = 40
_A_BATCH = 5_000


class Memory:
    """The bitmaps of a process. `is_trusted`: unless nothing is ever committed, as in tests; all is then read anew."""

    def __init__(self) -> None:
        self.is_trusted = True
        self._index = Index()
        self._moments: OrderedDict[Moment, int] = OrderedDict()
        self._lock = threading.Lock()

    def renewed(self) -> Index:
        """The index of what is committed now."""
        number = queries.find_number()
        if self.is_trusted and self._index.number == number:
            return self._index
        with self._lock:
            if not self.is_trusted:
                self._index, self._moments = Index(), OrderedDict()
            # Another request may have done it while this one waited; at most it is done once more.
            elif self._index.number >= number:
                return self._index
            self._bring_up(number)
            return self._index

    def _bring_up(self, number: int) -> None:
        before = self._index
        is_first = before.number == 0
        ids = [] if is_first else _list_changed(before.number)
        is_whole = is_first or len(ids) > _A_BATCH
        changed = before.all if is_whole else before.numbering.bitmap(ids)
        self._index = before.renewed(number, changed, _read_rows(None if is_whole else ids))
        if is_whole:
            self._moments.clear()
            return
        for key, bitmap in list(self._moments.items()):
            fresh = self._index.numbering.bitmap(_ids_where(key.condition(), Place.id.in_(ids)))
            self._moments[key] = without(bitmap, changed) | fresh

    def at_moment(self, index: Index, key: "Moment") -> int:
        """The places that fit a condition on the clock; kept, for those of the same moment ask the same."""
        with self._lock:
            if index is self._index and key in self._moments:
                self._moments.move_to_end(key)
                return self._moments[key]
        bitmap = index.numbering.bitmap(_ids_where(key.condition()))
        with self._lock:
            if index is self._index:
                self._moments[key] = bitmap
                while len(self._moments) > _MOST_KEPT:
                    self._moments.popitem(last=False)
        return bitmap


def warm(memory: Memory) -> int:
    """Reads all places before anybody asks for a count; says how many there are."""
    with transaction():
        return memory.renewed().all.bit_count()


def install(factory: scoped_session[Session], memory: Memory) -> None:
    """Have every session of this factory count on these bitmaps."""
    equip(factory, places_memory=memory)


def _list_changed(number: int) -> list[int]:
    return list(session.scalars(select(PlaceChange.place_id).where(PlaceChange.number > number)))


def _read_rows(ids: list[int] | None) -> Iterator[tuple[int, Iterable[Facet]]]:
    """(id, facets) of these places, or of all."""
    calls = (
        select(func.array_agg(FundingCall.slug))
        .join(Laureate, Laureate.call_id == FundingCall.id)
        .where(Laureate.place_id == Place.id)
        .scalar_subquery()
    )
    names = [next(name for name, told in TERMS.items() if told[0] == attribute) for attribute in queries.COLUMNS]
    statement = select(Place.id, Place.kind, Place.department_code, Place.closed_on, calls, *queries.COLUMNS.values())
    # What is not listed is as what is gone: it has no row, and its bits go.
    statement = statement.where(IS_LISTED)
    if ids is not None:
        statement = statement.where(Place.id.in_(ids))
    for place_id, kind, department, closed_on, chosen, *codes in session.execute(
        statement.execution_options(yield_per=_A_BATCH)
    ):
        facets = [("genre", kind.value)]
        if department:
            facets.append(("departement", department))
        if closed_on:
            facets.append((CLOSED_ON, closed_on.isoformat()))
        if chosen:
            facets += [("genre", LAUREATE), *(("appel", call) for call in chosen)]
        for name, values in zip(names, codes, strict=True):
            facets += [(name, value) for value in values]
        yield place_id, facets


# --- conditions on the clock -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenWithin:
    """Open at some instant of these windows: see `windows_of`."""

    windows: Windows

    def condition(self) -> ColumnElement[bool]:
        return queries.is_open_within(self.windows)


@dataclass(frozen=True)
class UpdatedSince:
    """Written, confirmed or renewed since that day."""

    day: date

    def condition(self) -> ColumnElement[bool]:
        return queries.is_updated_since(self.day)


Moment = OpenWithin | UpdatedSince


def _ids_where(*conditions: ColumnElement[bool]) -> list[int]:
    return list(session.scalars(select(Place.id).where(*conditions)))


# --- counting --------------------------------------------------------------------------------------------------------

# All that can be chosen of one parameter; « fermes » and « cherche-partenaires » have one value.
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Counted:
    """How many places fit, and parameter → value → how many would, were it the only value chosen of its parameter.

    `used`: how many places have each value of the lists, whatever is asked for.
    """

    total: int
    of: Counts
    used: Counts


def count_facets(search: Search, *, now: datetime) -> Counted:
    """What is found, and what each value that the form offers would find."""
    memory: Memory = session.info["places_memory"]
    index = memory.renewed()
    offered = _offer(memory, index, search, now)
    chosen = {name: union(offered[name].get(value, 0) for value in values) for name, values in _chosen(search)}
    chosen |= _choose_freely(memory, index, search, now)
    closed = offered["fermes"]["oui"]
    if not search.with_closed:
        chosen["fermes"] = without(index.all, closed)
    counted = bitmaps.count(chosen, index.all, offered)
    total = bitmaps.others(index.all, chosen)("")
    used = {name: {value: bitmap.bit_count() for value, bitmap in offered[name].items()} for name in LISTS}
    return Counted(total.bit_count(), counted, used)


def _chosen(search: Search) -> list[tuple[str, list[str]]]:
    """Parameter → values chosen, of those that are offered."""
    kinds = [kind.value for kind in search.place.kinds] + [LAUREATE] * search.place.laureates_only
    single = {"zone": search.zone, "cherche-partenaires": "oui" if search.seeks_partners else ""}
    single |= {"evenements": search.events}
    found = [("genre", kinds)] + [(name, list(getattr(search, attribute))) for name, attribute in LISTS.items()]
    found += [(name, [value] if value else []) for name, value in single.items()]
    return [(name, values) for name, values in found if values]


def _offer(memory: Memory, index: Index, search: Search, now: datetime) -> dict[str, dict[str, int]]:
    """Parameter → value → the places that have it."""
    today = now.astimezone(ZoneInfo(HOME)).date()
    offered: dict[str, dict[str, int]] = {name: {} for name in ("genre", *LISTS)}
    closed = []
    for (name, value), bitmap in index.facets.items():
        if name in offered:
            offered[name][value] = bitmap
        elif name == CLOSED_ON and value <= today.isoformat():
            closed.append(bitmap)
    offered["fermes"] = {"oui": union(closed)}
    offered["zone"] = _draw_zones(index, search.programme)
    offered["ouvert"] = {
        asked: memory.at_moment(index, OpenWithin(windows_of(asked, now))) for asked in (NOW, *WEEKDAYS)
    }
    offered["maj"] = {
        days: memory.at_moment(index, UpdatedSince(updated_since(Search(updated=days), today))) for days in UPDATE_DAYS
    }
    offered["evenements"] = {
        days: index.numbering.bitmap(queries.list_with_events(*event_days(Search(events=days), today), now=now))
        for days in EVENT_DAYS
    }
    offered["cherche-partenaires"] = {"oui": index.numbering.bitmap(_ids_where(queries.seeks_partners()))}
    return offered


def _draw_zones(index: Index, programme: str) -> dict[str, int]:
    statement = (
        select(Zone.slug, ZoneDepartment.department_code)
        .join(Zone, Zone.id == ZoneDepartment.zone_id)
        .join(Programme, Programme.id == Zone.programme_id)
        .where(Programme.slug == programme)
    )
    departments: dict[str, list[str]] = {}
    for zone, department in session.execute(statement):
        departments.setdefault(zone, []).append(department)
    return {zone: index.of("departement", codes) for zone, codes in departments.items()}


def _choose_freely(memory: Memory, index: Index, search: Search, now: datetime) -> dict[str, int]:
    """What is asked for by a value of one's own, and not by one of those that are offered."""
    today = now.astimezone(ZoneInfo(HOME)).date()
    found: dict[str, int] = {}
    if search.open:
        found["ouvert"] = memory.at_moment(index, OpenWithin(windows_of(search.open, now)))
    if search.updated:
        found["maj"] = memory.at_moment(index, UpdatedSince(updated_since(search, today)))
    if search.since or search.until:
        ids = queries.list_with_events(*event_days(search, today), now=now)
        found["evenements"] = index.numbering.bitmap(ids)
    # Words, a circle and what a map shows are of one group each, which nothing is counted of.
    rest = Search(replace(PlaceFilter(), text=search.text), around=search.around, view=search.view, with_closed=True)
    if conditions := queries.fits(rest, now=now):
        found["rest"] = index.numbering.bitmap(_ids_where(*conditions))
    return found
