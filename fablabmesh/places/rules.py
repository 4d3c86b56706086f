"""Kinds of places, how sure a fact is, and who may do what to a place. Pure."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fablabmesh.accounts.rights import Act, Tie, allows, ties_to_site, ties_to_thing
from fablabmesh.kit.i18n import gettext as _


class PlaceKind(enum.StrEnum):
    """What a place is."""

    FABLAB = "fablab"
    EPN = "epn"
    POLE = "pole"

    @property
    def label(self) -> str:
        return {
            PlaceKind.FABLAB: _("Fab Lab"),
            PlaceKind.EPN: _("EPN ou lieu de médiation numérique"),
            PlaceKind.POLE: _("Pôle de ressources"),
        }[self]

    @property
    def plural(self) -> str:
        return {
            PlaceKind.FABLAB: _("Fab Labs"),
            PlaceKind.EPN: _("EPN et lieux de médiation numérique"),
            PlaceKind.POLE: _("Pôles de ressources"),
        }[self]


class Precision(enum.StrEnum):
    """What the point of a place stands for."""

    ADDRESS = "address"
    COMMUNE = "commune"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {
            Precision.ADDRESS: _("position à l’adresse"),
            Precision.COMMUNE: _("position à la mairie de la commune"),
            Precision.UNKNOWN: _("précision de la position inconnue"),
        }[self]


class Confidence(enum.StrEnum):
    """How much a fact may be trusted, judged by its sources."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def label(self) -> str:
        return {
            Confidence.HIGH: _("confiance haute"),
            Confidence.MEDIUM: _("confiance moyenne"),
            Confidence.LOW: _("confiance faible"),
        }[self]


class FactSubject(enum.StrEnum):
    """What a sourced statement about a place is about."""

    LAUREATE = "laureate"
    PLACE = "place"
    POSITION = "position"
    POLE = "pole"
    NOTE = "note"

    @property
    def label(self) -> str:
        return {
            FactSubject.LAUREATE: _("Lauréat de l’appel à projets"),
            FactSubject.PLACE: _("Nom et adresse"),
            FactSubject.POSITION: _("Position"),
            FactSubject.POLE: _("Rôle de pôle"),
            FactSubject.NOTE: _("Remarque"),
        }[self]


class ManagerRole(enum.StrEnum):
    """What a person may do for one place."""

    MANAGER = "manager"
    EDITOR = "editor"

    @property
    def label(self) -> str:
        return {ManagerRole.MANAGER: _("Responsable"), ManagerRole.EDITOR: _("Rédaction")}[self]


class Training(enum.StrEnum):
    """What one must have learnt before using a machine."""

    UNKNOWN = "unknown"
    NONE = "none"
    INTRODUCTION = "introduction"
    CERTIFICATE = "certificate"
    STAFF_ONLY = "staff_only"

    @property
    def label(self) -> str:
        return {
            Training.UNKNOWN: _("formation non précisée"),
            Training.NONE: _("sans formation préalable"),
            Training.INTRODUCTION: _("après une initiation sur place"),
            Training.CERTIFICATE: _("après une formation validée"),
            Training.STAFF_ONLY: _("utilisée par l’équipe seulement"),
        }[self]


class PlaceDeed(enum.StrEnum):
    """What was done to a place: a line of its history."""

    CREATED = "created"
    EDITED = "edited"
    IMPORTED = "imported"
    CONFIRMED = "confirmed"
    MERGED = "merged"
    UNDONE = "undone"
    PUBLISHED = "published"
    REFUSED = "refused"
    ARCHIVED = "archived"
    UNARCHIVED = "unarchived"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {
            PlaceDeed.CREATED: _("a créé la fiche"),
            PlaceDeed.EDITED: _("a modifié la fiche"),
            PlaceDeed.IMPORTED: _("a mis la fiche à jour depuis sa source"),
            PlaceDeed.CONFIRMED: _("a confirmé que la fiche est juste"),
            PlaceDeed.MERGED: _("a réuni deux fiches en une"),
            PlaceDeed.UNDONE: _("est revenu sur une modification"),
            PlaceDeed.PUBLISHED: _("a publié la fiche"),
            PlaceDeed.REFUSED: _("n’a pas publié la fiche"),
            PlaceDeed.ARCHIVED: _("a archivé la fiche"),
            PlaceDeed.UNARCHIVED: _("a sorti la fiche des archives"),
            PlaceDeed.WITHDRAWN: _("a retiré la fiche pour la relire"),
        }[self]


