"""Which part of the agenda a calendar shows, read from an address and written back in the one spelling there is. Pure.

Several values of one parameter widen a choice, several parameters narrow it; « 2.zone=… » begins a second choice, whose
events come beside those of the first.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from fablabmesh.events.filters import read_agenda_filter
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.geo import Point
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places.filters import LAUREATE
from fablabmesh.places.rules import PlaceKind

Args = Mapping[str, list[str]]
Pair = tuple[str, str]
# Attribute of a choice → what an address calls a thing → what people call it.
Names = dict[str, dict[str, str]]

# The page of the agenda has these too; a calendar has the past and the future by itself.
FOR_PAGES_ONLY = frozenset({"du", "au", "passes", "page", "vue", "commune"})
RADII = range(1, 501)
USUAL_RADIUS = 25
MOST_CHOICES = 8
MOST_VALUES = 60
_LONGEST_WORDS = 100
_NUMBERED = re.compile(r"([2-9]\.)?([a-z]+)", re.ASCII)
_COMMUNE = re.compile(r"[0-9][0-9AB][0-9]{3}", re.ASCII)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)


class BadFilter(Refused):
    """An address that asks for what there is not. `allowed`: what may stand there, when it can be told."""

    def __init__(self, message: str, parameter: str, allowed: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.allowed = tuple(allowed)


@dataclass(frozen=True, order=True)
class Around:
    """So many kilometres around a point, or around a commune by its INSEE code."""

    km: int
    commune: str = ""
    latitude: float = 0.0
    longitude: float = 0.0

    @property
    def spelled(self) -> str:
        return self.commune or f"{_degrees(self.latitude)},{_degrees(self.longitude)}"


@dataclass(frozen=True, order=True)
class Choice:
    """What all events of this choice have in common. Each tuple is sorted; an empty one asks for nothing."""

    around: tuple[Around, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    words: str = ""
    zones: tuple[str, ...] = ()
    events: tuple[str, ...] = ()  # from the address of an event alone, and not a parameter

    @property
    def is_of_places(self) -> bool:
        """Does it take or leave all events of a place together?"""
        return not (self.around or self.categories or self.tags or self.languages or self.words or self.events)

    def to_pairs(self) -> list[Pair]:
        """In the order of the parameters' names."""
        pairs = [("autour", each.spelled) for each in self.around]
        pairs += [(name, value) for name, attribute in _LISTS for value in getattr(self, attribute)]
        pairs += [("q", self.words)] if self.words else []
        pairs += [("rayon", str(each.km)) for each in self.around if each.km != USUAL_RADIUS]
        return sorted(pairs, key=lambda pair: pair[0])


_LISTS = (
    ("categorie", "categories"),
    ("etiquette", "tags"),
    ("genre", "kinds"),
    ("langue", "languages"),
    ("lieu", "places"),
    ("programme", "programmes"),
    ("projet", "projects"),
    ("zone", "zones"),
)
PARAMETERS = tuple(sorted([*(name for name, _attribute in _LISTS), "autour", "q", "rayon"]))


@dataclass(frozen=True)
class Slice:
    """The events of any of these choices; of none of them: every event."""

    choices: tuple[Choice, ...] = ()

    @property
    def is_of_places(self) -> bool:
        return all(choice.is_of_places for choice in self.choices)

    def only(self, attribute: str) -> str:
        """The one value of this kind, when the slice asks for nothing else."""
        if len(self.choices) != 1:
            return ""
        values = getattr(self.choices[0], attribute)
        return values[0] if len(values) == 1 and self.choices[0] == Choice(**{attribute: values}) else ""

    def to_pairs(self) -> list[Pair]:
        """In the one order; the parameters of all choices but the first bear their number."""
        pairs = []
        for number, choice in enumerate(self.choices, 1):
            prefix = "" if number == 1 else f"{number}."
            pairs += [(prefix + name, value) for name, value in choice.to_pairs()]
        return pairs

    def to_query(self) -> str:
        """The query string in the one order and spelling that caches may meet at."""
        return "&".join(f"{name}={quote(value, safe='/,')}" for name, value in self.to_pairs())

    def to_path(self, ending: str = "ics") -> str:
        """The canonical address: what is a place's, a zone's or an event's own stands below its page."""
        if place := self.only("places"):
            return f"/lieux/{place}/agenda.{ending}"
        if zone := self.only("zones"):
            return f"/zones/{zone}/agenda.{ending}"
        if event := self.only("events"):
            return f"/evenements/{event}.{ending}"
        query = self.to_query()
        return f"/agenda.{ending}" + (f"?{query}" if query else "")


def of_place(slug: str) -> Slice:
    """The events of one place."""
    return Slice((Choice(places=(slug,)),))


def of_zone(programme: str, slug: str) -> Slice:
    """The events of one zone."""
    return Slice((Choice(zones=(f"{programme}/{slug}",)),))


def of_project(slug: str) -> Slice:
    """The events of the places that work at one project."""
    return Slice((Choice(projects=(slug,)),))


def of_event(slug: str) -> Slice:
    """One event."""
    return Slice((Choice(events=(slug,)),))


