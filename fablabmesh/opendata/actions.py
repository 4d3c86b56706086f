"""Writes of open data: files in the national schema, and the national data themselves. All can be done again: what
has not changed is left untouched.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, Final

from sqlalchemy import any_, func, select, text, update
from sqlalchemy.dialects import postgresql

from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.text import clean_line, fold
from fablabmesh.opendata import national, queries
from fablabmesh.opendata.lieux import Draft, read_lieux
from fablabmesh.opendata.models import ImportReport
from fablabmesh.opendata.report import Fault, Report
from fablabmesh.places import actions as places
from fablabmesh.places.actions import Outcome
from fablabmesh.places.models import Place
from fablabmesh.places.opening_actions import count_out
from fablabmesh.places.rules import Confidence, FactSubject, PlaceKind, Precision
from fablabmesh.zones import actions as zones
from fablabmesh.zones import queries as zone_queries
from fablabmesh.zones.models import Commune, Department, ZoneDepartment
from fablabmesh.zones.rules import Standing

LAUREATES_SOURCE: Final = "Lauréats de l’appel à projets de 2013"
POLES_SOURCE: Final = "Pôles nommés par une source publique"
_FACTS_LICENCE: Final = "Faits sourcés ; adresses : CC BY-SA 4.0 (Map of Innovation)"
Fact = tuple[FactSubject, str, str, Confidence | None]

# One load at a time, whoever starts it.
_LOCK: Final = 0x0FAB1AB

_COUNTED_AT_ONCE: Final = 300

SCHEMA_LICENCE: Final = "Licence Ouverte 2.0"


# --- a file in the national schema -------------------------------------------------------------------------------


def import_lieux(content: bytes, *, file_name: str, source: str, licence: str, now: datetime) -> Report:
    """Make or update the places of a JSON or CSV file, keep the report, and give it.

    `source`: for rows that name none; a place is known again by its source and its identifier there.
    """
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    name = clean_line(PurePath(file_name).name)[:200] or "lieux"
    drafts, report = read_lieux(
        content,
        gazetteer=national.make_gazetteer(),
        source=source or name,
        licence=licence,
        labels=queries.map_labels(),
    )
    _keep_drafts(drafts, report, now)
    _report_what_the_map_tells(drafts, report)
    _keep_report(report, name, source or name, licence, hashlib.sha256(content).hexdigest(), now)
    return report


def _keep_drafts(drafts: list[Draft], report: Report, now: datetime) -> None:
    sources = {draft.source for draft in drafts}
    known, merged = queries.map_places_of(sources), queries.list_merged(sources)
    made: list[Place] = []
    for draft in drafts:
        place = known.get((draft.source, draft.source_id))
        if (draft.source, draft.source_id) in merged:
            report.same += 1
        elif place is None:
            place = places.create_place(
                draft.values, now=now, source=draft.source, source_id=draft.source_id, counts_out=False
            )
            made.append(place)
            report.created += 1
        elif places.renew_place(place, draft.values, now=now) is Outcome.CHANGED:
            report.changed += 1
        else:
            report.same += 1
    # Together, in a few statements: one by one is most of what a new place costs.
    for start in range(0, len(made), _COUNTED_AT_ONCE):
        count_out(made[start : start + _COUNTED_AT_ONCE], now=now)


def _report_what_the_map_tells(drafts: list[Draft], report: Report) -> None:
    lines = {(draft.source, draft.source_id): draft for draft in drafts}
    sources = {draft.source for draft in drafts}
    for found in queries.list_contradictions(sources):
        if draft := lines.get((found.source, found.source_id)):
            detail = f"{found.holder or '?'} ≠ {found.department}"
            report.add(Fault.POINT_ELSEWHERE, draft.line, "latitude", f"{found.latitude}, {found.longitude}", detail)
    for source, source_id, page in queries.list_twins(sources):
        if draft := lines.get((source, source_id)):
            report.add(Fault.POSSIBLE_DUPLICATE, draft.line, "nom", draft.values["name"], page)


def _keep_report(report: Report, name: str, source: str, licence: str, digest: str, now: datetime) -> None:
    kept = queries.find_report(name)
    if kept is None:
        kept = ImportReport(file_name=name)
        session.add(kept)
    kept.imported_at, kept.source, kept.licence, kept.digest = now, source, licence, digest
    kept.report = report.to_json()
    session.flush()


def complete_codes(now: datetime) -> int:
    """A chore: places that came without their commune's code get it, where its name, its postcode and its department
    are all a commune's own. Says how many did."""
    with transaction():
        told = update(Place).where(
            Place.insee.is_(None),
            Place.postcode != "",
            Commune.name == Place.commune,
            Commune.department_code == Place.department_code,
            Place.postcode == any_(Commune.postcodes),
        )
        # What is known of a place is the same, and nobody wrote it: neither its version nor its date is another.
        told = told.values(insee=Commune.insee, version=Place.version)
        found = session.execute(told.returning(Place.id).execution_options(synchronize_session=False)).all()
    return len(found)


