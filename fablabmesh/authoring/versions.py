"""An event that is not stored yet, beside the one that is: what a form makes, and how both differ. Pure."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from fablabmesh.authoring.time_forms import TIME_FIELDS
from fablabmesh.events import wording
from fablabmesh.events.rules import EventStatus, OnlineAccess, When, when_of
from fablabmesh.kit.i18n import day, language_name, listed
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.zones.moderation import ModerationState

# What is compared and chosen as one, and the fields of the form that say it.
GROUPS: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "place": ("place",),
    "when": TIME_FIELDS,
    "where": ("where", "venue", "venue_search", "address", "town", "town_search"),
    "online": ("online_access", "online_url"),
    "partners": ("partners", "partner_search"),
    "category": ("category",),
    "description": ("description",),
    "tags": ("tags",),
    "audience": ("audience",),
    "language": ("language",),
    "accessibility": ("accessibility",),
    "price": ("price_kind", "price_amount"),
    "capacity": ("capacity",),
    "registration": ("registration_url",),
    "contact": ("contact",),
}
MINE, THEIRS = "mine", "theirs"


def draft(values: Mapping[str, Any], when: When, *, place: Any, **others: Any) -> Any:
    """An event as pages and calendars read one, without a table behind it.

    `others`: `venue`, `partners`, `category`, and whatever an event that exists has already.
    """
    given: dict[str, Any] = {
        "status": EventStatus.CONFIRMED,
        "cancel_reason": "",
        "moderation": ModerationState.PUBLISHED,
        "is_draft": False,
        "deleted_at": None,
        "changes": [],
        "sequence": 0,
        "version": 0,
        **values,
        **vars(when),
        "rdates": list(when.rdates),
        "exdates": list(when.exdates),
        "starts_at": when.starts_at,
        "ends_at": when.ends_at,
        "is_recurring": when.is_recurring,
        "place": place,
        "place_id": place.id,
        **others,
    }
    return SimpleNamespace(**given)


@dataclass(frozen=True)
class Told:
    """One group of an event: what tells whether it differs, and how people read it."""

    label: str
    value: Any
    text: str


def tell(event: Any) -> dict[str, Told]:
    """All that a form may change, group by group."""
    return {
        "title": _plain(_("Titre"), event.title),
        "place": Told(_("Organisé par"), event.place.id, event.place.name),
        "when": _tell_when(event),
        "where": _tell_where(event),
        "online": _tell_online(event),
        "partners": Told(
            _("Organisé avec"),
            sorted(place.id for place in event.partners),
            listed([place.name for place in event.partners]) if event.partners else "",
        ),
        "category": Told(_("Genre de rendez-vous"), event.category_slug, event.category.label),
        "description": _plain(_("Description"), event.description),
        "tags": Told(_("Étiquettes"), list(event.tags), ", ".join(event.tags)),
        "audience": _plain(_("Pour qui"), event.audience),
        "language": Told(_("Langue"), event.language, language_name(event.language)),
        "accessibility": _plain(_("Accessibilité"), event.accessibility),
        "price": Told(_("Prix"), (event.price_kind.value, str(event.price_amount)), wording.price(event)),
        "capacity": Told(_("Nombre de places"), event.capacity, str(event.capacity or "")),
        "registration": _plain(_("Lien d’inscription"), event.registration_url),
        "contact": _plain(_("Contact"), event.contact),
    }


def _plain(label: str, text: str) -> Told:
    return Told(label, text, text)


def _tell_when(event: Any) -> Told:
    parts = [wording.when(event), wording.zone_name(event.timezone), wording.sentence(event)]
    if event.exdates:
        parts.append(_("Dates écartées : %(days)s", days=_days(event.exdates)))
    if event.rdates:
        parts.append(_("Dates ajoutées : %(days)s", days=_days(event.rdates)))
    when = when_of(event)
    value = (
        *(when.starts_local.isoformat(), when.ends_local.isoformat(), when.timezone, when.is_all_day, when.rrule),
        *(sorted(set(map(str, when.rdates))), sorted(set(map(str, when.exdates))), event.school_holidays),
    )
    return Told(_("Quand"), value, "\n".join(filter(None, parts)))


def _days(walls: Iterable[datetime]) -> str:
    known = sorted(set(walls))
    shown = ", ".join(day(wall.date()) for wall in known[:12])
    return shown if len(known) <= 12 else _("%(days)s et %(count)s autres", days=shown, count=len(known) - 12)


def _tell_where(event: Any) -> Told:
    text = event.venue.name if event.venue else event.venue_text or _("Dans le lieu qui l’organise")
    # The point follows from the text.
    return Told(_("Où"), (event.venue_id, event.venue_text), text)


def _tell_online(event: Any) -> Told:
    access: OnlineAccess = event.online_access
    return Told(_("En ligne"), (access.value, event.online_url), f"{access.label}\n{event.online_url}".strip())


def seal(told: Mapping[str, Told]) -> str:
    """What an event is, a short digest a group: « title=1f0a22c4 place=… », for a form to bring back."""
    return " ".join(f"{group}={_digest(each)}" for group, each in told.items())


def _digest(told: Told) -> str:
    return hashlib.sha256(repr(told.value).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Difference:
    """One group that two people wrote differently. `choice`: the version that loses nothing; the other can be taken.

    `is_clash`: both changed it. Else only one did, and the choice is theirs who did.
    """

    group: str
    label: str
    mine: str
    theirs: str
    is_clash: bool
    choice: str


def compare(mine: Mapping[str, Told], theirs: Mapping[str, Told], seen: str) -> list[Difference]:
    """Where what was typed is not what is stored. `seen`: the seal of what was stored when the form was shown."""
    before = dict(piece.split("=", 1) for piece in seen.split() if "=" in piece)
    found = []
    for group, ours in mine.items():
        stored = theirs[group]
        if ours.value == stored.value:
            continue
        untouched = before.get(group) == _digest(ours)
        only_mine = before.get(group) == _digest(stored)
        choice = THEIRS if untouched else MINE
        clash = not (untouched or only_mine)
        found.append(Difference(group, ours.label, ours.text, stored.text, clash, choice))
    return found


def merge(typed: Mapping[str, list[str]], stored: Mapping[str, Any]) -> dict[str, list[str]]:
    """What was typed, with the groups for which `keep_<group>` says so taken from what is stored.

    `stored`: as the form of the event would be filled.
    """
    merged = {name: list(values) for name, values in typed.items()}
    for group, names in GROUPS.items():
        if typed.get(f"keep_{group}") == [THEIRS]:
            merged |= {name: to_list(stored.get(name)) for name in names}
    return {name: values for name, values in merged.items() if not name.startswith("keep_")}


def to_list(value: Any) -> list[str]:
    """The values of a field as a browser would send them."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
