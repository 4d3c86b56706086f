"""The backgrounds of the map that an operator names: what is beneath the places, and what lies over the land. Pure."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

MOST = 12
DEEPEST = 22
BASE, OVERLAY = "base", "overlay"
# Of the one that variables of the environment name.
USUAL_CODE = "fond"
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?", re.ASCII)
_KEYS = frozenset(
    {"code", "name_fr", "name_en", "url", "credit", "max_zoom", "kind", "proxy", "opacity", "legend_fr", "legend_en"}
)
_PLACES = ("{z}", "{x}", "{y}")


class BadLayers(ValueError):
    """A file that no map can be made of; says where and what to write instead."""


@dataclass(frozen=True)
class MapLayer:
    """`proxy`: this server brings its tiles, and no browser meets its host. `legend`: what its colours mean."""

    code: str
    name_fr: str
    name_en: str
    url: str
    credit: str
    max_zoom: int = 18
    kind: str = BASE
    proxy: bool = False
    opacity: float = 1.0
    legend_fr: str = ""
    legend_en: str = ""

    @property
    def is_overlay(self) -> bool:
        return self.kind == OVERLAY

    @property
    def origin(self) -> str:
        """Scheme and host, as the content security policy writes them; empty when browsers are sent to none."""
        if self.proxy:
            return ""
        parts = urlsplit(self.url.replace("{s}.", "*.", 1))
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def host(self) -> str:
        """Who learns of the visitor; nobody where this server brings the tiles."""
        return urlsplit(self.origin).netloc.removeprefix("*.")


def read_layers(text: str, *, taken: Collection[str] = ()) -> tuple[MapLayer, ...]:
    """From the text of a file: a table `[[layer]]` for each. `taken`: codes that are not free."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadLayers(f"it is no TOML: {error}") from None
    tables = told.pop("layer", [])
    if told:
        raise BadLayers(f"{', '.join(sorted(told))}: nothing is known of that; each layer is a table [[layer]]")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise BadLayers("layer: write [[layer]], in two pairs of brackets, above each layer")
    if len(tables) > MOST:
        raise BadLayers(f"{len(tables)} layers are more than anybody chooses from: {MOST} at most")
    layers: list[MapLayer] = []
    for number, table in enumerate(tables, 1):
        try:
            layer = _read_one(table)
        except ValueError as error:
            raise BadLayers(f"layer {number}: {error}") from None
        if layer.code in {*taken, *(each.code for each in layers)}:
            raise BadLayers(f"layer {number}: the code {layer.code!r} is taken; give it another")
        layers.append(layer)
    return tuple(layers)


def _read_one(table: Mapping[str, Any]) -> MapLayer:
    if stranger := set(table) - _KEYS:
        raise ValueError(f"{', '.join(sorted(stranger))}: not known; there is {', '.join(sorted(_KEYS))}")
    told = {name: _text(table, name) for name in ("code", "name_fr", "url", "credit")}
    if not _CODE.fullmatch(told["code"]):
        raise ValueError("code: small letters, digits and hyphens are expected")
    if not all(place in told["url"] for place in _PLACES) or _scheme(told["url"]) not in ("http", "https"):
        raise ValueError("url: https://… with {z}, {x} and {y} is expected")
    kind = table.get("kind", BASE)
    if kind not in (BASE, OVERLAY):
        raise ValueError(f"kind: {BASE} or {OVERLAY} is expected")
    proxy, zoom, opacity = table.get("proxy", False), table.get("max_zoom", 18), table.get("opacity", 1.0)
    if not isinstance(proxy, bool):
        raise ValueError("proxy: true or false is expected")
    if not isinstance(zoom, int) or isinstance(zoom, bool) or not 1 <= zoom <= DEEPEST:
        raise ValueError(f"max_zoom: a whole number from 1 to {DEEPEST} is expected")
    if not isinstance(opacity, int | float) or isinstance(opacity, bool) or not 0 < opacity <= 1:
        raise ValueError("opacity: a number above 0 and up to 1 is expected")
    more = {name: _text(table, name) for name in ("name_en", "legend_fr", "legend_en") if name in table}
    more = {"name_en": told["name_fr"], "legend_en": more.get("legend_fr", "")} | more
    return MapLayer(**told, **more, kind=kind, proxy=proxy, max_zoom=zoom, opacity=float(opacity))


def _text(table: Mapping[str, Any], name: str) -> str:
    value = table.get(name, "")
    if not isinstance(value, str) or not value.strip() or len(value) > 1000:
        raise ValueError(f"{name}: a text is expected")
    return value.strip()


def _scheme(url: str) -> str:
    return urlsplit(url.replace("{s}.", "", 1)).scheme
