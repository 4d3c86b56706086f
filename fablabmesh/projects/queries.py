"""Reads of projects, of the labs that take part in them, and of the links they draw between places."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal_column, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.text import fold
from fablabmesh.places.models import Place, PlaceManager
from fablabmesh.projects.filters import ProjectFilter
from fablabmesh.projects.models import Partnership, Project
from fablabmesh.projects.rules import PartnershipStatus, ProjectState, unknown
from fablabmesh.zones.models import Programme, Zone, ZoneDepartment
from fablabmesh.zones.moderation import ModerationState

# What lists, counts and the map show of projects.
IS_LISTED = Project.moderation == ModerationState.PUBLISHED

# The addresses of pages that a project's title could take.
_TAKEN_BY_PAGES = {"nouveau"}


def find_project(slug: str) -> Project | None:
    """A project with its lead, every lab that ever asked to join, and those who look after them."""
    return session.scalar(
        select(Project)
        .where(Project.slug == slug)
        .options(
            joinedload(Project.lead).selectinload(Place.managers),
            selectinload(Project.partnerships).joinedload(Partnership.place).selectinload(Place.managers),
        )
        # A request that has just been written shows at once.
        .execution_options(populate_existing=True)
    )


def get_project(slug: str) -> Project:
    """A project with its lead, every lab that ever asked to join, and those who look after them."""
    project = find_project(slug)
    if project is None:
        raise NotFound(unknown())
    return project


def is_slug_taken(slug: str) -> bool:
    """Is there a page of that address?"""
    return slug in _TAKEN_BY_PAGES or bool(session.scalar(select(exists().where(Project.slug == slug))))


def find_same_project(lead_id: int, title: str) -> Project | None:
    """The project of that lab with that title."""
    statement = select(Project).where(Project.lead_id == lead_id, Project.title == title)
    return session.scalar(statement.order_by(Project.id).limit(1))


def lock_place(place_id: int) -> None:
    """Make others who want to write below this place wait for the end of the request."""
    session.execute(select(Place.id).where(Place.id == place_id).with_for_update())


def lock_project(project: Project) -> None:
    """Make others wait for the end of the request, and read the project's own columns again."""
    session.refresh(project, Project.__table__.columns.keys(), with_for_update=True)


def find_partnership(project_id: int, place_id: int) -> Partnership | None:
    """What a lab is to a project, as stored now; what had been loaded beside it stays."""
    found = session.get(Partnership, (project_id, place_id))
    if found is not None:
        session.refresh(found, Partnership.__table__.columns.keys())
    return found


# --- lists -------------------------------------------------------------------------------------------------------


def count_projects(wanted: ProjectFilter) -> int:
    """How many projects the filter lets through."""
    statement = select(func.count(Project.id)).join(Project.lead).where(*_conditions(wanted))
    return session.scalar(statement) or 0


def list_projects(wanted: ProjectFilter, *, limit: int | None = None, offset: int = 0) -> list[Project]:
    """With lead and partners; those that look for partners first, then the latest changed."""
    return _list(*_conditions(wanted), limit=limit, offset=offset)


def list_projects_of(place_id: int) -> list[Project]:
    """Those that a lab leads or takes part in, with lead and partners."""
    return list_projects_of_any([place_id])


def list_projects_of_any(place_ids: Sequence[int]) -> list[Project]:
    """Those that one of these labs leads or takes part in, with lead and partners."""
    return _list(IS_LISTED, _takes_part(Place.id.in_(place_ids))) if place_ids else []


def list_unlisted_for(account_id: int) -> list[Project]:
    """What is not published, or no longer, of the labs that somebody looks after: the last changed first."""
    mine = select(PlaceManager.place_id).where(PlaceManager.account_id == account_id)
    statement = select(Project).where(~IS_LISTED, Project.lead_id.in_(mine)).options(joinedload(Project.lead))
    return list(session.scalars(statement.order_by(Project.changed_at.desc(), Project.id.desc())))


def list_in_zone(zone: Zone, *, limit: int | None = None) -> list[Project]:
    """Those that a lab of the zone leads or takes part in, with lead and partners."""
    return _list(*_conditions(_of_zone(zone)), limit=limit)


def get_shown(slug: str) -> Project:
    """The same, if everybody may see it."""
    project = get_project(slug)
    if project.moderation.is_hidden:
        raise NotFound(unknown())
    return project


def list_pending_for(account_id: int) -> list[Partnership]:
    """The requests that wait for this person's answer, the oldest first, with project and lab."""
    leads = select(PlaceManager.place_id).where(PlaceManager.account_id == account_id)
    return _list_partnerships(Partnership.status == PartnershipStatus.ASKED, Project.lead_id.in_(leads))


