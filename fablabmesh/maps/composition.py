"""The map as folium composes it: layers in order, each one a call with the address of its data. Pure; no data inside.

The same script serves every page: what differs (first view, filter) stands in data-* attributes of the map's element.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import folium
from branca.element import MacroElement
from jinja2 import Template

# Of the two, only this is sent to the browser: names of static files, never of a distant host.
SCRIPTS = (
    "vendor/leaflet/dist/leaflet.js",
    "maps/map.js",
    "maps/background.js",
    "maps/land.js",
    "maps/sources.js",
    "maps/places.js",
)
STYLES = ("vendor/leaflet/dist/leaflet.css", "maps/map.css")

ELEMENT_ID = "map_carte"
CENTRE = (46.6, 2.45)
ZOOM = 6


@dataclass(frozen=True)
class Addresses:
    """Where each layer finds its data."""

    departments: str
    zones: str
    places: str
    tiles: str
    links: str


@dataclass(frozen=True)
class Background:
    """Tiles that the operator allows, with the credit they ask for. `host`: a third party, of which the visitor is told
    before anything is asked of it; empty where this server brings them. `legend`: what its colours mean."""

    url: str
    attribution: str
    host: str = ""
    max_zoom: int = 18
    code: str = "fond"
    name: str = ""
    is_overlay: bool = False
    opacity: float = 1.0
    legend: str = ""


class LocalMap(folium.Map):
    """A folium map that knows no host but ours. folium's own defaults name a content network."""

    default_js = [(name, name) for name in SCRIPTS]
    default_css = [(name, name) for name in STYLES]


class Call(MacroElement):
    """One call of the scripts under static/maps: `mesh.<verb>(map, …)`, with values and with layers by their names."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "mesh.{{ this.verb }}({{ this._parent.get_name() }}"
        "{% for value in this.values %}, {{ value.get_name() if value.get_name else value|tojson }}{% endfor %});"
        "{% endmacro %}"
    )

    def __init__(self, verb: str, *values: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name, self._id = "call", verb
        self.verb = verb
        self.values = values


def render_script(addresses: Addresses, words: Mapping[str, Any], backgrounds: Sequence[Background] = ()) -> str:
    """The script that draws the map. The same arguments give the same text, to the byte."""
    made = LocalMap(
        location=CENTRE,
        zoom_start=ZOOM,
        tiles=None,
        max_bounds=False,
        zoom_control=True,
        world_copy_jump=True,
        attribution_control=True,
    )
    made._id = ELEMENT_ID.removeprefix("map_")
    # folium leaves these to the tiles; a map without tiles would not know.
    made.options.update({"min_zoom": 2, "max_zoom": 18})
    _add(made, Call("begin", dict(words)))
    for each in backgrounds:
        layer = _tiles(each)
        _add(made, layer)
        told = {"code": each.code, "name": each.name, "host": each.host, "legend": each.legend}
        call = Call("background", layer, told | {"overlay": each.is_overlay})
        call._id += f"_{layer._id}"
        _add(made, call)
    if backgrounds:
        _add(made, Call("backgrounds"))
    _add(made, Call("departments", addresses.departments, addresses.zones))
    _add(made, Call("links", addresses.links))
    _add(made, Call("places", addresses.places, addresses.tiles))
    _add(made, Call("end"))
    made.render()  # type: ignore[no-untyped-call]
    page: Any = made.get_root()
    return "\n".join(line.strip() for line in page.script.render().splitlines() if line.strip()) + "\n"


def _tiles(background: Background) -> folium.TileLayer:
    """Made and not shown: the script shows it once the visitor agreed, or at once where nobody else is asked."""
    layer = folium.TileLayer(
        background.url,
        attr=background.attribution,
        name=background.code,
        overlay=background.is_overlay,
        control=False,
        show=False,
        opacity=background.opacity,
        max_native_zoom=background.max_zoom,
        z_index=2 if background.is_overlay else 1,
    )
    # Its name in the script.
    layer._id = background.code.replace("-", "_")
    return layer


def _add(made: LocalMap, child: MacroElement) -> None:
    made.add_child(child, name=child.get_name())
