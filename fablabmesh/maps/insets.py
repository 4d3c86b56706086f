"""Outlines of the overseas departments, small enough to stand beside the mainland. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

SIZE = 48  # of the square that an outline is drawn in, and of its view box
_LEAST = 0.8  # steps shorter than this are not drawn

Ring = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Inset:
    """`path`: of an SVG of `SIZE`; `box`: west, south, east and north of that square; `view`: where a map looks."""

    code: str
    name: str
    path: str
    box: str
    view: str


def draw_inset(code: str, name: str, geometry: dict[str, Any]) -> Inset:
    """From a GeoJSON polygon or several. The square is around the middle, as wide as the longer side needs."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    rings: list[Ring] = [polygon[0] for polygon in polygons]
    longitudes = [point[0] for ring in rings for point in ring]
    latitudes = [point[1] for ring in rings for point in ring]
    longitude = (min(longitudes) + max(longitudes)) / 2
    latitude = (min(latitudes) + max(latitudes)) / 2
    # A degree of longitude is shorter than one of latitude; here as everywhere in so small a land.
    shrink = math.cos(math.radians(latitude))
    half = max((max(longitudes) - min(longitudes)) * shrink, max(latitudes) - min(latitudes)) / 2 * 1.06
    west, south, east, north = longitude - half / shrink, latitude - half, longitude + half / shrink, latitude + half

    def spot(point: Sequence[float]) -> tuple[float, float]:
        return (point[0] - west) / (east - west) * SIZE, (north - point[1]) / (north - south) * SIZE

    path = "".join(_trace([spot(point) for point in ring]) for ring in rings)
    zoom = math.floor(math.log2(360 / (2 * half / shrink)) + 0.8)
    box = ",".join(f"{value:.3f}" for value in (west, south, east, north))
    return Inset(code, name, path, box, f"{latitude:.2f},{longitude:.2f},{zoom}")


def _trace(points: Iterable[tuple[float, float]]) -> str:
    """Nothing for an islet that would be a dot."""
    kept: list[tuple[float, float]] = []
    for point in points:
        if not kept or math.dist(kept[-1], point) >= _LEAST:
            kept.append(point)
    if len(kept) < 4:
        return ""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + "z"
