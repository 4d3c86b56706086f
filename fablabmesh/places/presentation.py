"""What the page of a place tells, put in order: machines by type, where each fact is from, how fresh it is. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fablabmesh.kit.i18n import gettext as _

# Without a word from anybody for longer, a page is marked.
CONFIRMED_FOR = timedelta(days=396)


@dataclass(frozen=True)
class MachineType:
    """Machines of one type; `term` is that of the vocabulary."""

    term: Any
    machines: tuple[Any, ...]


@dataclass(frozen=True)
class MachineGroup:
    """Types that have the same widest term. `is_plain`: it is the only type in it, and need not be named twice."""

    term: Any
    types: tuple[MachineType, ...]

    @property
    def is_plain(self) -> bool:
        return len(self.types) == 1 and self.types[0].term.code == self.term.code


def group_machines(machines: Iterable[Any], terms: Mapping[str, Any]) -> list[MachineGroup]:
    """In the vocabulary's order; machines of a type as their lab put them. `terms`: types by code, in order."""
    by_type: dict[str, list[Any]] = {}
    for machine in machines:
        by_type.setdefault(machine.type.code, []).append(machine)
    order = {code: number for number, code in enumerate(terms)}
    groups: dict[str, list[MachineType]] = {}
    for code in sorted(by_type, key=lambda code: (order.get(code, len(order)), code)):
        kind = MachineType(by_type[code][0].type, tuple(by_type[code]))
        groups.setdefault(_widest(code, terms), []).append(kind)
    return [MachineGroup(terms.get(code) or kinds[0].term, tuple(kinds)) for code, kinds in groups.items()]


def _widest(code: str, terms: Mapping[str, Any]) -> str:
    seen = {code}
    while code in terms and terms[code].broader and terms[code].broader not in seen:
        code = terms[code].broader
        seen.add(code)
    return code


def list_labels(codes: Iterable[str], terms: Mapping[str, Any]) -> list[Any]:
    """The terms of these codes, in the vocabulary's order; a code that nobody knows any more is left out."""
    wanted = set(codes)
    return [term for code, term in terms.items() if code in wanted]


# --- where it is from ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Origin:
    """Who says so. `source` is empty for what was written here by those who look after the place."""

    source: str
    licence: str
    day: date | None


@dataclass(frozen=True)
class Sourced:
    """A part of the page, and who says it."""

    label: str
    origins: tuple[Origin, ...]


def _parts() -> list[tuple[str, tuple[str, ...]]]:
    return [
        (_("Nom et présentation"), ("name", "summary", "description")),
        (
            _("Adresse, position et accès"),
            ("address", "address_extra", "postcode", "commune", "latitude", "longitude", "how_to_come"),
        ),
        (
            _("Téléphone, site et rendez-vous"),
            ("phone", "website", "appointment_url", "accessibility_url"),
        ),
        (_("Horaires"), ("opening_hours", "closed_on")),
        (_("Services, publics, accueil et tarifs"), ("services", "audiences", "accessibility", "fees", "support")),
        (_("Labels"), ("labels",)),
        (_("Machines"), ("machines",)),
        (_("Équipe"), ("people",)),
        (_("Photos"), ("pictures",)),
    ]


_WRITTEN_HERE = {"machines", "people", "pictures"}


def list_sourced(place: Any, written: Mapping[str, datetime]) -> list[Sourced]:
    """Each part that the place has, by source. `written`: when each column was last changed here or by its source."""
    found = []
    for label, names in _parts():
        told = [name for name in names if getattr(place, name) not in (None, "", [])]
        here = [name for name in told if not place.source or name in place.edited_fields or name in _WRITTEN_HERE]
        origins = []
        if len(here) < len(told):
            origins.append(Origin(place.source, place.source_licence, place.source_updated_on))
        if here:
            days = [written[name].date() for name in here if name in written]
            origins.append(Origin("", "", max(days) if days else None if place.source else place.created_at.date()))
        if origins:
            found.append(Sourced(label, tuple(origins)))
    return found


def is_doubtful(confirmed_at: datetime | None, now: datetime) -> bool:
    """Has nobody who knows said for long, or ever, that the page is right?"""
    return confirmed_at is None or now - confirmed_at > CONFIRMED_FOR


def spelled_address(place: Any) -> Sequence[str]:
    """The lines of a postal address, without empty ones."""
    return [line for line in (place.address, place.address_extra, f"{place.postcode} {place.commune}".strip()) if line]
