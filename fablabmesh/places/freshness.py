"""How old what a place's page says is: confirmed, ageing, stale, or never confirmed by anybody. Pure.

What nobody confirms is marked and never dropped.
"""

import enum
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fablabmesh.kit.i18n import gettext as _

FRESH_FOR, STALE_AFTER = timedelta(days=365), timedelta(days=730)


class Freshness(enum.StrEnum):
    """How far the page may still be trusted."""

    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"
    UNCONFIRMED = "unconfirmed"

    @property
    def label(self) -> str:
        return {
            Freshness.FRESH: _("à jour"),
            Freshness.AGEING: _("confirmée il y a plus d’un an"),
            Freshness.STALE: _("sans nouvelle depuis plus de deux ans"),
            Freshness.UNCONFIRMED: _("fiche jamais confirmée"),
        }[self]

    @property
    def is_doubtful(self) -> bool:
        """Is a reader to be warned?"""
        return self in (Freshness.STALE, Freshness.UNCONFIRMED)


@dataclass(frozen=True)
class Known:
    """How fresh a page is, since which day, and whether its source says so rather than a person here."""

    state: Freshness
    since: date | None = None
    by_source: bool = False


def freshness_of(place: Any, now: datetime) -> Known:
    """By the later of what a person confirmed here and of what the source was last brought up to date with."""
    confirmed = place.confirmed_at.date() if place.confirmed_at else None
    told = place.source_updated_on
    since = max(filter(None, (confirmed, told)), default=None)
    if since is None:
        return Known(Freshness.UNCONFIRMED)
    age = now.date() - since
    state = Freshness.FRESH if age < FRESH_FOR else Freshness.AGEING if age <= STALE_AFTER else Freshness.STALE
    return Known(state, since, by_source=confirmed is None or (told is not None and told > confirmed))
