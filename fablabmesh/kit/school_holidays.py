"""School holidays of metropolitan France by zone: the door to vacances-scolaires-france. Pure."""

import enum
from collections.abc import Mapping
from datetime import date
from functools import cache

import vacances_scolaires_france

from fablabmesh.kit.i18n import gettext as _


class SchoolZone(enum.StrEnum):
    """The three groups of academies whose pupils are on holiday together."""

    A = "A"
    B = "B"
    C = "C"

    @property
    def label(self) -> str:
        return {
            SchoolZone.A: _("Zone A (Besançon, Bordeaux, Clermont-Ferrand, Dijon, Grenoble, Limoges, Lyon, Poitiers)"),
            SchoolZone.B: _(
                "Zone B (Aix-Marseille, Amiens, Lille, Nancy-Metz, Nantes, Nice, Normandie, "
                "Orléans-Tours, Reims, Rennes, Strasbourg)"
            ),
            SchoolZone.C: _("Zone C (Créteil, Montpellier, Paris, Toulouse, Versailles)"),
        }[self]


Holidays = Mapping[SchoolZone, frozenset[date]]


@cache
def known_holidays() -> Holidays:
    """The days of the holidays of each zone, as far as they are published."""
    known = vacances_scolaires_france.SchoolHolidayDates()
    return {
        zone: frozenset(day for day, row in known.data.items() if row[known.zone_key(zone.value)])
        for zone in SchoolZone
    }


def spell_holidays(zone: SchoolZone | None, holidays: Holidays | None = None) -> str:
    """What an event keeps of the holidays it leaves out: the zone, and how far they were known when it was written."""
    return f"{zone.value}:{known_until(zone, holidays).isoformat()}" if zone else ""


def read_holidays(text: str) -> tuple[SchoolZone | None, date]:
    """The zone and how far its holidays were known."""
    name, _colon, known = text.partition(":")
    return (SchoolZone(name), date.fromisoformat(known)) if name else (None, date.min)


def is_holiday(day: date, zone: SchoolZone) -> bool:
    """Are the schools of the zone closed for holidays that day? False for days that nobody knows yet."""
    return day in known_holidays()[zone]


def known_until(zone: SchoolZone, holidays: Holidays | None = None) -> date:
    """The last day of the last holidays that are known."""
    return max((holidays or known_holidays())[zone])
