"""The sign-in form."""

from fablabmesh.kit.forms import BaseForm, EmailField, PasswordField, line, required
from fablabmesh.kit.i18n import lazy_gettext as _l


class SignInForm(BaseForm):
    """Mail address and password."""

    email = EmailField(
        _l("Adresse électronique"),
        filters=[line],
        validators=[required(_l("Écrivez votre adresse électronique."))],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Mot de passe"),
        validators=[required(_l("Écrivez votre mot de passe."))],
        render_kw={"autocomplete": "current-password"},
    )
