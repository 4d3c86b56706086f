"""How what is found is told: in groups, the best first. Pure; addresses are written by whoever knows them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import number
from fablabmesh.terms.rules import Vocabulary

# The filters of the list of places, by the vocabulary of their values.
PARAMETERS = {
    Vocabulary.SERVICE: "service",
    Vocabulary.MACHINE: "machine",
    Vocabulary.LABEL: "label",
    Vocabulary.AUDIENCE: "public",
    Vocabulary.ACCESSIBILITY: "accessibilite",
    Vocabulary.FEE: "tarif",
    Vocabulary.SUPPORT: "accompagnement",
}
SORTS = ("towns", "places", "terms", "zones", "events", "projects")


@dataclass(frozen=True)
class Item:
    """Something that may be chosen."""

    label: str
    detail: str
    href: str
    # What a field that is filled in takes, and how an address writes it.
    value: str = ""
    spot: str = ""


@dataclass(frozen=True)
class Section:
    """What was found of one sort. `href`: where all of it is; empty where this is all."""

    sort: str
    label: str
    items: Sequence[Item]
    count: str
    href: str = ""


def label_of(sort: str) -> str:
    """What people call a sort of things that are found."""
    return {
        "towns": _("Communes"),
        "places": _("Lieux"),
        "terms": _("Équipements, services et labels"),
        "zones": _("Zones"),
        "events": _("Événements"),
        "projects": _("Projets"),
    }[sort]


def count_of(group: Any) -> str:
    """« 12 », « plus de 300 »."""
    if group.is_capped:
        return _("plus de %(count)s", count=number(group.count))
    return number(group.count)


def in_order(found: Any) -> list[str]:
    """The sorts of which there is something, by how well the best of each fits."""
    there = [sort for sort in SORTS if getattr(found, sort).count]
    return sorted(there, key=lambda sort: (getattr(found, sort).level, SORTS.index(sort)))


def distance(metres: int) -> str:
    """« 800 m », « 3,4 km », « 120 km »."""
    if metres < 1000:
        return _("%(count)s m", count=round(metres, -1))
    return _("%(count)s km", count=number(round(metres / 1000, 1 if metres < 10_000 else None)))


def to_json(text: str, sections: Sequence[Section], mended: str, all_href: str) -> Mapping[str, Any]:
    """As the script reads it."""
    return {
        "q": text,
        "mended": _("Résultats pour « %(words)s »", words=mended) if mended and sections else "",
        "groups": [
            {
                "label": section.label,
                "items": [
                    {name: text for name, text in asdict(item).items() if text or name == "detail"}
                    for item in section.items
                ],
            }
            for section in sections
        ],
        "all": {"label": _("Tous les résultats"), "href": all_href} if sections and all_href else None,
    }
