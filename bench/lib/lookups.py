"""What grows with the number of places: searching as one types, the nearest ten, filters with their counts.

The application's own queries are asked, without HTTP in front of them, whose constant share would flatter the ratios.
"""

import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

import countries
from countries import Country, inside
from goals import Goal

from fablabmesh.directory import facet_queries
from fablabmesh.directory import queries as directory
from fablabmesh.directory.filters import Search
from fablabmesh.kit import clock
from fablabmesh.kit.geo import Point
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.rules import PlaceKind
from fablabmesh.search import queries as search
from fablabmesh.search.rules import read_words

ROUNDS = 3
FOUND = 10


def beginnings(chance: random.Random, count: int) -> list[str]:
    """What stands in a field while somebody types the name of a place: its first letters, as many as come."""
    names = [f"{chance.choice(countries.NAMES[kind])} {chance.choice(countries.AFTER)}"
             for kind in ("fablab", "epn") for _ in range(count)]  # fmt: skip
    return [name[: chance.randint(4, len(name))] for name in chance.sample(names, count)]


def middles(chance: random.Random, count: int) -> list[str]:
    """Letters from within a word of a name: many places have them, or nobody."""
    words = [word for name in countries.AFTER for word in name.split() if len(word) > 4]
    return [word[1 : 1 + chance.randint(3, 4)] for word in chance.choices(words, k=count)]


def points(chance: random.Random, count: int) -> list[Point]:
    return [Point(chance.uniform(43.5, 50), chance.uniform(-1, 6.5)) for _ in range(count)]


def filters() -> list[Search]:
    """What people choose: little, much, and what hangs on the clock."""
    return [
        Search(),
        Search(PlaceFilter(kinds=frozenset([PlaceKind.EPN]))),
        Search(machines=("imprimante-3d",), open="samedi"),
        Search(services=("loisirs-et-creations-numeriques",), fees=("gratuit",)),
        Search(PlaceFilter(kinds=frozenset([PlaceKind.EPN])), machines=("imprimante-3d",), open="samedi"),
        Search(events="30"),
        Search(labels=("cyber-base",), departments=("69", "38", "42")),
    ]


def type_in(text: str) -> int:
    """What the field proposes, places alone."""
    return search.find_places(text, read_words(text), now=clock.now(), limit=FOUND, is_brief=True).count


def nearest(point: Point) -> int:
    return len(search.list_nearest(point, limit=FOUND))


def choose(wanted: Search) -> int:
    """A page of the list, and what each value of each filter would leave."""
    now = clock.now()
    directory.list_found(wanted, now=now, limit=60)
    return facet_queries.count_facets(wanted, now=now).total


def p50(
    lands: Mapping[str, Country], work: Callable[[object], int], asked: Sequence[object]
) -> tuple[dict[str, float], dict[str, float]]:
    """Milliseconds by country, the median of all that is asked, in rounds that visit each; and how much was found."""
    times: dict[str, list[float]] = {name: [] for name in lands}
    found: dict[str, list[int]] = {name: [] for name in lands}
    for number in range(ROUNDS + 1):
        for name, land in lands.items():
            with inside(land):
                for each in asked:
                    begun = time.perf_counter()
                    count = work(each)
                    if number:  # the first round warms
                        times[name].append((time.perf_counter() - begun) * 1000)
                        found[name].append(count)
    return (
        {name: statistics.median(each) for name, each in times.items()},
        {name: statistics.mean(each) for name, each in found.items()},
    )


def grows(
    what: str, lands: Mapping[str, Country], work: Callable[[object], int], asked: Sequence[object], bound: float
) -> Goal:
    """One goal: the last country's p50 over the first's."""
    times, found = p50(lands, work, asked)
    first, *_, last = lands
    told = ", ".join(f"{name}: {times[name]:.2f} ms ({found[name]:.0f} found)" for name in lands)
    return Goal(f"{what}: {last} / {first}", times[last] / times[first], "≤", bound, told)


def measure(lands: Mapping[int, Country], seed: int) -> list[Goal]:
    """Every goal about growth."""
    chance = random.Random(seed)
    by_name = {f"{size:,}": land for size, land in lands.items()}
    ends = {name: by_name[name] for name in (f"{countries.SIZES[0]:,}", f"{countries.SIZES[2]:,}")}
    begin = {name: by_name[name] for name in (f"{countries.SIZES[0]:,}", f"{countries.SIZES[1]:,}")}
    return [
        grows("prefix search, p50", ends, type_in, beginnings(chance, 40), 2),
        grows("nearest ten, p50", ends, nearest, points(chance, 40), 2),
        grows("substring search, capped, p50", ends, type_in, middles(chance, 40), 5),
        grows("filters with counts, p50", begin, choose, filters(), 5),
    ]
