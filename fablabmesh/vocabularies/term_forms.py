"""The form of a term."""

from collections.abc import Mapping, Sequence
from typing import Any

from fablabmesh.kit.forms import (
    BaseForm,
    BooleanField,
    IntegerField,
    Length,
    NumberRange,
    SelectField,
    StringField,
    line,
    required,
)
from fablabmesh.kit.forms import Optional as MayBeEmpty
from fablabmesh.kit.i18n import lazy_gettext as _l

_RANK = NumberRange(1, 9999, _l("Le rang est un nombre de 1 à 9999."))
# By standard, the field that says how it is called there.
FIELDS = {"mednum": "mednum", "fablabs.io": "fablabs_io", "okw": "okw"}


class TermForm(BaseForm):
    """A word that places are described by. An empty rank is the last."""

    name_fr = StringField(
        _l("Nom en français"), filters=[line], validators=[required(_l("Écrivez le nom en français.")), Length(max=100)]
    )
    name_en = StringField(
        _l("Nom en anglais"), filters=[line], validators=[required(_l("Écrivez le nom en anglais.")), Length(max=100)]
    )
    position = IntegerField(_l("Rang dans la liste"), validators=[MayBeEmpty(), _RANK])
    broader = SelectField(_l("Terme plus large"))
    issuer = StringField(_l("Attribué par"), filters=[line], validators=[Length(max=120)])
    mednum = StringField(_l("Nom dans le schéma national (LaMedNum)"), filters=[line], validators=[Length(max=200)])
    fablabs_io = StringField(_l("Capacité sur fablabs.io"), filters=[line], validators=[Length(max=200)])
    okw = StringField(_l("Type d’Open Know-Where (adresse Wikipédia)"), filters=[line], validators=[Length(max=300)])
    is_retired = BooleanField(_l("N’est plus proposé"))

    def offer(self, broader: Sequence[tuple[str, str]]) -> None:
        """The terms that may be wider."""
        self.broader.choices = [("", "—"), *broader]

    @property
    def term_values(self) -> dict[str, Any]:
        """What is kept of it."""
        return {
            "name_fr": self.name_fr.data,
            "name_en": self.name_en.data,
            "position": self.position.data,
            "broader": self.broader.data or None,
            "issuer": self.issuer.data or "",
            "alignments": {standard: self[name].data for standard, name in FIELDS.items() if self[name].data},
        }


def fill_term(term: Any) -> Mapping[str, Any]:
    """What the form shows of a term."""
    return {
        **{name: getattr(term, name) for name in ("name_fr", "name_en", "position", "issuer", "is_retired")},
        "broader": term.broader or "",
        **{name: term.alignments.get(standard, "") for standard, name in FIELDS.items()},
    }
