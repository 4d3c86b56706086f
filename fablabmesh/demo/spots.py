"""What there is to tell of an invented place. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fablabmesh.places.rules import PlaceKind
from fablabmesh.sheets.details import Holder, Tool


@dataclass(frozen=True)
class Spot:
    """An invented place, put down in the middle of a real commune and nowhere else.

    `told`: columns of the page. `pictures`: files of `data`, what they show, who made them. `confirmed`: how many days
    before the demonstration is set up somebody last said that the page is right; never, if None.
    """

    key: str
    name: str
    kind: PlaceKind
    commune: str
    insee: str
    postcode: str
    description: str
    opening_hours: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)
    machines: tuple[Tool, ...] = ()
    people: tuple[Holder, ...] = ()
    pictures: tuple[tuple[str, str, str], ...] = ()
    confirmed: int | None = None
