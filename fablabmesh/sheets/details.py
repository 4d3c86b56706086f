"""What a place has beside its columns, as values that can be compared and kept: machines, public roles. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from fablabmesh.places.rules import Training


@dataclass(frozen=True)
class Tool:
    """A machine, or several alike. `type` and `materials`: codes of terms."""

    type: str
    model: str = ""
    quantity: int = 1
    size: str = ""
    materials: tuple[str, ...] = ()
    training: Training = Training.UNKNOWN
    price: str = ""
    note: str = ""
    is_working: bool = True

    def plain(self) -> dict[str, Any]:
        """For a line of the history."""
        return asdict(self) | {"materials": list(self.materials), "training": self.training.value}


def read_tool(plain: Mapping[str, Any]) -> Tool:
    """From a line of the history."""
    given = dict(plain)
    return Tool(**given | {"materials": tuple(given["materials"]), "training": Training(given["training"])})


@dataclass(frozen=True)
class Holder:
    """Who holds a public role. A name is told with its bearer's consent and its day, or not at all."""

    role: str
    name: str = ""
    consented_on: date | None = None

    def plain(self) -> dict[str, Any]:
        """For a line of the history, which nobody could erase a name from: it tells the role alone."""
        return {"role": self.role, "is_named": bool(self.name)}


def named_again(roles: Iterable[Mapping[str, Any]], present: Iterable[Holder]) -> list[Holder]:
    """The roles of a line of the history. A name that stands on the page still keeps its role; others do not come back
    without their bearers."""
    named = [holder for holder in present if holder.name]
    found = []
    for each in roles:
        same = next((holder for holder in named if holder.role == each["role"] and each["is_named"]), None)
        if same is not None:
            named.remove(same)
        found.append(same or Holder(each["role"]))
    return found


def widen(codes: Iterable[str], broader: Mapping[str, str | None]) -> list[str]:
    """These types and all that is broader than them, each once, sorted."""
    found: set[str] = set()
    for code in codes:
        wider: str | None = code
        while wider and wider not in found:
            found.add(wider)
            wider = broader.get(wider)
    return sorted(found)
