"""Sets of places as whole numbers, a bit for each place: to count what many filters would leave in a moment. Pure.

An index is never changed: what brings it up to date makes another one, so that who counts meanwhile counts right.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce

# (parameter of an address, value)
Facet = tuple[str, str]

_PAGE_BITS = 10
_PAGE = 1 << _PAGE_BITS


class Numbering:
    """Which bit stands for which place, for ever.

    Ids are taken by pages of a thousand: a page without a place costs nothing, and no table of millions of ids is kept.
    """

    def __init__(self) -> None:
        self._pages: dict[int, int] = {}

    def bit(self, place_id: int) -> int:
        """The place's bit; the first of a page opens the page."""
        page = self._pages.setdefault(place_id >> _PAGE_BITS, len(self._pages))
        return page << _PAGE_BITS | place_id & (_PAGE - 1)

    def bitmap(self, ids: Iterable[int]) -> int:
        """The set of these places."""
        drawing = Drawing(self)
        for place_id in ids:
            drawing.add(place_id)
        return drawing.to_bitmap()


class Drawing:
    """A bitmap that is being made: bits are put into bytes, which costs the same for each however many there are."""

    def __init__(self, numbering: Numbering) -> None:
        self._bit = numbering.bit
        self._bytes = bytearray()

    def add(self, place_id: int) -> None:
        """Put a place in."""
        self.add_bit(self._bit(place_id))

    def add_bit(self, bit: int) -> None:
        """Put a place in by its bit."""
        octet = bit >> 3
        if octet >= len(self._bytes):
            self._bytes.extend(bytes(octet + 1 - len(self._bytes)))
        self._bytes[octet] |= 1 << (bit & 7)

    def to_bitmap(self) -> int:
        """The set."""
        return int.from_bytes(self._bytes, "little")


@dataclass(frozen=True)
class Index:
    """Of every facet the places that have it. `all`: every place; `number`: the changes of places it knows of."""

    numbering: Numbering = field(default_factory=Numbering)
    number: int = 0
    all: int = 0
    facets: Mapping[Facet, int] = field(default_factory=dict)

    def renewed(self, number: int, changed: int, rows: Iterable[tuple[int, Iterable[Facet]]]) -> "Index":
        """The index with these places as they are now. `changed`: all that may have changed, those that are gone too;
        `rows`: those that are there, each with its facets."""
        everything = Drawing(self.numbering)
        drawn: dict[Facet, Drawing] = {}
        for place_id, facets in rows:
            bit = self.numbering.bit(place_id)
            everything.add_bit(bit)
            for facet in facets:
                drawing = drawn.get(facet)
                if drawing is None:
                    drawing = drawn[facet] = Drawing(self.numbering)
                drawing.add_bit(bit)
        found = everything.to_bitmap()
        gone = changed | found
        facets = {facet: kept for facet, bitmap in self.facets.items() if (kept := without(bitmap, gone))}
        for facet, drawing in drawn.items():
            facets[facet] = facets.get(facet, 0) | drawing.to_bitmap()
        return Index(self.numbering, number, without(self.all, gone) | found, facets)

    def of(self, name: str, values: Iterable[str]) -> int:
        """The places that have any of these values."""
        return union(self.facets.get((name, value), 0) for value in values)

    def values(self, name: str) -> list[str]:
        """The values of a parameter that some place has."""
        return sorted(value for parameter, value in self.facets if parameter == name)

    @property
    def size(self) -> int:
        """Bytes of all bitmaps, nearly."""
        return sum(bitmap.bit_length() // 8 for bitmap in (self.all, *self.facets.values()))


def without(bitmap: int, other: int) -> int:
    """What is in the one and not in the other."""
    return bitmap ^ (bitmap & other)


def union(bitmaps: Iterable[int]) -> int:
    """What is in any of them."""
    return reduce(int.__or__, bitmaps, 0)


Groups = Mapping[str, int]


def others(everything: int, chosen: Groups) -> Callable[[str], int]:
    """For each group of a filter, what all other groups leave: what would be found whatever is chosen in this one."""
    names = list(chosen)
    left = [everything]
    for name in names:
        left.append(left[-1] & chosen[name])
    right = [everything]
    for name in reversed(names):
        right.append(right[-1] & chosen[name])
    found = {name: left[n] & right[len(names) - 1 - n] for n, name in enumerate(names)}
    return lambda name: found.get(name, left[-1])


def count(chosen: Groups, everything: int, offered: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """Parameter → value → how many places there would be, were it the only value chosen of its parameter."""
    rest = others(everything, chosen)
    return {
        name: {value: (bitmap & around).bit_count() for value, bitmap in values.items()}
        for name, values in offered.items()
        for around in [rest(name)]
    }
