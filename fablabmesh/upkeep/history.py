"""The history of an event in words people understand: who did what, and what each thing was before and after. Pure.

Lines keep what changed and no more. What else stood there at the time is found by walking back from what stands now.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from types import SimpleNamespace
from typing import Any

from fablabmesh.events import wording
from fablabmesh.events.rules import Deed, OnlineAccess, PriceKind
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import listed
from fablabmesh.kit.recurrence import RuleError

# Said as one, by the first of them.
_WHEN = ("starts_local", "ends_local", "is_all_day")
_PRICE = ("price_kind", "price_amount")
_POINT = ("venue_latitude", "venue_longitude")
_TOGETHER = {name: group for group in (_WHEN, _PRICE, _POINT) for name in group}
# What the deed says already.
_SAID = {"is_cancelled", "recurrence_local"}
_PLACES = ("place_id", "venue_id", "partners")
_LONG = 160


@dataclass(frozen=True)
class Names:
    """What ids and slugs are called today."""

    places: Mapping[int, str]
    categories: Mapping[str, str]


@dataclass(frozen=True)
class Change:
    """One thing, as it was and as it is."""

    label: str
    before: str
    after: str

    @property
    def is_long(self) -> bool:
        return len(self.before) + len(self.after) > _LONG


@dataclass(frozen=True)
class Entry:
    """One line of the history. `who`: empty when nobody did it, or nobody that still has an account."""

    at: datetime
    who: str
    deed: Deed
    about: str
    changes: tuple[Change, ...]


def place_ids(versions: Iterable[Any]) -> set[int]:
    """The places that a history speaks of."""
    found: set[int] = set()
    for version in versions:
        for name in _PLACES:
            for value in version.changed.get(name, ()):
                found.update(value if isinstance(value, list) else [value] if value is not None else [])
    return found


def tell(event: Any, versions: Sequence[Any], names: Names) -> list[Entry]:
    """The lines of `versions`, the latest first, without a gap from today on. `event`: with its changes loaded."""
    states = _Walk(event)
    return [_entry(version, states, names) for version in versions]


def _entry(version: Any, states: "_Walk", names: Names) -> Entry:
    before, after = states.step_back(version)
    groups = dict.fromkeys(_TOGETHER.get(name, (name,)) for name in version.changed if name not in _SAID)
    deed = Deed(version.deed)
    changes: list[Change] = []
    if deed not in (Deed.SPLIT, Deed.DATE_ADDED):
        labels = field_labels()
        for group in sorted(groups, key=lambda group: list(labels).index(group[0]) if group[0] in labels else 99):
            if group[0] in labels:
                changes.append(Change(labels[group[0]], *_both(group[0], before, after, names)))
    who = version.by.name if version.by else ""
    return Entry(version.at, who, deed, _about(version, after), tuple(changes))


def _about(version: Any, state: Mapping[str, Any]) -> str:
    """The date that was dealt with, if it was one."""
    changed = version.changed
    pair = changed.get("recurrence_local")
    if pair is None and version.deed in (Deed.SPLIT, Deed.DATE_ADDED):
        pair = changed.get("starts_local")
    named = next((value for value in pair or () if value), None)
    return wording.moment(datetime.fromisoformat(named), bool(state["is_all_day"])) if named else ""


class _Walk:
    """What an event, and each single date of it, was at each line of its history, from now back."""

    def __init__(self, event: Any) -> None:
        self._event = {name: _plain(getattr(event, name)) for name in (*_WHEN, "timezone", *_PRICE, *_POINT)}
        self._length = event.ends_local - event.starts_local
        self._dates = {
            _plain(change.recurrence_local): {
                name: _plain(getattr(change, name)) for name in ("starts_local", "ends_local")
            }
            for change in event.changes
        }

    def step_back(self, version: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """What was before the line, and after it."""
        pairs = version.changed
        if version.deed in (Deed.SPLIT, Deed.DATE_ADDED):
            return self._event, self._event
        named = pairs.get("recurrence_local")
        after = self._event | (self._date(named[0]) if named else {}) | {name: pair[1] for name, pair in pairs.items()}
        before = after | {name: pair[0] for name, pair in pairs.items()}
        if named:
            self._dates[named[0]] = {name: before[name] for name in ("starts_local", "ends_local")}
        else:
            self._event = before
        return before, after

    def _date(self, name: str) -> dict[str, Any]:
        wall = datetime.fromisoformat(name)
        return self._dates.get(name) or {"starts_local": name, "ends_local": _plain(wall + self._length)}


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value


# --- one thing ---------------------------------------------------------------------------------------------------


def field_labels() -> dict[str, str]:
    """What people call what is kept of an event, in the order of its page."""
    return {
        "title": _("Titre"),
        "place_id": _("Lieu qui organise"),
        "partners": _("Avec"),
        "starts_local": _("Quand"),
        "timezone": _("Fuseau horaire"),
        "rrule": _("Répétition"),
        "rdates": _("Dates ajoutées"),
        "exdates": _("Dates écartées"),
        "school_holidays": _("Sauf pendant les vacances scolaires"),
        "venue_id": _("Dans un autre lieu"),
        "venue_text": _("Adresse"),
        "venue_latitude": _("Point sur la carte"),
        "online_access": _("En ligne"),
        "online_url": _("Lien pour participer"),
        "category_slug": _("Genre de rendez-vous"),
        "description": _("Description"),
        "image_digest": _("Image"),
        "image_text": _("Ce que l’image montre"),
        "tags": _("Étiquettes"),
        "audience": _("Pour qui"),
        "price_kind": _("Prix"),
        "language": _("Langue"),
        "accessibility": _("Accessibilité"),
        "capacity": _("Nombre de places"),
        "registration_url": _("Inscription"),
        "contact": _("Contact"),
        "cancel_reason": _("Raison"),
    }


def _both(name: str, before: Mapping[str, Any], after: Mapping[str, Any], names: Names) -> tuple[str, str]:
    if name in ("rdates", "exdates"):
        # Of a long list, what makes the difference.
        old, new = before[name] or [], after[name] or []
        pairs = ([wall for wall in old if wall not in new], [wall for wall in new if wall not in old])
        return (_days(pairs[0], before), _days(pairs[1], after))
    return (_said(name, before, names), _said(name, after, names))


def _said(name: str, state: Mapping[str, Any], names: Names) -> str:
    value = state.get(name)
    if name in _SPOKEN:
        return _SPOKEN[name](state)
    if value is None or value == "" or value == []:
        return ""
    if name == "category_slug":
        return names.categories.get(value, value)
    if name in ("place_id", "venue_id"):
        return _place(value, names)
    if name == "partners":
        return listed([_place(each, names) for each in value])
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _place(place_id: int, names: Names) -> str:
    return names.places.get(place_id) or _("un lieu qui n’existe plus")


def _days(walls: Sequence[str], state: Mapping[str, Any]) -> str:
    whole = bool(state["is_all_day"])
    return listed([wording.moment(datetime.fromisoformat(wall), whole) for wall in walls]) if walls else ""


def _when(state: Mapping[str, Any]) -> str:
    if not state["starts_local"] or not state["ends_local"]:
        return ""
    first, last = (datetime.fromisoformat(state[name]) for name in ("starts_local", "ends_local"))
    return wording.when(SimpleNamespace(starts_local=first, ends_local=last, is_all_day=bool(state["is_all_day"])))


def _rhythm(state: Mapping[str, Any]) -> str:
    starts = datetime.fromisoformat(state["starts_local"])
    series = SimpleNamespace(rrule=state["rrule"], rdates=(), starts_local=starts, timezone=state["timezone"])
    try:
        return wording.sentence(series) or _("une seule fois")
    except (RuleError, ValueError, KeyError):
        return str(state["rrule"])


def _price(state: Mapping[str, Any]) -> str:
    amount = state["price_amount"]
    try:
        money = None if amount is None else Decimal(str(amount))
    except InvalidOperation:
        money = None
    return wording.price(SimpleNamespace(price_kind=PriceKind(state["price_kind"]), price_amount=money))


def _point(state: Mapping[str, Any]) -> str:
    latitude, longitude = (state[name] for name in _POINT)
    return "" if latitude is None or longitude is None else f"{latitude:.5f}, {longitude:.5f}"


_SPOKEN: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "starts_local": _when,
    "rrule": _rhythm,
    "price_kind": _price,
    "venue_latitude": _point,
    "timezone": lambda state: wording.zone_name(state["timezone"]),
    "language": lambda state: wording.language_label(state["language"]),
    "online_access": lambda state: OnlineAccess(state["online_access"]).label,
    "school_holidays": lambda state: (
        _("zone %(name)s", name=state["school_holidays"][:1]) if state["school_holidays"] else ""
    ),
    "image_digest": lambda state: _("une image") if state["image_digest"] else "",
}
