"""Reads of personal calendars: whose they are, and what is in them; and what a frame's title names."""

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from fablabmesh.accounts.models import Account
from fablabmesh.directory.filters import TERMS, Search
from fablabmesh.events.models import Event, EventChange, EventPartner
from fablabmesh.feeds.composition import Piece
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place, PlaceManager
from fablabmesh.projects.models import Partnership, Project
from fablabmesh.projects.rules import PartnershipStatus
from fablabmesh.syndication.models import PersonalCalendar
from fablabmesh.syndication.titles import Names
from fablabmesh.terms import queries as terms
from fablabmesh.zones import queries as zones
from fablabmesh.zones.moderation import HIDDEN


def list_calendars_of(account_id: int) -> list[PersonalCalendar]:
    """The oldest first."""
    statement = select(PersonalCalendar).where(PersonalCalendar.account_id == account_id)
    return list(session.scalars(statement.order_by(PersonalCalendar.id)))


def get_calendar(account_id: int, calendar_id: int) -> PersonalCalendar:
    """One of this person's."""
    found = session.get(PersonalCalendar, calendar_id)
    if found is None or found.account_id != account_id:
        raise NotFound(_("Ce calendrier n’existe pas, ou n’existe plus."))
    return found


def find_calendar(token_hash: bytes) -> PersonalCalendar | None:
    """By the digest of its address, while its owner may sign in. How long the look-up takes tells of digests only."""
    return session.scalar(
        select(PersonalCalendar)
        .join(PersonalCalendar.account)
        .where(PersonalCalendar.token_hash == token_hash, Account.is_active)
        .options(contains_eager(PersonalCalendar.account))
    )


def list_published(calendar: PersonalCalendar) -> list[Piece]:
    """The calendar texts of what is published, by the person's labs and by those that they work with."""
    mine = _managed_by(calendar.account_id)
    held = _is_held_by(mine)
    if calendar.with_projects:
        held = or_(held, _is_held_by(_working_with(mine)))
    statement = (
        select(Event.digest, Event.ical_zones, Event.changed_at, Event.ical)
        .where(Event.ical != "", held)
        .order_by(Event.place_id, Event.id)
    )
    return [
        Piece(digest, zones, changed_at, text.encode())
        for digest, zones, changed_at, text in session.execute(statement).all()
    ]


def list_drafts(calendar: PersonalCalendar) -> list[Event]:
    """What is not published yet in the person's own labs, with all that a calendar tells."""
    statement = (
        select(Event)
        .where(Event.is_draft, Event.deleted_at.is_(None), Event.place_id.in_(_managed_by(calendar.account_id)))
        .options(
            joinedload(Event.place),
            joinedload(Event.venue),
            selectinload(Event.changes).joinedload(EventChange.venue),
            selectinload(Event.partners),
        )
        .order_by(Event.place_id, Event.id)
    )
    return list(session.scalars(statement))


def _managed_by(account_id: int) -> Select[int]:
    return select(PlaceManager.place_id).where(PlaceManager.account_id == account_id)


def _working_with(places: Select[int]) -> Select[int]:
    """The labs of every project that one of these leads or takes part in."""
    accepted = Partnership.status == PartnershipStatus.ACCEPTED
    partners = select(Partnership.project_id).where(Partnership.place_id.in_(places), accepted)
    projects = select(Project.id).where(
        Project.moderation.not_in(HIDDEN), or_(Project.lead_id.in_(places), Project.id.in_(partners))
    )
    leads = select(Project.lead_id).where(Project.id.in_(projects))
    taking_part = select(Partnership.place_id).where(Partnership.project_id.in_(projects), accepted)
    return select(Place.id).where(or_(Place.id.in_(leads), Place.id.in_(taking_part)))


def _is_held_by(places: Select[int]) -> ColumnElement[bool]:
    shared = select(EventPartner.event_id).where(EventPartner.place_id.in_(places))
    return or_(Event.place_id.in_(places), Event.id.in_(shared))


def find_names(search: Search) -> Names:
    """What people call the things that a search names: nothing is asked for what it does not name."""
    programme = zones.find_programme(search.programme) if search.zone else None
    commune = zones.find_commune(search.around.commune) if search.around and search.around.commune else None
    found = {
        "zone": {zone.slug: zone.name for zone in programme.zones} if programme else {},
        "autour": {commune.insee: commune.name} if commune else {},
    }
    if search.departments:
        found["departement"] = {each.code: each.name for each in zones.list_departments()}
    if search.calls:
        found["appel"] = {call.slug: call.name for call in places.list_calls()}
    if any(getattr(search, attribute) for attribute, _vocabulary in TERMS.values()):
        known = terms.map_terms()
        for name, (_attribute, vocabulary) in TERMS.items():
            found[name] = {code: term.label for code, term in known[vocabulary].items()}
    return found
