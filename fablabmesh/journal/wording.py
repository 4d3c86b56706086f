"""The journal in words people use: who acted, what it was about, each thing as it was and as it is. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from fablabmesh.accounts.rules import Role
from fablabmesh.curation.rules import ProposalKind, ProposalState
from fablabmesh.events import wording as events
from fablabmesh.events.rules import EventStatus, OnlineAccess, PriceKind
from fablabmesh.journal.labels import common_labels, kinds
from fablabmesh.journal.rules import RowDeed
from fablabmesh.kit.i18n import day
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places.rules import Confidence, FactSubject, ManagerRole, Training
from fablabmesh.projects.rules import PartnershipStatus, ProjectState
from fablabmesh.sheets.wording import Change, say
from fablabmesh.sheets.wording import field_labels as place_labels
from fablabmesh.teams.rules import ClaimState, Proof
from fablabmesh.upkeep.history import field_labels as event_labels
from fablabmesh.zones.moderation import ModerationState, Thing, Whose
from fablabmesh.zones.rules import FoundBy, Standing

# Of a name, an address or words of somebody's own, the journal knows only that they were there.
MASKED = "*"
_WALL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:?\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Names:
    """What ids are called today. Of places, events and projects: (name, word of their address)."""

    places: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    events: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    projects: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)
    zones: Mapping[int, str] = field(default_factory=dict)
    calls: Mapping[int, str] = field(default_factory=dict)
    types: Mapping[int, str] = field(default_factory=dict)
    terms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


# Column → of what it is the id.
_REFERS = {
    **dict.fromkeys(("place_id", "venue_id", "lead_id"), "place"),
    **dict.fromkeys(("event_id", "split_from_id"), "event"),
    **dict.fromkeys(
        (
            *("account_id", "created_by_id", "by_id", "asked_by_id", "answered_by_id", "granted_by_id"),
            *("invited_by_id", "handed_by_id", "decided_by_id", "assigned_to_id", "set_by_id"),
        ),
        "account",
    ),
    "project_id": "project",
    "zone_id": "zone",
    "call_id": "call",
    "type_id": "term",
}
_OWN_ID = {"place": "place", "event": "event", "project": "project", "account": "account", "zone": "zone"}
_OWN_ID |= {"funding_call": "call", "term": "term"}


def wanted_names(entries: Iterable[Any]) -> dict[str, set[int]]:
    """The ids that these entries speak of, by what they are of."""
    found: dict[str, set[int]] = {kind: set() for kind in (*_REFERS.values(), *_OWN_ID.values())}
    for entry in entries:
        if entry.place_id is not None:
            found["place"].add(entry.place_id)
        if (kind := _OWN_ID.get(entry.table_name)) is not None:
            found[kind].add(entry.row_key["id"])
        for row in (entry.row_key, entry.before or {}, entry.after or {}):
            for name, value in row.items():
                if name in _REFERS and isinstance(value, int):
                    found[_REFERS[name]].add(value)
    return found


# --- who ---------------------------------------------------------------------------------------------------------


def tell_actor(act: Any) -> str:
    """Who acted."""
    name = act.account.name if act.account is not None else ""
    words: dict[str, str] = {
        "person": name or _("Une personne dont le compte n’existe plus"),
        "stranger": _("Une personne sans compte"),
        "program": _("Un programme, pour %(name)s", name=name) if name else _("Un programme"),
        "worker": _("Le site, de lui-même"),
        "terminal": _("Une commande sur le serveur"),
        "hand": _("Quelqu’un, directement dans la base"),
    }
    return words.get(act.actor, "")


# --- what --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """One row that changed. `kind` and `title`: what it is; `address`: (room, word) of its page, while it has one."""

    id: int
    deed: RowDeed
    kind: str
    title: str
    address: tuple[str, str] | None
    changes: tuple[Change, ...]


def tell(entry: Any, names: Names) -> Told:
    """One entry of the journal."""
    row = {**(entry.before or {}), **(entry.after or {}), **entry.row_key}
    title, address = _title(entry, row, names)
    deed = RowDeed(entry.deed)
    kind = kinds().get(entry.table_name, entry.table_name)
    return Told(entry.id, deed, kind, title, address, tuple(_changes(entry, names)))


def _title(entry: Any, row: Mapping[str, Any], names: Names) -> tuple[str, tuple[str, str] | None]:
    table = entry.table_name
    pages: tuple[tuple[str, str, Mapping[int, tuple[str, str]]], ...] = (
        ("event", "events", names.events),
        ("project", "projects", names.projects),
        ("place", "places", names.places),
    )
    for kind, room, known in pages:
        its_id = row["id"] if table == kind else row.get(f"{kind}_id")
        if its_id is not None and its_id in known:
            return known[its_id][0], (room, known[its_id][1])
    if entry.place_id in names.places:
        return names.places[entry.place_id][0], ("places", names.places[entry.place_id][1])
    said = next((row[name] for name in ("title", "place_name", "name", "name_fr", "slug") if row.get(name)), "")
    if said == MASKED or not said:
        said = (
            names.people.get(row.get("id", 0), "") if table == "account" else names.zones.get(row.get("zone_id", 0), "")
        )
    return str(said), None


# What is of use to the machine alone.
_HIDDEN = {
    *("id", "position", "folded_name", "machine_types", "edited_fields", "is_demo", "uid", "place_version", "digest"),
    *("department_found_by", "department_distance_m", "source_id", "image_digest", "programme_id", "starts_at"),
    *("ends_at", "created_at", "recurrence_local", "published_at"),
}
_KEPT = {("event", "image_digest"), ("place_source_alias", "source_id"), ("event_change", "recurrence_local")}


def _changes(entry: Any, names: Names) -> Iterable[Change]:
    before, after = entry.before or {}, entry.after or {}
    labels = _labels(entry.table_name)
    order = list(labels)
    keys = {*before, *after}
    for name in sorted(keys, key=lambda name: (order.index(name) if name in labels else 999, name)):
        if name in _HIDDEN and (entry.table_name, name) not in _KEPT:
            continue
        told = (
            _say(entry.table_name, name, before.get(name), names),
            _say(entry.table_name, name, after.get(name), names),
        )
        if any(told):
            yield Change(labels.get(name, name), *told)


def _labels(table: str) -> dict[str, str]:
    own = {
        "event": event_labels,
        "event_change": event_labels,
        "place": place_labels,
    }.get(table)
    return {
        **(own() if own else {}),
        **{key: label for key, label in common_labels().items() if not own or key not in own()},
    }


@dataclass(frozen=True)
class ToldClash:
    """What was written again since: each thing as it was before the act, after it, and as it is now."""

    kind: str
    title: str
    what: str
    rows: tuple[tuple[str, str, str, str], ...]


def tell_clash(clash: Any, names: Names) -> ToldClash:
    """Why an act cannot be taken back as it is. `clash`: see `journal.undoing`."""
    row = {**(clash.before or {}), **(clash.after or {}), **(clash.now or {}), **clash.key}
    place_id = row.get("place_id")
    holder = SimpleNamespace(table_name=clash.table, place_id=row["id"] if clash.table == "place" else place_id)
    title, _address = _title(holder, row, names)
    what = ""
    if clash.now is None:
        what = _("a été supprimé depuis")
    elif clash.after is None:
        what = _("existe de nouveau")
    labels = _labels(clash.table)
    rows = [
        (
            labels.get(name, name),
            *(
                _say(clash.table, name, (told or {}).get(name), names)
                for told in (clash.before, clash.after, clash.now)
            ),
        )
        for name in (clash.after or {})
        if not what and (name not in _HIDDEN or (clash.table, name) in _KEPT)
    ]
    return ToldClash(kinds().get(clash.table, clash.table), title, what, tuple(rows))


# --- values ------------------------------------------------------------------------------------------------------

_ENUMS: dict[tuple[str, str], Any] = {
    ("event", "status"): EventStatus,
    ("event", "price_kind"): PriceKind,
    ("event", "online_access"): OnlineAccess,
    ("place", "department_found_by"): FoundBy,
    ("place_fact", "subject"): FactSubject,
    ("machine", "training"): Training,
    ("place_manager", "role"): ManagerRole,
    ("invitation", "role"): ManagerRole,
    ("account", "role"): Role,
    ("project", "state"): ProjectState,
    ("partnership", "status"): PartnershipStatus,
    ("proposal", "kind"): ProposalKind,
    ("proposal", "state"): ProposalState,
    ("claim", "state"): ClaimState,
    ("zone_rule", "thing"): Thing,
    ("zone_rule", "whose"): Whose,
    ("claim", "proof"): Proof,
    **{(table, "moderation"): ModerationState for table in ("place", "event", "project")},
    **{(table, "standing"): Standing for table in ("pole_role", "zone_department")},
    **{(table, "confidence"): Confidence for table in ("place_fact", "pole_role", "laureate")},
}


def _say(table: str, name: str, value: Any, names: Names) -> str:
    if value in (None, "", [], {}):
        return ""
    if value == MASKED:
        return _("(gardé confidentiel)")
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if (table, name) in _ENUMS:
        return _label(_ENUMS[table, name], value)
    if name in _REFERS:
        return _name(_REFERS[name], value, names)
    if table == "place" and names.terms:
        return say(name, value, names.terms) if not _is_moment(value) or _DAY.fullmatch(value) else _moment(value)
    return _plain(name, value, names)


def _label(enumeration: Any, value: str) -> str:
    """Of a value that there may be no longer, itself."""
    return str(enumeration(value).label) if value in set(enumeration) else str(value)


def _name(kind: str, its_id: int, names: Names) -> str:
    gone: Callable[[], str] = {
        "account": lambda: _("une personne dont le compte n’existe plus"),
        "place": lambda: _("un lieu qui n’existe plus"),
        "event": lambda: _("un événement qui n’existe plus"),
        "project": lambda: _("un projet qui n’existe plus"),
    }.get(kind, lambda: str(its_id))
    pages = {"place": names.places, "event": names.events, "project": names.projects}
    if kind in pages:
        return pages[kind][its_id][0] if its_id in pages[kind] else gone()
    words = {"account": names.people, "zone": names.zones, "call": names.calls, "term": names.types}[kind]
    return words.get(its_id) or gone()


def _plain(name: str, value: Any, names: Names) -> str:
    if isinstance(value, dict):
        labels = place_labels()
        return "\n".join(f"{labels.get(key, key)} — {_plain(key, each, names)}" for key, each in value.items())
    if isinstance(value, list):
        known = names.terms.get("material", {}) if name == "materials" else {}
        return ", ".join(known.get(each, _plain(name, each, names)) for each in value)
    if name == "language":
        return events.language_label(str(value))
    return _moment(value) if _is_moment(value) else str(value)


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and any(form.fullmatch(value) for form in (_WALL, _INSTANT, _DAY))


def _moment(value: str) -> str:
    if _DAY.fullmatch(value):
        return day(date.fromisoformat(value))
    found = datetime.fromisoformat(value)
    return events.moment(found) if found.tzinfo is None else events.stamp(found)
