"""Writes: an act of the journal taken back, so that all is as it was before it; itself an act, and itself taken back.

Rows are written by the rooms that know them where these make something of them (a place, an event, what people may do),
so that calendars, histories and searches follow. What was written again since is never overwritten: nothing is done,
and both are told.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from fablabmesh.accounts.models import Account
from fablabmesh.events import actions as events
from fablabmesh.events import queries as event_queries
from fablabmesh.events.models import Event
from fablabmesh.events.rules import Deed
from fablabmesh.journal.labels import kinds
from fablabmesh.journal.models import JournalEntry
from fablabmesh.journal.people_actions import people_of, take_back
from fablabmesh.journal.rules import MOST_UNDONE, NOT_MADE_ANEW, RowDeed
from fablabmesh.journal.undoing import Clash, Net, clash_of, net_of, values_before
from fablabmesh.journal.wording import MASKED
from fablabmesh.kit.acting import undoing
from fablabmesh.kit.db import Base, session
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.text import fold
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place
from fablabmesh.places.rules import PlaceDeed
from fablabmesh.publication.actions import note_events
from fablabmesh.sheets import queries as sheets

_TABLES = Base.metadata.tables
_ORDER = {table.name: number for number, table in enumerate(Base.metadata.sorted_tables)}
# Parts of something, on which nothing hangs: gone before others come, or two would claim one position or one address.
_PARTS = {
    *("place_fact", "machine", "place_person", "place_picture", "place_alias", "place_source_alias", "laureate"),
    *("place_manager", "pole_role", "event_change", "event_partner", "zone_department", "zone_coordinator"),
}
_OF_PAGE = {"machine": "machines", "place_person": "people", "place_picture": "pictures"}
# Told anew by whoever writes the others.
_FOLLOWS = {"place": {"department_code", "department_found_by", "department_distance_m"}}


class Clashes(Conflict):
    """Something was written again since."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__(_("Ce changement a été suivi d’autres : il ne peut plus être annulé tel quel."))
        self.clashes = list(clashes)


def undo(entries: Sequence[JournalEntry], *, by: Account, now: datetime) -> None:
    """Bring back what stood before these entries of one act. Clashes where something was written again since."""
    if len(entries) > MOST_UNDONE:
        raise Refused(_("Ce changement touche trop de choses pour être annulé d’un coup : annulez-le ligne par ligne."))
    rows = [row for row in net_of(entries) if row.deed is not None]
    with undoing(entries[0].act_id):
        stand = {id(row): _lock(row) for row in sorted(rows, key=lambda row: (_ORDER[row.table], repr(row.key)))}
        _check(rows, stand)
        todo = [row for row in rows if _differs(row, stand[id(row)])]
        if not todo:
            raise Refused(_("Ce changement est déjà annulé."))
        try:
            with session.begin_nested():
                _Undoing(todo, stand, by, now).run()
        except IntegrityError as error:
            raise Refused(
                _("Cela ne peut plus revenir ainsi : ce dont cela dépend n’existe plus, ou sa place est prise.")
            ) from error


def _lock(row: Net) -> dict[str, Any] | None:
    """The row as it is, held until all is done."""
    table = _TABLES[row.table]
    whole = sa.func.to_jsonb(sa.literal_column(f'"{table.name}"'))
    found = session.execute(sa.select(whole).select_from(table).where(*_is(table, row.key)).with_for_update())
    return found.scalar_one_or_none()


def _is(table: sa.Table, key: Mapping[str, Any]) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == _read(table.c[name], value) for name, value in key.items()]


def _check(rows: Sequence[Net], stand: Mapping[int, dict[str, Any] | None]) -> None:
    clashes = [clash for row in rows if (clash := clash_of(row, stand[id(row)])) is not None]
    if clashes:
        raise Clashes(clashes)
    if any(row.deed is RowDeed.DELETE and row.table in NOT_MADE_ANEW for row in rows):
        raise Refused(_("Ce qui a été supprimé contenait des mots que le journal ne garde pas : à refaire à la main."))


def _differs(row: Net, now: dict[str, Any] | None) -> bool:
    if row.deed is RowDeed.UPDATE:
        return bool(values_before(row, now or {}))
    if row.deed is RowDeed.INSERT and row.table == "event":
        return now is not None and now["deleted_at"] is None
    if row.deed is RowDeed.INSERT and row.table == "account":
        return now is not None and bool(now["is_active"])
    return (now is None) is (row.deed is RowDeed.DELETE)


