"""Reads of places, calls and poles."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from fablabmesh.accounts.rights import Act, allows
from fablabmesh.kit import geo
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Forbidden, Gone, Moved, NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.text import search_words, word_patterns
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.models import (
    FundingCall,
    Laureate,
    Machine,
    Place,
    PlaceAlias,
    PlaceManager,
    PlaceSourceAlias,
    PlaceVersion,
    PoleRole,
)
from fablabmesh.places.rules import ManagerRole, PlaceKind, can_edit, may, ties_around
from fablabmesh.zones import rule_queries
from fablabmesh.zones.models import Programme, Zone, ZoneDepartment
from fablabmesh.zones.moderation import ModerationState, Thing, Whose
from fablabmesh.zones.rules import spell_arrondissements

# What lists, counts, maps and files show of places: `fits` asks it too.
IS_LISTED = Place.moderation == ModerationState.PUBLISHED

# Pages that stand where a place would.
RESERVED = frozenset({"proposer"})


def find_place(slug: str) -> Place | None:
    """A place with all that its page shows."""
    return session.scalar(
        select(Place)
        .where(Place.slug == slug)
        .options(
            joinedload(Place.department),
            selectinload(Place.facts),
            selectinload(Place.machines).joinedload(Machine.type),
            selectinload(Place.people),
            selectinload(Place.pictures),
            selectinload(Place.managers),
            selectinload(Place.laureates).joinedload(Laureate.call),
            selectinload(Place.pole_roles).joinedload(PoleRole.zone),
        )
    )


def get_place(slug: str) -> Place:
    """A place with all that its page shows. Moved, if this is a former address of it."""
    place = find_place(slug)
    if place is None:
        now = map_moved([slug]).get(slug)
        if now is not None:
            raise Moved(_("Cette fiche a changé d’adresse."), former=slug, now=now)
        raise NotFound(_("Ce lieu n’existe pas, ou n’existe plus."))
    return place


def get_readable(slug: str, person: Any) -> Place:
    """The same for those who may see it: what is not published yet is for its own people, and for the zone."""
    place = get_place(slug)
    if place.moderation.is_hidden and not can_edit(person, place):
        raise NotFound(_("Ce lieu n’existe pas, ou n’existe plus."))
    return place


def get_listed(slug: str) -> Place:
    """The same for everybody and for programs: Gone once it is archived."""
    place = get_place(slug)
    if place.moderation is ModerationState.ARCHIVED:
        raise Gone(_("Ce lieu a été retiré de l’annuaire."))
    if place.moderation is not ModerationState.PUBLISHED:
        raise NotFound(_("Ce lieu n’existe pas, ou n’existe plus."))
    return place


def map_moved(slugs: Collection[str]) -> dict[str, str]:
    """Former address → today’s, of those that are former ones."""
    statement = select(PlaceAlias.slug, Place.slug).join(Place, Place.id == PlaceAlias.place_id)
    return dict(session.execute(statement.where(PlaceAlias.slug.in_(slugs))).all())


def get_place_by_id(place_id: int) -> Place:
    """A place with its managers."""
    place = session.scalar(select(Place).where(Place.id == place_id).options(selectinload(Place.managers)))
    if place is None:
        raise NotFound(_("Ce lieu n’existe pas, ou n’existe plus."))
    return place


def find_by_source(source: str, source_id: str) -> Place | None:
    """The place that an importer made from this row of that source."""
    return session.scalar(
        select(Place)
        .where(Place.source == source, Place.source_id == source_id)
        .options(selectinload(Place.facts), selectinload(Place.laureates), selectinload(Place.pole_roles))
    )


def find_merged(source: str, source_id: str) -> Place | None:
    """The place into which that row's was merged: it has another source, or was written by people."""
    statement = select(Place).join(PlaceSourceAlias, PlaceSourceAlias.place_id == Place.id)
    return session.scalar(
        statement.where(PlaceSourceAlias.source == source, PlaceSourceAlias.source_id == source_id).options(
            selectinload(Place.facts), selectinload(Place.laureates), selectinload(Place.pole_roles)
        )
    )


def is_slug_taken(slug: str) -> bool:
    """Is there a place of that address, or was there one, whose address leads to another?"""
    if slug in RESERVED:
        return True
    taken = or_(exists().where(Place.slug == slug), exists().where(PlaceAlias.slug == slug))
    return bool(session.scalar(select(taken)))


def fits(wanted: PlaceFilter) -> list[ColumnElement[bool]]:
    """What a place must be, to be used by the queries of rooms above."""
    found: list[ColumnElement[bool]] = [IS_LISTED]
    if wanted.zone:
        found.append(
            Place.department_code.in_(
                select(ZoneDepartment.department_code)
                .join(Zone, Zone.id == ZoneDepartment.zone_id)
                .join(Programme, Programme.id == Zone.programme_id)
                .where(Programme.slug == wanted.programme, Zone.slug == wanted.zone)
            )
        )
    if wanted.kinds or wanted.laureates_only:
        choices: list[ColumnElement[bool]] = [Place.kind.in_(sorted(wanted.kinds))] if wanted.kinds else []
        if wanted.laureates_only:
            choices.append(exists().where(Laureate.place_id == Place.id))
        found.append(or_(*choices))
    return found + _has_words(wanted.text)


