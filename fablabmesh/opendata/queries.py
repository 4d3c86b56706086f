"""Reads about data: what came from where, the reports of imports, and what an import cannot see row by row."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.opendata.models import ImportReport
from fablabmesh.opendata.schemas import label_key
from fablabmesh.places.models import Place, PlaceSourceAlias
from fablabmesh.terms.queries import list_terms
from fablabmesh.terms.rules import Vocabulary
from fablabmesh.zones.models import Commune, Department, Programme, ZoneDepartment
from fablabmesh.zones.rules import FoundBy

# Borders are simplified: a point this near to its department does not contradict it.
BORDER_METRES = 1_000


@dataclass(frozen=True)
class SourceCount:
    """How many places a source gave, and how fresh the freshest is."""

    source: str
    licence: str
    places: int
    latest: date | None


def count_places_by_source() -> list[SourceCount]:
    """The richest source first; invented places and those entered by hand are left out."""
    rows = session.execute(
        select(Place.source, Place.source_licence, func.count(Place.id), func.max(Place.source_updated_on))
        .where(Place.source != "", ~Place.is_demo)
        .group_by(Place.source, Place.source_licence)
        .order_by(func.count(Place.id).desc(), Place.source, Place.source_licence)
    )
    return [SourceCount(*row) for row in rows]


def count_departments() -> int:
    """101 once the national data are loaded."""
    return session.scalar(select(func.count()).select_from(Department)) or 0


def count_communes() -> int:
    """Rows of the gazetteer."""
    return session.scalar(select(func.count()).select_from(Commune)) or 0


def list_composed(programme: Programme) -> set[str]:
    """Departments that already are in a zone of the programme."""
    return set(
        session.scalars(select(ZoneDepartment.department_code).where(ZoneDepartment.programme_id == programme.id))
    )


def map_places_of(sources: Collection[str]) -> dict[tuple[str, str], Place]:
    """(source, identifier there) → place, for imports: one read and not one a row."""
    rows = session.scalars(select(Place).where(Place.source.in_(sources), Place.source_id.is_not(None)))
    return {(place.source, place.source_id or ""): place for place in rows}


def list_merged(sources: Collection[str]) -> set[tuple[str, str]]:
    """(source, identifier there) of the rows whose place was merged into another one."""
    rows = session.execute(
        select(PlaceSourceAlias.source, PlaceSourceAlias.source_id).where(PlaceSourceAlias.source.in_(sources))
    )
    return {(source, source_id) for source, source_id in rows}


# --- reports -----------------------------------------------------------------------------------------------------


def list_reports() -> list[ImportReport]:
    """By name of file."""
    return list(session.scalars(select(ImportReport).order_by(ImportReport.file_name)))


def find_report(file_name: str) -> ImportReport | None:
    """The last report of that file."""
    return session.get(ImportReport, file_name)


def get_report(file_name: str) -> ImportReport:
    """The last report of that file."""
    kept = find_report(file_name)
    if kept is None:
        raise NotFound(_("Aucun import de ce nom n’a de rapport."))
    return kept


# --- what only the database can tell -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Contradiction:
    """A point that lies elsewhere than the place's code or postcode says. `holder`: None outside all departments."""

    source: str
    source_id: str
    latitude: float
    longitude: float
    department: str
    holder: str | None


def list_contradictions(sources: Collection[str]) -> list[Contradiction]:
    """Among the places of these sources, those whose point a person has not set by hand since."""
    own, holder = aliased(Department), aliased(Department)
    here = func.geometry(Place.location)
    rows = session.execute(
        select(
            Place.source,
            Place.source_id,
            Place.latitude,
            Place.longitude,
            func.concat(own.name, " (", own.code, ")"),
            func.concat(holder.name, " (", holder.code, ")"),
            holder.code,
        )
        .join(own, own.code == Place.department_code)
        .outerjoin(holder, func.ST_Intersects(holder.geom, here))
        .where(
            Place.source.in_(sources),
            Place.location.is_not(None),
            Place.department_found_by.in_([FoundBy.INSEE, FoundBy.POSTCODE]),
            ~Place.edited_fields.overlap(["latitude", "longitude"]),
            ~func.ST_Intersects(own.geom, here),
            ~func.ST_DWithin(func.geography(own.geom), Place.location, BORDER_METRES),
        )
        .order_by(Place.id)
    )
    return [
        Contradiction(source, source_id or "", latitude or 0, longitude or 0, department, holder_name if code else None)
        for source, source_id, latitude, longitude, department, holder_name, code in rows
    ]


def list_twins(sources: Collection[str]) -> list[tuple[str, str, str]]:
    """(source, source_id, address of the other page) where another source has the same name in the same commune."""
    other = aliased(Place)
    rows = session.execute(
        select(Place.source, Place.source_id, other.slug)
        .join(
            other,
            (other.folded_name == Place.folded_name)
            & (func.lower(other.commune) == func.lower(Place.commune))
            & (other.source != Place.source),
        )
        .where(Place.source.in_(sources), ~other.is_demo, ~Place.is_demo)
        .order_by(Place.id, other.id)
    )
    return [(source, source_id or "", f"/lieux/{slug}") for source, source_id, slug in rows]


def map_labels() -> dict[str, str]:
    """Codes of labels, in their order, by all that they are called in files: see `schemas.label_key`."""
    return {
        label_key(name): term.code
        for term in list_terms(Vocabulary.LABEL, with_retired=True)
        for name in (str(term.alignments.get("mednum", "")), term.name_fr, term.code)
        if name
    }