class _Undoing:
    """The steps, in an order in which nothing that stays hangs on something that goes."""

    def __init__(self, rows: Sequence[Net], stand: Mapping[int, Any], by: Account, now: datetime) -> None:
        self._people = people_of(rows)
        self._rows = [row for row in rows if row not in self._people]
        self._stand, self._by, self._now = stand, by, now
        # Place → what its page told before, of its parts.
        self._pages: dict[int, dict[str, Any]] = {}
        self._events: set[int] = set()
        self._sources: list[tuple[int, dict[str, Any]]] = []

    def run(self) -> None:
        self._note_pages()
        added = self._of(RowDeed.INSERT)
        for row in reversed([row for row in added if row.table in _PARTS]):
            self._take_away(row)
        for row in self._of(RowDeed.DELETE):
            self._make_anew(row)
        for row in self._of(RowDeed.UPDATE):
            self._bring_back(row)
        for place_id, source in self._sources:
            session.execute(sa.update(Place).where(Place.id == place_id).values(**source))
        for row in self._people:
            take_back(row, self._values(row), by=self._by, now=self._now)
        for row in reversed([row for row in added if row.table not in _PARTS]):
            self._take_away(row)
        session.flush()
        self._tell_events()
        self._tell_pages()

    def _of(self, deed: RowDeed) -> list[Net]:
        return sorted((row for row in self._rows if row.deed is deed), key=lambda row: _ORDER[row.table])

    def _values(self, row: Net) -> dict[str, Any]:
        """What differs from how it was before."""
        plain = values_before(row, self._stand[id(row)] or {})
        return {name: _read(_TABLES[row.table].c[name], value) for name, value in plain.items()}

    # --- one row -------------------------------------------------------------------------------------------------

    def _take_away(self, row: Net) -> None:
        if row.table == "event":
            event = _event(row.key["id"])
            events.delete_event(event, now=self._now, version=event.version, by=self._by)
            return
        self._hangs(row)
        if row.table == "place":
            place = session.get_one(Place, row.key["id"])
            session.expire(place)
            session.delete(places.queries.get_place(place.slug))
            session.flush()
            return
        table = _TABLES[row.table]
        session.execute(sa.delete(table).where(*_is(table, row.key)))
        self._note_event(row)

    def _hangs(self, row: Net) -> None:
        """Refuse to take with it what came to hang on it since."""
        if row.table in _PARTS:
            return
        going = {(each.table, repr(each.key)) for each in self._rows if each.deed is RowDeed.INSERT}
        words = kinds()
        for table in (table for table in Base.metadata.sorted_tables if table.name in words):
            for key in (key for key in table.foreign_keys if key.column.table is _TABLES[row.table]):
                hanging = sa.select(*table.primary_key.columns).where(key.parent == row.key[key.column.name])
                found = {(table.name, repr(dict(each))) for each in session.execute(hanging).mappings()}
                if not key.parent.nullable and found - going:
                    kind = words[table.name]
                    raise Refused(_("Quelque chose en dépend depuis (%(kind)s) : enlevez-le d’abord.", kind=kind))

    def _make_anew(self, row: Net) -> None:
        table = _TABLES[row.table]
        values = {
            column.name: _read(column, row.before[column.name]) for column in table.columns if column.name in row.before
        }
        for name, value in row.before.items():
            if value == MASKED:  # a name comes back only from who bears it
                values |= {name: ""} | ({"consented_on": None} if "consented_on" in values else {})
        if row.table == "place":
            self._sources.append((row.key["id"], {name: values.pop(name) for name in ("source", "source_id")}))
            lists = ("facts", "laureates", "pole_roles", "managers", "machines", "people", "pictures")
            session.add(Place(folded_name=fold(values["name"]), **values, **{name: [] for name in lists}))
        elif row.table == "event":
            session.add(Event(**values, partners=[], changes=[]))
        else:
            session.execute(sa.insert(_model(row.table)).values(**values))
        session.flush()
        self._note_event(row)

    def _bring_back(self, row: Net) -> None:
        table, values = _TABLES[row.table], self._values(row)
        if row.table == "place":
            self._bring_place_back(row.key["id"], values)
        elif row.table == "event":
            self._bring_event_back(row.key["id"], values)
        else:
            key = tuple(_read(column, row.key[column.name]) for column in table.primary_key.columns)
            thing = session.get_one(_model(row.table), key, populate_existing=True)
            for name, value in values.items():
                setattr(thing, name, value)
            if "changed_at" in table.c and row.table == "project":
                thing.changed_at = self._now
            session.flush()
            self._note_event(row)

    def _bring_place_back(self, place_id: int, values: dict[str, Any]) -> None:
        place = session.get_one(Place, place_id, populate_existing=True)
        written = {name: values.pop(name) for name in list(values) if name in places.EDITABLE}
        moves = written.keys() & {"insee", "postcode", "latitude", "longitude"}
        for name, value in values.items():
            if not (moves and name in _FOLLOWS["place"]):
                setattr(place, name, value)
        place.changed_at = self._now
        session.flush()
        if written:
            places.update_place(place, written, now=self._now, by=self._by, deed=PlaceDeed.UNDONE)

    def _bring_event_back(self, event_id: int, values: dict[str, Any]) -> None:
        event = _event(event_id)
        before = events.told(event)
        for name, value in values.items():
            setattr(event, name, value)
        event.sequence += 1
        event.changed_at = self._now
        session.flush()
        session.refresh(event, ["place", "venue", "category"])
        after = events.told(event)
        changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        events.remember(event, Deed.UNDONE, changed, by=self._by, now=self._now)

    # --- what hangs together -------------------------------------------------------------------------------------

    def _note_event(self, row: Net) -> None:
        event_id = row.key.get("event_id") or row.before.get("event_id") or row.after.get("event_id")
        if event_id is not None and row.table in ("event_change", "event_partner"):
            self._events.add(event_id)

    def _tell_events(self) -> None:
        """A date that came back moves the series for those who follow it."""
        for event_id in sorted(self._events):
            event = session.get(Event, event_id)
            if event is not None:
                session.expire(event)
                event = _event(event_id)
                event.sequence += 1
                event.changed_at = self._now
                events.remember(event, Deed.UNDONE, by=self._by, now=self._now)
        note_events(session(), self._events)

    def _note_pages(self) -> None:
        for row in self._rows:
            if row.table in _OF_PAGE:
                place_id = {**row.before, **row.after}["place_id"]
                self._pages.setdefault(place_id, _parts_of(place_id))

    def _tell_pages(self) -> None:
        """A line of the place's history for its machines, roles and photographs, and a new version of it."""
        for place_id, before in sorted(self._pages.items()):
            place = session.get(Place, place_id)
            if place is None:
                continue
            after = _parts_of(place_id)
            changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
            place.changed_at = self._now
            session.flush()
            session.expire(place, list(before))
            places.remember(place, PlaceDeed.UNDONE, changed, by=self._by, now=self._now)


