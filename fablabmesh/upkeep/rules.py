"""Words of what people keep: the piles of their own events. Pure."""

import enum

from fablabmesh.kit.i18n import gettext as _


class Pile(enum.StrEnum):
    """Where one of my events lies; the value stands in addresses."""

    COMING = "a-venir"
    DRAFTS = "brouillons"
    PAST = "passes"
    DELETED = "supprimes"

    @property
    def label(self) -> str:
        return {
            Pile.COMING: _("À venir"),
            Pile.DRAFTS: _("Brouillons"),
            Pile.PAST: _("Passés"),
            Pile.DELETED: _("Supprimés"),
        }[self]

    @property
    def emptiness(self) -> str:
        return {
            Pile.COMING: _("Rien n’est annoncé dans vos lieux."),
            Pile.DRAFTS: _("Aucun brouillon n’attend."),
            Pile.PAST: _("Aucun événement n’est encore passé."),
            Pile.DELETED: _("Aucun événement n’est supprimé."),
        }[self]


def read_pile(text: str | None) -> Pile:
    """The pile an address asks for; what comes, for anything else."""
    try:
        return Pile(text or Pile.COMING)
    except ValueError:
        return Pile.COMING
