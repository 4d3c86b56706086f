"""Which years a report may be of, and what is counted in them. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

FIRST_YEAR = 2013
# On the page; the table for a spreadsheet has all of them.
SHOWN_PLACES = 20
SHOWN_SILENT = 60


def is_told(year: int, today: date) -> bool:
    """Is there a report of that year: from the first call for projects up to the year that runs?"""
    return FIRST_YEAR <= year <= today.year


def last_full_year(today: date) -> int:
    """The one that reports are written about."""
    return today.year - 1


def span(year: int) -> tuple[datetime, datetime]:
    """Its first instant, and that of the next one, on the clocks of the places."""
    return datetime.combine(date(year, 1, 1), time()), datetime.combine(date(year + 1, 1, 1), time())


@dataclass(frozen=True)
class Count:
    """The same thing in the year and in the year before. None: it is not known."""

    now: float | None = 0
    before: float | None = 0

    def __add__(self, other: "Count") -> "Count":
        return Count((self.now or 0) + (other.now or 0), (self.before or 0) + (other.before or 0))

    def share_of(self, whole: "Count") -> "Count":
        """What part of something it is; unknown of nothing."""
        return Count(_part(self.now, whole.now), _part(self.before, whole.before))


def _part(some: float | None, whole: float | None) -> float | None:
    return some / whole if some is not None and whole else None


@dataclass(frozen=True)
class Held:
    """A place, and the dates that it held."""

    slug: str
    name: str
    dates: Count


@dataclass(frozen=True)
class Figures:
    """All that is counted. By the values of enums, by month (1 to 12), by code of category or of machine."""

    year: int
    kinds: Mapping[str, Count] = field(default_factory=dict)
    movement: Mapping[str, Count] = field(default_factory=dict)
    months: Mapping[int, Count] = field(default_factory=dict)
    cancelled: Count = Count()
    categories: Mapping[str, Count] = field(default_factory=dict)
    held: Collection[Held] = ()
    silent: Collection[Held] = ()
    silent_before: int = 0
    projects: Mapping[str, Count] = field(default_factory=dict)
    partnerships: Mapping[str, Count] = field(default_factory=dict)
    proposals: Mapping[str, Count] = field(default_factory=dict)
    # None to invented people: who subscribes is real.
    subscribers: int | None = None
    subscribed: Count = Count()
    machines: Mapping[str, int] = field(default_factory=dict)
    elsewhere: Mapping[str, int] = field(default_factory=dict)

    @property
    def places(self) -> Count:
        """Of all kinds, at the year's end."""
        return sum(self.kinds.values(), Count())

    @property
    def dates(self) -> Count:
        """Held in the year."""
        return sum(self.months.values(), Count())

    @property
    def lacking(self) -> list[str]:
        """Machines that places elsewhere have and none of the zone, the most frequent first."""
        missing = [code for code in self.elsewhere if self.elsewhere[code] and not self.machines.get(code)]
        return sorted(missing, key=lambda code: (-self.elsewhere[code], code))


def in_order(held: Collection[Held]) -> list[Held]:
    """Who held most first."""
    return sorted(held, key=lambda each: (-(each.dates.now or 0), -(each.dates.before or 0), each.name, each.slug))


def to_count(found: Mapping[int, Any], year: int) -> Count:
    """Of counts by year."""
    return Count(found.get(year, 0), found.get(year - 1, 0))
