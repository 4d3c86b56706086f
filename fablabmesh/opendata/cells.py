"""One cell at a time: text, phone, address of a site, date, coordinates. Each reader gives the value to keep, or
nothing, and reports what it mended or dropped.
"""

import html
import math
import re
from collections.abc import Callable
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from fablabmesh.kit.text import clean_block, clean_line
from fablabmesh.opendata import schemas
from fablabmesh.opendata.report import Fault

# Called with a fault, the value and a detail; the line and the column are known to whom made it.
Tell = Callable[[Fault, str, str], None]

_ENTITY: Final = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{1,6}|#[xX][0-9a-fA-F]{1,5});")
_UNSPEAKABLE: Final = re.compile(r"[\ud800-\udfff\x00]")
# Mobile ranges of France and of its overseas departments.
_MOBILE: Final = re.compile(r"\+33[67]\d{8}|\+590690\d+|\+590691\d+|\+594694\d+|\+596696\d+|\+596697\d+|\+2626[39]\d+")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")

# West, south, east, north of all places where French is the country, a little wide.
FRANCE: Final = (
    (-5.6, 41.2, 9.9, 51.3),
    (-63.3, 14.2, -60.7, 18.3),
    (-54.8, 1.9, -51.4, 6.1),
    (55.0, -21.6, 56.1, -20.7),
    (44.8, -13.2, 45.5, -12.4),
    (-56.6, 46.6, -56.0, 47.3),
    (157.9, -23.2, 172.2, -17.8),
    (-155.0, -28.0, -134.0, -7.5),
    (-178.5, -14.6, -175.9, -13.0),
)


def read_text(cell: str, tell: Tell, *, longest: int, is_block: bool = False) -> str:
    """Clean text: web escapes undone, controls gone, not longer than that."""
    text = _UNSPEAKABLE.sub("", cell)
    if _ENTITY.search(text):
        plain = _UNSPEAKABLE.sub("", _ENTITY.sub(lambda found: html.unescape(found[0]), text))
        tell(Fault.ESCAPED, text, plain)
        text = plain
    text = clean_block(text) if is_block else clean_line(text.replace("\n", " "))
    if len(text) > longest:
        tell(Fault.TOO_LONG, text, str(longest))
        text = text[: longest - 1].rstrip() + "…"
    return text


def read_phone(cell: str, tell: Tell) -> str:
    """`+33 4 79 61 30 68`, or nothing: mobile numbers are never kept, for they may be a person's own."""
    text = read_text(cell, tell, longest=200)
    if not text:
        return ""
    number = re.sub(r"[\s.\-()/]", "", re.split(r"[;|,]| ou ", text)[0].replace("(0)", ""))
    if number.startswith("00"):
        number = "+" + number[2:]
    elif re.fullmatch(r"0[1-9]\d{8}", number):
        number = "+33" + number[1:]
    if _MOBILE.fullmatch(number):
        tell(Fault.MOBILE, "", "")
        return ""
    if not schemas.PHONE.fullmatch(number) or (number.startswith("+33") and len(number) != 12):
        # Not quoted: it may be a person's number, mistyped.
        tell(Fault.BAD_PHONE, "", "")
        return ""
    prefix = 3 if number.startswith("+33") else 4
    digits = number[prefix:]
    odd = len(digits) % 2
    pairs = [digits[:odd]] if odd else []
    pairs += [digits[place : place + 2] for place in range(odd, len(digits), 2)]
    return " ".join([number[:prefix], *pairs])


def read_website(cell: str, tell: Tell) -> str:
    """The first web address, or nothing."""
    text = _UNSPEAKABLE.sub("", cell).replace("&amp;", "&").strip()
    # A comma or semicolon may be part of an address: it separates two only where another one follows.
    found = [part.strip() for part in re.split(r"[;,|]\s*(?=https?://|www\.)|\s+", text) if part.strip(" ,;|")]
    if not found:
        return ""
    first = found[0].rstrip(",;|")
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", first) or re.match(r"[\w.-]+\.\w+:\d", first):
        first = "https://" + first.lstrip("/")
        tell(Fault.SCHEME_ADDED, found[0], first)
    if not _is_website(first):
        tell(Fault.BAD_WEBSITE, text, "")
        return ""
    if len(found) > 1:
        tell(Fault.SEVERAL_WEBSITES, text, first)
    return first


def _is_website(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and "." in host.strip(".")
        and not parts.username
        and len(address) <= 2000
        and address.isprintable()
        and not re.search(r"[\s<>\"'`\\]", address)
    )


def read_date(cell: str, tell: Tell) -> date | None:
    """A day; the time of day that some producers add is left out."""
    text = clean_line(_UNSPEAKABLE.sub("", cell))
    if not text:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}([T ].*)?", text, re.ASCII):
            return date.fromisoformat(text[:10])
        if found := _DAY_FIRST.fullmatch(text):
            read = date(int(found[3]), int(found[2]), int(found[1]))
            tell(Fault.DATE_REWRITTEN, text, read.isoformat())
            return read
    except ValueError:
        pass
    tell(Fault.BAD_DATE, text, "")
    return None


def read_digits(cell: str, pattern: re.Pattern[str], tell: Tell, fault: Fault) -> str:
    """A code of five characters: blanks dropped, a leading zero that a spreadsheet ate put back."""
    text = clean_line(_UNSPEAKABLE.sub("", cell))
    code = re.sub(r"\s", "", text).upper().removesuffix(".0")
    if not code:
        return ""
    if re.fullmatch(r"\d{4}", code, re.ASCII):
        code = "0" + code
        tell(Fault.ZERO_RESTORED, text, code)
    if not (code.isascii() and pattern.fullmatch(code)):
        tell(fault, text, "")
        return ""
    return code


def read_point(latitude: str, longitude: str, tell: Tell) -> tuple[float, float] | None:
    """(latitude, longitude) in France, put in order where they were exchanged; or nothing."""
    if not latitude.strip() and not longitude.strip():
        return None
    shown = f"{latitude.strip()}, {longitude.strip()}"
    numbers = _to_number(latitude), _to_number(longitude)
    if numbers[0] is None or numbers[1] is None:
        tell(Fault.BAD_COORDINATES, shown, "")
        return None
    if "," in latitude + longitude:
        tell(Fault.DECIMAL_COMMA, shown, "")
    return _place(numbers[0], numbers[1], shown, tell)


def _place(north: float, east: float, shown: str, tell: Tell) -> tuple[float, float] | None:
    if north == 0 and east == 0:
        tell(Fault.NULL_ISLAND, shown, "")
        return None
    if is_in_france(north, east):
        return north, east
    if is_in_france(east, north):
        tell(Fault.SWAPPED, shown, "")
        return east, north
    is_degrees = abs(north) <= 90 and abs(east) <= 180
    tell(Fault.OUTSIDE_FRANCE if is_degrees else Fault.BAD_COORDINATES, shown, "")
    return None


def _to_number(text: str) -> float | None:
    plain = text.strip().replace(",", ".", 1)
    if not re.fullmatch(r"[+-]?\d{1,20}(\.\d{0,40})?([eE][+-]?\d{1,3})?", plain, re.ASCII):
        return None
    number = float(plain)
    return number if math.isfinite(number) else None


def is_in_france(latitude: float, longitude: float) -> bool:
    """Is the point in one of the boxes around France and its overseas territories?"""
    return any(west <= longitude <= east and south <= latitude <= north for west, south, east, north in FRANCE)
