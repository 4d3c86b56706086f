"""Reads of territories: programmes, zones, departments, the gazetteer, and which department a place is in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fablabmesh.kit import geo
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.text import fold
from fablabmesh.zones.models import Commune, Department, Programme, Zone, ZoneCoordinator, ZoneDepartment
from fablabmesh.zones.rules import NEAREST_LIMIT_METRES, FoundBy, department_of_insee, spell_arrondissements


def list_programmes() -> list[Programme]:
    """In their own order, with their zones."""
    return list(
        session.scalars(
            select(Programme).options(selectinload(Programme.zones)).order_by(Programme.position, Programme.id)
        )
    )


def find_programme(slug: str) -> Programme | None:
    """A programme with its zones."""
    return session.scalar(select(Programme).where(Programme.slug == slug).options(selectinload(Programme.zones)))


def find_zone(programme: str, slug: str) -> Zone | None:
    """A zone by its address, with its departments and how each is known."""
    return session.scalar(
        select(Zone)
        .join(Zone.programme)
        .where(Programme.slug == programme, Zone.slug == slug)
        .options(selectinload(Zone.parts).joinedload(ZoneDepartment.department))
    )


def get_zone(programme: str, slug: str) -> Zone:
    """A zone by its address, with its departments and how each is known."""
    zone = find_zone(programme, slug)
    if zone is None:
        raise NotFound(_("Cette zone n’existe pas."))
    return zone


def list_zones() -> list[Zone]:
    """All zones of all programmes, in the order of both."""
    return list(session.scalars(select(Zone).join(Zone.programme).order_by(Programme.position, Zone.position, Zone.id)))


def list_coordinated(zone_ids: Sequence[int]) -> list[Zone]:
    """These zones, by programme, in their order."""
    found = select(Zone).join(Zone.programme).where(Zone.id.in_(zone_ids))
    return list(session.scalars(found.order_by(Programme.position, Zone.position)))


def list_coordinators(zone: Zone) -> list[ZoneCoordinator]:
    """Who coordinates a zone, with their accounts."""
    found = select(ZoneCoordinator).where(ZoneCoordinator.zone_id == zone.id)
    return list(
        session.scalars(found.options(joinedload(ZoneCoordinator.account)).order_by(ZoneCoordinator.account_id))
    )


def list_composed_zones(programme: str = "") -> list[Zone]:
    """The zones of a programme, or of all, with their departments and how each is known."""
    statement = (
        select(Zone)
        .join(Zone.programme)
        .options(selectinload(Zone.parts).joinedload(ZoneDepartment.department))
        .order_by(Programme.position, Zone.position, Zone.id)
    )
    return list(session.scalars(statement.where(Programme.slug == programme) if programme else statement))


def list_zones_of_department(code: str | None) -> list[Zone]:
    """The zone of a department in each programme, in the programmes' order."""
    if code is None:
        return []
    return list(
        session.scalars(
            select(Zone)
            .join(ZoneDepartment, ZoneDepartment.zone_id == Zone.id)
            .join(Programme, Programme.id == Zone.programme_id)
            .where(ZoneDepartment.department_code == code)
            .order_by(Programme.position, Zone.id)
        )
    )


def map_departments_to_zones() -> dict[str, dict[str, Zone]]:
    """Department code → programme slug → zone, for showing many places at once."""
    statement = (
        select(ZoneDepartment.department_code, Zone)
        .join(Zone, Zone.id == ZoneDepartment.zone_id)
        .order_by(ZoneDepartment.department_code, Zone.id)
    )
    found: dict[str, dict[str, Zone]] = {}
    for code, zone in session.execute(statement):
        found.setdefault(code, {})[zone.programme.slug] = zone
    return found


def list_departments() -> list[Department]:
    """By code, without their polygons."""
    return list(session.scalars(select(Department).order_by(Department.code)))


def find_department(code: str) -> Department | None:
    """By code, without its polygon."""
    return session.get(Department, code)


def list_department_shapes() -> list[tuple[str, str, str]]:
    """(code, name, GeoJSON geometry text) of each department."""
    rows = session.execute(
        select(Department.code, Department.name, geo.geojson(Department.geom, 3)).order_by(Department.code)
    )
    return [(code, name, shape) for code, name, shape in rows]


def find_zone_shape(zone_id: int) -> str | None:
    """The polygon of a zone as GeoJSON text; None for a zone without departments."""
    return session.scalar(select(geo.geojson(Zone.geom, 3)).where(Zone.id == zone_id))


# --- the gazetteer ------------------------------------------------------------------------------------------------


def find_commune(insee: str) -> Commune | None:
    """By INSEE code."""
    return session.get(Commune, insee)


def list_communes_of_postcode(postcode: str) -> list[Commune]:
    """The communes a postcode serves, the most peopled first."""
    return list(
        session.scalars(
            select(Commune)
            .where(Commune.postcodes.contains([postcode]))
            .order_by(Commune.population.desc().nulls_last(), Commune.insee)
        )
    )


def find_insee(name: str, postcode: str) -> str | None:
    """The INSEE code of a commune by its name and postcode; None unless both fit."""
    wanted = fold(name).replace("-", " ")
    for commune in list_communes_of_postcode(postcode):
        if commune.folded_name.replace("-", " ") == wanted:
            return commune.insee
    return None


def search_communes(text: str, *, limit: int = 8) -> list[Commune]:
    """Communes whose name or postcode begins so, the most peopled first."""
    text = text.strip()
    statement = select(Commune).order_by(Commune.population.desc().nulls_last(), Commune.insee).limit(limit)
    if text.isdigit():
        return list(
            session.scalars(statement.where(func.array_to_string(Commune.postcodes, " ").op("~")(f"(^| ){text}")))
        )
    folded = fold(text).replace("%", "").replace("_", "")
    return list(session.scalars(statement.where(Commune.folded_name.like(f"{folded}%")))) if folded else []


