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

    @property
    def slug(self) -> str:
        """How addresses name it, for ever."""
        return _SLUGS[self]


_SLUGS = {
    Vocabulary.SERVICE: "services",
    Vocabulary.MACHINE: "machines",
    Vocabulary.MATERIAL: "materiaux",
    Vocabulary.LABEL: "labels",
    Vocabulary.AUDIENCE: "publics",
    Vocabulary.ACCESSIBILITY: "accessibilite",
    Vocabulary.FEE: "tarifs",
    Vocabulary.SUPPORT: "accompagnement",
}

# Where the same notions have names elsewhere: the key of `alignments`, and what it is called.
STANDARDS = {"mednum": "LaMedNum", "fablabs.io": "fablabs.io", "okw": "Open Know-Where"}


def read_vocabulary(slug: str) -> Vocabulary | None:
    """The vocabulary that an address names."""
    return next((vocabulary for vocabulary, named in _SLUGS.items() if named == slug), None)
