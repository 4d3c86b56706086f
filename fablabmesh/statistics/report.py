"""All figures of the nation, a programme or a zone, and the same as tables for a spreadsheet. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places.rules import PlaceKind
from fablabmesh.statistics.figures import Month, Pair, Tally, Tie, add_up, in_order, missing, rank
from fablabmesh.statistics.rules import RADII, Sort

Cell = str | int | float | None


@dataclass(frozen=True)
class Territory:
    """A zone or a department: its figures, and for a zone its dates of the last year and of the months to come."""

    slug: str
    name: str
    tally: Tally
    colour: str = ""
    departments: tuple[str, ...] = ()
    past: int = 0
    coming: int = 0


@dataclass(frozen=True)
class Scope:
    """What the figures are of: the nation; a programme, whose zones are compared; or one zone of it."""

    programme: str = ""
    programme_name: str = ""
    zone: str = ""
    zone_name: str = ""

    @property
    def name(self) -> str:
        return self.zone_name or self.programme_name or _("France")


@dataclass(frozen=True)
class Report:
    """`zones`: of the programme that is `compared`; `elsewhere`: what is in none of them; `departments`: of the scope;
    `machines`, `labels` and `calls`: code → name, in their order.
    """

    scope: Scope
    tally: Tally
    zones: tuple[Territory, ...]
    departments: tuple[Territory, ...]
    months: tuple[Month, ...]
    ties: Mapping[Pair, Tie]
    far: tuple[Any, ...]
    machines: Mapping[str, str]
    labels: Mapping[str, str]
    calls: Mapping[str, str]
    km: int
    sort: Sort
    elsewhere: Tally
    compared: Scope
    measured_at: datetime | None

    @property
    def known_machines(self) -> list[str]:
        """Types that somebody has somewhere in the programme, the most frequent first."""
        everywhere = add_up({zone.slug: zone.tally for zone in self.zones}, [zone.slug for zone in self.zones])
        counts = everywhere.machines if self.zones else self.tally.machines
        return [code for code, _count in rank(counts, list(self.machines)) if code in self.machines]

    @property
    def unknown_machines(self) -> list[str]:
        """Types of the vocabulary that nobody has."""
        known = set(self.known_machines)
        return [code for code in self.machines if code not in known]

    @property
    def lacking(self) -> list[str]:
        """Types that others have, and this zone has not."""
        return missing(self.tally.machines, self.known_machines)

    def tie(self, one: str, other: str) -> Tie:
        """What two zones do together."""
        return self.ties.get(in_order(one, other), Tie())

    @property
    def ties_across(self) -> Tie:
        """What zones do with other ones; of one zone, what it does with the others."""
        zone = self.scope.zone
        found = [tie for pair, tie in self.ties.items() if pair[0] != pair[1] and (not zone or zone in pair)]
        return sum(found, Tie())

    @property
    def ties_within(self) -> Tie:
        """What places of one and the same zone do together."""
        zone = self.scope.zone
        return sum((tie for (one, other), tie in self.ties.items() if one == other and zone in ("", one)), Tie())


@dataclass(frozen=True)
class Table:
    """For a spreadsheet."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def to_rows(self) -> list[list[Cell]]:
        """Its lines, with no more of a number than one can read."""
        return [[_short(cell) for cell in row] for row in (self.header, *self.rows)]


def _short(cell: Cell) -> Cell:
    if not isinstance(cell, float):
        return cell
    short = round(cell, 4)
    return int(short) if short.is_integer() else short


def make_table(name: str, report: Report) -> Table | None:
    """The table of that name; None if there is none."""
    maker = TABLES.get(name)
    return maker(report) if maker else None


def _coverage(report: Report) -> Table:
    header = (_("Territoire"), _("Ce qui est proche"), _("Kilomètres"), _("Habitants"), _("dont à cette distance"))
    territories = [(report.scope.name, report.tally), *((zone.name, zone.tally) for zone in _zones(report))]
    return Table(
        (*header, _("Part")),
        tuple(
            (name, sort.label, km, tally.people, tally.reached[(sort.value, km)], tally.share_reached(sort, km))
            for name, tally in territories
            for sort in Sort
            for km in RADII
        ),
    )


