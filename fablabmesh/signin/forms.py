"""What people type to sign in and to look after their account."""

from typing import Any

from fablabmesh.accounts.rules import PASSWORD_LONGEST, password_problem
from fablabmesh.kit.forms import (
    BaseForm,
    EmailField,
    Field,
    Form,
    HiddenField,
    Length,
    PasswordField,
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


def _not_endless() -> Length:
    return Length(max=PASSWORD_LONGEST, message=_l("Choisissez au plus %(max)d caractères."))


class SignInForm(BaseForm):
    """Mail address and password."""

    email = EmailField(
        _l("Adresse électronique"),
        filters=[line],
        validators=[
            required(_l("Écrivez votre adresse électronique.")),
            Length(max=254, message=_l("Écrivez votre adresse électronique.")),
        ],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Mot de passe"),
        validators=[required(_l("Écrivez votre mot de passe.")), _not_endless()],
        render_kw={"autocomplete": "current-password"},
    )


class LetterForm(BaseForm):
    """Where a link is to be sent."""

    email = EmailField(
        _l("Adresse électronique"),
        filters=[line],
        validators=[required(_l("Écrivez votre adresse électronique.")), one_address],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )


class SecondForm(BaseForm):
    """The second proof: a code of the telephone, or one of the paper."""

    code = StringField(
        _l("Code"),
        filters=[line],
        validators=[
            required(_l("Écrivez le code à six chiffres de votre application, ou un code de secours.")),
            Length(max=60, message=_l("Écrivez le code à six chiffres de votre application, ou un code de secours.")),
        ],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )


class NewPasswordForm(BaseForm):
    """A new password, checked against whose it is."""

    password = PasswordField(
        _l("Nouveau mot de passe"),
        validators=[required(_l("Écrivez le nouveau mot de passe."))],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, account: Any, **given: Any) -> None:
        super().__init__(**given)
        self._account = account

    def validate_password(self, field: Field) -> None:
        problem = password_problem(field.data or "", email=self._account.email, name=self._account.name)
        if problem:
            raise ValidationError(problem)


class ChangePasswordForm(NewPasswordForm):
    """The same, after the present one."""

    present = PasswordField(
        _l("Mot de passe actuel"),
        validators=[required(_l("Écrivez votre mot de passe actuel.")), _not_endless()],
        render_kw={"autocomplete": "current-password"},
    )


class ProfileForm(BaseForm):
    """How one is called, and written to."""

    name = StringField(
        _l("Nom affiché"),
        filters=[line],
        validators=[
            required(_l("Écrivez le nom sous lequel les autres vous voient.")),
            Length(max=120, message=_l("Écrivez un nom plus court, de %(max)d caractères au plus.")),
        ],
        render_kw={"autocomplete": "name"},
    )
    language = SelectField(_l("Langue des courriels"), choices=lambda: list(LANGUAGES.items()))


class AddressForm(BaseForm):
    """Another mail address."""

    email = EmailField(
        _l("Nouvelle adresse électronique"),
        filters=[line],
        validators=[required(_l("Écrivez la nouvelle adresse.")), one_address],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )


class PasskeyForm(BaseForm):
    """What a passkey's owner calls it; and what the device answered, of a new one."""

    answer = HiddenField()

    name = StringField(
        _l("Nom de la clé"),
        filters=[line],
        validators=[
            required(_l("Donnez un nom à cette clé, par exemple celui de l’appareil.")),
            Length(max=60, message=_l("Écrivez un nom plus court, de %(max)d caractères au plus.")),
        ],
    )
