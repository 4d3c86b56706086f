"""Reads of calendars: what a slice is made of (digests, which are cheap) and the texts themselves (which are not)."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, and_, exists, false, func, literal, or_, select, true, union

from fablabmesh.events.models import Category, Event, EventPartner, FeedChunk
from fablabmesh.feeds.composition import Piece
from fablabmesh.feeds.slices import Around, Choice, Names, Slice, of_place, of_zone
from fablabmesh.kit import geo
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.kit.splice import Chunk
from fablabmesh.kit.text import fold
from fablabmesh.places.filters import LAUREATE
from fablabmesh.places.models import Laureate, Place
from fablabmesh.places.queries import map_moved
from fablabmesh.projects.models import Partnership, Project
from fablabmesh.projects.rules import PartnershipStatus
from fablabmesh.zones.models import Commune, Programme, Zone, ZoneDepartment
from fablabmesh.zones.moderation import HIDDEN


class OfPlaces(NamedTuple):
    """The events of a slice that some of these places hold, or take part in: ids, as a room above finds them."""

    places: Select[int]
    slice: Slice = Slice()


Part = Slice | OfPlaces


class State(NamedTuple):
    """A calendar, and what tells whether it is still the same one."""

    wanted: Slice
    parts: tuple[str, ...]


def map_zones() -> dict[str, set[str]]:
    """Programme slug → its zones' slugs."""
    found: dict[str, set[str]] = {slug: set() for slug in session.scalars(select(Programme.slug))}
    for programme, zone in session.execute(select(Programme.slug, Zone.slug).join(Zone.programme)):
        found[programme].add(zone)
    return found


def list_category_slugs() -> set[str]:
    """Those of the vocabulary, retired ones too: a calendar that was followed goes on."""
    return set(session.scalars(select(Category.slug)))


def list_pieces(wanted: Slice, *, with_text: bool) -> list[Piece]:
    """What the slice is made of, in the order of places and events: by place where it takes whole places."""
    return _list_chunks(wanted, with_text) if wanted.is_of_places else _list_events(wanted, with_text)


def _list_chunks(wanted: Slice, with_text: bool) -> list[Piece]:
    if wanted.choices:
        return list_pieces_of(select(Place.id).where(_any_place(wanted.choices)), with_text=with_text)
    return [_to_piece(*row) for row in session.execute(_chunks(with_text).order_by(FeedChunk.place_id)).all()]


def list_pieces_of(places: Select[int], *, with_text: bool) -> list[Piece]:
    """The texts of whole places, by a query of their ids, then those of single events in which one of these places is
    only a partner."""
    # One statement: of two, the second could find an event that has just moved from one to the other.
    text = (literal(0), literal(0, BigInteger), func.convert_to(Event.ical, "UTF8")) if with_text else ()
    shared = select(literal(1), Event.id, Event.digest, Event.ical_zones, Event.changed_at, *text).where(
        Event.ical != "", _has_partner(places), Event.place_id.not_in(places)
    )
    both = _chunks(with_text).where(FeedChunk.place_id.in_(places)).union_all(shared).order_by("rank", "number")
    return [_to_piece(*row) for row in session.execute(both).all()]


def _chunks(with_text: bool) -> Select[Any]:
    text: tuple[Any, ...] = (FeedChunk.length, FeedChunk.crc32, FeedChunk.deflated) if with_text else ()
    return select(
        literal(0).label("rank"),
        FeedChunk.place_id.label("number"),
        FeedChunk.digest,
        FeedChunk.zones,
        FeedChunk.changed_at,
        *text,
    ).where(FeedChunk.length > 0)


def _to_piece(rank: int, _number: int, digest: str, zones: list[str], changed_at: datetime, *rest: Any) -> Piece:
    if not rest:
        return Piece(digest, zones, changed_at)
    length, crc32, text = rest
    return Piece(digest, zones, changed_at, bytes(text) if rank else Chunk(length, crc32, bytes(text)))


def _has_partner(places: Select[int]) -> ColumnElement[bool]:
    return Event.id.in_(select(EventPartner.event_id).where(EventPartner.place_id.in_(places)))


def _list_events(wanted: Slice, with_text: bool) -> list[Piece]:
    columns: list[Any] = [Event.digest, Event.ical_zones, Event.changed_at]
    columns += [Event.ical] if with_text else []
    statement = select(*columns).where(Event.ical != "", fits(wanted)).order_by(Event.place_id, Event.id)
    return [
        Piece(digest, zones, changed_at, rest[0].encode() if rest else None)
        for digest, zones, changed_at, *rest in session.execute(statement).all()
    ]


