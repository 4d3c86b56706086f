"""Forms: Flask-WTF and WTForms enter here, with the fields and checks that several rooms share."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    FloatField,
    Form,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import DataRequired, Email, InputRequired, Length, NumberRange, Optional, Regexp

from fablabmesh.kit.i18n import gettext, language, ngettext
from fablabmesh.kit.text import clean_block, clean_line

__all__ = [
    "BaseForm",
    "BooleanField",
    "DataRequired",
    "DateField",
    "Email",
    "EmailField",
    "Field",
    "FileField",
    "FloatField",
    "Form",
    "HiddenField",
    "InputRequired",
    "IntegerField",
    "Length",
    "NumberRange",
    "Optional",
    "PasswordField",
    "RadioField",
    "Regexp",
    "SelectField",
    "SelectMultipleField",
    "StringField",
    "TextAreaField",
    "TimeField",
    "ValidationError",
    "block",
    "line",
    "phone_number",
    "required",
    "web_address",
]


class _Translations:
    """WTForms' own messages, through our catalogue."""

    def gettext(self, string: str) -> str:
        return gettext(string)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        return ngettext(singular, plural, count)


class BaseForm(FlaskForm):  # type: ignore[misc]
    """Every form of the site: CSRF, our messages. `csrf_token` is written by the form macro."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, _form: Any) -> Any:
            return super().get_translations(_form) if language() == "fr" else _Translations()

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, typed, without the CSRF token."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}


def line(text: str | None) -> str:
    """Filter: one clean line."""
    return clean_line(text or "")


def block(text: str | None) -> str:
    """Filter: clean lines."""
    return clean_block(text or "")


def required(message: str) -> DataRequired:
    """Refuse an empty field with a message that says what to write."""
    return DataRequired(message)


def web_address(_form: Form, field: Field) -> None:
    """Check: an http(s) address with a host."""
    if not field.data:
        return
    if not _is_web_address(field.data):
        raise ValidationError(gettext("Une adresse web commence par https:// (exemple : https://mon-lab.fr)."))


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:  # « http://[ », a port beyond all ports
        return False
    return parts.scheme in ("http", "https") and "." in host.strip(".") and not re.search(r"\s", text)


def phone_number(_form: Form, field: Field) -> None:
    """Check: digits, spaces and a leading +."""
    if field.data and not re.fullmatch(r"\+?[0-9][0-9 .]{7,19}", field.data):
        raise ValidationError(gettext("Un numéro s’écrit avec des chiffres (exemple : 02 99 00 00 00)."))


Check = Callable[[Form, Field], None]
