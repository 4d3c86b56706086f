"""A sheet of paper as PDF/A: fpdf2 enters here, with fontTools, which it brings, for the fonts.

The site's font is one file that holds all weights, packed for browsers. PDF wants each weight unpacked: they are cut
out of it once and kept. The same content gives the same bytes.
"""

import logging
import os
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from xml.sax.saxutils import escape

from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, WrapMode
from fpdf.prefs import ViewerPreferences

WIDTH, HEIGHT = 210.0, 297.0
Colour = tuple[int, int, int]
INK: Colour = (29, 33, 38)
MUTED: Colour = (86, 94, 105)

_MAKER = "Fab Lab Mesh"
_FAMILY, _REST = "Text", "Rest"
_WEIGHTS = {"": 400, "B": 700}
# How letters stand beside one another and how widths change with weight: of no use without a text shaper.
_UNUSED = ("GPOS", "GSUB", "GDEF", "HVAR", "STAT")
_POINT_MM = 25.4 / 72
_LEADING = 1.22
# ISO 19005-2 §6.7: what the document's own information says, once more. Left to itself, fpdf2 writes the time of day.
_XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmp:CreatorTool="{maker}" xmp:CreateDate="{at}" xmp:ModifyDate="{at}">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{maker}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>"""
# It tells at length, at each document, which tables of a font it drops.
logging.getLogger("fontTools.subset").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Fonts:
    """(family, style) → file, and the characters they have between them."""

    files: tuple[tuple[str, str, Path], ...]
    characters: frozenset[int]


def cut_fonts(text: Path, rest: Path, folder: Path) -> Fonts:
    """The weights of two variable fonts in `folder`, where they are kept for next time. `rest`: rarer letters."""
    files, characters = [], set()
    for family, source in ((_FAMILY, text), (_REST, rest)):
        packed = source.read_bytes()
        for style, weight in _WEIGHTS.items():
            kept = folder / f"{sha256(packed).hexdigest()[:12]}-{weight}.ttf"
            if not kept.exists():
                _put(kept, _cut(packed, weight))
            files.append((family, style, kept))
        with TTFont(BytesIO(packed), lazy=True) as font:
            characters |= set(font.getBestCmap())
    return Fonts(tuple(files), frozenset(characters))


def _cut(packed: bytes, weight: int) -> bytes:
    font = TTFont(BytesIO(packed), recalcTimestamp=False)
    for table in _UNUSED:
        if table in font:
            del font[table]
    cut = instancer.instantiateVariableFont(font, {"wght": weight})
    cut.flavor = None
    # Each weight under a name of its own: readers take two fonts of one name for one.
    for number in (4, 6):
        cut["name"].setName(f"FabLabMesh-{weight}", number, 3, 1, 0x409)
    out = BytesIO()
    cut.save(out)
    return out.getvalue()


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _put(path: Path, content: bytes) -> None:
    """Whole or not at all: two workers may cut at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as part:
        part.write(content)
    os.replace(part.name, path)


class Paper:
    """One page of A4, upright; lengths are millimetres from its upper left corner, sizes of letters are points."""

    def __init__(self, fonts: Fonts, *, title: str, language: str, made_at: datetime) -> None:
        self._characters = fonts.characters
        pdf = self._pdf = FPDF(format="A4", enforce_compliance="PDF/A-2U")
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        pdf.c_margin = 0
        for family, style, path in fonts.files:
            pdf.add_font(family, style, path)
        pdf.set_fallback_fonts([_REST])
        pdf.set_title(title)
        pdf.set_lang(language)
        pdf.set_author(_MAKER)
        pdf.set_creator(_MAKER)
        # Of the content and not of the clock, or the same poster would never be the same file.
        pdf.set_creation_date(made_at)
        pdf.set_xmp_metadata(_XMP.format(title=escape(title), language=language, maker=_MAKER, at=_stamp(made_at)))
        pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
        pdf.add_page()
        pdf.set_font(_FAMILY, "", 12)
        pdf.start_section(self._known(title))

    def write(
        self,
        text: str,
        at: tuple[float, float],
        width: float,
        size: float,
        *,
        bold: bool = False,
        colour: Colour = INK,
        lines: int = 1,
        smallest: float = 0,
        align: str = "L",
    ) -> float:
        """Wraps; what would take more lines is set smaller, and at the smallest size cut off. Gives where it ends."""
        text, style = self._known(text), "B" if bold else ""
        found = self._lines(text, width, size, style)
        while len(found) > lines and size - 1 >= (smallest or size):
            size -= 1
            found = self._lines(text, width, size, style)
        if len(found) > lines:
            last = found[lines - 1]
            while last and self._pdf.get_string_width(last + "…") > width:
                last = last[:-1]
            found = [*found[: lines - 1], last.rstrip(" ,;·") + "…"]
        pdf, height = self._pdf, size * _POINT_MM * _LEADING
        pdf.set_font(_FAMILY, style, size)
        pdf.set_text_color(*colour)
        x, y = at
        for number, line in enumerate(found):
            pdf.set_xy(x, y + number * height)
            pdf.cell(width, height, line, align=align)
        return y + len(found) * height

    def height_of(self, text: str, width: float, size: float, *, bold: bool = False) -> float:
        """What it takes when it wraps and is neither shrunk nor cut."""
        return len(self._lines(self._known(text), width, size, "B" if bold else "")) * size * _POINT_MM * _LEADING

    def link(self, at: tuple[float, float], width: float, height: float, address: str, text: str) -> None:
        """What leads somewhere when the poster is read on a screen."""
        self._pdf.link(*at, width, height, address, alt_text=self._known(text))

    def picture(self, png: bytes, at: tuple[float, float], side: float, text: str) -> None:
        """A square picture. `text`: for who does not see it."""
        self._pdf.image(BytesIO(png), *at, side, side, alt_text=self._known(text))

    def block(self, at: tuple[float, float], width: float, height: float, colour: Colour) -> None:
        """A filled rectangle."""
        self._pdf.set_fill_color(*colour)
        self._pdf.rect(*at, width, height, style="F")

    def rule(self, at: tuple[float, float], width: float, colour: Colour = (217, 212, 200)) -> None:
        """A thin line across."""
        self._pdf.set_draw_color(*colour)
        self._pdf.set_line_width(0.3)
        self._pdf.line(at[0], at[1], at[0] + width, at[1])

    def to_bytes(self) -> bytes:
        """The finished file."""
        return bytes(self._pdf.output())

    def _lines(self, text: str, width: float, size: float, style: str) -> list[str]:
        self._pdf.set_font(_FAMILY, style, size)
        lines: Any = self._pdf.multi_cell(
            width, text=text, dry_run=True, output=MethodReturnValue.LINES, wrapmode=WrapMode.WORD, align="L"
        )
        return [str(line) for line in lines]

    def _known(self, text: str) -> str:
        """With the letters that the fonts have; others as what they are composed of, or not at all."""
        text = text.replace("\u202f", "\u00a0").replace("\u2011", "-")
        return "".join(char if self._has(char) else self._nearest(char) for char in text)

    def _has(self, char: str) -> bool:
        return ord(char) in self._characters or char == "\n"

    def _nearest(self, char: str) -> str:
        return "".join(part for part in unicodedata.normalize("NFKD", char) if self._has(part))
