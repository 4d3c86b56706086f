"""What a visitor filters the agenda by, read from an address: the same words for pages and data. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from fablabmesh.events.rules import FIRST_YEAR, LAST_YEAR
from fablabmesh.places.filters import PlaceFilter, read_filter


@dataclass(frozen=True)
class AgendaFilter:
    """`since` and `until`: days of the places' own calendars, both included. Without either, what is not over yet.

    `unknown`: values that no longer exist, to be told to the visitor.
    """

    place: PlaceFilter = field(default_factory=PlaceFilter)
    categories: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None
    past: bool = False
    unknown: tuple[str, ...] = field(default=(), compare=False)

    @property
    def has_period(self) -> bool:
        return self.since is not None or self.until is not None

    @property
    def is_everything(self) -> bool:
        return self.place.is_everything and not (self.categories or self.has_period or self.past)


def read_agenda_filter(
    args: Mapping[str, list[str]], *, zones: Mapping[str, set[str]], categories: Collection[str]
) -> AgendaFilter:
    """From `programme`, `zone`, `genre` (several), `categorie` (several), `du`, `au`, `passes`.

    `zone` may also be « programme/zone », which is what one list of all zones sends. `categories`: the slugs there are.
    """
    asked = {name: list(values) for name, values in args.items() if name in ("programme", "zone", "genre")}
    programme, slash, zone = (asked.get("zone") or [""])[0].partition("/")
    if slash:
        asked |= {"programme": [programme], "zone": [zone]}
    place = read_filter(asked, zones=zones)
    # A table of zones still empty does not know the programme that nobody asked for.
    typed = {value for values in asked.values() for value in values}
    unknown = [value for value in place.unknown if value in typed]
    asked_for = [value for value in args.get("categorie", []) if value]
    unknown += [value for value in asked_for if value not in categories]
    since, until = _day(args, "du", unknown), _day(args, "au", unknown)
    if since and until and until < since:
        since, until = until, since
    past = (args.get("passes") or [""])[0] == "oui" and since is None and until is None
    return AgendaFilter(place, frozenset(asked_for) & frozenset(categories), since, until, past, tuple(unknown))


def _day(args: Mapping[str, list[str]], name: str, unknown: list[str]) -> date | None:
    text = (args.get(name) or [""])[0].strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        unknown.append(text)
        return None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        unknown.append(text)
        return None
    return day