def _communes(report: Report) -> Table:
    header = (_("Code INSEE"), _("Commune"), _("Département"), _("Habitants"), _("Mètres jusqu’au plus proche"))
    return Table(
        header, tuple((far.insee, far.name, far.department_code, far.people, far.metres) for far in report.far)
    )


def _territories(first: str, territories: Iterable[Territory]) -> Table:
    kinds = [*(kind.value for kind in PlaceKind), Sort.LAUREATE.value]
    header = (first, _("Code"), _("Habitants"), *(kind.plural for kind in PlaceKind), Sort.LAUREATE.label)
    per = (_("Fab Labs pour 100 000 habitants"), _("EPN pour 100 000 habitants"))
    fresh = (_("Fiches à jour depuis un an"), _("dont confirmées"))
    return Table(
        (*header, *per, *fresh),
        tuple(
            (
                each.name,
                each.slug,
                each.tally.people,
                *(each.tally.kinds[kind] for kind in kinds),
                each.tally.density(Sort.FABLAB),
                each.tally.density(Sort.EPN),
                each.tally.fresh,
                each.tally.confirmed,
            )
            for each in territories
        ),
    )


def _zones(report: Report) -> tuple[Territory, ...]:
    return () if report.scope.zone else report.zones


def _months(report: Report) -> Table:
    header = (_("Mois"), _("Rendez-vous"), _("Annulés"))
    return Table(header, tuple((f"{each.first:%Y-%m}", each.held, each.cancelled) for each in report.months))


def _machines(report: Report) -> Table:
    zones = report.zones
    header = (_("Type de machine"), _("Code"), report.scope.name, *(zone.name for zone in zones))
    return Table(
        header,
        tuple(
            (name, code, report.tally.machines[code], *(zone.tally.machines[code] for zone in zones))
            for code, name in report.machines.items()
        ),
    )


def _kinds(report: Report) -> Table:
    rows = [(kind.plural, kind.value, report.tally.kinds[kind.value]) for kind in PlaceKind]
    rows.append((Sort.LAUREATE.label, Sort.LAUREATE.value, report.tally.kinds[Sort.LAUREATE.value]))
    return Table((_("Genre"), _("Code"), _("Lieux")), tuple(rows))


def _ties(report: Report) -> Table:
    names = {zone.slug: zone.name for zone in report.zones}
    header = (_("Zone"), _("Autre zone"), _("Partenariats de projet"), _("Rendez-vous communs"))
    return Table(
        header,
        tuple(
            (names[one], names[other], report.tie(one, other).partnerships, report.tie(one, other).events)
            for one, other in pairs_of([zone.slug for zone in report.zones], report.scope.zone)
        ),
    )


def pairs_of(zones: Sequence[str], zone: str = "") -> list[Pair]:
    """Each pair of zones once, a zone with itself too; only those of one zone if it is given."""
    pairs = [(one, other) for index, one in enumerate(zones) for other in zones[index:]]
    return [pair for pair in pairs if not zone or zone in pair]


def _labels(report: Report) -> Table:
    return _terms(report.labels, report.tally.labels)


def _calls(report: Report) -> Table:
    return _terms(report.calls, report.tally.calls)


def _terms(names: Mapping[str, str], counts: Mapping[str, int]) -> Table:
    rows = tuple((name, code, counts.get(code, 0)) for code, name in names.items())
    return Table((_("Nom"), _("Code"), _("Lieux")), rows)


TABLES: dict[str, Callable[[Report], Table]] = {
    "couverture": _coverage,
    "communes": _communes,
    "departements": lambda report: _territories(_("Département"), report.departments),
    "zones": lambda report: _territories(_("Zone"), report.zones),
    "genres": _kinds,
    "labels": _labels,
    "laureats": _calls,
    "machines": _machines,
    "mois": _months,
    "liens": _ties,
}
