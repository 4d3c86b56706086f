"""What a visitor filters projects by, read from an address: the same words for the page and the API. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from fablabmesh.places.filters import read_filter
from fablabmesh.projects.rules import ProjectState


@dataclass(frozen=True)
class ProjectFilter:
    """`zone`: of the lead or of a partner. `unknown`: values that no longer exist, to be told to the visitor."""

    state: ProjectState | None = None
    programme: str = "fablab"
    zone: str = ""
    text: str = ""
    unknown: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_everything(self) -> bool:
        return not (self.state or self.zone or self.text)

    def to_query(self) -> str:
        """The canonical query string: one order, nothing that is a default."""
        pairs = [("etat", self.state.slug)] if self.state else []
        pairs += [("programme", self.programme)] if self.zone and self.programme != "fablab" else []
        pairs += [("q", self.text)] if self.text else []
        pairs += [("zone", self.zone)] if self.zone else []
        return urlencode(pairs)


def read_project_filter(args: Mapping[str, list[str]], *, zones: Mapping[str, set[str]]) -> ProjectFilter:
    """From `etat`, `programme`, `zone`, `q`. `zone` may be « programme/zone »: so one list of all zones says it."""
    asked = {name: list(values) for name, values in args.items() if name in ("programme", "zone", "q")}
    programme, slash, zone = (asked.get("zone") or [""])[0].partition("/")
    if slash:
        asked |= {"programme": [programme], "zone": [zone]}
    place = read_filter(asked, zones=zones)
    unknown = list(place.unknown)
    state, wanted = None, (args.get("etat") or [""])[0]
    if wanted:
        state = next((item for item in ProjectState if item.slug == wanted), None)
        unknown += [] if state else [wanted]
    return ProjectFilter(state, place.programme, place.zone, place.text, tuple(unknown))
