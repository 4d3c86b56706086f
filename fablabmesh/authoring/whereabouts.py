"""Where an event may be: places of the mesh, communes of the gazetteer, addresses. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TOWN = re.compile(r"(?:(?P<street>.*), )?(?P<postcode>\d{5}) (?P<town>[^,]+)")


@dataclass(frozen=True)
class Choice:
    """A place where an event may be put, and the zone its clocks are on."""

    id: int
    name: str
    timezone: str
    town: str = ""
    is_demo: bool = False

    @property
    def label(self) -> str:
        return f"{self.name} – {self.town}" if self.town else self.name


@dataclass(frozen=True)
class Town:
    """A commune of the gazetteer, with the postcode an address there is written with."""

    insee: str
    name: str
    postcode: str
    timezone: str
    latitude: float
    longitude: float

    @property
    def label(self) -> str:
        return f"{self.postcode} {self.name}"


@dataclass(frozen=True)
class Spot:
    """Where an event is, when neither in a lab nor online alone: a text and its point."""

    text: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Found:
    """What the searches of a form found, with what was chosen before: nothing else may be chosen."""

    venues: Sequence[Choice] = ()
    towns: Sequence[Town] = ()
    partners: Sequence[Choice] = ()


NOWHERE, NOTHING = Spot(), Found()


def read_town(text: str) -> tuple[str, str, str]:
    """An address as it was put together: street, postcode, commune; the last two empty where it is another's."""
    match = _TOWN.fullmatch(text)
    return (match["street"] or "", match["postcode"], match["town"]) if match else (text, "", "")


def read_id(text: object) -> int | None:
    """The id of a place as a form sends it; None for nonsense."""
    digits = str(text)
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None
