"""What a request's body asks, looked at before anything is made of it: no doctype, no depth, no excess. Pure.

Whatever passes here is small and shallow, and of a kind that is answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from xml.parsers.expat import ExpatError, ParserCreate

from fablabmesh.kit.errors import Forbidden, Refused
from fablabmesh.kit.i18n import gettext as _

DEEPEST = 20
MOST_ELEMENTS = 40_000
LONGEST_EXPANSION = timedelta(days=400)
_INSTANT = "%Y%m%dT%H%M%SZ"
_CALDAV = "urn:ietf:params:xml:ns:caldav"
_REPORTS = {
    *(f"{_CALDAV} {name}" for name in ("calendar-query", "calendar-multiget", "free-busy-query")),
    *(f"DAV: {name}" for name in ("sync-collection", "expand-property")),
    *(f"DAV: {name}" for name in ("principal-search-property-set", "principal-property-search")),
}


@dataclass
class Asked:
    """Names of elements, each after its namespace."""

    root: str = ""
    names: set[str] = field(default_factory=set)

    @property
    def with_text(self) -> bool:
        """Are the events themselves asked for, or their length? Who sends no body asks for all there is."""
        return not self.root or not self.names.isdisjoint(_TEXTS)

    @property
    def is_busy_time(self) -> bool:
        return self.root == f"{_CALDAV} free-busy-query"

    @property
    def is_expanded(self) -> bool:
        return f"{_CALDAV} expand" in self.names

    @property
    def is_searching(self) -> bool:
        """May it stumble over what an event holds, or over how it is asked?"""
        return self.is_expanded or self.is_busy_time or f"{_CALDAV} filter" in self.names


_TEXTS = {f"{_CALDAV} calendar-data", "DAV: getcontentlength", "DAV: allprop"}


class _Watch:
    """Sees the elements go by."""

    def __init__(self) -> None:
        self.asked = Asked()
        self.depth = self.count = self.children = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        self.count += 1
        if self.depth > DEEPEST or self.count > MOST_ELEMENTS or " " not in name:
            raise Refused(_("Cette demande est trop profonde, trop longue ou mal nommée."))
        if self.depth == 1:
            self.asked.root = name
        self.children += self.depth == 2
        self.asked.names.add(name)
        if name == f"{_CALDAV} expand":
            _hold_expansion(attributes)

    def end(self, _name: str) -> None:
        self.depth -= 1

    def refuse(self, *_given: object) -> None:
        raise Refused(_("Cette demande contient une déclaration de type : elle n’est pas lue."))


def look(method: str, body: bytes) -> Asked:
    """Refused when it is not XML that can be answered safely, Forbidden when nobody here answers such a report."""
    if not body.strip():
        if method == "REPORT":
            raise Refused(_("Cette demande ne dit pas ce qu’elle cherche."))
        return Asked()
    watch = _watched(body)
    if method == "PROPFIND" and (watch.asked.root != "DAV: propfind" or not watch.children):
        raise Refused(_("Cette demande ne dit pas ce qu’elle cherche."))
    if method == "REPORT" and watch.asked.root not in _REPORTS:
        raise Forbidden(_("Cette demande n’a pas de réponse ici."))
    return watch.asked


def _watched(body: bytes) -> _Watch:
    watch = _Watch()
    parser = ParserCreate("utf-8", " ")
    parser.StartElementHandler, parser.EndElementHandler = watch.start, watch.end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = watch.refuse
    try:
        body.decode()
        parser.Parse(body, True)
    except (ExpatError, UnicodeDecodeError) as error:
        raise Refused(_("Cette demande n’est pas du XML bien formé.")) from error
    return watch


def _hold_expansion(attributes: Mapping[str, str]) -> None:
    try:
        start, end = (datetime.strptime(attributes[name], _INSTANT) for name in ("start", "end"))  # noqa: DTZ007
    except (KeyError, ValueError) as error:
        raise Refused(_("Cette demande ne dit pas de quand à quand.")) from error
    if not timedelta() <= end - start <= LONGEST_EXPANSION:
        raise Refused(_("Cette demande couvre trop de temps : %(days)s jours au plus.", days=LONGEST_EXPANSION.days))
