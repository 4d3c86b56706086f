"""Codes told by their terms: machines by type and widest type, and codes in their vocabulary's order. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


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
