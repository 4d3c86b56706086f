"""Forms of calls for projects."""

from fablabmesh.kit.forms import (
    BaseForm,
    IntegerField,
    NumberRange,
    Optional,
    SelectField,
    StringField,
    TextAreaField,
    block,
    line,
    required,
)
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.places.rules import Confidence


class CallForm(BaseForm):
    """A call for projects."""

    name = StringField(_l("Nom de l’appel"), filters=[line], validators=[required(_l("Écrivez le nom de l’appel."))])
    year = IntegerField(
        _l("Année"),
        validators=[required(_l("Écrivez l’année.")), NumberRange(1990, 2100, _l("Une année sur quatre chiffres."))],
    )
    body = StringField(_l("Organisme"), filters=[line])
    file_count = IntegerField(_l("Dossiers déposés"), validators=[Optional(), NumberRange(min=0)])
    description = TextAreaField(_l("Présentation"), filters=[block])
    source = StringField(_l("Source"), filters=[line])


class LaureateForm(BaseForm):
    """A place chosen by a call."""

    place_slug = StringField(
        _l("Adresse de la fiche du lieu"),
        filters=[line, lambda text: text.rstrip("/").rsplit("/", 1)[-1]],
        validators=[required(_l("Collez l’adresse de la fiche, par exemple /lieux/artilect."))],
    )
    project_name = StringField(
        _l("Nom du projet lauréat"), filters=[line], validators=[required(_l("Écrivez le nom du projet."))]
    )
    holder = StringField(_l("Porteur"), filters=[line])
    source = StringField(_l("Source"), filters=[line])
    confidence = SelectField(_l("Confiance"), choices=lambda: [(item.value, item.label) for item in Confidence])
