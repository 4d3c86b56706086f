"""All that a visitor searches places by, read from an address and written back in the one spelling there is. Pure.

Several values of one parameter widen a group, several parameters narrow the whole. A value that does not exist, or not
any more, is left out and told: a stale link says so and does not answer nothing.
"""

import enum
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from fablabmesh.feeds.slices import USUAL_RADIUS, Around, BadFilter, read_around
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places.filters import LAUREATE, PlaceFilter, read_filter
from fablabmesh.places.rules import OPENINGS_KNOWN_DAYS
from fablabmesh.terms.rules import Vocabulary

Args = Mapping[str, list[str]]
Pair = tuple[str, str]

# Parameter → attribute, vocabulary of its values.
TERMS: dict[str, tuple[str, Vocabulary]] = {
    "accessibilite": ("accessibility", Vocabulary.ACCESSIBILITY),
    "accompagnement": ("support", Vocabulary.SUPPORT),
    "label": ("labels", Vocabulary.LABEL),
    "machine": ("machines", Vocabulary.MACHINE),
    "public": ("audiences", Vocabulary.AUDIENCE),
    "service": ("services", Vocabulary.SERVICE),
    "tarif": ("fees", Vocabulary.FEE),
}
LISTS = {"appel": "calls", "departement": "departments"} | {name: told[0] for name, told in TERMS.items()}

NOW = "maintenant"
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
OFFERED_RADII = (5, 10, 25, 50, 100, 200)
EVENT_DAYS = ("7", "30", "90")
UPDATE_DAYS = ("30", "180", "365")
_MOST_VALUES = 60
_YEARS = range(2000, 2101)


class Sort(enum.StrEnum):
    """In which order the list is. `USUAL`: laureates and poles first; the nearest first where one searches around."""

    USUAL = ""
    NAME = "nom"
    DISTANCE = "distance"
    NEXT_EVENT = "rendez-vous"

    @property
    def label(self) -> str:
        return {
            Sort.USUAL: _("Lauréats et pôles d’abord"),
            Sort.NAME: _("Par nom"),
            Sort.DISTANCE: _("Par distance"),
            Sort.NEXT_EVENT: _("Par prochain rendez-vous"),
        }[self]


@dataclass(frozen=True)
class Box:
    """What a map shows, in degrees. `west` may be more than `east`: across the date line."""

    west: float
    south: float
    east: float
    north: float

    @property
    def spelled(self) -> str:
        return ",".join(f"{value:.4f}".rstrip("0").rstrip(".") for value in self.corners)

    @property
    def corners(self) -> tuple[float, float, float, float]:
        return self.west, self.south, self.east, self.north


