"""What is counted in departments, added up for zones and the nation, and what is made of it. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date

from fablabmesh.statistics.rules import RADII, Sort

PER = 100_000
# Beside « none ».
STEPS = 4


@dataclass
class Tally:
    """Counts of one department, or of several together.

    `kinds`: places by kind, laureates under `laureat`; `reached`: people by what they have within so many kilometres;
    `fresh`: pages brought up to date within a year, of which `confirmed` by somebody who knows.
    """

    people: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    machines: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    reached: Counter[tuple[str, int]] = field(default_factory=Counter)
    fresh: int = 0
    confirmed: int = 0
    invented: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)})

    @property
    def places(self) -> int:
        """All of them, each once: a laureate is of some kind as well."""
        return sum(count for kind, count in self.kinds.items() if kind != Sort.LAUREATE)

    def share_reached(self, sort: Sort, km: int) -> float | None:
        """Of its people, those who have one so near."""
        return share(self.reached[(sort.value, km)], self.people)

    def density(self, kind: str) -> float | None:
        """For 100,000 people."""
        return self.kinds[kind] * PER / self.people if self.people else None


def add_up(tallies: Mapping[str, Tally], departments: Iterable[str]) -> Tally:
    """Of these departments together."""
    return sum((tallies[code] for code in departments if code in tallies), Tally())


def share(part: int, whole: int) -> float | None:
    """From 0 to 1; None of nothing."""
    return part / whole if whole else None


@dataclass(frozen=True)
class Scale:
    """Values sorted into steps: 0 for none, then as many equally filled ones as there are different values.

    `bounds`: the least and the greatest value of each step from the first.
    """

    steps: dict[str, int]
    bounds: tuple[tuple[float, float], ...]


def make_scale(values: Mapping[str, float | None], most: int = STEPS) -> Scale:
    """What is not known has no step. Equal values are in one step."""
    known = {key: value for key, value in values.items() if value is not None}
    positive = sorted({value for value in known.values() if value > 0})
    count = min(most, len(positive))
    limits = [positive[len(positive) * step // count :][0] for step in range(count)] if count else []
    steps = {key: sum(value >= limit for limit in limits) if value > 0 else 0 for key, value in known.items()}
    bounds = []
    for step in range(1, count + 1):
        inside = [value for key, value in known.items() if steps[key] == step]
        bounds.append((min(inside), max(inside)))
    return Scale(steps, tuple(bounds))


def rank(counts: Mapping[str, int], order: Sequence[str] = ()) -> list[tuple[str, int]]:
    """The most frequent first; of equals, in the given order."""
    position = {key: index for index, key in enumerate(order)}
    found = [(key, count) for key, count in counts.items() if count]
    return sorted(found, key=lambda pair: (-pair[1], position.get(pair[0], len(position)), pair[0]))


def missing(counts: Mapping[str, int], types: Iterable[str]) -> list[str]:
    """Of these types, those that there are none of, in their order."""
    return [code for code in types if not counts.get(code)]


@dataclass(frozen=True)
class Month:
    """Dates that take place, or were to, in a month."""

    first: date
    held: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        return self.held + self.cancelled


@dataclass(frozen=True)
class Tie:
    """What two zones do together: accepted partnerships, and events held by labs of both."""

    partnerships: int = 0
    events: int = 0

    @property
    def total(self) -> int:
        return self.partnerships + self.events

    def __add__(self, other: "Tie") -> "Tie":
        return Tie(self.partnerships + other.partnerships, self.events + other.events)


Pair = tuple[str, str]


def make_ties(partnerships: Mapping[Pair, int], events: Mapping[Pair, int]) -> dict[Pair, Tie]:
    """By zones in alphabetical order: a tie has no direction."""
    found: dict[Pair, Tie] = {}
    for (one, other), count in partnerships.items():
        pair = in_order(one, other)
        found[pair] = found.get(pair, Tie()) + Tie(partnerships=count)
    for (one, other), count in events.items():
        pair = in_order(one, other)
        found[pair] = found.get(pair, Tie()) + Tie(events=count)
    return found


def in_order(one: str, other: str) -> Pair:
    """Two zones as ties name them."""
    return (one, other) if one <= other else (other, one)


def ties_outside(ties: Mapping[Pair, Tie], zone: str, zones: Collection[str]) -> dict[str, Tie]:
    """What a zone does with each other one, and within itself under its own name."""
    return {other: ties.get(in_order(zone, other), Tie()) for other in zones}


def reach_keys() -> list[tuple[Sort, int]]:
    """All that is measured of people."""
    return [(sort, km) for sort in Sort for km in RADII]
