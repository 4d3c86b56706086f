"""From a file in the national schema to places ready to be kept, with a report. Pure.

A row is refused only when it has no name, when nothing at all says where it is, or when it repeats another to the
letter. Everything else is mended or dropped cell by cell, and said.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from fablabmesh.kit.text import fold, slugify
from fablabmesh.opendata import cells, schemas
from fablabmesh.opendata.gazetteer import Gazetteer, Town
from fablabmesh.opendata.reading import Record, read_records
from fablabmesh.opendata.report import Fault, Report
from fablabmesh.places.rules import PlaceKind, Precision

_LAB: Final = re.compile(r"\bfab[ -]?labs?\b|fablab")
_MULTIPLE: Final = (
    ("services", "services"),
    ("audiences", "publics_accueillis"),
    ("audiences", "prise_en_charge"),
    ("fees", "conditions_acces"),
    ("support", "modalites_accompagnement"),
)
_LONGEST: Final = {
    "nom": 250,
    "commune": 100,
    "adresse": 300,
    "complement_adresse": 300,
    "horaires": 1000,
    "presentation_resume": 500,
}
_LONGEST_DESCRIPTION: Final = 5000


@dataclass(frozen=True)
class Draft:
    """A row ready to be kept: `values` are those an importer may set on a place."""

    line: int
    source: str
    source_id: str
    values: dict[str, Any]


@dataclass(frozen=True)
class _Row:
    """A record at hand, with what its readers need."""

    record: Record
    report: Report
    labels: Mapping[str, str]

    def cell(self, column: str) -> str:
        return self.record.cells.get(column, "")

    def tell(self, column: str, fault: Fault, value: str, detail: str) -> None:
        self.report.add(fault, self.record.line, column, value, detail)

    def about(self, column: str) -> cells.Tell:
        return partial(self.tell, column)

    def text(self, column: str) -> str:
        return cells.read_text(self.cell(column), self.about(column), longest=_LONGEST.get(column, 300))


def read_lieux(
    content: bytes, *, gazetteer: Gazetteer, source: str, licence: str, labels: Mapping[str, str]
) -> tuple[list[Draft], Report]:
    """The places of a JSON or CSV file, and all there is to say about it.

    `source`: for rows that name none; `labels`: codes of labels by `schemas.label_key`.
    """
    report = Report()
    records = [Record(record.line, _rename(record.cells)) for record in read_records(content, report)]
    columns = {column for record in records for column in record.cells}
    if records and "nom" not in columns:
        report.add(Fault.NO_COLUMNS, records[0].line)
        return [], report
    _report_columns(columns, records, report)
    drafts: list[Draft] = []
    seen: dict[tuple[str, str], Draft] = {}
    for record in records:
        draft = _read_row(_Row(record, report, labels), gazetteer, source, licence)
        if draft is not None and (draft := _own_id(draft, seen, report)) is not None:
            drafts.append(draft)
    _report_duplicates(drafts, report)
    return drafts, report


def _rename(given: dict[str, str]) -> dict[str, str]:
    """Columns of v1.0.2 under their older name; two that became one are joined."""
    renamed: dict[str, str] = {}
    for column, cell in given.items():
        name = column.strip().lower()
        name = schemas.V1_0_2_RENAMED.get(name, name)
        renamed[name] = f"{renamed[name]}|{cell}" if renamed.get(name) else cell
    return renamed


def _report_columns(columns: set[str], records: list[Record], report: Report) -> None:
    for column in sorted(columns - schemas.KNOWN_COLUMNS):
        report.add(Fault.UNKNOWN_COLUMN, None, column)
    if any(record.cells.get("courriel", "").strip() for record in records):
        report.add(Fault.MAILS, None, "courriel")


def _read_row(row: _Row, gazetteer: Gazetteer, source: str, licence: str) -> Draft | None:
    name = row.text("nom")
    if not name:
        row.tell("nom", Fault.NO_NAME, "", "")
        return None
    where = _read_whereabouts(row, gazetteer)
    if where is None:
        row.tell("code_postal", Fault.NOWHERE, name, "")
        return None
    values = {
        "name": name,
        "kind": _kind(name, row.cell("typologie")),
        "summary": row.text("presentation_resume"),
        "description": cells.read_text(
            row.cell("presentation_detail").strip(),
            row.about("presentation_detail"),
            longest=_LONGEST_DESCRIPTION,
            is_block=True,
        ),
        "phone": cells.read_phone(row.cell("telephone"), row.about("telephone")),
        "website": cells.read_website(row.cell("site_web"), row.about("site_web")),
        "opening_hours": row.text("horaires"),
        "appointment_url": cells.read_website(row.cell("prise_rdv"), row.about("prise_rdv")),
        "accessibility_url": cells.read_website(row.cell("accessibilite"), row.about("accessibilite")),
        "labels": _read_labels(row),
        "source_licence": licence,
        "source_updated_on": cells.read_date(row.cell("date_maj"), row.about("date_maj")),
    }
    values |= where | _read_multiples(row)
    return Draft(row.record.line, row.text("source") or source, row.text("id"), values)


def _kind(name: str, typology: str) -> PlaceKind:
    """A Fab Lab by its name or by the schema's type; all others are public digital spaces, in the wide sense."""
    is_lab = _LAB.search(fold(name)) or "FABLAB" in schemas.split_values(typology.upper())
    return PlaceKind.FABLAB if is_lab else PlaceKind.EPN