def _has_words(text: str) -> list[ColumnElement[bool]]:
    """Do all words stand in what the place is searched by? A text without any word is in none."""
    words = search_words(spell_arrondissements(text))
    return [or_(*map(Place.search_text.like, word_patterns(word))) for word in words] or ([false()] if text else [])


def _filtered(statement: Select[tuple[Place]], wanted: PlaceFilter) -> Select[tuple[Place]]:
    return statement.where(*fits(wanted))


def count_places(wanted: PlaceFilter) -> int:
    """How many places the filter lets through."""
    return session.scalar(_filtered(select(Place), wanted).with_only_columns(func.count(Place.id))) or 0


def list_places(wanted: PlaceFilter, *, limit: int | None = None, offset: int = 0) -> list[Place]:
    """Laureates first, then poles and labs, then by name; with the calls that chose them."""
    chosen = exists().where(Laureate.place_id == Place.id)
    rank = func.array_position(["pole", "fablab", "epn"], Place.kind)
    statement = (
        _filtered(select(Place), wanted)
        .options(selectinload(Place.laureates).joinedload(Laureate.call), selectinload(Place.pole_roles))
        .order_by(chosen.desc(), rank, Place.folded_name, Place.id)
        .limit(limit)
        .offset(offset)
    )
    return list(session.scalars(statement))


@dataclass(frozen=True)
class Marker:
    """What the map shows of a place. `year`: of the last call that chose it."""

    slug: str
    name: str
    kind: str
    year: int | None
    latitude: float | None
    longitude: float | None
    department: str
    commune: str
    is_demo: bool


def list_markers(wanted: PlaceFilter, *more: ColumnElement[bool]) -> list[Marker]:
    """All places of the filter, and of more conditions, as the map needs them, in one light query, in a fixed order."""
    year = (
        select(func.max(FundingCall.year))
        .join(Laureate, Laureate.call_id == FundingCall.id)
        .where(Laureate.place_id == Place.id)
        .correlate(Place)
        .scalar_subquery()
    )
    rows = session.execute(
        _filtered(select(Place), wanted)
        .where(*more)
        .with_only_columns(
            Place.slug,
            Place.name,
            Place.kind,
            year,
            Place.latitude,
            Place.longitude,
            func.coalesce(Place.department_code, ""),
            Place.commune,
            Place.is_demo,
        )
        .order_by(Place.id)
    )
    return [Marker(row[0], row[1], row[2].value, *row[3:]) for row in rows]


def count_kinds(wanted: PlaceFilter) -> dict[str, int]:
    """Places of each kind, and laureates, for the other parts of the filter."""
    others = PlaceFilter(programme=wanted.programme, zone=wanted.zone, text=wanted.text)
    statement = _filtered(select(Place), others)
    rows = session.execute(
        statement.with_only_columns(Place.kind, func.count(Place.id)).group_by(Place.kind).order_by(Place.kind)
    )
    counts = {kind.value: 0 for kind in PlaceKind} | {kind.value: count for kind, count in rows}
    chosen = statement.where(exists().where(Laureate.place_id == Place.id))
    counts["laureat"] = session.scalar(chosen.with_only_columns(func.count(Place.id))) or 0
    return counts


def count_by_zone() -> dict[int, dict[str, int]]:
    """Zone id → kind → places; laureates under `laureat`."""
    base = select(ZoneDepartment.zone_id, Place.kind, func.count(Place.id)).join(
        Place, and_(Place.department_code == ZoneDepartment.department_code, IS_LISTED)
    )
    counts: dict[int, dict[str, int]] = {}
    for zone_id, kind, count in session.execute(base.group_by(ZoneDepartment.zone_id, Place.kind)):
        counts.setdefault(zone_id, {})[kind.value] = count
    chosen = (
        select(ZoneDepartment.zone_id, func.count(func.distinct(Laureate.place_id)))
        .join(Place, and_(Place.department_code == ZoneDepartment.department_code, IS_LISTED))
        .join(Laureate, Laureate.place_id == Place.id)
        .group_by(ZoneDepartment.zone_id)
    )
    for zone_id, count in session.execute(chosen):
        counts.setdefault(zone_id, {})["laureat"] = count
    return counts


def list_near(place: Place, *, metres: int, limit: int = 6, farther: int = 0) -> list[tuple[Place, int]]:
    """(neighbour, metres), the nearest first. Where nobody is so near: the nearest three, up to `farther` metres."""
    if place.latitude is None or place.longitude is None:
        return []
    here = geo.Point(place.latitude, place.longitude)
    away = geo.distance(Place.location, here)
    rows = session.execute(
        select(Place, away)
        .where(
            IS_LISTED, Place.id != place.id, Place.is_demo == place.is_demo, geo.within(Place.location, here, metres)
        )
        .options(selectinload(Place.laureates).joinedload(Laureate.call))
        .order_by(away, Place.id)
        .limit(limit)
    )
    found = [(neighbour, round(distance)) for neighbour, distance in rows]
    return found if found or not farther else list_near(place, metres=farther, limit=3)


