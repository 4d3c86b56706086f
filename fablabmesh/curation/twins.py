"""Whether two pages may be of one place: by name, distance, address, site and telephone. Pure.

Real namesakes exist, and several services share a house or a site: nothing is merged by this alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import number
from fablabmesh.kit.text import fold, search_words

# From so many points on, two pages are shown to those who decide.
WORTH_A_LOOK = 60
NEAR_METRES = 400

_WORD = re.compile(r"[a-z0-9]+")
# Words of which half the names are made.
_USUAL = frozenset(
    "a au aux d de des du en et l la le les lab fab fablab labs espace public numerique epn centre maison "
    "association mediatheque bibliotheque mairie france services service point".split()
)
_STREETS = {"av": "avenue", "bd": "boulevard", "bvd": "boulevard", "pl": "place", "r": "rue", "rte": "route",
            "ch": "chemin", "chem": "chemin", "imp": "impasse", "all": "allee", "st": "saint", "ste": "sainte",
            "bis": "b", "ter": "t"}  # fmt: skip


def web_key(address: str) -> str:
    """A site without its scheme and its end, as the database makes it: see `Place.web_key`."""
    return re.sub(r"[/?#]*$", "", re.sub(r"^https?://(www[.])?", "", address.lower()))


def town_key(commune: str) -> str:
    """The words of a commune's name, however it is written: « St Etienne Cedex 1 » → saint etienne."""
    return " ".join(search_words(commune)).partition(" cedex")[0]


@dataclass(frozen=True)
class Page:
    """What two pages are compared by."""

    name: str
    commune: str = ""
    address: str = ""
    web_key: str = ""
    phone: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Likeness:
    """How two pages are alike. `name`: from 0 to 100; `metres`: none where one has no point."""

    score: int
    name: int
    metres: int | None
    is_same_address: bool
    is_same_site: bool
    is_same_phone: bool

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))


def compare(one: Page, other: Page, *, similarity: float, metres: float | None) -> Likeness:
    """`similarity`: of the folded names, by trigrams, from 0 to 1."""
    # In two communes, it is the commune that tells apart what is named alike.
    commune = one.commune if town_key(one.commune) == town_key(other.commune) else ""
    mine, theirs = _telling(one.name, commune), _telling(other.name, commune)
    is_same_name = bool(mine) and mine == theirs
    name = 1.0 if is_same_name else similarity
    same_address = bool(one.address) and _street(one.address) == _street(other.address)
    same_site = bool(one.web_key) and one.web_key == other.web_key
    same_phone = bool(one.phone) and _digits(one.phone) == _digits(other.phone)
    score = 55 * name + (25 if same_address else 0) + (25 if same_site else 0) + (15 if same_phone else 0)
    # At one address of one commune, it is a point that is wrong.
    nearness = max(0.0, _nearness(metres)) if same_address and commune else _nearness(metres)
    score += nearness - (10 if one.kind != other.kind else 0)
    # Two names without a word in common: one house, one site, and still two places as a rule.
    if name < 0.25:
        score -= 20
    # A lab and a digital space of one name in one commune: whatever they are said to be, somebody is to look.
    if is_same_name and commune and nearness >= 0:
        score = max(score, WORTH_A_LOOK)
    whole = max(0, min(100, round(score)))
    return Likeness(
        whole, round(100 * name), None if metres is None else round(metres), same_address, same_site, same_phone
    )


def _nearness(metres: float | None) -> float:
    if metres is None:
        return 0.0
    if metres > NEAR_METRES * 10:
        return -30.0
    return 25 * max(0.0, 1 - metres / NEAR_METRES)


def _telling(name: str, commune: str) -> frozenset[str]:
    """The words of a name that tell it from others of its commune."""
    return frozenset(set(_WORD.findall(fold(name))) - _USUAL - set(_WORD.findall(fold(commune))))


def _street(address: str) -> tuple[str, ...]:
    words = _WORD.findall(fold(address))
    return tuple(_STREETS.get(word, word) for word in words if word not in ("de", "du", "des", "la", "le", "les", "l"))


def _digits(phone: str) -> str:
    """The last nine, which are the same with and without +33."""
    return re.sub(r"\D", "", phone)[-9:]


def tell(likeness: Mapping[str, Any]) -> list[str]:
    """The reasons, in words. `likeness`: as `to_json` gives it."""
    told = []
    if likeness["name"] == 100:
        told.append(_("même nom"))
    elif likeness["name"] >= 40:
        told.append(_("noms semblables à %(count)s %%", count=likeness["name"]))
    if likeness["metres"] is not None:
        metres = likeness["metres"]
        told.append(
            _("au même endroit")
            if metres < 5
            else _("à %(count)s m", count=number(metres))
            if metres < 2000
            else _("à %(count)s km", count=number(round(metres / 1000)))
        )
    if likeness["is_same_address"]:
        told.append(_("même adresse"))
    if likeness["is_same_site"]:
        told.append(_("même site web"))
    if likeness["is_same_phone"]:
        told.append(_("même téléphone"))
    return told