def _read_multiples(row: _Row) -> dict[str, list[str]]:
    """Codes of terms: those of the national lists are their labels, spelt as addresses are."""
    values: dict[str, list[str]] = {kind: [] for kind in ("accessibility", *dict(_MULTIPLE))}
    for kind, column in _MULTIPLE:
        found = schemas.translate(kind, cells.read_text(row.cell(column), row.about(column), longest=5000))
        for label in found.labels:
            name = "accessibility" if label in schemas.SPECIAL_CARE else kind
            values[name] += [code] if (code := slugify(label)) not in values[name] else []
        for value in found.without_equivalent:
            row.report.add_shared(Fault.NO_EQUIVALENT, row.record.line, column, value)
        for value in found.unknown:
            row.tell(column, Fault.UNKNOWN_VALUE, value, "")
    return values


def _read_labels(row: _Row) -> list[str]:
    """Codes of labels, national and others: those of the vocabulary that administrators keep."""
    codes: list[str] = []
    for column in ("labels_nationaux", "labels_autres"):
        told = cells.read_text(row.cell(column), row.about(column), longest=5000)
        found = schemas.translate_labels(told, row.labels)
        codes += found.labels
        for value in found.without_equivalent:
            row.report.add_shared(Fault.NO_EQUIVALENT, row.record.line, column, value)
        for value in found.unknown:
            row.tell(column, Fault.UNKNOWN_VALUE, value, "")
    return [code for code in dict.fromkeys(row.labels.values()) if code in codes]


# --- where it is -------------------------------------------------------------------------------------------------


def _read_whereabouts(row: _Row, gazetteer: Gazetteer) -> dict[str, Any] | None:
    """Address, codes and point; None when nothing tells where the place is."""
    postcode = cells.read_digits(
        row.cell("code_postal"), schemas.POSTCODE, row.about("code_postal"), Fault.BAD_POSTCODE
    )
    insee = cells.read_digits(row.cell("code_insee"), schemas.INSEE, row.about("code_insee"), Fault.BAD_INSEE)
    point = cells.read_point(row.cell("latitude"), row.cell("longitude"), row.about("latitude"))
    commune = row.text("commune")
    town = _find_town(row, gazetteer, commune, postcode, insee)
    if town is None and not (postcode or insee or point):
        return None
    if town is not None and not insee:
        insee = town.insee
    precision = Precision.UNKNOWN
    address = row.text("adresse")
    if point is not None:
        # The schema means the point to come from geocoding the address.
        precision = Precision.ADDRESS if address else Precision.UNKNOWN
    elif town is not None:
        point, precision = (town.latitude, town.longitude), Precision.COMMUNE
        row.tell("latitude", Fault.POINT_OF_COMMUNE, "", town.name)
    return {
        "address": address,
        "address_extra": row.text("complement_adresse"),
        "postcode": postcode,
        "commune": town.name if town is not None else _unshout(commune),
        "insee": insee or None,
        "latitude": point[0] if point else None,
        "longitude": point[1] if point else None,
        "precision": precision,
    }


