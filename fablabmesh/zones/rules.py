"""Words of territories and what ties an INSEE code or a postcode to a department. Pure."""

import enum
import re
from typing import Any

from fablabmesh.accounts.rights import Act, Tie, allows, ties_to_site
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.text import fold


class Standing(enum.StrEnum):
    """How firm a statement about the network is."""

    SOURCE = "source"
    HYPOTHESIS = "hypothesis"

    @property
    def label(self) -> str:
        return {Standing.SOURCE: _("Sourcé"), Standing.HYPOTHESIS: _("Hypothèse")}[self]


class FoundBy(enum.StrEnum):
    """What told the department of a place, the surest first."""

    INSEE = "insee"
    POSTCODE = "postcode"
    POLYGON = "polygon"
    NEAREST = "nearest"
    NOTHING = "nothing"

    @property
    def label(self) -> str:
        return {
            FoundBy.INSEE: _("d’après le code INSEE de la commune"),
            FoundBy.POSTCODE: _("d’après le code postal"),
            FoundBy.POLYGON: _("d’après le point, dans les limites du département"),
            FoundBy.NEAREST: _("d’après le point, au département le plus proche"),
            FoundBy.NOTHING: _("département inconnu"),
        }[self]


def ties_to(person: Any, zone: Any) -> frozenset[Tie]:
    """What somebody is to a zone."""
    ties = ties_to_site(person)
    return ties | {Tie.COORDINATOR} if zone.id in person.zone_ids else ties


def may(person: Any, act: Act, zone: Any) -> bool:
    """Do somebody's ties to a zone allow this?"""
    return allows(ties_to(person, zone), act)


# Farther than this from every department, a point is an error and not a place on the shore.
NEAREST_LIMIT_METRES = 20_000

# Department → its clocks, where they are not those of Paris.
OVERSEAS = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "976": "Indian/Mayotte",
}


def department_of_insee(insee: str | None) -> str | None:
    """`75111` → `75`, `2A004` → `2A`, `97411` → `974`. None for what is no INSEE code."""
    if not insee or len(insee) != 5 or not insee[2:].isdigit():
        return None
    head = insee[:2].upper()
    if head in ("97", "98"):
        return insee[:3]
    return head if head.isdigit() or head in ("2A", "2B") else None


def timezone_of_department(code: str | None) -> str:
    """The IANA time zone on a department's clocks."""
    return OVERSEAS.get(code or "", "Europe/Paris")


_ARRONDISSEMENTS = {"paris": ("75", 20), "lyon": ("69", 9), "marseille": ("13", 16)}
_NUMBERED = re.compile(
    r"\b(paris|lyon|marseille)[ ,-]+([0-9]{1,2})(ers?|e|eme|emes|ieme)?\b\.?(?: *arr(?:ondissement)?\b\.?)?", re.ASCII
)


def spell_arrondissements(text: str) -> str:
    """« Paris 11e » → « paris 75011 »: the three cities are one commune each, and postcodes tell their parts. A bare
    number that is the department's stays one."""
    return _NUMBERED.sub(_to_postcode, fold(text)) if any(char.isdecimal() for char in text) else text


def _to_postcode(found: re.Match[str]) -> str:
    department, most = _ARRONDISSEMENTS[found[1]]
    is_part = 1 <= int(found[2]) <= most and (found[2] != department or found[3])
    return f"{found[1]} {department}{int(found[2]):03d}" if is_part else found[0]
