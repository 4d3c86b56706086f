"""Flat drawings as PNG: areas, dots, stars and words. Beside `kit.images`, Pillow enters here.

All is drawn larger than it is sent and reduced at the end, which is how lines get smooth. Lengths are those of what is
sent.
"""

import math
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from fablabmesh.kit.text import clean_line

Spot = tuple[float, float]
Colour = tuple[int, int, int]

_LARGER = 2
_LEADING = 1.18


@lru_cache(maxsize=32)
def _font(path: Path, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(path, size)
    font.set_variation_by_axes([weight])
    return font


def blend(colour: str, share: float, ground: Colour = (255, 255, 255)) -> Colour:
    """So much of « #2f6f9f » on a ground."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    red, green, blue = (round(part * share + under * (1 - share)) for part, under in zip(parts, ground, strict=True))
    return red, green, blue


class Drawing:
    """A picture to be drawn on. `font`: a variable one, whose only axis is the weight."""

    def __init__(self, width: int, height: int, ground: Colour, font: Path) -> None:
        self.size = (width, height)
        self._image = Image.new("RGB", (width * _LARGER, height * _LARGER), ground)
        self._draw = ImageDraw.Draw(self._image)
        self._font_path = font

    def area(self, rings: Iterable[Sequence[Spot]], fill: Colour, edge: Colour | None = None) -> None:
        """Closed rings, each filled."""
        for ring in rings:
            spots = [(x * _LARGER, y * _LARGER) for x, y in ring]
            if len(spots) > 2:
                self._draw.polygon(spots, fill=fill, outline=edge, width=1 if edge is None else _LARGER)

    def block(self, left: float, top: float, right: float, bottom: float, fill: Colour, radius: float = 0) -> None:
        """A rectangle, with round corners if one likes."""
        box = tuple(round(value * _LARGER) for value in (left, top, right, bottom))
        self._draw.rounded_rectangle(box, radius * _LARGER, fill=fill)

    def dot(self, spot: Spot, radius: float, fill: Colour, edge: Colour | None = None) -> None:
        """A round mark."""
        x, y, r = spot[0] * _LARGER, spot[1] * _LARGER, radius * _LARGER
        self._draw.ellipse((x - r, y - r, x + r, y + r), fill=fill, outline=edge, width=_LARGER)

    def star(self, spot: Spot, radius: float, fill: Colour, edge: Colour) -> None:
        """Five points, the first upwards."""
        x, y = spot[0] * _LARGER, spot[1] * _LARGER
        points = []
        for number in range(10):
            reach = (radius if number % 2 == 0 else radius * 0.45) * _LARGER
            angle = math.pi * number / 5
            points.append((x + reach * math.sin(angle), y - reach * math.cos(angle)))
        self._draw.polygon(points, fill=fill, outline=edge, width=_LARGER)

    def write(
        self,
        text: str,
        spot: Spot,
        width: float,
        size: int,
        colour: Colour,
        *,
        weight: int = 400,
        lines: int = 1,
        smallest: int = 0,
    ) -> float:
        """Wraps; what would take more lines is set smaller, then cut off. Gives where it ends."""
        words = _known(text)
        found = self._wrapped(words, width, size, weight)
        while len(found) > lines and size - 2 >= (smallest or size):
            size -= 2
            found = self._wrapped(words, width, size, weight)
        font = _font(self._font_path, size * _LARGER, weight)
        if len(found) > lines:
            last = found[lines - 1]
            while last and font.getlength(last + "…") > width * _LARGER:
                last = last[:-1]
            found = [*found[: lines - 1], last.rstrip(" ,;·") + "…"]
        x, y = spot
        for line in found:
            self._draw.text((x * _LARGER, y * _LARGER), line, font=font, fill=colour)
            y += size * _LEADING
        return y

    def to_png(self) -> bytes:
        """As large as it was said to be."""
        small = self._image.resize(self.size, Image.Resampling.LANCZOS)
        out = BytesIO()
        # An octree keeps colours that are rare, a star's or a mark's; others would mix them into their neighbours.
        few = small.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(out, "PNG", optimize=True)
        return out.getvalue()

    def _wrapped(self, text: str, width: float, size: int, weight: int) -> list[str]:
        font, most = _font(self._font_path, size * _LARGER, weight), width * _LARGER
        lines: list[str] = []
        for word in text.split(" "):
            whole = f"{lines[-1]} {word}" if lines else word
            if lines and font.getlength(whole) <= most:
                lines[-1] = whole
                continue
            while font.getlength(word) > most:
                cut = next(n for n in range(len(word), 0, -1) if n == 1 or font.getlength(word[:n]) <= most)
                lines.append(word[:cut])
                word = word[cut:]
            if word:
                lines.append(word)
        return lines


def _known(text: str) -> str:
    """The font has what Windows calls Western European; other letters lose their marks, or go."""
    text = clean_line(text).replace("\u202f", "\u00a0")  # a line break is no letter, and stops the library
    kept = (char if _has(char) else "".join(filter(_has, unicodedata.normalize("NFKD", char))) for char in text)
    return " ".join(part for part in "".join(kept).split(" ") if part)


def _has(char: str) -> bool:
    try:
        return bool(char.encode("cp1252"))
    except UnicodeEncodeError:
        return False