def list_requests_around(place_id: int) -> list[Partnership]:
    """What waits for an answer and concerns this lab: asked by it, or to a project that it leads."""
    return _list_partnerships(
        Partnership.status == PartnershipStatus.ASKED,
        or_(Partnership.place_id == place_id, Project.lead_id == place_id),
    )


def _list_partnerships(*conditions: ColumnElement[bool]) -> list[Partnership]:
    statement = (
        select(Partnership)
        .join(Partnership.project)
        .where(*conditions)
        .options(joinedload(Partnership.project).joinedload(Project.lead), joinedload(Partnership.place))
        .order_by(Partnership.asked_at, Partnership.project_id, Partnership.place_id)
    )
    return list(session.scalars(statement))


def _list(*conditions: ColumnElement[bool], limit: int | None = None, offset: int = 0) -> list[Project]:
    order = case({state: position for position, state in enumerate(ProjectState)}, value=Project.state)
    statement = (
        select(Project)
        .join(Project.lead)
        .where(*conditions)
        .options(*_for_cards())
        .order_by(order, Project.changed_at.desc(), Project.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return list(session.scalars(statement))


def _for_cards() -> tuple[ExecutableOption, ...]:
    # Requests are read with the partners: few, and a list of another kind would need a relationship of its own.
    return joinedload(Project.lead), selectinload(Project.partnerships).joinedload(Partnership.place)


def _of_zone(zone: Zone, state: ProjectState | None = None) -> ProjectFilter:
    return ProjectFilter(state=state, programme=zone.programme.slug, zone=zone.slug)


def _conditions(wanted: ProjectFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [IS_LISTED]
    if wanted.state:
        found.append(Project.state == wanted.state)
    if wanted.zone:
        departments = (
            select(ZoneDepartment.department_code)
            .join(Zone, Zone.id == ZoneDepartment.zone_id)
            .join(Programme, Programme.id == Zone.programme_id)
            .where(Programme.slug == wanted.programme, Zone.slug == wanted.zone)
        )
        found.append(_takes_part(Place.department_code.in_(departments)))
    for word in fold(wanted.text).split():
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        texts = (Project.title, Project.summary, Project.seeks)
        found.append(or_(*(_folded(text).like(pattern) for text in texts), Place.name_text.like(pattern)))
    return found


def _takes_part(of_place: ColumnElement[bool]) -> ColumnElement[bool]:
    """Projects whose lead, or one of whose partners, is such a place."""
    such = select(Place.id).where(of_place)
    accepted = exists().where(
        Partnership.project_id == Project.id,
        Partnership.status == PartnershipStatus.ACCEPTED,
        Partnership.place_id.in_(such),
    )
    return or_(Project.lead_id.in_(such), accepted)


def _folded(column: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """`kit.text.fold` in SQL: projects are few and need no column of their own for it yet."""
    text: Any = func.normalize(column, literal_column("NFKD"))
    text = func.lower(func.regexp_replace(text, "[\u0300-\u036f]", "", "g"))
    for letter, plain in (("œ", "oe"), ("æ", "ae"), ("ß", "ss"), ("’", "'")):
        text = func.replace(text, letter, plain)
    found: ColumnElement[str] = text
    return found


# --- links between places ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LinkEnd:
    """A place at one end of a link."""

    slug: str
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Link:
    """An accepted partnership, from the lab that leads the project to the one that joined it."""

    project_slug: str
    project_title: str
    is_demo: bool
    start: LinkEnd
    end: LinkEnd


def list_links() -> list[Link]:
    """Every accepted partnership between two places that have a point, the oldest first."""
    lead, partner = aliased(Place), aliased(Place)
    statement: Select[Any] = (
        select(
            Project.slug,
            Project.title,
            lead.is_demo,
            *(getattr(place, name) for place in (lead, partner) for name in LinkEnd.__dataclass_fields__),
        )
        .join(Partnership, Partnership.project_id == Project.id)
        .join(lead, lead.id == Project.lead_id)
        .join(partner, partner.id == Partnership.place_id)
        .where(
            Partnership.status == PartnershipStatus.ACCEPTED,
            IS_LISTED,
            *(place.moderation == ModerationState.PUBLISHED for place in (lead, partner)),
            lead.latitude.is_not(None),
            partner.latitude.is_not(None),
        )
        .order_by(Partnership.answered_at, Project.id, partner.id)
    )
    return [
        Link(slug, title, is_demo, LinkEnd(*ends[:4]), LinkEnd(*ends[4:]))
        for slug, title, is_demo, *ends in session.execute(statement)
    ]
