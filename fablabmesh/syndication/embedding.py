"""What a site says of the map, list or agenda that it shows, and the line of HTML that shows it. Pure."""

import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from fablabmesh.kit.i18n import gettext as _

MOST, USUAL = 50, 10
LEAST_HEIGHT, MOST_HEIGHT, USUAL_HEIGHT = 240, 1200, 480
# What grows with what it shows: high enough where no script tells more.
LIST_HEIGHT = 600
Pair = tuple[str, str]


class Shown(enum.StrEnum):
    """What a frame shows."""

    MAP = "carte"
    LIST = "liste"
    AGENDA = "agenda"

    @property
    def label(self) -> str:
        return {Shown.MAP: _("Une carte"), Shown.LIST: _("Une liste de lieux"), Shown.AGENDA: _("Un agenda")}[self]


class Theme(enum.StrEnum):
    """The colours: those that the visitor's system likes, or always the same."""

    AUTO = "auto"
    LIGHT = "clair"
    DARK = "sombre"

    @property
    def label(self) -> str:
        return {
            Theme.AUTO: _("Selon le réglage de qui regarde"),
            Theme.LIGHT: _("Toujours clair"),
            Theme.DARK: _("Toujours sombre"),
        }[self]


@dataclass(frozen=True)
class Look:
    """`most`: dates or places in a list; `height`: of a map, in pixels."""

    most: int = USUAL
    theme: Theme = Theme.AUTO
    height: int = USUAL_HEIGHT

    def to_pairs(self) -> dict[str, str | None]:
        """What the address of a frame says of it; nothing of what is usual. The height is not the frame's to know."""
        return {
            "max": str(self.most) if self.most != USUAL else None,
            "theme": self.theme.value if self.theme is not Theme.AUTO else None,
        }


def read_look(args: Mapping[str, str]) -> Look:
    """From `max`, `theme` and `hauteur`. The frame on a page of others never fails: what cannot be is what is usual."""
    theme = args.get("theme", "")
    return Look(
        min(max(_number(args.get("max", ""), 3, USUAL), 1), MOST),
        Theme(theme) if theme in set(Theme) else Theme.AUTO,
        min(max(_number(args.get("hauteur", ""), 4, USUAL_HEIGHT), LEAST_HEIGHT), MOST_HEIGHT),
    )


def _number(text: str, digits: int, usual: int) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else usual


def frame_line(address: str, title: str, height: int = LIST_HEIGHT) -> str:
    """The frame alone, of a fixed height."""
    line = '<iframe src="{}" title="{}" width="100%" height="{}" style="border:0" loading="lazy"></iframe>'
    return str(Markup(line).format(address, title, height))  # noqa: S704 - a constant; what is put into it is escaped


def script_line(address: str) -> str:
    """The line that gives the frame the height of what it holds."""
    return str(Markup('<script src="{}" async></script>').format(address))


# --- the filter of the builder ----------------------------------------------------------------------------------------


def sort_out(
    pairs: Iterable[Pair], *, single: Collection[str], several: Collection[str]
) -> tuple[dict[str, list[str]], list[Pair]]:
    """What the fields of a form show, by name, and what it has no room for and must send again.

    `single`: parameters with one field for one value; `several`: those with a box for each value.
    """
    shown: dict[str, list[str]] = {name: [] for name in (*single, *several)}
    kept: list[Pair] = []
    for name, value in pairs:
        if name in several or (name in single and not shown[name]):
            shown[name].append(value)
        else:
            kept.append((name, value))
    return shown, kept


def join_zone(pairs: Iterable[Pair]) -> list[Pair]:
    """A programme and a zone as one value, as the agenda has them: « epn/ouest »; « epn/ » for a programme alone."""
    given = list(pairs)
    found = dict(given)
    zone, programme = found.get("zone", ""), found.get("programme", "")
    others = [pair for pair in given if pair[0] not in ("zone", "programme")]
    if not zone and not programme:
        return others
    return [*others, ("zone", f"{programme or 'fablab'}/{zone}")]


def part_zone(args: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The other way round: « zone=epn/ouest » as a programme and a zone, for a list of places."""
    parted = {name: list(values) for name, values in args.items()}
    whole = next((value for value in parted.get("zone", []) if "/" in value), "")
    if whole:
        programme, _slash, zone = whole.partition("/")
        parted["programme"], parted["zone"] = [programme], [zone] if zone else []
    return parted