# --- the national data -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NationalLoad:
    """What a load wrote: rows of each kind that were made or changed, and the report of the list of places."""

    departments: int
    communes: int
    composition: int
    laureates: int
    poles: int
    report: Report


def load_national_data(*, now: datetime, reset_composition: bool = False) -> NationalLoad:
    """Bring the database to the committed data.

    The composition of zones is entered once and then belongs to those who coordinate them: a department that has a
    zone keeps it, unless `reset_composition`.
    """
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    load = NationalLoad(
        departments=put_departments(),
        communes=put_communes(),
        composition=put_zones(reset_composition),
        laureates=put_laureates(now),
        poles=put_poles(now),
        report=import_lieux(
            national.read_places(),
            file_name=national.PLACES_FILE,
            source="Hinaura",
            licence=national.PLACES_LICENCE,
            now=now,
        ),
    )
    # Of all the data and not of this one file, so that any change to them is seen at the next start.
    queries.get_report(national.PLACES_FILE).digest = national.digest()
    session.flush()
    return load


def put_departments() -> int:
    """The 101 departments; returns how many changed. Zones whose outline moved with them are redrawn."""
    regions = {code: (region, name) for region, (name, codes) in national.map_regions().items() for code in codes}
    changed = set()
    for code, name, shape in national.list_department_shapes():
        region, region_name = regions[code]
        polygon = func.ST_SetSRID(func.ST_GeomFromGeoJSON(json.dumps(shape)), 4326)
        row = postgresql.insert(Department).values(
            code=code, name=name, region_code=region, region_name=region_name, geom=polygon
        )
        told, kept = row.excluded, Department
        same = (
            (kept.name == told.name)
            & (kept.region_code == told.region_code)
            & (kept.region_name == told.region_name)
            & (func.ST_AsBinary(kept.geom) == func.ST_AsBinary(told.geom))
        )
        put = row.on_conflict_do_update(
            index_elements=[kept.code],
            set_={column: told[column] for column in ("name", "region_code", "region_name", "geom")},
            where=~same,
        ).returning(kept.code)
        changed |= set(session.scalars(put))
    touched = select(ZoneDepartment.zone_id).where(ZoneDepartment.department_code.in_(changed)).distinct()
    zones.draw_polygons(sorted(session.scalars(touched)))
    return len(changed)


def put_communes() -> int:
    """In one statement: 35,000 rows in a second. Communes that no longer exist go."""
    towns = national.list_towns()
    columns = {
        "insee": [town.insee for town in towns],
        "name": [town.name for town in towns],
        "folded": [fold(town.name) for town in towns],
        "postcodes": [" ".join(town.postcodes) for town in towns],
        "department": [town.department for town in towns],
        "latitude": [town.latitude for town in towns],
        "longitude": [town.longitude for town in towns],
        "population": [town.population for town in towns],
    }
    gone = session.execute(
        text("DELETE FROM commune WHERE insee <> ALL(CAST(:insee AS text[])) RETURNING insee"),
        {"insee": columns["insee"]},
    )
    count = len(gone.all())
    count += len(session.execute(text(_COMMUNES), columns).all())
    if count:
        # The thousand lookups that follow in this transaction would else read the whole table, or the index's backlog.
        session.execute(text("SELECT gin_clean_pending_list('ix_commune_postcodes')"))
        session.execute(text("ANALYZE commune, department"))
    return count


_COMMUNES: Final = """
INSERT INTO commune AS kept
    (insee, name, folded_name, postcodes, department_code, latitude, longitude, population)
SELECT insee, name, folded, string_to_array(postcodes, ' '), department, latitude, longitude, population
FROM unnest(
    CAST(:insee AS text[]), CAST(:name AS text[]), CAST(:folded AS text[]), CAST(:postcodes AS text[]),
    CAST(:department AS text[]), CAST(:latitude AS float8[]), CAST(:longitude AS float8[]),
    CAST(:population AS integer[])
) AS told(insee, name, folded, postcodes, department, latitude, longitude, population)
ON CONFLICT (insee) DO UPDATE SET
    name = excluded.name, folded_name = excluded.folded_name, postcodes = excluded.postcodes,
    department_code = excluded.department_code, latitude = excluded.latitude, longitude = excluded.longitude,
    population = excluded.population
WHERE (kept.name, kept.folded_name, kept.postcodes, kept.department_code, kept.latitude, kept.longitude,
       kept.population)
    IS DISTINCT FROM
      (excluded.name, excluded.folded_name, excluded.postcodes, excluded.department_code, excluded.latitude,
       excluded.longitude, excluded.population)
RETURNING insee
"""