def list_towns_called(text: str, *, limit: int) -> list[Commune]:
    """Communes by what people type: « st malo », « Rennes (35) », « 35000 Rennes ». The very name first, alone if it is
    the only one; else what begins so, the most peopled first."""
    found = list_towns_beginning(text, limit=limit)
    name = _name_typed(text)
    exact = [town for town in found if re.sub("[^a-z]", " ", town.folded_name) == name] if name else []
    return exact or found


def _name_typed(text: str) -> str:
    words = re.findall(r"[a-z]+", re.sub(r"[(]?[0-9][0-9ab]+[)]?", " ", fold(spell_arrondissements(text))))
    return " ".join(_SHORT_WORDS.get(word, word) for word in words if word not in ("cedex", "arrondissement"))


def list_towns_beginning(text: str, *, limit: int) -> list[Commune]:
    """The same with all that begins so, the very name first: what one may be about to type."""
    text = spell_arrondissements(text)
    numbers = re.findall(r"(?<![0-9])(?:[0-9]{5}|[0-9]{2,3}|2[ab])(?![0-9a-z])", fold(text))
    name = _name_typed(text)
    words = name.split()
    if not words:
        return list_communes_of_postcode(numbers[0])[:limit] if numbers else []
    # An underscore is any one character to LIKE: a hyphen, an apostrophe, a space.
    statement = select(Commune).where(Commune.folded_name.like("_".join(words) + "%"))
    if numbers:
        of = [Commune.postcodes.contains([number]) for number in numbers if len(number) == 5]
        of += [Commune.department_code == number.upper() for number in numbers if len(number) < 5]
        statement = statement.where(or_(*of))
    is_name = func.regexp_replace(Commune.folded_name, "[^a-z]", " ", "g") == name
    found = session.scalars(
        statement.order_by(is_name.desc(), Commune.population.desc().nulls_last(), Commune.insee).limit(limit)
    )
    return list(found)


_SHORT_WORDS = {"st": "saint", "ste": "sainte"}


# --- where is it ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Whereabouts:
    """The department of a place and what told it; `contradiction` where the point lies elsewhere."""

    department_code: str | None
    found_by: FoundBy
    distance_m: int | None = None
    contradiction: str | None = None


def locate(*, insee: str | None, postcode: str | None, point: geo.Point | None) -> Whereabouts:
    """INSEE code, else postcode, else the polygon that holds the point, else the nearest within 20 km.

    A point in another department than its code or postcode says does not move the place: it is told in
    `contradiction` (the code of the department that holds the point).
    """
    around = _department_around(point) if point else None
    told = _told_by_code(insee, postcode, around)
    if told is None:
        if around is None:
            return Whereabouts(None, FoundBy.NOTHING)
        code, metres = around
        return Whereabouts(code, FoundBy.POLYGON if metres == 0 else FoundBy.NEAREST, metres)
    code, found_by = told
    # Simplified borders: a point within a kilometre of its department does not contradict it.
    if point and around and around[0] != code and not _is_near(code, point, metres=1_000):
        return Whereabouts(code, found_by, contradiction=around[0])
    if point and around is None:
        return Whereabouts(code, found_by, contradiction="")
    return Whereabouts(code, found_by)


def _told_by_code(
    insee: str | None, postcode: str | None, around: tuple[str, int] | None
) -> tuple[str, FoundBy] | None:
    code = department_of_insee(insee)
    if code is not None and find_department(code) is not None:
        return code, FoundBy.INSEE
    if not postcode:
        return None
    codes = list(dict.fromkeys(commune.department_code for commune in list_communes_of_postcode(postcode)))
    if not codes:
        return None
    # A few postcodes serve two departments: the point tells which, else the larger commune does.
    if around and around[0] in codes:
        return around[0], FoundBy.POSTCODE
    return codes[0], FoundBy.POSTCODE


def _department_around(point: geo.Point) -> tuple[str, int] | None:
    """(code, metres) of the department that holds the point, else of the nearest one within the limit."""
    code = session.scalar(
        select(Department.code).where(geo.holds(Department.geom, point)).order_by(Department.code).limit(1)
    )
    if code is not None:
        return code, 0
    spot = geo.to_sql(point)
    metres = func.ST_Distance(func.geography(Department.geom), spot)
    row = session.execute(
        select(Department.code, metres)
        .where(func.ST_DWithin(Department.geom, geo.to_geometry(point), 1.0), metres <= NEAREST_LIMIT_METRES)
        .order_by(metres, Department.code)
        .limit(1)
    ).first()
    return (row[0], round(row[1])) if row else None


def _is_near(code: str, point: geo.Point, *, metres: int) -> bool:
    near = func.ST_Distance(func.geography(Department.geom), geo.to_sql(point)) <= metres
    return bool(session.scalar(select(near).where(Department.code == code)))


def find_composition(zone: Zone) -> dict[tuple[str, str], list[ZoneDepartment]]:
    """(region of before 2016, its name) → the zone's departments in it."""
    parts = session.scalars(
        select(ZoneDepartment)
        .where(ZoneDepartment.zone_id == zone.id)
        .options(joinedload(ZoneDepartment.department))
        .order_by(ZoneDepartment.department_code)
    )
    regions: dict[tuple[str, str], list[ZoneDepartment]] = {}
    for part in parts:
        regions.setdefault((part.department.region_code, part.department.region_name), []).append(part)
    return dict(sorted(regions.items(), key=lambda item: item[0][1]))
