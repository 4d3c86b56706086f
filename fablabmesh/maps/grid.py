"""The plane of the map and its cells: where a degree is in whole numbers, what a tile covers. Pure.

The plane is the square of Web Mercator, `SIDE` units wide, the north at 0: whole numbers, so that sums are exact. A
tile of zoom z is a square of `SIDE / 2**z`, drawn 512 pixels wide, and as wide as `ACROSS` cells. Cells stand in rows
that are shifted by half a cell, one against the next, so that each has six neighbours as in a honeycomb: marks of a
square grid would show the grid. The same arithmetic is in static/maps/sources.js.
"""

import math
from dataclasses import dataclass

SIDE = 2**30
ACROSS = 7
HEIGHT = math.sqrt(3) / 2  # of a row, in widths of a cell
# Counted beforehand up to this zoom; farther in, a tile has few enough places to be counted when it is asked for.
DEEPEST_COUNTED = 11
# From here on a tile tells each place, however near they are, and so does no zoom after it.
EACH_FROM = 13
DEEPEST = 17
# No tile tells more than so many places one by one; a tile with more is told in cells at any zoom.
MOST_PLACES = 500
EXTENT = 4096

NORTHMOST = 85.05112877980659


@dataclass(frozen=True)
class Tile:
    """One square of a zoom; `x` eastwards, `y` southwards, as in every address of tiles."""

    zoom: int
    x: int
    y: int

    @property
    def side(self) -> int:
        return SIDE >> self.zoom

    @property
    def west(self) -> int:
        return self.x * self.side

    @property
    def north(self) -> int:
        return self.y * self.side

    @property
    def east(self) -> int:
        return self.west + self.side

    @property
    def south(self) -> int:
        return self.north + self.side

    @property
    def rows(self) -> tuple[int, int]:
        """The first and the last row of cells that touch it."""
        _width, height = cell_size(self.zoom)
        return math.floor(self.north / height), math.floor((self.south - 1) / height)

    @property
    def cols(self) -> tuple[int, int]:
        """The first and the last cell of a row that may touch it."""
        width, _height = cell_size(self.zoom)
        return math.floor(self.west / width), math.floor((self.east - 1) / width + 0.5)

    @property
    def reach(self) -> tuple[int, int, int, int]:
        """West, north, east and south of all cells that touch it."""
        width, height = cell_size(self.zoom)
        return (
            math.floor((self.cols[0] - 0.5) * width),
            math.floor(self.rows[0] * height),
            math.ceil((self.cols[1] + 1) * width),
            math.ceil((self.rows[1] + 1) * height),
        )


def read_tile(zoom: str, x: str, y: str, *, deepest: int = DEEPEST) -> Tile | None:
    """A tile that exists, else nothing. Numbers are written in one way only, so that a tile has one address."""
    if not all(
        part.isascii() and part.isdecimal() and len(part) <= 6 and str(int(part)) == part for part in (zoom, x, y)
    ):
        return None
    tile = Tile(int(zoom), int(x), int(y))
    is_there = tile.zoom <= deepest and tile.x < 2**tile.zoom and tile.y < 2**tile.zoom
    return tile if is_there else None


def cell_size(zoom: int) -> tuple[float, float]:
    """Width and height of a cell, in units of the plane."""
    width = SIDE / (ACROSS * 2**zoom)
    return width, width * HEIGHT


def cell_of(x: int, y: int, zoom: int) -> tuple[int, int]:
    """Row and column of the cell that holds a point."""
    # The same steps as in SQL and in the browser, so that all three round alike.
    across = float(ACROSS * 2**zoom)
    row = math.floor(y * across / (SIDE * HEIGHT))
    return row, math.floor(x * across / SIDE + 0.5 * (row & 1))


def to_plane(latitude: float, longitude: float) -> tuple[int, int]:
    """A point of the Earth; what is beyond the square's edge is at the edge."""
    lat = math.radians(max(-NORTHMOST, min(NORTHMOST, latitude)))
    x = (longitude + 180) * (SIDE / 360)
    y = (0.5 - math.asinh(math.tan(lat)) * (1 / (2 * math.pi))) * SIDE
    return tuple(max(0, min(SIDE - 1, math.floor(part))) for part in (x, y))  # type: ignore[return-value]


def to_earth(x: float, y: float) -> tuple[float, float]:
    """Latitude and longitude, in degrees."""
    latitude = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / SIDE))))
    return latitude, x / SIDE * 360 - 180
