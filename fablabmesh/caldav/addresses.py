"""Where collections stand, what their items are called, and the tokens of their states: written and read back. Pure.

A collection holds no other one (RFC 4791 §4.2), so that filters stand beside the whole agenda and not below it. Names
are of ASCII alone, and so are spelled the same by every client.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qs, quote, unquote

from fablabmesh.feeds.slices import Args, Slice, of_event, of_place, of_zone

# Whoever comes is this principal, who owns nothing and may read everything.
HOME = "agendas"
_NATION, _FILTER = "agenda", "filtre"
_ENDING = ".ics"
_TOKEN = re.compile(r"data:,([0-9a-f]{16})-([0-9]{1,18})", re.ASCII)
ReadFilter = Callable[[Args], Slice]


@dataclass(frozen=True)
class Address:
    """A collection, or an item of it by its uid."""

    wanted: Slice
    uid: str = ""


def path_of(wanted: Slice) -> str:
    """Of a collection, without the slashes around it."""
    if place := wanted.only("places"):
        return f"lieux/{place}"
    if zone := wanted.only("zones"):
        return f"zones/{zone}"
    if event := wanted.only("events"):
        return f"evenements/{event}"
    # A canonical query holds no colon, and a name no slash.
    query = wanted.to_query().replace("/", ":")
    return f"{_FILTER}/{query}" if query else _NATION


def read_path(path: str, read_filter: ReadFilter) -> Address | None:
    """None for what is no address of ours; BadFilter for a filter that is none. `read_filter`: `slices.read_slice`."""
    parts = path.strip("/").split("/")
    uid = ""
    if len(parts) > 1 and parts[-1].endswith(_ENDING) and parts[:-1] != [_FILTER]:
        uid = uid_of(parts.pop())
        if not uid:
            return None
    wanted = _read_collection(parts, read_filter)
    # One spelling: caches and clients keep what they know by address.
    return Address(wanted, uid) if wanted is not None and path_of(wanted) == "/".join(parts) else None


def _read_collection(parts: list[str], read_filter: ReadFilter) -> Slice | None:
    match parts:
        case ["agenda"]:
            return Slice()
        case ["lieux", slug]:
            return of_place(slug)
        case ["evenements", slug]:
            return of_event(slug)
        case ["zones", programme, slug]:
            return of_zone(programme, slug)
        case ["filtre", query]:
            return read_filter(parse_qs(query.replace(":", "/"), keep_blank_values=True))
    return None


def name_of(uid: str) -> str:
    """What the item of an event is called in any collection."""
    return quote(uid, safe="@") + _ENDING


def uid_of(name: str) -> str:
    """The uid of an item; empty for a name that is none's."""
    uid = unquote(name.removesuffix(_ENDING))
    return uid if name_of(uid) == name else ""


def href_of(path: str) -> str:
    """Part of an address as this protocol spells it."""
    return quote(f"/caldav/{path}/")


@dataclass(frozen=True)
class Mark:
    """The state of a slice. `number`: of its last publication; `places`: a digest of the places it is made of.

    What enters or leaves a slice without an event being written (a zone composed anew, a lab that joins a project) does
    so with its place. `forgotten`: up to there it is no longer known what left.
    """

    number: int
    places: str
    changed_at: datetime | None = None
    forgotten: int = 0

    def to_token(self, wanted: Slice) -> str:
        """RFC 6578 §4: an address of any kind, that says nothing to others."""
        return f"data:,{self._seal(wanted)}-{self.number}"

    def since(self, wanted: Slice, token: str) -> int:
        """The number a token was given at. ValueError for one of another slice, of other places, of no past of ours or
        of a forgotten one: what happened since cannot be told."""
        found = _TOKEN.fullmatch(token)
        if found is None or found[1] != self._seal(wanted):
            raise ValueError("unknown token")
        number = int(found[2])
        if not self.forgotten <= number <= self.number:
            raise ValueError("unknown token")
        return number

    def _seal(self, wanted: Slice) -> str:
        return sha256(f"{path_of(wanted)} {self.places}".encode()).hexdigest()[:16]