def put_zones(reset_composition: bool) -> int:
    """Programmes, zones and what they are made of; returns how many departments changed zone."""
    programmes = {
        row["slug"]: zones.put_programme(slug=row["slug"], name=row["name"], position=int(row["position"]))
        for row in national.read_rows("programmes.csv")
    }
    made = {
        (row["programme"], row["slug"]): zones.put_zone(
            programmes[row["programme"]],
            slug=row["slug"],
            name=row["name"],
            colour=row["colour"],
            position=int(row["position"]),
            is_overseas=row["is_overseas"] == "yes",
        )
        for row in national.read_rows("zones.csv")
    }
    regions = national.map_regions()
    composed = {
        slug: set() if reset_composition else queries.list_composed(programme) for slug, programme in programmes.items()
    }
    statements: dict[tuple[str, str, str, str], set[str]] = {}
    for row in national.read_rows("composition.csv"):
        statement = (row["programme"], row["zone"], row["standing"], row["reason"])
        departments = set(regions[row["region"]][1]) - composed[row["programme"]]
        statements.setdefault(statement, set()).update(departments)
    return sum(
        zones.compose(made[programme, zone], departments, standing=Standing(standing), reason=reason)
        for (programme, zone, standing, reason), departments in statements.items()
    )


def put_laureates(now: datetime) -> int:
    """The calls and their laureates; returns how many of these changed."""
    calls = {
        row["slug"]: places.put_call(
            row["slug"],
            name=row["name"],
            year=int(row["year"]),
            body=row["body"],
            description=row["description"],
            file_count=int(row["file_count"]),
            source=row["source"],
        )
        for row in national.read_rows("calls.csv")
    }
    changed = 0
    for row in national.read_rows("laureates.csv"):
        place, outcome = _put_stated_place(LAUREATES_SOURCE, row, PlaceKind.FABLAB, now)
        is_new = _is_of(row, LAUREATES_SOURCE, place) and places.set_facts(place, _laureate_facts(row))
        is_new |= places.put_laureate(
            calls[row["call"]],
            place,
            project_name=row["project"],
            holder=row["holder"],
            source=row["laureate_source"],
            confidence=Confidence(row["laureate_confidence"]),
        )
        changed += is_new or outcome is not Outcome.SAME
    return changed


def put_poles(now: datetime) -> int:
    """The poles that a source names and the zones they support; returns how many changed."""
    roles = national.read_rows("pole-roles.csv")
    changed = 0
    for row in national.read_rows("poles.csv"):
        place, outcome = _put_stated_place(POLES_SOURCE, row, PlaceKind.POLE, now)
        facts: list[Fact] = [(FactSubject.PLACE, _whereabouts(row), row["source"], None)]
        is_new = False
        for role in roles:
            if role["pole"] != row["slug"]:
                continue
            zone = zone_queries.get_zone(role["programme"], role["zone"])
            confidence = Confidence(role["confidence"])
            is_new |= places.put_pole_role(
                place, zone, standing=Standing(role["standing"]), confidence=confidence, reason=role["reason"]
            )
            statement = f"{Standing(role['standing']).label} : {zone.name} ({zone.programme.name})"
            facts.append((FactSubject.POLE, statement, role["reason"], confidence))
        is_new |= _is_of(row, POLES_SOURCE, place) and places.set_facts(place, facts)
        changed += is_new or outcome is not Outcome.SAME
    return changed


def _is_of(row: national.Row, source: str, place: Place) -> bool:
    """Is the place still the row's own, or was the row's merged into it, whose facts are others too?"""
    return (place.source, place.source_id) == (source, row["slug"])


def _put_stated_place(source: str, row: national.Row, kind: PlaceKind, now: datetime) -> tuple[Place, Outcome]:
    values: dict[str, Any] = {
        "name": row["name"],
        "kind": kind,
        "description": row["description"],
        "address": row["address"],
        "address_extra": row.get("address_extra", ""),
        "postcode": row["postcode"],
        "commune": row["commune"],
        "insee": row["insee"],
        "latitude": float(row["latitude"]),
        "longitude": float(row["longitude"]),
        "precision": Precision(row["precision"]),
        "website": row["website"],
        "source_licence": _FACTS_LICENCE,
    }
    return places.put_place(source, row["slug"], values, now=now)


def _whereabouts(row: national.Row) -> str:
    address = ", ".join(part for part in (row["address"], row.get("address_extra", "")) if part)
    return ", ".join(part for part in (row["name"], address, f"{row['postcode']} {row['commune']}") if part)


def _laureate_facts(row: national.Row) -> list[Fact]:
    holder = f", {row['holder']}" if row["holder"] else ""
    facts: list[Fact] = [
        (
            FactSubject.LAUREATE,
            f"« {row['project']} »{holder}",
            row["laureate_source"],
            Confidence(row["laureate_confidence"]),
        ),
        (FactSubject.PLACE, _whereabouts(row), row["place_source"], Confidence(row["place_confidence"])),
        (
            FactSubject.POSITION,
            f"{float(row['latitude']):.4f}, {float(row['longitude']):.4f}",
            row["place_source"] if row["precision"] == Precision.ADDRESS else "INSEE COG",
            Confidence(row["place_confidence"]) if row["precision"] == Precision.ADDRESS else None,
        ),
    ]
    if row["note"]:
        facts.append((FactSubject.NOTE, row["note"], "", None))
    return facts
