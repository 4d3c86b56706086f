"""The filter in words: its groups with what each value would leave, and what is set, with a way to drop it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from fablabmesh.directory.filters import EVENT_DAYS, NOW, TERMS, UPDATE_DAYS, WEEKDAYS, Search
from fablabmesh.directory.moments import opening_day
from fablabmesh.events.wording import hour
from fablabmesh.kit.i18n import day as told_day
from fablabmesh.kit.i18n import format_date, ngettext
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.public_holidays import holiday_name
from fablabmesh.places.filters import LAUREATE

# Parameter → value → what people call it.
Names = Mapping[str, Mapping[str, str]]
Counts = Mapping[str, Mapping[str, int]]

# Of a longer group only the most used values stand before « voir tout ».
SHORT = 7
# The groups that are long lists of words, in the order of the form.
GROUPS = ("appel", "label", "machine", "service", "public", "accessibilite", "tarif", "accompagnement")


@dataclass(frozen=True)
class Option:
    """A box to tick. `count`: how many places it would leave."""

    name: str
    value: str
    label: str
    count: int
    is_chosen: bool

    @property
    def id(self) -> str:
        return f"{self.name}-{self.value}"


@dataclass(frozen=True)
class Group:
    """The boxes of one parameter. `first`: what is used most, and all that is chosen; `more`: the others."""

    name: str
    title: str
    first: tuple[Option, ...]
    more: tuple[Option, ...] = ()

    @property
    def chosen(self) -> int:
        return sum(option.is_chosen for option in (*self.first, *self.more))


def title_of_group(name: str) -> str:
    """What a group of boxes is called."""
    return {
        "appel": _("Appel à projets"),
        "label": _("Label"),
        "machine": _("Machines"),
        "service": _("Services"),
        "public": _("Publics"),
        "accessibilite": _("Accessibilité"),
        "tarif": _("Tarif"),
        "accompagnement": _("Accompagnement"),
    }[name]


def list_groups(search: Search, counts: Counts, used: Counts, names: Names) -> list[Group]:
    """The long groups, those that no place has anything of left out. `used`: how many places have each value at all, by
    which the order stays the same whatever is chosen."""
    groups = [_group(name, search, counts.get(name, {}), used.get(name, {}), names.get(name, {})) for name in GROUPS]
    return [group for group in groups if group.first]


def _group(
    name: str, search: Search, counts: Mapping[str, int], used: Mapping[str, int], names: Mapping[str, str]
) -> Group:
    chosen = search.calls if name == "appel" else getattr(search, TERMS[name][0])
    options = [
        Option(name, value, label, counts.get(value, 0), value in chosen)
        for value, label in names.items()
        if used.get(value) or value in chosen
    ]
    if len(options) <= SHORT + 2:
        return Group(name, title_of_group(name), tuple(options))
    most = {option.value for option in sorted(options, key=lambda option: -used.get(option.value, 0))[:SHORT]}
    first = tuple(option for option in options if option.value in most or option.is_chosen)
    return Group(name, title_of_group(name), first, tuple(option for option in options if option not in first))


def list_kinds(search: Search, counts: Mapping[str, int], names: Mapping[str, str]) -> list[Option]:
    """Laureates and the kinds of place, which are one group: a place may be both."""
    chosen = {kind.value for kind in search.place.kinds} | ({LAUREATE} if search.place.laureates_only else set())
    return [Option("genre", value, label, counts.get(value, 0), value in chosen) for value, label in names.items()]


# --- moments ---------------------------------------------------------------------------------------------------------


def name_of_weekday(weekday: str, today: date) -> str:
    """« samedi 28 novembre », the next one."""
    return str(format_date(opening_day(weekday, today), "EEEE d MMMM"))


def tell_open(asked: str, today: date) -> str:
    """« ouvert samedi 28 novembre », « ouvert le 3 décembre à 14 h »."""
    if asked == NOW:
        return _("ouvert maintenant")
    if asked in WEEKDAYS:
        return _("ouvert %(day)s", day=name_of_weekday(asked, today))
    moment = datetime.fromisoformat(asked)
    return _("ouvert %(day)s à %(hour)s", day=format_date(moment, "EEEE d MMMM"), hour=hour(moment))


def tell_holiday(search: Search, today: date) -> str:
    """« Mercredi 11 novembre est férié (Armistice de 1918) … » where the asked moment is on one; else nothing.

    The holidays of one department alone count where one alone is searched.
    """
    if not search.open:
        return ""
    if search.open == NOW:
        asked = today
    elif search.open in WEEKDAYS:
        asked = opening_day(search.open, today)
    else:
        asked = datetime.fromisoformat(search.open).date()
    name = holiday_name(asked, search.departments[0] if len(search.departments) == 1 else None)
    if not name:
        return ""
    day = str(format_date(asked, "EEEE d MMMM"))
    told = _("%(day)s est férié (%(name)s) : seuls sont comptés les lieux qui ouvrent ce jour-là.", day=day, name=name)
    return told[:1].upper() + told[1:]


def list_moments(search: Search, counts: Mapping[str, int], today: date) -> list[Option]:
    """When a place may be open: now, and the seven days from today on."""
    days = [WEEKDAYS[(today.weekday() + number) % 7] for number in range(7)]
    labels = {NOW: _("Maintenant")} | {weekday: name_of_weekday(weekday, today) for weekday in days}
    return [
        Option("ouvert", value, label, counts.get(value, 0), search.open == value) for value, label in labels.items()
    ]


def list_event_periods(search: Search, counts: Mapping[str, int]) -> list[Option]:
    """Within how many days something is to happen."""
    return [
        Option("evenements", days, label_of_period(days), counts.get(days, 0), search.events == days)
        for days in EVENT_DAYS
    ]


def label_of_period(days: str) -> str:
    """« Dans les 30 jours »."""
    return _("Dans les %(days)s jours", days=days)


def list_update_periods(search: Search, counts: Mapping[str, int]) -> list[Option]:
    """Since when a page was written or confirmed."""
    labels = {"30": _("Depuis un mois"), "180": _("Depuis six mois"), "365": _("Depuis un an")}
    return [Option("maj", days, labels[days], counts.get(days, 0), search.updated == days) for days in UPDATE_DAYS]


# --- what is set -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chip:
    """One thing that is asked for, in words, and the search without it."""

    words: str
    without: Search


def list_chips(search: Search, names: Names, today: date) -> list[Chip]:
    """All that is asked for, in the order of the form."""
    place = search.place
    chips: list[Chip] = []

    def add(words: str, name: str, value: str = "") -> None:
        chips.append(Chip(words, search.without(name, value)))

    if place.text:
        add(_("« %(words)s »", words=place.text), "q")
    if search.around:
        add(tell_around(search, names), "autour")
    if place.zone:
        add(names.get("zone", {}).get(place.zone, place.zone), "zone")
    for code in search.departments:
        add(names.get("departement", {}).get(code, code), "departement", code)
    for kind in [kind.value for kind in sorted(place.kinds)] + [LAUREATE] * place.laureates_only:
        add(names.get("genre", {}).get(kind, kind), "genre", kind)
    for name in GROUPS:
        for value in search.calls if name == "appel" else getattr(search, TERMS[name][0]):
            add(names.get(name, {}).get(value, value), name, value)
    return chips + _list_moment_chips(search, today)


def _list_moment_chips(search: Search, today: date) -> list[Chip]:
    told: list[tuple[str, str]] = []
    if search.open:
        told.append((tell_open(search.open, today), "ouvert"))
    if search.has_events:
        told.append((tell_events(search), "evenements"))
    if search.seeks_partners:
        told.append((_("cherche des partenaires"), "cherche-partenaires"))
    if search.updated:
        told.append((_tell_updated(search.updated), "maj"))
    if search.with_closed:
        told.append((_("lieux fermés aussi"), "fermes"))
    if search.view:
        told.append((_("ce que montre la carte"), "vue"))
    return [Chip(words, search.without(name)) for words, name in told]


def tell_around(search: Search, names: Names) -> str:
    """« à 25 km de Rennes »."""
    if search.around is None:
        return ""
    if not search.around.commune:
        return _("à %(km)s km de ma position", km=search.around.km)
    spot = names.get("autour", {}).get(search.around.commune, search.around.commune)
    return _("à %(km)s km de %(spot)s", km=search.around.km, spot=spot)


def tell_events(search: Search) -> str:
    """« rendez-vous dans les 30 jours », « rendez-vous du … au … »."""
    if search.since and search.until:
        return _("rendez-vous du %(first)s au %(last)s", first=told_day(search.since), last=told_day(search.until))
    if search.since:
        return _("rendez-vous à partir du %(day)s", day=told_day(search.since))
    if search.until:
        return _("rendez-vous jusqu’au %(day)s", day=told_day(search.until))
    return ngettext("rendez-vous dans les %(num)d jour", "rendez-vous dans les %(num)d jours", int(search.events))


def _tell_updated(updated: str) -> str:
    if updated in UPDATE_DAYS:
        label = {"30": _("à jour depuis un mois"), "180": _("à jour depuis six mois"), "365": _("à jour depuis un an")}
        return label[updated]
    return _("à jour depuis le %(day)s", day=told_day(date.fromisoformat(updated)))
