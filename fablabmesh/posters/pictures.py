"""Pictures of maps for cards on other sites: departments in the colours of their zones, places, and a title. Pure.

1200 × 630 points, as networks show them (https://ogp.me/#structured).
"""

import gzip
import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fablabmesh.kit.drawing import Colour, Drawing, Spot, blend

WIDTH, HEIGHT = 1200, 630
_LAND = Path(__file__).parent.parent / "opendata" / "data" / "departments-light.geojson.gz"
_OVERSEAS = ("971", "972", "973", "974", "976")

_PAPER: Colour = (247, 245, 240)
_SEA: Colour = (228, 237, 241)
_INK: Colour = (29, 33, 38)
_MUTED: Colour = (86, 94, 105)
_EDGE: Colour = (255, 255, 255)
_GOLD: Colour = (255, 196, 0)
_GREY = "#8a929b"
_ACCENT: Colour = (11, 94, 90)

Box = tuple[float, float, float, float]
# Left, top, right, bottom: of the words, of the map, and of the boxes of overseas departments beside it.
_PANEL = 500
_MAP: Box = (530, 26, 1180, 604)
_MAINLAND: Box = (640, 26, 1184, 604)
_INSET_SIDE, _INSET_LEFT = 104, 522


@dataclass(frozen=True)
class Picture:
    """`colours`: of the zone of each department; `lit`: departments that stand out, none for all; `frame`: those that
    fill the picture, none for the whole country; `spots`: (longitude, latitude, is a laureate); `mark`: the one place.
    """

    title: str
    kind: str
    words: Sequence[str]
    colours: Mapping[str, str]
    lit: frozenset[str] = frozenset()
    frame: tuple[str, ...] = ()
    spots: Sequence[tuple[float, float, bool]] = ()
    mark: tuple[float, float, bool] | None = None


@cache
def outlines() -> dict[str, list[list[Spot]]]:
    """Department → its outer rings, in degrees."""
    with gzip.open(_LAND, "rt", encoding="utf-8") as file:
        features = json.load(file)["features"]
    found: dict[str, list[list[Spot]]] = {}
    for feature in features:
        shape = feature["geometry"]
        polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        found[feature["properties"]["code"]] = [[(x, y) for x, y in polygon[0]] for polygon in polygons]
    return found


class View:
    """Degrees to points, as large as the box allows and in its middle; east–west as wide as it is at that latitude."""

    def __init__(self, area: Box, box: Box) -> None:
        west, south, east, north = area
        self._wide = math.cos(math.radians((south + north) / 2))
        across, down = (east - west) * self._wide, north - south
        self._scale = min((box[2] - box[0]) / across, (box[3] - box[1]) / down)
        self._left = (box[0] + box[2] - across * self._scale) / 2
        self._top = (box[1] + box[3] - down * self._scale) / 2
        self._west, self._north = west, north

    def __call__(self, longitude: float, latitude: float) -> Spot:
        x = self._left + (longitude - self._west) * self._wide * self._scale
        return x, self._top + (self._north - latitude) * self._scale


def box_of(codes: Iterable[str]) -> Box:
    """West, south, east, north of these departments."""
    spots = [spot for code in codes for ring in outlines().get(code, []) for spot in ring]
    longitudes, latitudes = [x for x, _ in spots], [y for _, y in spots]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def is_overseas(code: str | None) -> bool:
    """Is it drawn on its own?"""
    return code in _OVERSEAS


def draw_picture(picture: Picture, font: Path) -> bytes:
    """As PNG."""
    drawing = Drawing(WIDTH, HEIGHT, _SEA, font)
    frame = [code for code in picture.frame if code in outlines()]
    apart = [code for code in frame if is_overseas(code)]
    if apart and len(apart) == len(frame):
        for code, box in zip(apart, _boxes(len(apart)), strict=True):
            _draw_land(drawing, picture, [code], box, is_boxed=len(apart) > 1)
    elif frame:
        _draw_land(drawing, picture, [code for code in frame if code not in apart], _MAP)
    else:
        _draw_land(drawing, picture, _mainland(), _MAINLAND)
        for number, code in enumerate(_OVERSEAS):
            top = 40 + number * (_INSET_SIDE + 8)
            box = (_INSET_LEFT, top, _INSET_LEFT + _INSET_SIDE, top + _INSET_SIDE)
            _draw_land(drawing, picture, [code], box, is_boxed=True)
    _draw_words(drawing, picture)
    return drawing.to_png()