def read_slice(args: Args, *, zones: Mapping[str, set[str]], categories: Collection[str]) -> Slice:
    """From the parameters of an address. BadFilter for what is not known.

    `zones`: programme slug → its zones; `categories`: their slugs.
    """
    numbered: dict[str, dict[str, list[str]]] = {}
    count = 0
    for name, values in args.items():
        if name in FOR_PAGES_ONLY:
            continue
        found = split_name(name)
        if found is None:
            message = _("Le paramètre « %(name)s » n’existe pas.", name=name[:40])
            raise BadFilter(message, name[:40], PARAMETERS)
        numbered.setdefault(found[0], {})[found[1]] = values
        count += len(values)
    if count > MOST_VALUES or len(numbered) > MOST_CHOICES:
        raise BadFilter(_("Ce filtre compte trop de valeurs : %(count)s au plus.", count=MOST_VALUES), "")
    choices = {_read_choice(asked, zones, categories) for asked in numbered.values()} - {Choice()}
    return Slice(tuple(sorted(choices, key=Choice.to_pairs)))


def split_name(name: str) -> tuple[str, str] | None:
    """« 2.zone » → (« 2. », « zone »), « zone » → (« », « zone »); None for what is no parameter of a filter."""
    found = _NUMBERED.fullmatch(name)
    return (found[1] or "", found[2]) if found is not None and found[2] in PARAMETERS else None


def _read_choice(asked: Args, zones: Mapping[str, set[str]], categories: Collection[str]) -> Choice:
    given = {name: found for name, values in asked.items() if (found := _distinct(values))}
    bare = any("/" not in zone for zone in given.get("zone", ()))
    programmes = given.get("programme", [])
    _hold("programme", programmes, zones)
    places_read = read_agenda_filter(
        {"genre": given.get("genre", []), "categorie": given.get("categorie", [])},
        zones=zones,
        categories=categories,
    )
    if places_read.unknown:
        _hold("genre", given.get("genre", ()), [*PlaceKind, LAUREATE])
        _hold("categorie", given.get("categorie", ()), categories)
    kinds = {kind.value for kind in places_read.place.kinds} | (
        {LAUREATE} if places_read.place.laureates_only else set()
    )
    return Choice(
        around=read_around(given),
        categories=tuple(sorted(places_read.categories)),
        tags=tuple(sorted({tag.casefold()[:_LONGEST_WORDS] for tag in given.get("etiquette", ())})),
        kinds=tuple(sorted(kinds)),
        languages=_shaped("langue", given, _LANGUAGE, _("un code comme fr ou en")),
        places=_shaped("lieu", given, _SLUG, _("le mot qui désigne le lieu dans son adresse")),
        # As on the page of the agenda, a programme beside a zone only says whose zone it is.
        programmes=() if bare else tuple(sorted(programmes)),
        projects=_shaped("projet", given, _SLUG, _("le mot qui désigne le projet dans son adresse")),
        words=" ".join(" ".join(given.get("q", ())).lower().split())[:_LONGEST_WORDS].strip(),
        zones=_read_zones(given.get("zone", ()), programmes, zones),
    )


def _distinct(values: Iterable[str]) -> list[str]:
    return sorted({value.strip() for value in values} - {""})


def _hold(parameter: str, values: Iterable[str], allowed: Iterable[str]) -> None:
    known = sorted(allowed)
    for value in values:
        if value not in known:
            message = _("« %(value)s » n’est pas une valeur de « %(name)s ».", value=value[:60], name=parameter)
            raise BadFilter(message, parameter, known)


def _shaped(name: str, given: Args, shape: re.Pattern[str], expected: str) -> tuple[str, ...]:
    for value in given.get(name, ()):
        if not shape.fullmatch(value):
            message = _("« %(value)s » n’est pas une valeur de « %(name)s ».", value=value[:60], name=name)
            raise BadFilter(message, name, [expected])
    return tuple(given.get(name, ()))


def _read_zones(values: Iterable[str], programmes: list[str], zones: Mapping[str, set[str]]) -> tuple[str, ...]:
    known = {f"{programme}/{zone}" for programme, slugs in zones.items() for zone in slugs}
    whole = []
    for value in values:
        of = programmes or ["fablab"]
        whole += [value] if "/" in value else [f"{programme}/{value}" for programme in of]
    _hold("zone", whole, known)
    return tuple(sorted(set(whole)))


def read_around(given: Args) -> tuple[Around, ...]:
    """The circles that `autour` and `rayon` ask for. BadFilter for what is none."""
    spots, radii = given.get("autour", []), given.get("rayon", [])
    if len(radii) > 1 or (radii and not (radii[0].isascii() and radii[0].isdecimal() and int(radii[0][:9]) in RADII)):
        message = _("Le rayon est un nombre de kilomètres, de 1 à %(most)s.", most=RADII[-1])
        raise BadFilter(message, "rayon", [f"{RADII[0]}–{RADII[-1]}"])
    if radii and not spots:
        raise BadFilter(_("Un rayon demande un centre : « autour »."), "autour", ["48.11,-1.68", "35238"])
    km = int(radii[0]) if radii else USUAL_RADIUS
    return tuple(sorted({_read_spot(spot, km) for spot in spots}))


def is_spot(text: str) -> bool:
    """Is it the code of a commune or a point, and not a name?"""
    return bool(_COMMUNE.fullmatch(text)) or not any(char.isalpha() for char in text)


def _read_spot(text: str, km: int) -> Around:
    if _COMMUNE.fullmatch(text):
        return Around(km, commune=text)
    try:
        latitude, longitude = (round(float(part), 3) for part in text.split(","))
        Point(latitude, longitude)
    except ValueError:
        message = _("« %(value)s » n’est ni un point ni le code d’une commune.", value=text[:60])
        raise BadFilter(message, "autour", ["48.11,-1.68", "35238"]) from None
    return Around(km, latitude=latitude + 0.0, longitude=longitude + 0.0)


def _degrees(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