def _find_town(row: _Row, gazetteer: Gazetteer, commune: str, postcode: str, insee: str) -> Town | None:
    """The commune that the codes and the name agree on; its spelling replaces the file's."""
    served = gazetteer.list_served(postcode) if postcode else []
    if postcode and not served:
        row.tell("code_postal", Fault.UNKNOWN_POSTCODE, postcode, "")
    town = gazetteer.get(insee) if insee else None
    if town is not None:
        others = {other.department for other in served}
        if others and town.department not in others:
            detail = f"{town.department}, {'/'.join(sorted(others))}"
            row.tell("code_insee", Fault.INSEE_DISAGREES, f"{insee} {postcode}", detail)
    elif served:
        town = gazetteer.find(commune, postcode)
        if town is None and commune:
            names = ", ".join(other.name for other in served[:4]) + ("…" if len(served) > 4 else "")
            row.tell("commune", Fault.UNKNOWN_COMMUNE, f"{postcode} {commune}", names)
    elif commune and not postcode:
        town = gazetteer.find_only(commune)
    name = town.name if town is not None else _unshout(commune)
    if commune and commune.replace("'", "’") != name.replace("'", "’"):
        row.tell("commune", Fault.SPELLING, commune, name)
    return town


def _unshout(name: str) -> str:
    """« PIERRE BENITE » → « Pierre Benite »: for the few names that the gazetteer does not know."""
    if not name.isupper():
        return name
    small = {"de", "du", "des", "la", "le", "les", "en", "sur", "sous", "et"}
    words = re.split(r"([^\w]+)", name.lower())
    return "".join(word if word in small and place else word.capitalize() for place, word in enumerate(words))


# --- who is who --------------------------------------------------------------------------------------------------


def _own_id(draft: Draft, seen: dict[tuple[str, str], Draft], report: Report) -> Draft | None:
    """An identifier of its own for each row, the same at the next import; None for a row met before."""
    told = draft.source_id
    if not told:
        report.add(Fault.NO_ID, draft.line, "id")
        draft = _with_id(draft, _digest(draft))
    elif (draft.source, told) in seen:
        first = seen[draft.source, told]
        if first.values == draft.values:
            report.add(Fault.SAME_ROW, draft.line, "id", told, str(first.line))
            return None
        report.add(Fault.ID_REPEATED, draft.line, "id", told, str(first.line))
        draft = _with_id(draft, f"{told}~{_digest(draft)}")
    if (draft.source, draft.source_id) in seen:
        report.add(Fault.SAME_ROW, draft.line, "id", told, str(seen[draft.source, draft.source_id].line))
        return None
    seen[draft.source, draft.source_id] = draft
    return draft


def _with_id(draft: Draft, source_id: str) -> Draft:
    return Draft(draft.line, draft.source, source_id, draft.values)


def _digest(draft: Draft) -> str:
    names = ("name", "address", "address_extra", "postcode", "commune")
    return hashlib.sha256("\n".join(str(draft.values[name]) for name in names).encode()).hexdigest()[:12]


def _report_duplicates(drafts: list[Draft], report: Report) -> None:
    """Same name in the same commune: said, and never merged, for two hamlets may well have a « Mairie » each."""
    first: dict[tuple[str, str], Draft] = {}
    for draft in drafts:
        who = (fold(draft.values["name"]), fold(draft.values["commune"]))
        if who in first:
            report.add(Fault.POSSIBLE_DUPLICATE, draft.line, "nom", draft.values["name"], f"l. {first[who].line}")
        else:
            first[who] = draft
