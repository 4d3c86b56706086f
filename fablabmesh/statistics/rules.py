"""What is measured, how far, and which communes are counted as one or in parts. Pure."""

import enum
from datetime import date, timedelta

from fablabmesh.kit.i18n import gettext as _

# Kilometres as the crow flies.
RADII = (5, 10, 20, 30)
USUAL_RADIUS = 20
# A page that was brought up to date since is fresh: as `maj=365` asks of the list of places.
FRESH_DAYS = 365
MONTHS_BEFORE, MONTHS_AFTER = 12, 6
# INSEE codes of the communes that the gazetteer also has in parts, and of their first parts: people are counted in
# the parts, which tell better where they live, and never twice.
IN_PARTS = {"13055": "13201", "69123": "69381", "75056": "75101"}
PARTS = {"13055": "132__", "69123": "6938_", "75056": "751__"}


class Sort(enum.StrEnum):
    """What people may have near them."""

    FABLAB = "fablab"
    EPN = "epn"
    LAUREATE = "laureat"

    @property
    def label(self) -> str:
        return {
            Sort.FABLAB: _("Fab Labs"),
            Sort.EPN: _("EPN et lieux de médiation numérique"),
            Sort.LAUREATE: _("Lauréats"),
        }[self]

    def far_communes(self, km: int) -> str:
        """What stands above the list of those that have none near."""
        return {
            Sort.FABLAB: _("Les plus grandes communes sans Fab Lab à moins de %(km)s km", km=km),
            Sort.EPN: _("Les plus grandes communes sans EPN ni lieu de médiation à moins de %(km)s km", km=km),
            Sort.LAUREATE: _("Les plus grandes communes sans lauréat à moins de %(km)s km", km=km),
        }[self]


def read_radius(text: str) -> int:
    """One of the radii; the usual one for anything else."""
    return int(text) if text in {str(km) for km in RADII} else USUAL_RADIUS


def read_sort(text: str) -> Sort:
    """What the map and the list of communes are about: labs, unless it is said."""
    return Sort(text) if text in set(Sort) else Sort.FABLAB


def fresh_since(today: date) -> date:
    """From which day on a page is fresh."""
    return today - timedelta(days=FRESH_DAYS)


def months_around(today: date) -> list[date]:
    """The first days of the months before, of this one and of those to come."""
    here = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(here - MONTHS_BEFORE, here + MONTHS_AFTER + 1)]


def month_after(first: date) -> date:
    """The first day of the next month."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
