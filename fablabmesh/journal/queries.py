"""Reads of the journal, within what somebody may know of."""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload

from fablabmesh.accounts.models import Account
from fablabmesh.events.models import Event
from fablabmesh.events.rules import HOME_ZONE
from fablabmesh.journal.models import JournalAct, JournalEntry
from fablabmesh.journal.rules import TABLES, Reach, Search
from fablabmesh.journal.wording import Names, wanted_names
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.text import fold
from fablabmesh.places.models import FundingCall, Place
from fablabmesh.projects.models import Project
from fablabmesh.terms.models import Term
from fablabmesh.terms.queries import map_terms
from fablabmesh.zones.models import Zone

# Of an act that changed much, so many rows stand on the page of all acts.
SHOWN_OF_AN_ACT = 8


def _is_in_reach(reach: Reach) -> ColumnElement[bool]:
    if reach.is_all:
        return JournalEntry.is_demo.is_(True) if reach.is_demo else true()
    here = or_(
        JournalEntry.department_code.in_(reach.department_codes),
        # What lies in a department is where that is, whichever zone it speaks of.
        and_(JournalEntry.department_code.is_(None), JournalEntry.zone_id.in_(reach.zone_ids)),
    )
    return and_(here, JournalEntry.is_demo == reach.is_demo)


def _fits(search: Search) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if search.topic:
        found.append(JournalEntry.table_name.in_(TABLES[search.topic]))
    if search.deed:
        found.append(JournalEntry.deed == search.deed)
    if search.place:
        named = func.strpos(Place.folded_name, fold(search.place)) > 0
        places = select(Place.id).where(or_(Place.slug == search.place, named))
        found.append(JournalEntry.place_id.in_(places))
    return found


def _acts_fit(search: Search) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if search.before:
        found.append(JournalAct.id < search.before)
    if search.first:
        found.append(JournalAct.at >= datetime.combine(search.first, time(), ZoneInfo(HOME_ZONE)))
    if search.last:
        found.append(JournalAct.at < datetime.combine(search.last + timedelta(days=1), time(), ZoneInfo(HOME_ZONE)))
    if search.who:
        people = select(Account.id).where(
            or_(func.strpos(func.lower(Account.name), search.who.lower()) > 0, Account.email == search.who.lower())
        )
        found.append(JournalAct.account_id.in_(people))
    return found


def list_acts(reach: Reach, search: Search, *, limit: int) -> list[JournalAct]:
    """Acts that changed something of what is looked for, the latest first, with who acted."""
    its = exists().where(JournalEntry.act_id == JournalAct.id, _is_in_reach(reach), *_fits(search))
    statement = select(JournalAct).where(its, *_acts_fit(search)).options(joinedload(JournalAct.account))
    return list(session.scalars(statement.order_by(JournalAct.id.desc()).limit(limit)))


def find_act(reach: Reach, act_id: int) -> JournalAct:
    """One of which something may be read."""
    its = exists().where(JournalEntry.act_id == JournalAct.id, _is_in_reach(reach))
    statement = select(JournalAct).where(JournalAct.id == act_id, its).options(joinedload(JournalAct.account))
    found = session.scalar(statement)
    if found is None:
        raise NotFound(unknown())
    return found


def unknown() -> str:
    """What is said of an act that is not there, or that is nobody else's business."""
    return _("Ce changement n’existe pas, ou ne concerne pas vos zones.")


def map_first_entries(reach: Reach, search: Search, act_ids: Collection[int]) -> dict[int, list[JournalEntry]]:
    """Of each act, what fits, in the order it was written; no more than stands on the page."""
    rank = func.row_number().over(partition_by=JournalEntry.act_id, order_by=JournalEntry.id).label("rank")
    inner = select(JournalEntry, rank).where(JournalEntry.act_id.in_(act_ids), _is_in_reach(reach), *_fits(search))
    ranked = inner.subquery()
    entry = aliased(JournalEntry, ranked)
    statement = select(entry).where(ranked.c.rank <= SHOWN_OF_AN_ACT).order_by(entry.id)
    found: dict[int, list[JournalEntry]] = {act_id: [] for act_id in act_ids}
    for each in session.scalars(statement):
        found[each.act_id].append(each)
    return found


def count_entries(reach: Reach, search: Search, act_ids: Collection[int]) -> dict[int, int]:
    """How many rows of each act fit."""
    statement = (
        select(JournalEntry.act_id, func.count())
        .where(JournalEntry.act_id.in_(act_ids), _is_in_reach(reach), *_fits(search))
        .group_by(JournalEntry.act_id)
    )
    return dict(session.execute(statement).all())


def list_entries(reach: Reach, act_id: int, *, limit: int, offset: int = 0) -> list[JournalEntry]:
    """What may be read of an act, in the order it was written."""
    statement = select(JournalEntry).where(JournalEntry.act_id == act_id, _is_in_reach(reach))
    return list(session.scalars(statement.order_by(JournalEntry.id).limit(limit).offset(offset)))


def find_entry(reach: Reach, act_id: int, entry_id: int) -> JournalEntry:
    """One row that an act changed."""
    statement = select(JournalEntry).where(
        JournalEntry.id == entry_id, JournalEntry.act_id == act_id, _is_in_reach(reach)
    )
    found = session.scalar(statement)
    if found is None:
        raise NotFound(unknown())
    return found


def count_beyond(reach: Reach, act_id: int) -> int:
    """How many rows of an act are out of somebody's reach."""
    statement = select(func.count(JournalEntry.id)).where(JournalEntry.act_id == act_id, ~_is_in_reach(reach))
    return session.scalar(statement) or 0


def list_tables(act_id: int) -> set[str]:
    """What an act changed, by table."""
    return set(session.scalars(select(JournalEntry.table_name).where(JournalEntry.act_id == act_id).distinct()))


def map_undone(act_ids: Collection[int]) -> dict[int, list[int]]:
    """Act → those that took it back, or a part of it."""
    statement = select(JournalAct).where(JournalAct.undoes_id.in_(act_ids)).order_by(JournalAct.id)
    found: dict[int, list[int]] = {}
    for act in session.scalars(statement):
        found.setdefault(act.undoes_id or 0, []).append(act.id)
    return found


def name_all(entries: Sequence[JournalEntry]) -> Names:
    """What the ids in these entries are called today. As many questions, however many entries."""
    ids = wanted_names(entries)
    places = session.execute(select(Place.id, Place.name, Place.slug).where(Place.id.in_(ids["place"]))).all()
    events = session.execute(select(Event.id, Event.title, Event.slug).where(Event.id.in_(ids["event"]))).all()
    projects = session.execute(select(Project.id, Project.title, Project.slug).where(Project.id.in_(ids["project"])))
    terms = map_terms()
    return Names(
        places={row.id: (row.name, row.slug) for row in places},
        events={row.id: (row.title, row.slug) for row in events},
        projects={row.id: (row.title, row.slug) for row in projects.all()},
        people={
            row.id: row.name
            for row in session.execute(select(Account.id, Account.name).where(Account.id.in_(ids["account"])))
        },
        zones={row.id: row.name for row in session.execute(select(Zone.id, Zone.name).where(Zone.id.in_(ids["zone"])))},
        calls={
            row.id: row.name
            for row in session.execute(select(FundingCall.id, FundingCall.name).where(FundingCall.id.in_(ids["call"])))
        },
        types={term.id: term.label for term in session.scalars(select(Term).where(Term.id.in_(ids["term"])))},
        terms={kind.value: {code: term.label for code, term in of.items()} for kind, of in terms.items()},
    )
