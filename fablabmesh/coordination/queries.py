"""Reads of what poles say: their page, contacts, news; and how often somebody wrote to them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fablabmesh.accounts.models import Account
from fablabmesh.coordination.models import PoleContact, PoleNews, PolePage, PoleRequest
from fablabmesh.coordination.rules import ON_THE_ZONE_PAGE, unknown
from fablabmesh.events import queries as events
from fablabmesh.events.models import Event
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place, PlaceManager
from fablabmesh.projects import queries as projects
from fablabmesh.projects.models import Project
from fablabmesh.projects.rules import ProjectState
from fablabmesh.zones.models import Programme, Zone, ZoneCoordinator, ZoneDepartment


def lock_zone(zone: Zone) -> None:
    """One at a time writes what the pole of a zone says."""
    session.execute(select(Zone.id).where(Zone.id == zone.id).with_for_update(key_share=True))


def find_page(zone: Zone, *, is_demo: bool) -> PolePage | None:
    """What the coordinators of a zone wrote, with the contacts."""
    return session.scalar(
        select(PolePage)
        .where(PolePage.zone_id == zone.id, PolePage.is_demo == is_demo)
        .options(selectinload(PolePage.contacts))
        .execution_options(populate_existing=True)
    )


def list_pages(zone: Zone) -> list[PolePage]:
    """What there is to show: the real one first, an invented one after."""
    found = session.scalars(
        select(PolePage)
        .where(PolePage.zone_id == zone.id)
        .options(selectinload(PolePage.contacts))
        .order_by(PolePage.is_demo)
    )
    return [page for page in found if page.presentation or page.seeks or page.contacts]


# --- news --------------------------------------------------------------------------------------------------------


def _select_news() -> Select[PoleNews]:
    return select(PoleNews).options(joinedload(PoleNews.zone), joinedload(PoleNews.event), joinedload(PoleNews.place))


def _in(zone: Zone, hidden_of: bool | None) -> list[ColumnElement[bool]]:
    """`hidden_of`: with the drafts that are invented, or with those that are not; None: without any."""
    shown = [PoleNews.is_published, *([PoleNews.is_demo == hidden_of] if hidden_of is not None else [])]
    return [PoleNews.zone_id == zone.id, or_(*shown)]


def list_news(
    zone: Zone, *, limit: int = ON_THE_ZONE_PAGE, offset: int = 0, hidden_of: bool | None = None
) -> list[PoleNews]:
    """The newest first."""
    statement = _select_news().where(*_in(zone, hidden_of))
    return list(
        session.scalars(statement.order_by(PoleNews.on_date.desc(), PoleNews.id.desc()).limit(limit).offset(offset))
    )


def count_news(zone: Zone, *, hidden_of: bool | None = None) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(PoleNews).where(*_in(zone, hidden_of))) or 0


def get_news(zone: Zone, slug: str) -> PoleNews:
    """One, published or not."""
    found = session.scalar(_select_news().where(PoleNews.zone_id == zone.id, PoleNews.slug == slug))
    if found is None:
        raise NotFound(unknown())
    return found


def lock_news(news: PoleNews) -> None:
    """Ours until the transaction ends, as it is now."""
    session.refresh(news, with_for_update={"key_share": True, "of": PoleNews})


def is_slug_taken(zone: Zone, slug: str) -> bool:
    """Is there one of this address?"""
    taken = select(PoleNews.id).where(PoleNews.zone_id == zone.id, PoleNews.slug == slug)
    return session.scalar(taken) is not None


def find_same(zone: Zone, title: str, *, is_demo: bool) -> PoleNews | None:
    """The newest of this title: a form that was sent twice."""
    statement = _select_news().where(PoleNews.zone_id == zone.id, PoleNews.title == title, PoleNews.is_demo == is_demo)
    return session.scalar(statement.order_by(PoleNews.id.desc()).limit(1))


def list_published_between(zones: Sequence[str], *, since: datetime, until: datetime, limit: int) -> list[PoleNews]:
    """What the poles of these zones (`fablab/ouest`) told first in this time, the newest first. Invented ones stay on
    their pages."""
    named = select(Zone.id).join(Zone.programme).where((Programme.slug + "/" + Zone.slug).in_(zones))
    statement = _select_news().where(
        PoleNews.zone_id.in_(named),
        PoleNews.is_published,
        PoleNews.is_demo.is_(False),
        PoleNews.published_at > since,
        PoleNews.published_at <= until,
    )
    return list(session.scalars(statement.order_by(PoleNews.published_at.desc(), PoleNews.id.desc()).limit(limit)))


def find_listed_event(slug: str) -> Event | None:
    """An event that everybody sees."""
    return session.scalar(select(Event).where(Event.slug == slug, events.IS_LISTED).options(joinedload(Event.place)))


def find_listed_place(slug: str) -> Place | None:
    """A place that everybody sees."""
    return session.scalar(select(Place).where(Place.slug == slug, places.IS_LISTED))


# --- people ------------------------------------------------------------------------------------------------------


def list_readers(zone: Zone) -> list[Account]:
    """Who reads what is written to the pole."""
    statement = select(Account).join(ZoneCoordinator, ZoneCoordinator.account_id == Account.id)
    return list(
        session.scalars(statement.where(ZoneCoordinator.zone_id == zone.id, Account.is_active).order_by(Account.id))
    )


def list_contacts_of(account: Account) -> list[PoleContact]:
    """Where somebody is told as a contact: by their address, or by their name in a zone that they coordinate."""
    is_named = and_(func.lower(PoleContact.name) == func.lower(account.name), PoleContact.zone_id.in_(account.zone_ids))
    statement = select(PoleContact).where(or_(func.lower(PoleContact.email) == account.email.lower(), is_named))
    return list(session.scalars(statement.order_by(PoleContact.id)))


def count_requests(subject: bytes, *, since: datetime) -> int:
    """How often one network wrote."""
    return (
        session.scalar(
            select(func.count()).select_from(PoleRequest).where(PoleRequest.subject == subject, PoleRequest.at > since)
        )
        or 0
    )


def list_teams(zone: Zone, *, is_demo: bool) -> list[Account]:
    """Those who look after places of the zone, each once."""
    places_in = (
        select(PlaceManager.account_id)
        .join(Place, Place.id == PlaceManager.place_id)
        .join(ZoneDepartment, ZoneDepartment.department_code == Place.department_code)
        .where(ZoneDepartment.zone_id == zone.id, Place.is_demo == is_demo, Place.closed_on.is_(None))
    )
    statement = select(Account).where(Account.id.in_(places_in), Account.is_active, Account.is_demo == is_demo)
    return list(session.scalars(statement.order_by(Account.id)))


def list_seeking(zone: Zone, *, limit: int = ON_THE_ZONE_PAGE) -> list[Project]:
    """Projects led in the zone that look for partners."""
    statement = (
        select(Project)
        .join(Place, Place.id == Project.lead_id)
        .join(ZoneDepartment, ZoneDepartment.department_code == Place.department_code)
        .where(
            ZoneDepartment.zone_id == zone.id,
            projects.IS_LISTED,
            Project.state == ProjectState.SEEKING,
            Project.seeks != "",
        )
        .options(joinedload(Project.lead))
        .order_by(Project.changed_at.desc(), Project.id)
        .limit(limit)
    )
    return list(session.scalars(statement))