# Openings are known for so many days at least: they are counted out farther, and anew when fewer are left.
OPENINGS_KNOWN_DAYS = 28
OPENINGS_COUNTED_DAYS = 35


def ties_to(person: Any, place: Any) -> frozenset[Tie]:
    """What somebody is to a place; `managers` must have been loaded."""
    ties = ties_around(person, place)
    if person.role is None:
        return ties
    role = place.role_of(person.id)
    return ties if role is None else ties | {{ManagerRole.MANAGER: Tie.MANAGER, ManagerRole.EDITOR: Tie.EDITOR}[role]}


def ties_around(person: Any, place: Any) -> frozenset[Tie]:
    """What somebody is to a place beside looking after it. Invented people coordinate what is invented."""
    ties = ties_to_thing(person, is_demo=place.is_demo)
    if person.role is None:
        return ties
    is_theirs = place.is_demo == person.is_demo and place.department_code in person.department_codes
    return ties | {Tie.COORDINATOR} if is_theirs else ties


def may(person: Any, act: Act, place: Any) -> bool:
    """Do somebody's ties to a place allow this?"""
    return allows(ties_to(person, place), act)


def can_edit(person: Any, place: Any) -> bool:
    """May they write the place's page?"""
    return may(person, Act.PLACE_EDIT, place)


def can_administer(person: Any) -> bool:
    """Calls, laureates and zones are the administrators' business."""
    return allows(ties_to_site(person), Act.SITE_ADMINISTER)


# --- where it is from ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Origin:
    """Who says so. `source` is empty for what was written here by those who look after the place."""

    source: str
    licence: str
    day: date | None


@dataclass(frozen=True)
class Sourced:
    """A part of the page, and who says it."""

    label: str
    origins: tuple[Origin, ...]


def _parts() -> list[tuple[str, tuple[str, ...]]]:
    return [
        (_("Nom et présentation"), ("name", "summary", "description")),
        (
            _("Adresse, position et accès"),
            ("address", "address_extra", "postcode", "commune", "latitude", "longitude", "how_to_come"),
        ),
        (
            _("Téléphone, site et rendez-vous"),
            ("phone", "website", "appointment_url", "accessibility_url"),
        ),
        (_("Horaires"), ("opening_hours", "closed_on")),
        (_("Services, publics, accueil et tarifs"), ("services", "audiences", "accessibility", "fees", "support")),
        (_("Labels"), ("labels",)),
        (_("Machines"), ("machines",)),
        (_("Équipe"), ("people",)),
        (_("Photos"), ("pictures",)),
    ]


_WRITTEN_HERE = {"machines", "people", "pictures"}


def list_sourced(place: Any, written: Mapping[str, datetime]) -> list[Sourced]:
    """Each part that the place has, by source. `written`: when each column was last changed here or by its source."""
    found = []
    for label, names in _parts():
        told = [name for name in names if getattr(place, name) not in (None, "", [])]
        here = [name for name in told if not place.source or name in place.edited_fields or name in _WRITTEN_HERE]
        origins = []
        if len(here) < len(told):
            origins.append(Origin(place.source, place.source_licence, place.source_updated_on))
        if here:
            days = [written[name].date() for name in here if name in written]
            origins.append(Origin("", "", max(days) if days else None if place.source else place.created_at.date()))
        if origins:
            found.append(Sourced(label, tuple(origins)))
    return found


def spelled_address(place: Any) -> Sequence[str]:
    """The lines of a postal address, without empty ones."""
    return [line for line in (place.address, place.address_extra, f"{place.postcode} {place.commune}".strip()) if line]