def fits(wanted: Part) -> ColumnElement[bool]:
    """Is an event in this part of the agenda?"""
    if isinstance(wanted, Slice):
        return _fits_any(wanted)
    held = or_(Event.place_id.in_(wanted.places), _has_partner(wanted.places))
    return and_(_fits_any(wanted.slice), held)


def _fits_any(wanted: Slice) -> ColumnElement[bool]:
    return or_(*(_fits(choice) for choice in wanted.choices)) if wanted.choices else true()


def _any_place(choices: Iterable[Choice]) -> ColumnElement[bool]:
    return or_(false(), *(_is_place(choice) for choice in choices))


def _fits(choice: Choice) -> ColumnElement[bool]:
    """Is an event of this choice?"""
    found: list[ColumnElement[bool]] = []
    if any((choice.kinds, choice.places, choice.programmes, choice.projects, choice.zones)):
        places = select(Place.id).where(_is_place(choice))
        found.append(or_(Event.place_id.in_(places), _has_partner(places)))
    if choice.categories:
        found.append(Event.category_slug.in_(choice.categories))
    if choice.languages:
        found.append(Event.language.in_(choice.languages))
    if choice.tags:
        found.append(Event.folded_tags.overlap([fold(tag) for tag in choice.tags]))
    if choice.around:
        # Where it is held, whoever holds it.
        found.append(or_(*(geo.within(Event.location, _point(each), each.km * 1000) for each in choice.around)))
    if choice.events:
        found.append(Event.slug.in_(choice.events))
    found += [Event.search_text.contains(word, autoescape=True) for word in fold(choice.words).split()]
    return and_(*found)


def _is_place(choice: Choice) -> ColumnElement[bool]:
    """Does a place take part in this choice?"""
    found: list[ColumnElement[bool]] = [true()]
    if choice.places:
        found.append(Place.slug.in_(choice.places))
    if choice.zones:
        found.append(_has_department(or_(*(_is_zone(zone) for zone in choice.zones))))
    if choice.programmes:
        found.append(_has_department(Programme.slug.in_(choice.programmes)))
    if choice.kinds:
        kinds = Place.kind.in_([kind for kind in choice.kinds if kind != LAUREATE])
        chosen = exists().where(Laureate.place_id == Place.id)
        found.append(or_(kinds, chosen) if LAUREATE in choice.kinds else kinds)
    if choice.projects:
        projects = select(Project.id).where(Project.slug.in_(choice.projects), Project.moderation.not_in(HIDDEN))
        leads = select(Project.lead_id).where(Project.id.in_(projects))
        partners = select(Partnership.place_id).where(
            Partnership.project_id.in_(projects), Partnership.status == PartnershipStatus.ACCEPTED
        )
        found.append(or_(Place.id.in_(leads), Place.id.in_(partners)))
    return and_(*found)


