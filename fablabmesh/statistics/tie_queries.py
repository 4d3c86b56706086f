"""Reads of what zones do together: how much, and the partnerships and events themselves."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from fablabmesh.events.models import Event, EventPartner
from fablabmesh.events.rules import EventStatus
from fablabmesh.kit.db import session
from fablabmesh.places.models import Place
from fablabmesh.projects.models import Partnership, Project
from fablabmesh.projects.rules import PartnershipStatus
from fablabmesh.statistics.figures import Pair, Tie, make_ties
from fablabmesh.zones.models import Zone, ZoneDepartment
from fablabmesh.zones.moderation import HIDDEN

_ACCEPTED = Partnership.status == PartnershipStatus.ACCEPTED
# Together means together: neither a draft nor what was called off.
_HELD = (Event.is_draft.is_(False), Event.deleted_at.is_(None), Event.status != EventStatus.CANCELLED)


def map_ties(programme_id: int) -> dict[Pair, Tie]:
    """Between the zones of a programme, and within each: accepted partnerships, and events of several places."""
    lead, partner = _zone_of(Project.lead_id, programme_id), _zone_of(Partnership.place_id, programme_id)
    partnerships = (
        select(lead.label("one"), partner.label("other"))
        .select_from(Partnership)
        .join(Project, Project.id == Partnership.project_id)
        .where(_ACCEPTED, Project.moderation.not_in(HIDDEN))
        .subquery()
    )
    own, other = _zone_of(Event.place_id, programme_id), _zone_of(EventPartner.place_id, programme_id)
    # Once for a pair of zones, however many partners; and the same whichever of the two publishes.
    events = (
        select(func.least(own, other).label("one"), func.greatest(own, other).label("other"), Event.id)
        .select_from(Event)
        .join(EventPartner, EventPartner.event_id == Event.id)
        .where(*_HELD)
        .distinct()
        .subquery()
    )
    return make_ties(_by_pair(partnerships), _by_pair(events))


def _zone_of(place_id: Any, programme_id: int) -> Any:
    """The zone of a place in a programme, by its slug."""
    return (
        select(Zone.slug)
        .join(ZoneDepartment, ZoneDepartment.zone_id == Zone.id)
        .join(Place, Place.department_code == ZoneDepartment.department_code)
        .where(Place.id == place_id, ZoneDepartment.programme_id == programme_id)
        .scalar_subquery()
    )


def _by_pair(pairs: Any) -> dict[Pair, int]:
    statement = (
        select(pairs.c.one, pairs.c.other, func.count())
        .where(pairs.c.one.is_not(None), pairs.c.other.is_not(None))
        .group_by(pairs.c.one, pairs.c.other)
    )
    return {(one, other): count for one, other, count in session.execute(statement)}


def list_partnerships_between(one: Zone, other: Zone) -> list[Partnership]:
    """Accepted ones, whichever zone leads, the latest first; with project, lead and partner."""
    leads = _is_between(Project.lead_id, Partnership.place_id, one, other)
    statement = (
        select(Partnership)
        .join(Partnership.project)
        .where(_ACCEPTED, Project.moderation.not_in(HIDDEN), leads)
        .options(
            contains_eager(Partnership.project).joinedload(Project.lead),
            joinedload(Partnership.place),
        )
        .order_by(Partnership.answered_at.desc().nulls_last(), Partnership.project_id, Partnership.place_id)
    )
    return list(session.scalars(statement))


def list_events_between(one: Zone, other: Zone) -> list[Event]:
    """Those of a place of the one with a place of the other, the latest first; with places and partners."""
    is_between = _is_between(Event.place_id, EventPartner.place_id, one, other)
    statement = (
        select(Event)
        .where(*_HELD, exists().where(EventPartner.event_id == Event.id, is_between))
        .options(joinedload(Event.place), selectinload(Event.partners))
        .order_by(Event.starts_at.desc(), Event.id.desc())
    )
    return list(session.scalars(statement))


def _is_between(first: Any, second: Any, one: Zone, other: Zone) -> ColumnElement[bool]:
    there, here = _places_of(one), _places_of(other)
    return or_(and_(first.in_(there), second.in_(here)), and_(first.in_(here), second.in_(there)))


def _places_of(zone: Zone) -> Select[int]:
    return (
        select(Place.id)
        .join(ZoneDepartment, ZoneDepartment.department_code == Place.department_code)
        .where(ZoneDepartment.zone_id == zone.id)
    )