def _mainland() -> list[str]:
    return [code for code in outlines() if not is_overseas(code)]


def _boxes(count: int) -> list[Box]:
    """The map's part of the picture in as many boxes."""
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    left, top, right, bottom = _MAP
    wide, high = (right - left) / columns, (bottom - top) / rows
    return [
        (left + column * wide + 4, top + row * high + 4, left + (column + 1) * wide - 4, top + (row + 1) * high - 4)
        for row in range(rows)
        for column in range(columns)
    ][:count]


def _draw_land(drawing: Drawing, picture: Picture, codes: Collection[str], box: Box, *, is_boxed: bool = False) -> None:
    """These departments fill the box; around those of the mainland, their neighbours are seen too."""
    inner = box
    if is_boxed:
        drawing.block(*box, fill=(240, 245, 247), radius=10)
        inner = (box[0] + 8, box[1] + 8, box[2] - 8, box[3] - 8)
    view = View(box_of(codes), inner)
    seen = codes if any(is_overseas(code) for code in codes) else _mainland()
    for code in seen:
        shines = not picture.lit or code in picture.lit
        fill = blend(picture.colours.get(code, _GREY), 0.62 if shines else 0.16, (251, 250, 247))
        drawing.area(([view(*spot) for spot in ring] for ring in outlines()[code]), fill, _EDGE)
    west, south, east, north = box_of(codes)
    around = [s for s in picture.spots if west - 1 < s[0] < east + 1 and south - 1 < s[1] < north + 1]
    for longitude, latitude, is_laureate in around:
        if is_laureate:
            drawing.star(view(longitude, latitude), 9, _GOLD, _INK)
        else:
            drawing.dot(view(longitude, latitude), 3 if picture.frame else 2, _INK)
    if picture.mark and west - 1 < picture.mark[0] < east + 1 and south - 1 < picture.mark[1] < north + 1:
        _draw_mark(drawing, view(picture.mark[0], picture.mark[1]), is_laureate=picture.mark[2])


def _draw_mark(drawing: Drawing, spot: Spot, *, is_laureate: bool) -> None:
    drawing.dot(spot, 30, blend("#b3261e", 0.25, (251, 250, 247)))
    if is_laureate:
        drawing.star(spot, 24, _GOLD, _INK)
    else:
        drawing.dot(spot, 14, (179, 38, 30), _EDGE)


def _draw_words(drawing: Drawing, picture: Picture) -> None:
    # Over the map: what does not fit beside it goes under the words.
    drawing.block(0, 0, _PANEL, HEIGHT, _PAPER)
    drawing.block(0, 0, 12, HEIGHT, _ACCENT)
    width, y = _PANEL - 84, 60.0
    y = drawing.write(picture.kind, (48, y), width, 28, _ACCENT, weight=650, lines=2, smallest=22) + 10
    y = drawing.write(picture.title, (48, y), width, 60, _INK, weight=750, lines=4, smallest=36) + 18
    for line in picture.words:
        if y < HEIGHT - 150:
            y = drawing.write(line, (48, y), width, 28, _MUTED, lines=2, smallest=22) + 4
    _draw_brand(drawing, (48, HEIGHT - 84))


def _draw_brand(drawing: Drawing, spot: Spot) -> None:
    x, y = spot
    drawing.area([[(x + 6, y + 34), (x + 22, y + 8), (x + 38, y + 34)]], _INK)
    drawing.area([[(x + 12, y + 31), (x + 22, y + 14), (x + 32, y + 31)]], _PAPER)
    for left, top, colour in ((22, 8, (209, 73, 91)), (7, 34, (47, 111, 159)), (37, 34, (201, 138, 0))):
        drawing.dot((x + left, y + top), 7, colour)
    drawing.write("Fab Lab Mesh", (x + 58, y + 4), 340, 30, _INK, weight=700)
