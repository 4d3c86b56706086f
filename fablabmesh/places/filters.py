"""What a visitor filters places by, read from an address: the same words for pages, data and feeds. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from fablabmesh.places.rules import PlaceKind

LAUREATE = "laureat"


@dataclass(frozen=True)
class PlaceFilter:
    """`kinds`: empty means all. `unknown`: values that no longer exist, to be told to the visitor."""

    programme: str = "fablab"
    zone: str = ""
    kinds: frozenset[PlaceKind] = frozenset()
    laureates_only: bool = False
    text: str = ""
    unknown: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_everything(self) -> bool:
        return not (self.zone or self.kinds or self.laureates_only or self.text)

    def to_query(self) -> str:
        """The canonical query string: one order, nothing that is a default."""
        pairs: list[tuple[str, str]] = [("genre", kind.value) for kind in sorted(self.kinds)]
        if self.laureates_only:
            pairs.append(("genre", LAUREATE))
        if self.programme != "fablab":
            pairs.append(("programme", self.programme))
        if self.text:
            pairs.append(("q", self.text))
        if self.zone:
            pairs.append(("zone", self.zone))
        return urlencode(pairs)


def read_filter(args: Mapping[str, list[str]], *, zones: Mapping[str, set[str]]) -> PlaceFilter:
    """From the parameters `programme`, `zone`, `genre` (several), `q`. `zones`: programme slug → its zones' slugs.

    A value that does not exist is left out and named in `unknown`: a stale link says so and does not answer nothing.
    """
    unknown = []
    programme = (args.get("programme") or ["fablab"])[0] or "fablab"
    if programme not in zones and programme != "aucun":
        unknown.append(programme)
        programme = "fablab"
    zone = (args.get("zone") or [""])[0]
    if zone and zone not in zones.get(programme, set()):
        unknown.append(zone)
        zone = ""
    kinds, laureates_only = set(), False
    for value in args.get("genre", []):
        if value == LAUREATE:
            laureates_only = True
        elif value in set(PlaceKind):
            kinds.add(PlaceKind(value))
        elif value:
            unknown.append(value)
    text = " ".join((args.get("q") or [""])[0].split())[:100]
    return PlaceFilter(programme, zone, frozenset(kinds), laureates_only, text, tuple(unknown))
