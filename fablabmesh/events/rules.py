"""Words of events. Pure."""

import enum

from fablabmesh.kit.i18n import gettext as _


class Category(enum.StrEnum):
    """What kind of meeting an event is."""

    WORKSHOP = "workshop"
    INTRODUCTION = "introduction"
    OPEN_DAY = "open_day"
    TRAINING = "training"
    TUTOR_TRAINING = "tutor_training"
    THEMATIC = "thematic"
    STEERING = "steering"
    INTER_LAB = "inter_lab"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            Category.WORKSHOP: _("Atelier"),
            Category.INTRODUCTION: _("Initiation"),
            Category.OPEN_DAY: _("Portes ouvertes"),
            Category.TRAINING: _("Formation"),
            Category.TUTOR_TRAINING: _("Formation de tuteur·trices"),
            Category.THEMATIC: _("Réunion thématique"),
            Category.STEERING: _("Comité de pilotage"),
            Category.INTER_LAB: _("Rencontre inter-labs"),
            Category.OTHER: _("Autre rendez-vous"),
        }[self]


class EventStatus(enum.StrEnum):
    """RFC 5545 §3.8.1.11, as far as it is used."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {EventStatus.CONFIRMED: _("Confirmé"), EventStatus.CANCELLED: _("Annulé")}[self]
