"""What is kept of a place, in words: for its history and for two versions side by side. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fablabmesh.kit.hours_wording import Piece, tell_pieces, tell_usual_week
from fablabmesh.kit.i18n import day, listed
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places.rules import PlaceDeed, PlaceKind, Precision, Training
from fablabmesh.sheets.hours_form import MIDNIGHT, Holidays, Hours, Span
from fablabmesh.sheets.rules import VOCABULARIES

_LONG = 160
_POINT = ("latitude", "longitude")

Names = Mapping[str, Mapping[str, str]]


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
    """One line of the history. `who`: empty for whom nobody may name."""

    id: int
    at: datetime
    who: str
    source: str
    deed: PlaceDeed
    changes: tuple[Change, ...]
    can_be_undone: bool


def field_labels() -> dict[str, str]:
    """What people call what is kept of a place, in the order of its page."""
    return {
        "name": _("Nom du lieu"),
        "kind": _("Genre de lieu"),
        "summary": _("En une phrase"),
        "description": _("Présentation"),
        "phone": _("Téléphone du lieu"),
        "website": _("Site web"),
        "closed_on": _("Fermé définitivement depuis le"),
        "address": _("Adresse"),
        "address_extra": _("Complément d’adresse"),
        "postcode": _("Code postal"),
        "commune": _("Commune"),
        "insee": _("Code INSEE"),
        "how_to_come": _("Comment venir"),
        "appointment_url": _("Adresse web pour prendre rendez-vous"),
        "accessibility_url": _("Fiche d’accessibilité (adresse web)"),
        "latitude": _("Latitude"),
        "longitude": _("Longitude"),
        "precision": _("Ce que montre ce point"),
        "opening_hours": _("Horaires"),
        **{name: vocabulary.label for name, vocabulary in VOCABULARIES.items()},
        "machines": _("Machines"),
        "people": _("Rôles"),
        "pictures": _("Photos"),
        "merged": _("Autre fiche, réunie à celle-ci"),
        "source_licence": _("Licence de la source"),
        "source_updated_on": _("Date de la source"),
    }


def say(name: str, value: Any, names: Names) -> str:
    """A value as the history keeps it. `names`: by vocabulary and code, what terms are called."""
    if value in (None, "", []):
        return ""
    if name == "kind":
        return PlaceKind(value).label
    if name == "precision":
        return Precision(value).label
    if name in ("closed_on", "source_updated_on"):
        return day(date.fromisoformat(value))
    if name == "machines":
        return "\n".join(_say_machine(each, names) for each in value)
    if name == "people":
        return "\n".join(_say_role(each) for each in value)
    if name == "merged":
        labels = field_labels()
        return "\n".join(f"{labels[each]} — {say(each, was, names)}" for each, was in value.items() if each in labels)
    if name == "pictures":
        return "\n".join(_say_picture(each) for each in value)
    if name in VOCABULARIES:
        known = names[VOCABULARIES[name].value]
        return ", ".join(known.get(code, code) for code in value)
    return f"{value:.5f}" if name in _POINT else str(value)


def tell_change(name: str, before: Any, after: Any, names: Names) -> Change:
    """One thing of which it was told that it changed."""
    return Change(field_labels().get(name, name), say(name, before, names), say(name, after, names))


def tell(versions: Sequence[Any], names: Names, *, with_people: bool) -> list[Entry]:
    """The lines of a history, the latest first. `with_people`: for those who may know who wrote."""
    order = list(field_labels())
    entries = []
    for version in versions:
        changed = sorted(version.changed.items(), key=lambda item: order.index(item[0]) if item[0] in order else 99)
        changes = tuple(tell_change(name, pair[0], pair[1], names) for name, pair in changed)
        who = version.by.name if version.by is not None and with_people else ""
        if version.by is not None and not with_people:
            who = _("Une personne qui s’occupe du lieu")
        can_be_undone = any(can_come_back(name, pair[0]) for name, pair in version.changed.items())
        entries.append(
            Entry(version.id, version.at, who, version.source, PlaceDeed(version.deed), changes, can_be_undone)
        )
    return entries


# What can be brought back: not what is the source's own.
UNDOABLE = frozenset(
    ["name", "kind", "summary", "description", "phone", "website", "closed_on", "address", "address_extra", "postcode",
     "commune", "insee", "how_to_come", "appointment_url", "accessibility_url", "latitude", "longitude", "precision",
     "opening_hours", "machines", "people", "pictures", *VOCABULARIES]
)  # fmt: skip


def can_come_back(name: str, before: Any) -> bool:
    """Does a line of the history know enough of what stood there? Old ones tell of photographs by words alone."""
    return name in UNDOABLE and not (name == "pictures" and any(isinstance(each, str) for each in before))


def _say_machine(machine: Mapping[str, Any], names: Names) -> str:
    title = names["machine"].get(machine["type"], machine["type"])
    if machine["quantity"] > 1:
        title = f"{machine['quantity']} × {title}"
    materials = listed([names["material"].get(code, code) for code in machine["materials"]])
    training = Training(machine["training"])
    parts = [
        machine["model"],
        machine["size"],
        materials,
        "" if training is Training.UNKNOWN else training.label,
        machine["price"],
        machine["note"],
        "" if machine["is_working"] else _("en panne"),
    ]
    return "\u00a0; ".join([title, *(part for part in parts if part)])


def _say_picture(picture: Mapping[str, Any] | str) -> str:
    """Lines that are old tell the words alone."""
    if isinstance(picture, str):
        return picture
    return f"{picture['text']} ({picture['credit']})" if picture["credit"] else str(picture["text"])


def _say_role(role: Mapping[str, Any]) -> str:
    return _("%(role)s (nommé·e)", role=role["role"]) if role["is_named"] else str(role["role"])


# --- hours, as the form means them --------------------------------------------------------------------------------


def tell_hours(hours: Hours) -> list[tuple[str, str]]:
    """(days, hours) in the words of the place's page, from Monday on."""
    told = tell_usual_week([_pieces(spans) for spans in hours.days]) if any(hours.days) else []
    if hours.by_appointment:
        told.append((_("En plus"), _("seulement sur rendez-vous")) if told else ("", _("Seulement sur rendez-vous")))
    if hours.holidays is not Holidays.USUAL:
        told.append((_("Jours fériés"), tell_pieces(_pieces(hours.holiday_spans))))
    for closure in hours.closures:
        first, last = (day(date(2024, *each), "d MMMM") for each in (closure.first, closure.last))
        words = _("fermé du %(first)s au %(last)s", first=first, last=last)
        told.append((str(closure.year) if closure.year else _("Chaque année"), words))
    return told


def _pieces(spans: Sequence[Span]) -> tuple[Piece, ...]:
    """As a page counts: an end in the night comes after its beginning."""
    return tuple(Piece(start, end if end > start else end + MIDNIGHT, is_sure=True) for start, end in spans)
