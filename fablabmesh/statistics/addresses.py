"""How the addresses of the lists behind the figures are spelled, as `directory.filters` and `feeds.slices` read them.
Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from fablabmesh.feeds.agenda import Wanted
from fablabmesh.feeds.slices import RADII, Choice, Slice
from fablabmesh.statistics.report import Scope
from fablabmesh.statistics.rules import FRESH_DAYS, USUAL_RADIUS, Sort, month_after


def places_query(scope: Scope, **asked: str | int | None) -> dict[str, str]:
    """Parameters of the list of places, in their order; none that is what they are anyway."""
    programme = scope.programme if scope.programme != "fablab" else ""
    given = {"programme": programme, "zone": scope.zone} | asked
    return {name: str(value) for name, value in sorted(given.items()) if value}


def fresh_query(scope: Scope) -> dict[str, str]:
    """The places whose page is fresh."""
    return places_query(scope, maj=FRESH_DAYS)


def around_query(scope: Scope, insee: str, metres: int | None, sort: Sort) -> dict[str, str]:
    """What there is around a commune, as far as the nearest one; so far as lists go where there is none nearer."""
    most = RADII[-1]
    km = most if metres is None else min(metres // 1000 + 1, most)
    return places_query(Scope(scope.programme), autour=insee, genre=sort.value, rayon=km)


def events_of(scope: Scope) -> Slice:
    """The part of the agenda that is the scope's; of a programme and of the nation it is the whole."""
    return Slice((Choice(zones=(f"{scope.programme}/{scope.zone}",)),)) if scope.zone else Slice()


def month_path(scope: Scope, first: date) -> str:
    """The page of the agenda with the dates of a month."""
    return Wanted(events_of(scope), since=first, until=month_after(first) - timedelta(days=1)).to_path()


def period_path(scope: Scope, first: date, end: date) -> str:
    """The page of the agenda with the dates from one day to the eve of another."""
    return Wanted(events_of(scope), since=first, until=end - timedelta(days=1)).to_path()


@dataclass(frozen=True)
class Choices:
    """What is chosen in the address of a page of statistics."""

    km: int
    sort: Sort

    def to_query(self) -> dict[str, str]:
        """Nothing that is usual, in the order of names."""
        given = {"genre": self.sort.value if self.sort is not Sort.FABLAB else ""}
        given["rayon"] = str(self.km) if self.km != USUAL_RADIUS else ""
        return {name: value for name, value in given.items() if value}
