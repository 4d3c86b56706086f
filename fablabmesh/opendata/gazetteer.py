"""Finds a commune by its postcode and a name as people write it. Pure; the list itself is read by `national`."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from fablabmesh.kit.text import fold

_CEDEX: Final = re.compile(r"\bcedex\b.*")
_NUMBERED: Final = re.compile(r"\b0*(\d{1,2})\s*(?:er|e|eme|ème|ième)?(?:\s+arrondissement)?$")
_SHORT: Final = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_ARTICLES: Final = frozenset(["le", "la", "les", "l"])


@dataclass(frozen=True)
class Town:
    """A commune of the gazetteer."""

    insee: str
    name: str
    postcodes: tuple[str, ...]
    department: str
    latitude: float
    longitude: float
    population: int | None


def key(name: str) -> str:
    """What two spellings of one commune have in common: « ST ETIENNE CEDEX 2 » and « Saint-Étienne »."""
    words = re.sub(r"[^a-z0-9]+", " ", _CEDEX.sub("", fold(name))).split()
    words = [_SHORT.get(word, word) for word in words]
    if len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    return " ".join(words)


class Gazetteer:
    """Communes by INSEE code, by postcode and by name."""

    def __init__(self, towns: Iterable[Town]) -> None:
        self._by_insee: dict[str, Town] = {}
        self._by_postcode: dict[str, list[Town]] = defaultdict(list)
        self._by_key: dict[str, list[Town]] = defaultdict(list)
        for town in towns:
            self._by_insee[town.insee] = town
            self._by_key[key(town.name)].append(town)
            for postcode in town.postcodes:
                self._by_postcode[postcode].append(town)

    def get(self, insee: str) -> Town | None:
        """By INSEE code."""
        return self._by_insee.get(insee)

    def list_served(self, postcode: str) -> list[Town]:
        """The communes of a postcode, the most peopled first."""
        return sorted(self._by_postcode.get(postcode, []), key=lambda town: (-(town.population or 0), town.insee))

    def find(self, name: str, postcode: str) -> Town | None:
        """The commune of that name among those of the postcode."""
        served = self.list_served(postcode)
        for wanted in (key(name), _NUMBERED.sub("", key(name)).strip()):
            for town in served:
                if wanted and key(town.name) == wanted:
                    return town
        return None

    def find_only(self, name: str) -> Town | None:
        """The commune of that name, if the country has only one."""
        found = self._by_key.get(key(name), [])
        return found[0] if len(found) == 1 else None
