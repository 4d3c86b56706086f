"""Which vocabularies there are. Pure."""

import enum

from fablabmesh.kit.i18n import gettext as _


class Vocabulary(enum.StrEnum):
    """A list of terms that administrators keep."""

    SERVICE = "service"
    MACHINE = "machine"
    MATERIAL = "material"
    LABEL = "label"
    AUDIENCE = "audience"
    ACCESSIBILITY = "accessibility"
    FEE = "fee"
    SUPPORT = "support"

    @property
    def label(self) -> str:
        return {
            Vocabulary.SERVICE: _("Services"),
            Vocabulary.MACHINE: _("Machines"),
            Vocabulary.MATERIAL: _("Matériaux"),
            Vocabulary.LABEL: _("Labels et programmes"),
            Vocabulary.AUDIENCE: _("Publics"),
            Vocabulary.ACCESSIBILITY: _("Accessibilité et accueil adapté"),
            Vocabulary.FEE: _("Tarifs"),
            Vocabulary.SUPPORT: _("Accompagnement"),
        }[self]