def _has_department(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    departments = (
        select(ZoneDepartment.department_code)
        .join(Zone, Zone.id == ZoneDepartment.zone_id)
        .join(Programme, Programme.id == Zone.programme_id)
        .where(condition)
    )
    return Place.department_code.in_(departments)


def _is_zone(zone: str) -> ColumnElement[bool]:
    programme, _slash, slug = zone.partition("/")
    return (Programme.slug == programme) & (Zone.slug == slug)


def _point(around: Around) -> geo.Point:
    if not around.commune:
        return geo.Point(around.latitude, around.longitude)
    found = session.get(Commune, around.commune)
    if found is None:
        raise NotFound(_("Aucune commune n’a le code %(code)s.", code=around.commune))
    return geo.Point(found.latitude, found.longitude)


def places_of(wanted: Slice) -> Select[int]:
    """Ids of the places whose events, or events with whom, come into question. For the queries of rooms above."""
    return select(Place.id).where(_any_place(wanted.choices or (Choice(),)))


# --- names -------------------------------------------------------------------------------------------------------


def find_names(wanted: Slice) -> Names:
    """What people call the things that a slice names. NotFound for one that is not, or not any more."""
    names, missing = find_known_names(wanted)
    for attribute in missing:
        raise NotFound(str(_NAMES[attribute][1]))
    return names


def follow_moved(wanted: Slice) -> Slice:
    """The slice with places by their addresses of today, where it names former ones."""
    asked = {slug for choice in wanted.choices for slug in choice.places}
    moved = map_moved(asked) if asked else {}
    if not moved:
        return wanted
    choices = {
        replace(choice, places=tuple(sorted({moved.get(slug, slug) for slug in choice.places})))
        for choice in wanted.choices
    }
    return Slice(tuple(sorted(choices, key=Choice.to_pairs)))


def find_known_names(wanted: Slice) -> tuple[Names, dict[str, set[str]]]:
    """What people call the things that a slice names, and those that are not there, or not any more."""
    names: Names = {}
    missing: dict[str, set[str]] = {}
    for attribute, (statement, _words) in _NAMES.items():
        asked = {value for choice in wanted.choices for value in getattr(choice, attribute)}
        if attribute == "around":
            asked = {around.commune for around in asked if around.commune}
        if not asked:
            continue
        key = statement.selected_columns[0]
        if attribute == "categories" and language() == "en":
            statement = statement.with_only_columns(key, Category.name_en)
        found = dict(session.execute(statement.where(key.in_(asked))).all())
        names[attribute] = found
        if attribute == "zones":
            colours = statement.with_only_columns(key, Zone.colour).where(key.in_(asked))
            names["colours"] = dict(session.execute(colours).all())
        if gone := asked - found.keys():
            missing[attribute] = gone
    return names, missing


_NAMES: dict[str, tuple[Select[str, str], Any]] = {
    "places": (
        select(Place.slug, Place.name).where(Place.moderation.not_in(HIDDEN)),
        _l("Ce lieu n’existe pas, ou n’existe plus."),
    ),
    "projects": (
        select(Project.slug, Project.title).where(Project.moderation.not_in(HIDDEN)),
        _l("Ce projet n’existe pas, ou n’existe plus."),
    ),
    "events": (
        select(Event.slug, Event.title).where(Event.ical != ""),
        _l("Cet événement n’existe pas, ou n’existe plus."),
    ),
    "zones": (
        select(Programme.slug + "/" + Zone.slug, Zone.name).join(Programme, Programme.id == Zone.programme_id),
        _l("Cette zone n’existe pas."),
    ),
    "programmes": (select(Programme.slug, Programme.name), _l("Ce programme n’existe pas.")),
    "categories": (select(Category.slug, Category.name_fr), _l("Ce genre de rendez-vous n’existe pas.")),
    "around": (select(Commune.insee, Commune.name), _l("Aucune commune n’a ce code.")),
}


# --- what is published as files ----------------------------------------------------------------------------------


def list_states() -> list[State]:
    """The calendars that are worth a file: of places that ever had events, of zones, of all; small ones first.

    The state of one is another whenever its bytes are: its name, the colour of a zone, and the digests of what
    `list_pieces` gives.
    """
    chunks = dict(session.execute(select(FeedChunk.place_id, FeedChunk.digest).where(FeedChunk.length > 0)).all())
    partly = session.execute(
        select(EventPartner.place_id, Event.place_id, Event.id, Event.digest)
        .join(Event, Event.id == EventPartner.event_id)
        .where(Event.ical != "")
        .order_by(Event.id)
    ).all()
    ever = union(select(FeedChunk.place_id), select(EventPartner.place_id))
    places = session.execute(
        select(Place.id, Place.slug, Place.name, Place.department_code).where(Place.id.in_(ever)).order_by(Place.id)
    ).all()
    zones = session.execute(
        select(Programme.slug, Zone.slug, Zone.name, Zone.colour, ZoneDepartment.department_code)
        .join(Programme, Programme.id == Zone.programme_id)
        .outerjoin(ZoneDepartment, ZoneDepartment.zone_id == Zone.id)
        .order_by(Zone.id)
    ).all()
    partly_of: dict[int, list[Any]] = {}
    for shared in partly:
        partly_of.setdefault(shared[0], []).append(shared)
    departments: dict[tuple[str, ...], set[str]] = {}
    for *told, department in zones:
        departments.setdefault(tuple(told), set()).add(department)

    def state(wanted: Slice, head: tuple[str, ...], inside: Collection[int], shared: Iterable[Any]) -> State:
        own = [chunks[place] for place in inside if place in chunks]
        others = {
            event: digest for partner, place, event, digest in shared if partner in inside and place not in inside
        }
        return State(wanted, (*head, *own, *others.values()))

    states = [state(of_place(slug), (name,), (place,), partly_of.get(place, ())) for place, slug, name, _ in places]
    for (programme, zone, *head), within in departments.items():
        inside = dict.fromkeys(place for place, _, _, department in places if department in within)
        states.append(state(of_zone(programme, zone), tuple(head), inside, partly))
    return [*states, state(Slice(), (), [place for place, *_ in places], ())]
