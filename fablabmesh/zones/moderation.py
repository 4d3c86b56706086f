"""States of what people publish, and what a zone lets through at once: by kind of thing, and by whose it is. Pure."""

import enum
from collections.abc import Collection

from fablabmesh.kit.i18n import gettext as _


class ModerationState(enum.StrEnum):
    """Where a place, an event or a project stands on its way to everybody."""

    DRAFT = "draft"
    PENDING = "pending"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {
            ModerationState.DRAFT: _("Brouillon"),
            ModerationState.PENDING: _("En attente de validation"),
            ModerationState.PUBLISHED: _("Publié"),
            ModerationState.ARCHIVED: _("Archivé"),
            ModerationState.REFUSED: _("Non publié"),
        }[self]

    @property
    def is_hidden(self) -> bool:
        """Is it for those who look after it, and for those who decide, alone?"""
        return self in HIDDEN


# What only its own people see. What is archived keeps its page, and leaves lists.
HIDDEN = (ModerationState.DRAFT, ModerationState.PENDING, ModerationState.REFUSED)


class Thing(enum.StrEnum):
    """What a rule is about."""

    PLACE = "place"
    EVENT = "event"
    PROJECT = "project"
    CORRECTION = "correction"

    @property
    def label(self) -> str:
        return {
            Thing.PLACE: _("Nouveaux lieux"),
            Thing.EVENT: _("Événements"),
            Thing.PROJECT: _("Projets"),
            Thing.CORRECTION: _("Corrections de ce qui est publié"),
        }[self]


class Whose(enum.StrEnum):
    """Whose it is, towards the place that it is about."""

    STRANGER = "stranger"
    MEMBER = "member"
    EDITOR = "editor"
    MANAGER = "manager"
    COORDINATOR = "coordinator"
    IMPORTED = "imported"

    @property
    def label(self) -> str:
        return {
            Whose.STRANGER: _("Une personne sans compte"),
            Whose.MEMBER: _("Une personne qui a un compte"),
            Whose.EDITOR: _("La rédaction du lieu"),
            Whose.MANAGER: _("Les responsables du lieu"),
            Whose.COORDINATOR: _("La coordination de la zone"),
            Whose.IMPORTED: _("Un import"),
        }[self]


# What a zone may say otherwise, with what holds while it says nothing.
DEFAULTS: dict[tuple[Thing, Whose], bool] = {
    (Thing.PLACE, Whose.MEMBER): False,
    (Thing.PLACE, Whose.IMPORTED): True,
    (Thing.EVENT, Whose.EDITOR): True,
    (Thing.EVENT, Whose.MANAGER): True,
    (Thing.EVENT, Whose.IMPORTED): True,
    (Thing.PROJECT, Whose.EDITOR): True,
    (Thing.PROJECT, Whose.MANAGER): True,
}


# What is the same everywhere, beside: a place's own people correct it at once, who coordinates a zone waits for nobody,
# and what strangers send waits.
_OWN = {(Thing.CORRECTION, Whose.EDITOR), (Thing.CORRECTION, Whose.MANAGER)}


def is_settled(thing: Thing, whose: Whose) -> bool:
    """Is it the same in every zone?"""
    return (thing, whose) not in DEFAULTS


def is_trusted(thing: Thing, whose: Whose, said: Collection[bool] = ()) -> bool:
    """Is it published at once? `said`: what the zones of its department say, of all programmes; the strictest holds."""
    if is_settled(thing, whose):
        return whose is Whose.COORDINATOR or (thing, whose) in _OWN
    return all(said) if said else DEFAULTS[thing, whose]