@dataclass(frozen=True)
class Known:
    """What there is to choose from. `zones`: programme slug → its zones' slugs; `terms`: vocabulary → codes."""

    zones: Mapping[str, set[str]] = field(default_factory=dict)
    departments: Collection[str] = ()
    calls: Collection[str] = ()
    terms: Mapping[Vocabulary, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Search:
    """Each tuple is sorted; an empty one asks for nothing. Programme, zone, kinds and words are in `place`.

    `open`: « maintenant », a day of the week, or a wall time there; `events`: so many days from now, unless `since` and
    `until` tell the days; `updated`: so many days back, or a day; `view`: what the map shows; `with_closed`: also what
    closed for good. `unknown`: what was asked for and is not there.
    """

    place: PlaceFilter = field(default_factory=PlaceFilter)
    departments: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()
    fees: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    open: str = ""
    events: str = ""
    since: date | None = None
    until: date | None = None
    seeks_partners: bool = False
    updated: str = ""
    around: Around | None = None
    with_closed: bool = False
    view: Box | None = None
    sort: Sort = Sort.USUAL
    unknown: tuple[str, ...] = field(default=(), compare=False)

    @property
    def programme(self) -> str:
        return self.place.programme

    @property
    def zone(self) -> str:
        return self.place.zone

    @property
    def text(self) -> str:
        return self.place.text

    @property
    def has_events(self) -> bool:
        """Does it ask for events?"""
        return bool(self.events or self.since or self.until)

    @property
    def filter(self) -> "Search":
        """The same without what belongs to the list alone: the map's view and the order."""
        return replace(self, view=None, sort=Sort.USUAL)

    @property
    def lasting(self) -> "Search":
        """The same without what belongs to one look at the page: a calendar is followed for years, and another place
        is open or has something to tell each day. What closed for good keeps what it told."""
        place = self.place if self.place.zone else replace(self.place, programme=PlaceFilter().programme)
        changes = {name: value for asked in _PASSING for name, value in _REMOVED[asked].items()}
        return replace(self, place=place, **changes)

    @property
    def is_everything(self) -> bool:
        return self.filter == Search(PlaceFilter(self.programme))

    @property
    def is_of_places(self) -> bool:
        """Is it the part that `PlaceFilter` alone can say?"""
        return self.filter == Search(self.place)

    @property
    def is_timeless(self) -> bool:
        """Does it find the same all day, unless a place changes?"""
        return not (self.open or self.has_events or self.seeks_partners)

    @property
    def order(self) -> Sort:
        """The order that the list has in the end."""
        if self.sort is Sort.DISTANCE and self.around is None:
            return Sort.USUAL
        return Sort.DISTANCE if self.sort is Sort.USUAL and self.around is not None else self.sort

    def to_pairs(self) -> list[Pair]:
        """In the order of the parameters' names, nothing that is a default."""
        place = self.place
        pairs = [("genre", kind.value) for kind in sorted(place.kinds)]
        pairs += [("genre", LAUREATE)] if place.laureates_only else []
        pairs += [(name, value) for name, attribute in LISTS.items() for value in getattr(self, attribute)]
        single = {
            "au": self.until.isoformat() if self.until else "",
            "autour": self.around.spelled if self.around else "",
            "cherche-partenaires": "oui" if self.seeks_partners else "",
            "du": self.since.isoformat() if self.since else "",
            "evenements": self.events,
            "fermes": "oui" if self.with_closed else "",
            "maj": self.updated,
            "ouvert": self.open,
            "programme": place.programme if place.programme != "fablab" else "",
            "q": place.text,
            "rayon": str(self.around.km) if self.around and self.around.km != USUAL_RADIUS else "",
            "tri": self.sort.value,
            "vue": self.view.spelled if self.view else "",
            "zone": place.zone,
        }
        return sorted([*pairs, *((name, value) for name, value in single.items() if value)], key=lambda pair: pair[0])

    def to_query(self, **more: object) -> str:
        """The canonical query string. `more`: what belongs to a page, by name; None is left out."""
        pairs = [*self.to_pairs(), *((name, str(value)) for name, value in sorted(more.items()) if value is not None)]
        return "&".join(f"{name}={quote(value, safe='/,:')}" for name, value in pairs)

    def without(self, name: str, value: str = "") -> "Search":
        """The same without one value of a parameter; without any of it where none is given."""
        place, removed = self.place, _REMOVED.get(name)
        changes: dict[str, Any] = {}
        if name in LISTS:
            changes[LISTS[name]] = tuple(each for each in getattr(self, LISTS[name]) if value and each != value)
            return replace(self, **changes)
        if removed is not None:
            return replace(self, **removed)
        if name == "genre":
            kinds = frozenset(kind for kind in place.kinds if value and kind != value)
            is_chosen = place.laureates_only and bool(value) and value != LAUREATE
            return replace(self, place=replace(place, kinds=kinds, laureates_only=is_chosen))
        changes[{"q": "text"}.get(name, name)] = ""
        return replace(self, place=replace(place, **changes))


_REMOVED: dict[str, dict[str, Any]] = {
    "autour": {"around": None, "sort": Sort.USUAL},
    "cherche-partenaires": {"seeks_partners": False},
    "evenements": {"events": "", "since": None, "until": None},
    "fermes": {"with_closed": False},
    "maj": {"updated": ""},
    "ouvert": {"open": ""},
    "tri": {"sort": Sort.USUAL},
    "vue": {"view": None},
}
_PASSING = ("evenements", "fermes", "maj", "ouvert", "tri", "vue")
PARAMETERS = frozenset([*LISTS, *_REMOVED, "du", "au", "genre", "programme", "q", "rayon", "zone"])


# --- reading ---------------------------------------------------------------------------------------------------------


def read_search(args: Args, *, known: Known, today: date) -> Search:
    """From the parameters of an address. `today`: openings are known from there on, and so far."""
    asked = {name: [value.strip() for value in values if value.strip()] for name, values in args.items()}
    unknown: list[str] = []
    place = read_filter({name: asked.get(name, []) for name in ("genre", "programme", "q", "zone")}, zones=known.zones)
    typed = {value for values in asked.values() for value in values}
    # A table of zones still empty does not know the programme that nobody asked for.
    unknown += [value for value in place.unknown if value in typed]
    lists = {
        attribute: _among(asked.get(name, []), _allowed(name, known), unknown) for name, attribute in LISTS.items()
    }
    since, until = (_day(_last(asked, name), unknown) for name in ("du", "au"))
    if since and until and until < since:
        since, until = until, since
    days = _one_of(_last(asked, "evenements"), EVENT_DAYS, unknown)
    return Search(
        replace(place, unknown=()),
        **lists,
        open=_read_open(_last(asked, "ouvert"), today, unknown),
        events="" if since or until else days,
        since=since,
        until=until,
        seeks_partners=_is_yes(_last(asked, "cherche-partenaires"), unknown),
        updated=_read_updated(_last(asked, "maj"), unknown),
        around=_read_around(asked, unknown),
        with_closed=_is_yes(_last(asked, "fermes"), unknown),
        view=_read_view(_last(asked, "vue"), unknown),
        sort=Sort(_one_of(_last(asked, "tri"), [sort.value for sort in Sort], unknown)),
        unknown=tuple(dict.fromkeys(value[:60] for value in unknown)),
    )


def _allowed(name: str, known: Known) -> Collection[str]:
    if name in TERMS:
        return known.terms.get(TERMS[name][1], ())
    return known.calls if name == "appel" else known.departments


def _last(asked: Args, name: str) -> str:
    """Of two fields with one name, a list and a free one, the free one comes after and is the one that was filled."""
    return (asked.get(name) or [""])[-1]


def _among(values: Iterable[str], allowed: Collection[str], unknown: list[str]) -> tuple[str, ...]:
    found = dict.fromkeys(values)
    unknown += [value for value in found if value not in allowed]
    return tuple(sorted(value for value in found if value in allowed)[:_MOST_VALUES])


def _one_of(value: str, allowed: Collection[str], unknown: list[str]) -> str:
    if value and value not in allowed:
        unknown.append(value)
        return ""
    return value


def _is_yes(value: str, unknown: list[str]) -> bool:
    return _one_of(value, ("oui", "non"), unknown) == "oui"


def _day(value: str, unknown: list[str]) -> date | None:
    try:
        day = date.fromisoformat(value) if value else None
    except ValueError:
        day = None
    if value and (day is None or day.year not in _YEARS):
        unknown.append(value)
        return None
    return day


def _read_open(value: str, today: date, unknown: list[str]) -> str:
    if not value or value == NOW or value in WEEKDAYS:
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        unknown.append(value)
        return ""
    # A day around it: it may be tomorrow already, or still yesterday, on the clocks of the place.
    first, last = today - timedelta(days=1), today + timedelta(days=OPENINGS_KNOWN_DAYS - 1)
    if moment.tzinfo is not None or not first <= moment.date() <= last:
        unknown.append(value)
        return ""
    return moment.isoformat(timespec="minutes")


def _read_updated(value: str, unknown: list[str]) -> str:
    if not value or value in UPDATE_DAYS:
        return value
    day = _day(value, unknown)
    return day.isoformat() if day else ""


def _read_around(asked: Args, unknown: list[str]) -> Around | None:
    spot, radius = asked.get("autour", [])[:1], asked.get("rayon", [])[:1]
    if not spot:
        return None
    try:
        usual = read_around({"autour": spot})[0]
    except BadFilter:
        unknown += spot
        return None
    try:
        return read_around({"autour": spot, "rayon": radius})[0]
    except BadFilter:
        unknown += radius
        return usual


def _read_view(value: str, unknown: list[str]) -> Box | None:
    if not value:
        return None
    try:
        west, south, east, north = (round(float(part), 4) + 0.0 for part in value.split(","))
    except ValueError:
        unknown.append(value)
        return None
    if not all(map(math.isfinite, (west, south, east, north))) or not -90 <= south <= north <= 90:
        unknown.append(value)
        return None
    # A map that was pulled around the world tells where it is by more than half a turn.
    if east - west >= 360:
        return Box(-180.0, south, 180.0, north)
    return Box(_turned(west), south, _turned(east) if _turned(east) != -180 else 180.0, north)


def _turned(longitude: float) -> float:
    return longitude if -180 <= longitude <= 180 else round((longitude + 180) % 360 - 180, 4)
