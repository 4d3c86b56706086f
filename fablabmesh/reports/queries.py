"""Reads of what a zone's report counts: a fixed number of queries, whatever the zone. Years are those of the clocks of
each place: an evening of 31 December in Cayenne is of that year, whatever the hour in Paris."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, extract, func, not_, or_, select, union
from sqlalchemy.orm import aliased

from fablabmesh.curation.models import Proposal
from fablabmesh.curation.rules import LATE_AFTER, ProposalState
from fablabmesh.digests.models import Subscription
from fablabmesh.directory.queries import is_not_closed
from fablabmesh.events.models import Category, Event, EventDate, EventPartner
from fablabmesh.feeds.queries import fits
from fablabmesh.feeds.slices import Slice
from fablabmesh.journal.models import JournalAct, JournalEntry
from fablabmesh.kit.db import session
from fablabmesh.places.models import Place, PlaceManager, PlaceVersion
from fablabmesh.places.queries import IS_LISTED
from fablabmesh.places.rules import PlaceDeed
from fablabmesh.projects.models import Partnership, Project
from fablabmesh.projects.rules import PartnershipStatus, ProjectState
from fablabmesh.reports.rules import Count, Figures, Held, span
from fablabmesh.zones.models import ZoneDepartment
from fablabmesh.zones.moderation import HIDDEN
from fablabmesh.zones.rules import OVERSEAS, timezone_of_department

_SHOWN = (Event.is_draft.is_(False), Event.deleted_at.is_(None))


@dataclass(frozen=True)
class Asked:
    """What is asked: a zone, its part of the agenda, a year; what is invented or what is real, never both."""

    zone_id: int
    agenda: Slice
    year: int
    is_demo: bool

    @property
    def years(self) -> tuple[int, int]:
        return self.year, self.year - 1


def count_all(asked: Asked, *, now: datetime) -> Figures:
    """All of it."""
    kinds, movement = _count_places(asked)
    months, cancelled = _count_months(asked)
    held, silent, silent_before = _count_holders(asked)
    machines, elsewhere = _count_machines(asked, now.date())
    subscribers, subscribed = _count_subscribers(asked)
    return Figures(
        year=asked.year,
        kinds=kinds,
        movement=movement,
        months=months,
        cancelled=cancelled,
        categories=_count_categories(asked),
        held=held,
        silent=silent,
        silent_before=silent_before,
        projects=_count_projects(asked),
        partnerships=_count_partnerships(asked),
        proposals=_count_proposals(asked, now),
        subscribers=subscribers,
        subscribed=subscribed,
        machines=machines,
        elsewhere=elsewhere,
    )


def list_category_names() -> list[Category]:
    """Retired ones too, in their order."""
    return list(session.scalars(select(Category).order_by(Category.position, Category.slug)))


# --- clocks and zones --------------------------------------------------------------------------------------------


def _wall(instant: Any, department: Any) -> ColumnElement[datetime]:
    """What the clocks of a department say at an instant."""
    clocks = case(*((department == code, timezone_of_department(code)) for code in OVERSEAS), else_="Europe/Paris")
    said: ColumnElement[datetime] = func.timezone(clocks, instant)
    return said


def _in(wall: Any, year: int) -> ColumnElement[bool]:
    first, end = span(year)
    return and_(wall >= first, wall < end)


def _codes(asked: Asked) -> Any:
    return select(ZoneDepartment.department_code).where(ZoneDepartment.zone_id == asked.zone_id)


def _places(asked: Asked) -> list[ColumnElement[bool]]:
    return [Place.department_code.in_(_codes(asked)), Place.is_demo == asked.is_demo]


def _both(asked: Asked, row: Any, name: str) -> Count:
    return Count(*(row[f"{name}_{year}"] or 0 for year in asked.years))


# --- places ------------------------------------------------------------------------------------------------------


def _was_listed(year: int) -> ColumnElement[bool]:
    """Was it in the lists at the year's end, as its page and its history tell?"""
    _first, end = span(year)
    last = (
        select(PlaceVersion.deed)
        .where(
            PlaceVersion.place_id == Place.id,
            PlaceVersion.deed.in_([PlaceDeed.ARCHIVED, PlaceDeed.UNARCHIVED]),
            _wall(PlaceVersion.at, Place.department_code) < end,
        )
        .order_by(PlaceVersion.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return and_(
        Place.moderation.not_in(HIDDEN),
        _wall(Place.created_at, Place.department_code) < end,
        or_(Place.closed_on.is_(None), Place.closed_on >= end.date()),
        func.coalesce(last, "") != PlaceDeed.ARCHIVED.value,
    )


def _was_looked_after(year: int) -> ColumnElement[bool]:
    """Did anybody at the year's end? Those of today, without whoever came since and with whoever left since."""
    _first, end = span(year)
    today = select(func.count()).select_from(PlaceManager).where(PlaceManager.place_id == Place.id).scalar_subquery()
    step = case((JournalEntry.deed == "insert", 1), (JournalEntry.deed == "delete", -1), else_=0)
    since = (
        select(func.coalesce(func.sum(step), 0))
        .join(JournalAct, JournalAct.id == JournalEntry.act_id)
        .where(
            JournalEntry.place_id == Place.id,
            JournalEntry.table_name == PlaceManager.__tablename__,
            _wall(JournalAct.at, Place.department_code) >= end,
        )
        .scalar_subquery()
    )
    held: ColumnElement[bool] = today - since > 0
    return held


def _has_line(deed: PlaceDeed, year: int) -> ColumnElement[bool]:
    return exists().where(
        PlaceVersion.place_id == Place.id,
        PlaceVersion.deed == deed,
        _in(_wall(PlaceVersion.at, Place.department_code), year),
    )


def _place_columns(year: int) -> dict[str, ColumnElement[bool]]:
    listed, code = _was_listed(year), Place.department_code
    shown = Place.moderation.not_in(HIDDEN)
    new = and_(shown, _in(_wall(Place.created_at, code), year))
    confirmed = or_(_has_line(PlaceDeed.CONFIRMED, year), _in(_wall(Place.confirmed_at, code), year))
    return {
        f"listed_{year}": listed,
        f"new_{year}": new,
        f"imported_{year}": and_(new, Place.source != ""),
        f"closed_{year}": and_(shown, _in(Place.closed_on, year)),
        f"archived_{year}": _has_line(PlaceDeed.ARCHIVED, year),
        f"tended_{year}": and_(listed, _was_looked_after(year)),
        f"confirmed_{year}": and_(listed, confirmed),
    }


MOVEMENT = ("new", "imported", "closed", "archived", "tended", "confirmed")


def _count_places(asked: Asked) -> tuple[dict[str, Count], dict[str, Count]]:
    """By kind at the year's end; and what came, went, was looked after and was confirmed. One query."""
    columns: dict[str, ColumnElement[bool]] = {}
    for year in asked.years:
        columns |= _place_columns(year)
    told = [column.label(name) for name, column in columns.items()]
    each = select(Place.kind.label("kind"), *told).where(*_places(asked)).subquery()
    counts = [func.count().filter(each.c[name]).label(name) for name in columns]
    rows = session.execute(select(each.c.kind, *counts).group_by(each.c.kind)).mappings().all()
    kinds = {row["kind"].value: _both(asked, row, "listed") for row in rows}
    movement = {name: sum((_both(asked, row, name) for row in rows), Count()) for name in MOVEMENT}
    return kinds, movement | {"merged": _count_merged(asked)}


def _count_merged(asked: Asked) -> Count:
    at = _wall(PlaceVersion.at, Place.department_code)
    counts = [func.count().filter(_in(at, year)).label(f"merged_{year}") for year in asked.years]
    statement = (
        select(*counts)
        .select_from(PlaceVersion)
        .join(Place, Place.id == PlaceVersion.place_id)
        .where(*_places(asked), PlaceVersion.deed == PlaceDeed.MERGED)
    )
    return _both(asked, session.execute(statement).mappings().one(), "merged")


# --- events ------------------------------------------------------------------------------------------------------


def _dates(asked: Asked) -> list[ColumnElement[bool]]:
    """Dates that begin in one of the two years, of what the zone's part of the agenda shows."""
    first, end = span(asked.year - 1)[0], span(asked.year)[1]
    of = exists().where(Place.id == Event.place_id, Place.is_demo == asked.is_demo)
    return [*_SHOWN, fits(asked.agenda), of, EventDate.starts_local >= first, EventDate.starts_local < end]


def _count_months(asked: Asked) -> tuple[dict[int, Count], Count]:
    year, month = (extract(part, EventDate.starts_local) for part in ("year", "month"))
    statement = (
        select(year, month, EventDate.is_cancelled, func.count())
        .select_from(EventDate)
        .join(Event, Event.id == EventDate.event_id)
        .where(*_dates(asked))
        .group_by(year, month, EventDate.is_cancelled)
    )
    months, cancelled = dict.fromkeys(range(1, 13), Count()), Count()
    for in_year, in_month, is_cancelled, count in session.execute(statement):
        more = Count(count, 0) if in_year == asked.year else Count(0, count)
        if is_cancelled:
            cancelled += more
        else:
            months[int(in_month)] += more
    return months, cancelled


def _count_categories(asked: Asked) -> dict[str, Count]:
    counts = [func.count().filter(_in(EventDate.starts_local, year)) for year in asked.years]
    statement = (
        select(Event.category_slug, *counts)
        .join(EventDate, EventDate.event_id == Event.id)
        .where(*_dates(asked), ~EventDate.is_cancelled)
        .group_by(Event.category_slug)
    )
    return {slug: Count(*found) for slug, *found in session.execute(statement)}


def _count_holders(asked: Asked) -> tuple[list[Held], list[Held], int]:
    """Places that held dates, alone or with others; those in the lists that held none; how many these were before."""
    both = union(
        select(Event.id.label("event_id"), Event.place_id), select(EventPartner.event_id, EventPartner.place_id)
    ).subquery()
    counts = [
        func.count(EventDate.event_id).filter(_in(EventDate.starts_local, year)).label(f"held_{year}")
        for year in asked.years
    ]
    held = (
        select(both.c.place_id, *counts)
        .join(Event, Event.id == both.c.event_id)
        .join(EventDate, EventDate.event_id == Event.id)
        .where(*_dates(asked), ~EventDate.is_cancelled)
        .group_by(both.c.place_id)
        .subquery()
    )
    listed = [_was_listed(year).label(f"listed_{year}") for year in asked.years]
    columns = [func.coalesce(held.c[f"held_{year}"], 0).label(f"held_{year}") for year in asked.years]
    statement = (
        select(Place.slug, Place.name, *columns, *listed)
        .outerjoin(held, held.c.place_id == Place.id)
        .where(*_places(asked))
        .order_by(Place.folded_name, Place.id)
    )
    rows = session.execute(statement).mappings().all()
    told = [(row, Held(row["slug"], row["name"], _both(asked, row, "held"))) for row in rows]
    silent = [each for row, each in told if row[f"listed_{asked.year}"] and not each.dates.now]
    before = sum(bool(row[f"listed_{asked.year - 1}"]) and not each.dates.before for row, each in told)
    return [each for _row, each in told if each.dates.now], silent, before


# --- projects ----------------------------------------------------------------------------------------------------


def _count_projects(asked: Asked) -> dict[str, Count]:
    """Those that a place of the zone leads. When one was finished, the journal knows."""
    noted = (
        select(func.max(JournalAct.at))
        .join(JournalEntry, JournalEntry.act_id == JournalAct.id)
        .where(
            JournalEntry.place_id == Project.lead_id,
            JournalEntry.table_name == Project.__tablename__,
            JournalEntry.row_key["id"].as_integer() == Project.id,
            JournalEntry.after["state"].as_string() == ProjectState.FINISHED.value,
        )
        .scalar_subquery()
    )
    code = Place.department_code
    begun, done = _wall(Project.created_at, code), _wall(func.coalesce(noted, Project.changed_at), code)
    is_done = Project.state == ProjectState.FINISHED
    counts = []
    for year in asked.years:
        counts.append(func.count().filter(_in(begun, year)).label(f"begun_{year}"))
        counts.append(func.count().filter(is_done, _in(done, year)).label(f"finished_{year}"))
    statement = (
        select(*counts)
        .select_from(Project)
        .join(Place, Place.id == Project.lead_id)
        .where(*_places(asked), Project.moderation.not_in(HIDDEN))
    )
    row = session.execute(statement).mappings().one()
    return {name: _both(asked, row, name) for name in ("begun", "finished")}


def _count_partnerships(asked: Asked) -> dict[str, Count]:
    """Accepted ones, ended since or not: between places of the zone, and with places of others."""
    lead, partner = aliased(Place), aliased(Place)
    leads, joins = (each.department_code.in_(_codes(asked)) for each in (lead, partner))
    at = _wall(Partnership.answered_at, lead.department_code)
    counts = []
    for year in asked.years:
        counts.append(func.count().filter(_in(at, year), leads, joins).label(f"within_{year}"))
        counts.append(func.count().filter(_in(at, year), not_(and_(leads, joins))).label(f"across_{year}"))
    statement = (
        select(*counts)
        .select_from(Partnership)
        .join(Project, Project.id == Partnership.project_id)
        .join(lead, lead.id == Project.lead_id)
        .join(partner, partner.id == Partnership.place_id)
        .where(
            Partnership.status.in_([PartnershipStatus.ACCEPTED, PartnershipStatus.WITHDRAWN]),
            Partnership.answered_at.is_not(None),
            Project.moderation.not_in(HIDDEN),
            lead.is_demo == asked.is_demo,
            or_(leads, func.coalesce(joins, False)),
        )
    )
    row = session.execute(statement).mappings().one()
    return {name: _both(asked, row, name) for name in ("within", "across")}


# --- proposals ---------------------------------------------------------------------------------------------------


def _proposal_columns(year: int, now: datetime) -> dict[str, Any]:
    code = Proposal.department_code
    came, decided = _in(_wall(Proposal.created_at, code), year), _in(_wall(Proposal.decided_at, code), year)
    is_decided = Proposal.state.in_([ProposalState.PUBLISHED, ProposalState.REFUSED])
    days = extract("epoch", Proposal.decided_at - Proposal.created_at) / 86_400
    median = func.percentile_cont(0.5).within_group(days).filter(and_(is_decided, decided))
    took: ColumnElement[Any] = func.coalesce(Proposal.decided_at, now) - Proposal.created_at
    parts = {
        "received": came,
        "accepted": and_(decided, Proposal.state == ProposalState.PUBLISHED),
        "refused": and_(decided, Proposal.state == ProposalState.REFUSED),
        "late": and_(came, Proposal.state != ProposalState.WITHDRAWN, took > LATE_AFTER),
    }
    return {f"{name}_{year}": func.count().filter(part) for name, part in parts.items()} | {f"median_{year}": median}


def _count_proposals(asked: Asked, now: datetime) -> dict[str, Count]:
    columns: dict[str, Any] = {}
    for year in asked.years:
        columns |= _proposal_columns(year, now)
    statement = select(*(column.label(name) for name, column in columns.items())).where(
        Proposal.department_code.in_(_codes(asked)), Proposal.is_demo == asked.is_demo
    )
    row: Mapping[str, Any] = dict(session.execute(statement).mappings().one())
    found = {name: _both(asked, row, name) for name in ("received", "accepted", "refused", "late")}
    return found | {"median": Count(*(_to_days(row[f"median_{year}"]) for year in asked.years))}


def _to_days(value: Any) -> float | None:
    return None if value is None else float(value)


# --- letters and machines ----------------------------------------------------------------------------------------


def _count_subscribers(asked: Asked) -> tuple[int | None, Count]:
    """Of the letter of the whole zone, today; and of these, who came in each year. Addresses are real people's."""
    if asked.is_demo:
        return None, Count(None, None)
    at = func.timezone("Europe/Paris", Subscription.confirmed_at)
    counts = [func.count().filter(_in(at, year)) for year in asked.years]
    statement = select(func.count(), *counts).where(
        Subscription.query == asked.agenda.to_query(), Subscription.confirmed_at.is_not(None)
    )
    subscribers, *subscribed = session.execute(statement).one()
    return subscribers, Count(*subscribed)


def _count_machines(asked: Asked, today: date) -> tuple[dict[str, int], dict[str, int]]:
    """Type → places that have one today, in the zone and elsewhere."""
    is_here = func.coalesce(Place.department_code.in_(_codes(asked)), False)
    inner = (
        select(func.unnest(Place.machine_types).label("type"), is_here.label("is_here"))
        .where(IS_LISTED, is_not_closed(today), Place.is_demo == asked.is_demo)
        .subquery()
    )
    here, elsewhere = (func.count().filter(part) for part in (inner.c.is_here, ~inner.c.is_here))
    rows = session.execute(select(inner.c.type, here, elsewhere).group_by(inner.c.type)).all()
    return {code: count for code, count, _ in rows if count}, {code: count for code, _, count in rows if count}
