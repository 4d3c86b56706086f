"""The form that asks for a letter, and the one that changes its language."""

from fablabmesh.kit.forms import (
    BaseForm,
    EmailField,
    Field,
    Form,
    SelectField,
    StringField,
    ValidationError,
    line,
    required,
)
from fablabmesh.kit.i18n import LANGUAGES, gettext
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.mails.rules import clean_address


def one_address(_form: Form, field: Field) -> None:
    """Check: one mail address, which is then written as envelopes have it."""
    address = clean_address(field.data or "")
    if address is None:
        raise ValidationError(gettext("Cette adresse n’est pas complète (exemple : prenom@exemple.fr)."))
    field.data = address


class LanguageForm(BaseForm):
    """The language of a letter."""

    language = SelectField(_l("Langue de la lettre"), choices=lambda: list(LANGUAGES.items()))


class AskForm(LanguageForm):
    """`site` is shown to nobody: what fills it in is a robot."""

    email = EmailField(
        _l("Votre adresse électronique"),
        filters=[line],
        validators=[required(_l("Écrivez l’adresse où recevoir la lettre.")), one_address],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )
    site = StringField(_l("Laissez ce champ vide"), render_kw={"autocomplete": "off", "tabindex": "-1"})

    @property
    def is_by_robot(self) -> bool:
        return bool(self.site.data)