def _event(event_id: int) -> Event:
    statement = sa.select(Event).where(Event.id == event_id).options(*event_queries.WHOLE)
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def _parts_of(place_id: int) -> dict[str, Any]:
    return {
        "machines": [tool.plain() for tool in sheets.list_tools(place_id)],
        "people": [holder.plain() for holder in sheets.list_holders(place_id)],
        "pictures": sheets.tell_pictures(sheets.list_pictures(place_id)),
    }


def _model(table: str) -> Any:
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is _TABLES[table])


def _read(column: sa.Column[Any], value: Any) -> Any:
    """A value as the journal keeps it, as the column takes it."""
    kind = column.type
    if isinstance(kind, sa.ARRAY) and isinstance(kind.item_type, sa.DateTime):
        return [datetime.fromisoformat(each) for each in value or ()]
    if value is None or value == MASKED:
        return _empty(column) if value is None else value
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    if isinstance(kind, sa.DateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    return Decimal(str(value)) if isinstance(kind, sa.Numeric) and kind.asdecimal else value


def _empty(column: sa.Column[Any]) -> Any:
    """What goes without saying in the journal."""
    if column.nullable:
        return None
    if isinstance(column.type, sa.ARRAY):
        return []
    return "" if isinstance(column.type, sa.Text) else None
