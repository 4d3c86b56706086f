"""The poster of a place: one page of A4 for its door. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fablabmesh.kit import codes
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.pdf import HEIGHT, INK, MUTED, WIDTH, Fonts, Paper

_LEFT = 16.0
_FULL = WIDTH - 2 * _LEFT
_ACCENT = (11, 94, 90)
_HALF = 86.0
_RIGHT = _LEFT + _FULL - _HALF
_LARGE_CODE, _SMALL_CODE = 92.0, 66.0
_LONG_NAME = 60
# Where the codes begin at the latest, hours and dates have ended.
_LOWEST = 190.0
_SIZES = (14, 13, 12, 11, 10, 9, 8, 7, 6)
_BELOW, _GAP = 0.92, 1.0
# Of a code of the usual size for an address; the rest are its modules.
_QUIET_SHARE = 0.09
_WARN = (122, 79, 0)


@dataclass(frozen=True)
class Poster:
    """What it says, in words. `hours`: (days, hours), or one pair without days; `dates`: (when, what)."""

    name: str
    kind: str
    summary: str
    address: Sequence[str]
    contact: Sequence[str]
    hours: Sequence[tuple[str, str]]
    closing: str
    dates: Sequence[tuple[str, str]]
    zones: Sequence[str]
    page: str
    calendar: str
    is_demo: bool
    language: str
    made_at: datetime


def draw_poster(poster: Poster, fonts: Fonts) -> bytes:
    """As PDF/A; the same words give the same bytes."""
    paper = Paper(
        fonts, title=_("Affiche : %(name)s", name=poster.name), language=poster.language, made_at=poster.made_at
    )
    y = _draw_head(paper, poster)
    left = _draw_hours(paper, poster, y)
    right = _draw_dates(paper, poster, y)
    _draw_codes(paper, poster, max(left, right))
    _draw_foot(paper, poster)
    return paper.to_bytes()


def _draw_head(paper: Paper, poster: Poster) -> float:
    paper.block((0, 0), WIDTH, 7, _ACCENT)
    y = 15.0
    if poster.is_demo:
        y = paper.write(_("Exemple inventé : ce lieu n’existe pas."), (_LEFT, y), _FULL, 11, bold=True, colour=_WARN)
    y = paper.write(poster.kind, (_LEFT, y), _FULL, 14, bold=True, colour=_ACCENT, lines=1, smallest=10)
    is_long = len(poster.name) > _LONG_NAME
    size, lines = (26, 3) if is_long else (46, 2)
    y = paper.write(poster.name, (_LEFT, y + 1), _FULL, size, bold=True, lines=lines, smallest=20)
    if poster.summary:
        y = paper.write(poster.summary, (_LEFT, y + 2), _FULL, 14, lines=3, smallest=11)
    y += 3
    for line in poster.address:
        y = paper.write(line, (_LEFT, y), _FULL, 15, bold=True, lines=2, smallest=11)
    for line in poster.contact:
        y = paper.write(line, (_LEFT, y), _FULL, 12, colour=MUTED, smallest=8)
    paper.rule((_LEFT, y + 4), _FULL)
    return y + 9


def _draw_hours(paper: Paper, poster: Poster, y: float) -> float:
    y = paper.write(_("Horaires"), (_LEFT, y), _HALF, 17, bold=True, colour=_ACCENT) + 1
    if poster.closing:
        return paper.write(poster.closing, (_LEFT, y), _HALF, 13, bold=True, lines=3)
    return _draw_pairs(paper, poster.hours or [("", _("Sur la fiche du lieu."))], (_LEFT, y))


def _draw_dates(paper: Paper, poster: Poster, y: float) -> float:
    y = paper.write(_("Prochains rendez-vous"), (_RIGHT, y), _HALF, 17, bold=True, colour=_ACCENT) + 1
    coming = [(what, when) for when, what in poster.dates]
    return _draw_pairs(paper, coming or [("", _("À suivre dans l’agenda, ci-dessous."))], (_RIGHT, y))


def _draw_pairs(paper: Paper, pairs: Sequence[tuple[str, str]], at: tuple[float, float]) -> float:
    """A bold line and one below it, as large as leaves the codes their room."""
    x, y = at
    fits = (size for size in _SIZES if y + _height(paper, pairs, size) <= _LOWEST)
    size = next(fits, _SIZES[-1])
    for title, text in pairs:
        if title:
            y = paper.write(title, (x, y), _HALF, size, bold=True, lines=3)
        y = paper.write(text, (x, y), _HALF, size * _BELOW, lines=3) + _GAP
    return y


def _height(paper: Paper, pairs: Sequence[tuple[str, str]], size: float) -> float:
    return sum(
        (paper.height_of(title, _HALF, size, bold=True) if title else 0)
        + paper.height_of(text, _HALF, size * _BELOW)
        + _GAP
        for title, text in pairs
    )


def _draw_codes(paper: Paper, poster: Poster, above: float) -> None:
    bottom = HEIGHT - 30
    # As large as what stands above leaves room for.
    large = max(52.0, min(_LARGE_CODE, bottom - above - 24))
    top = bottom - large - 16
    paper.rule((_LEFT, top - 5), _FULL)
    _draw_code(paper, _("Tout sur ce lieu"), poster.page, poster.page, (_LEFT, top), large)
    small = min(_SMALL_CODE, large)
    webcal = "webcal://" + poster.calendar.partition("://")[2]
    _draw_code(paper, _("Son agenda dans mon calendrier"), webcal, poster.calendar, (_RIGHT, top), small)


def _draw_code(paper: Paper, title: str, target: str, spelled: str, at: tuple[float, float], side: float) -> None:
    x, y = at
    y = paper.write(title, (x, y), _HALF, 14, bold=True, smallest=10)
    # The quiet zone is part of the picture: the code itself stands in line with the words, and nothing in its way.
    quiet = side * _QUIET_SHARE
    paper.picture(codes.to_png(target), (x - quiet, y), side, _("Code QR : %(address)s", address=spelled))
    paper.link((x, y + quiet), side - 2 * quiet, side - 2 * quiet, spelled, title)
    paper.write(spelled.partition("://")[2], (x, y + side), _HALF, 9.5, colour=INK, lines=2, smallest=6.5)


def _draw_foot(paper: Paper, poster: Poster) -> None:
    y = HEIGHT - 25
    paper.rule((_LEFT, y - 2.5), _FULL)
    for line in poster.zones:
        y = paper.write(line, (_LEFT, y), _FULL - 40, 9.5, colour=MUTED, smallest=7)
    paper.write("Fab Lab Mesh", (WIDTH - _LEFT - 40, HEIGHT - 25), 40, 11, bold=True, colour=_ACCENT, align="R")
