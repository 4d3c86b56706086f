"""The departments as they are drawn: the mainland, and the five overseas ones in boxes beside it. Pure but for the file
that comes with the package."""

import gzip
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LAND = Path(__file__).parent.parent / "opendata" / "data" / "departments-light.geojson.gz"

Ring = list[tuple[int, int]]
Bounds = tuple[float, float, float, float]  # west, south, east, north

# In units of the drawing, y downwards.
MAINLAND_AT = (110.0, 10.0, 780.0, 790.0)
INSET_SIDE = 96.0
INSETS: Mapping[str, tuple[float, float]] = {
    "971": (4.0, 60.0),
    "972": (4.0, 176.0),
    "973": (4.0, 292.0),
    "974": (4.0, 408.0),
    "976": (4.0, 524.0),
}
WIDTH, HEIGHT = 800.0, 800.0
# Rocks that a drawing of this size has no use for, in square units.
_LEAST_AREA = 1.5


@dataclass(frozen=True)
class Shape:
    """A department as an SVG path, the box it is in, and about where its middle is."""

    code: str
    path: str
    box: Bounds
    middle: tuple[float, float]


@dataclass(frozen=True)
class Inset:
    """The frame of an overseas department."""

    code: str
    x: float
    y: float
    side: float


@cache
def shapes() -> dict[str, Shape]:
    """By code, in the order of codes."""
    features = json.loads(gzip.decompress(LAND.read_bytes()))["features"]
    outlines = {each["properties"]["code"]: _rings(each["geometry"]) for each in features}
    return draw(outlines)


def insets() -> list[Inset]:
    """The frames, in the order of codes."""
    return [Inset(code, x, y, INSET_SIDE) for code, (x, y) in INSETS.items()]


def draw(outlines: Mapping[str, list[list[tuple[float, float]]]]) -> dict[str, Shape]:
    """Rings of degrees → paths. The mainland keeps its proportions about its middle latitude; each inset its own."""
    mainland = [ring for code, rings in outlines.items() if code not in INSETS for ring in rings]
    west, south, east, north = _bounds(mainland) if mainland else (0.0, 0.0, 1.0, 1.0)
    found = {}
    for code, rings in sorted(outlines.items()):
        if code in INSETS:
            x, y = INSETS[code]
            area = (x + 5, y + 5, x + INSET_SIDE - 5, y + INSET_SIDE - 5)
            found[code] = _shape(code, rings, _bounds(rings), area)
        else:
            found[code] = _shape(code, rings, (west, south, east, north), MAINLAND_AT)
    return found


def _rings(geometry: Any) -> list[list[tuple[float, float]]]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[(x, y) for x, y in ring] for polygon in polygons for ring in polygon]


def _bounds(rings: Iterable[Iterable[tuple[float, float]]]) -> Bounds:
    points = [point for ring in rings for point in ring]
    longitudes, latitudes = [x for x, _ in points], [y for _, y in points]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _shape(code: str, rings: list[list[tuple[float, float]]], bounds: Bounds, area: Bounds) -> Shape:
    west, south, east, north = bounds
    flat = math.cos(math.radians((south + north) / 2))
    left, top, right, bottom = area
    scale = min((right - left) / ((east - west) * flat or 1), (bottom - top) / (north - south or 1))
    # In the middle of what is left over.
    left += ((right - left) - (east - west) * flat * scale) / 2
    top += ((bottom - top) - (north - south) * scale) / 2

    def put(longitude: float, latitude: float) -> tuple[int, int]:
        return round(left + (longitude - west) * flat * scale), round(top + (north - latitude) * scale)

    drawn = [[put(*point) for point in ring] for ring in rings]
    kept = [ring for ring in map(_simple, drawn) if _area(ring) > _LEAST_AREA] or [max(drawn, key=_area)]
    largest = max(kept, key=_area)
    middle = (sum(x for x, _ in largest) / len(largest), sum(y for _, y in largest) / len(largest))
    return Shape(code, "".join(map(_path, kept)), _bounds(kept), middle)


def _simple(ring: Ring) -> Ring:
    """Without what rounding made the same, and the last point, which is the first."""
    kept: Ring = []
    for point in ring:
        if not kept or point != kept[-1]:
            kept.append(point)
    return kept[:-1] if len(kept) > 1 and kept[0] == kept[-1] else kept


def _area(ring: Ring) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def _path(ring: Ring) -> str:
    """Relative steps, which are short."""
    (x, y), *others = ring
    steps = []
    for next_x, next_y in others:
        steps.append(f"{next_x - x} {next_y - y}")
        x, y = next_x, next_y
    return f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps)}z".replace(" -", "-")


def box_around(codes: Iterable[str], margin: float = 12.0) -> Bounds:
    """x, y, width and height of the part of the drawing that holds these departments, insets with their frames."""
    boxes = []
    for code in codes:
        if code in INSETS:
            x, y = INSETS[code]
            boxes.append((x, y, x + INSET_SIDE, y + INSET_SIDE))
        elif code in shapes():
            boxes.append(shapes()[code].box)
    if not boxes:
        return 0.0, 0.0, WIDTH, HEIGHT
    left, top = min(box[0] for box in boxes) - margin, min(box[1] for box in boxes) - margin
    right, bottom = max(box[2] for box in boxes) + margin, max(box[3] for box in boxes) + margin
    return left, top, right - left, bottom - top