def list_managed_by(account_id: int) -> list[Place]:
    """The places a person looks after, by name."""
    return list(
        session.scalars(
            select(Place)
            .join(PlaceManager, PlaceManager.place_id == Place.id)
            .where(PlaceManager.account_id == account_id)
            .options(selectinload(Place.managers))
            .order_by(Place.folded_name, Place.id)
        )
    )


def list_to_publish_for(person: Any, *, first: str | None) -> list[Place]:
    """Where a person may publish, the place of that slug first. Forbidden where there is none, or it is not theirs."""
    mine = [place for place in list_managed_by(person.id) if place.moderation is ModerationState.PUBLISHED]
    if first:
        asked = get_listed(first)
        if not may(person, Act.EVENT_WRITE, asked):
            raise Forbidden(_("Vous n’avez pas le droit de faire cela."))
        mine = [asked, *(place for place in mine if place.id != asked.id)]
    if not mine:
        raise Forbidden(_("Vous ne vous occupez d’aucun lieu : demandez au pôle de votre zone de vous en confier un."))
    return mine


def whose_is(person: Any, place: Place) -> Whose:
    """What somebody is to a place, where it matters whether what they write waits. Who has not shown that their mail
    address is theirs is trusted with nothing."""
    if allows(ties_around(person, place), Act.PLACE_MODERATE):
        return Whose.COORDINATOR
    link = session.get(PlaceManager, (place.id, person.id))
    if link is None or person.email_confirmed_at is None:
        return Whose.MEMBER
    return {ManagerRole.MANAGER: Whose.MANAGER, ManagerRole.EDITOR: Whose.EDITOR}[link.role]


def is_trusted(person: Any, place: Place, thing: Thing, *, was_refused: bool = False) -> bool:
    """Is what this person writes there published at once? None: the house itself. What the zone refused or withdrew is
    read again before it is out, whoever sends it but the zone itself."""
    if person is None:
        return True
    whose = whose_is(person, place)
    if was_refused:
        return whose is Whose.COORDINATOR
    return rule_queries.is_trusted(place.department_code, thing, whose, is_demo=place.is_demo)


def state_of_imported(place: Place, thing: Thing) -> ModerationState:
    """How what an import brings there begins."""
    trusted = rule_queries.is_trusted(place.department_code, thing, Whose.IMPORTED, is_demo=place.is_demo)
    return ModerationState.PUBLISHED if trusted else ModerationState.PENDING


def list_demo_places() -> list[Place]:
    """The invented places."""
    return list(session.scalars(select(Place).where(Place.is_demo).order_by(Place.id)))


def list_pole_roles(zone_ids: Sequence[int]) -> list[PoleRole]:
    """Who supports these zones, with the place; the sourced ones first."""
    return list(
        session.scalars(
            select(PoleRole)
            .where(PoleRole.zone_id.in_(zone_ids))
            .options(joinedload(PoleRole.place))
            .order_by(PoleRole.zone_id, PoleRole.standing.desc(), PoleRole.place_id)
        )
    )


def list_laureates_in(zone: Zone) -> list[Place]:
    """The laureates of all calls that stand in the zone, by name."""
    wanted = PlaceFilter(programme=zone.programme.slug, zone=zone.slug, laureates_only=True)
    return list_places(wanted)


def map_last_writes(place_id: int) -> dict[str, datetime]:
    """Column, or `machines`, `people`, `pictures` → when it was last changed, by whomever."""
    names = func.jsonb_object_keys(PlaceVersion.changed).table_valued("name").lateral()
    rows = session.execute(
        select(names.c.name, func.max(PlaceVersion.at))
        .select_from(PlaceVersion)
        .join(names, true())
        .where(PlaceVersion.place_id == place_id)
        .group_by(names.c.name)
        .order_by(names.c.name)
    )
    return dict(rows.all())


# --- calls for projects -----------------------------------------------------------------------------------------


def list_calls() -> list[FundingCall]:
    """The latest first, with their laureates and the places."""
    return list(
        session.scalars(
            select(FundingCall)
            .options(selectinload(FundingCall.laureates).joinedload(Laureate.place))
            .order_by(FundingCall.year.desc(), FundingCall.id)
        )
    )


def find_call(slug: str) -> FundingCall | None:
    """A call with its laureates and their places."""
    return session.scalar(
        select(FundingCall)
        .where(FundingCall.slug == slug)
        .options(selectinload(FundingCall.laureates).joinedload(Laureate.place))
    )


def get_call(slug: str) -> FundingCall:
    """A call with its laureates and their places."""
    call = find_call(slug)
    if call is None:
        raise NotFound(_("Cet appel à projets n’existe pas."))
    return call
