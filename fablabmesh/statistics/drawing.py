"""Where the strokes of a drawing go, in its own units: bars, columns, a map in steps of colour, ties between zones.

Pure: the templates write the elements, and a table beside each drawing says the same.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fablabmesh.statistics.figures import Month, Pair, Tie
from fablabmesh.statistics.outlines import HEIGHT, WIDTH, Bounds, Inset, Shape, box_around, insets

# A figure beside a column needs this much of its height.
_HEAD = 14
COLUMN, GAP, COLUMNS_HEIGHT = 30, 6, 160
NEUTRAL = "#6b7480"


def width_of(value: float, greatest: float, full: float = 100.0) -> float:
    """Of a bar; what is not nothing can be seen."""
    if value <= 0 or greatest <= 0:
        return 0.0
    return round(max(min(value / greatest, 1.0) * full, full / 100), 2)


@dataclass(frozen=True)
class Column:
    """A month: what takes place from the ground up, what was called off on top of it."""

    month: Month
    x: int
    y: float
    height: float
    cancelled_y: float
    cancelled_height: float

    @property
    def middle(self) -> float:
        return self.x + COLUMN / 2


@dataclass(frozen=True)
class Columns:
    """All months, in a box of this width and height, and the lines that help to read it: (y, value)."""

    columns: tuple[Column, ...]
    width: int
    height: int
    lines: tuple[tuple[float, int], ...]


def draw_columns(months: Sequence[Month]) -> Columns:
    """As high as the month with most."""
    greatest = nice_top(max((month.total for month in months), default=0))
    unit = (COLUMNS_HEIGHT - _HEAD) / greatest
    columns = []
    for index, month in enumerate(months):
        height, cancelled = round(month.held * unit, 2), round(month.cancelled * unit, 2)
        y = round(COLUMNS_HEIGHT - height, 2)
        columns.append(Column(month, index * (COLUMN + GAP), y, height, round(y - cancelled, 2), cancelled))
    lines = tuple((round(COLUMNS_HEIGHT - value * unit, 2), value) for value in (greatest // 2, greatest) if value)
    return Columns(tuple(columns), len(months) * (COLUMN + GAP) - GAP, COLUMNS_HEIGHT, lines)


def nice_top(greatest: int) -> int:
    """The end of an axis: 1, 2 or 5 with noughts, and even where it is cut in half."""
    if greatest <= 2:
        return 2
    power: int = 10 ** int(math.log10(greatest))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= greatest)


@dataclass(frozen=True)
class Area:
    """A department on a map: its step of colour, None where it is not of what the map is about."""

    shape: Shape
    name: str
    step: int | None
    value: float | None


@dataclass(frozen=True)
class Map:
    """Departments in the part of the drawing that is shown."""

    areas: tuple[Area, ...]
    frames: tuple[Inset, ...]
    box: Bounds


def draw_map(
    shapes: Mapping[str, Shape],
    names: Mapping[str, str],
    values: Mapping[str, float | None],
    steps: Mapping[str, int],
    *,
    about: Iterable[str] | None = None,
) -> Map:
    """`about`: the departments that it is about, if it is not about all; the drawing is cut around them."""
    inside = set(shapes) if about is None else set(about)
    box = (0.0, 0.0, WIDTH, HEIGHT) if about is None else box_around(sorted(inside))
    areas = tuple(
        Area(shape, names.get(code, code), steps.get(code, 0) if code in inside else None, values.get(code))
        for code, shape in shapes.items()
        if code in inside or _touches(shape.box, box)
    )
    shown = {area.shape.code for area in areas}
    return Map(areas, tuple(inset for inset in insets() if inset.code in shown), box)


def _touches(box: Bounds, window: Bounds) -> bool:
    left, top, width, height = window
    return box[0] <= left + width and box[2] >= left and box[1] <= top + height and box[3] >= top


@dataclass(frozen=True)
class Node:
    """A zone among the others: a dot whose area tells how many places it has."""

    slug: str
    name: str
    colour: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Line:
    """What two zones do together, as thick as it is much."""

    start: Node
    end: Node
    tie: Tie
    width: float


@dataclass(frozen=True)
class Net:
    """Zones in a circle, and the lines between them."""

    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    size: int


NET_SIZE, _NET_RADIUS, _THICKEST = 320, 118, 14.0


def draw_net(zones: Sequence[tuple[str, str, str]], ties: Mapping[Pair, Tie]) -> Net:
    """`zones`: slug, name and colour, in order from the top, clockwise. What one does within itself widens its dot."""
    greatest = max((tie.total for (one, other), tie in ties.items() if one != other), default=0)
    own = max((tie.total for (one, other), tie in ties.items() if one == other), default=0)
    nodes: dict[str, Node] = {}
    for index, (slug, name, colour) in enumerate(zones):
        angle = 2 * math.pi * index / len(zones) - math.pi / 2
        x, y = (round(NET_SIZE / 2 + _NET_RADIUS * part, 1) for part in (math.cos(angle), math.sin(angle)))
        within = ties.get((slug, slug), Tie()).total
        nodes[slug] = Node(slug, name, colour, x, y, round(12 + 8 * math.sqrt(within / own if own else 0), 1))
    lines = [
        Line(nodes[one], nodes[other], tie, round(max(_THICKEST * tie.total / greatest, 2), 1))
        for (one, other), tie in sorted(ties.items())
        if one != other and tie.total and one in nodes and other in nodes
    ]
    return Net(tuple(nodes.values()), tuple(lines), NET_SIZE)
