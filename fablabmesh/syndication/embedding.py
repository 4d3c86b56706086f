"""What a site says of the agenda that it shows, and the line of HTML that shows it. Pure."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from fablabmesh.kit.i18n import gettext as _

MOST, USUAL = 50, 10


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
    """`most`: dates in a list."""

    most: int = USUAL
    theme: Theme = Theme.AUTO

    def to_pairs(self) -> dict[str, str | None]:
        """What an address says of it; nothing of what is usual."""
        return {
            "max": str(self.most) if self.most != USUAL else None,
            "theme": self.theme.value if self.theme is not Theme.AUTO else None,
        }


def read_look(args: Mapping[str, str]) -> Look:
    """From `max` and `theme`. The frame on a page of others never fails: what cannot be is what is usual."""
    text, theme = args.get("max", "").strip(), args.get("theme", "")
    most = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else USUAL
    return Look(min(max(most, 1), MOST), Theme(theme) if theme in set(Theme) else Theme.AUTO)


def frame_line(address: str, title: str) -> str:
    """The line of HTML to be pasted."""
    line = '<iframe src="{}" title="{}" width="100%" height="600" style="border:0" loading="lazy"></iframe>'
    return str(Markup(line).format(address, title))  # noqa: S704 - a constant, and what is put into it is escaped


def script_line(address: str) -> str:
    """The line that gives the frame the height of what it holds."""
    return str(Markup('<script src="{}" async></script>').format(address))
