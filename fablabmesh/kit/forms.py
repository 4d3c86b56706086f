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
    FieldList,
    FloatField,
    Form,
    FormField,
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
from wtforms.meta import DefaultMeta
from wtforms.validators import DataRequired, Email, InputRequired, Length, NumberRange, Optional, Regexp

from fablabmesh.kit.i18n import gettext, language
from fablabmesh.kit.text import clean_block, clean_line

__all__ = [
    "BaseForm",
    "BooleanField",
    "DataRequired",
    "DateField",
    "Email",
    "EmailField",
    "Field",
    "FieldList",
    "FileField",
    "FloatField",
    "Form",
    "FormField",
    "HiddenField",
    "InputRequired",
    "IntegerField",
    "Length",
    "NumberRange",
    "Optional",
    "PasswordField",
    "RadioField",
    "Regexp",
    "Row",
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
    """WTForms' own messages: in our words where they would not say what to do next.

    They come back with their %(max)d, which WTForms fills in; its catalogue is asked where the page is not English.
    """

    def __init__(self, others: Any = None) -> None:
        self._others = others

    def gettext(self, string: str) -> str:
        return _what_to_do(string) or (string if self._others is None else str(self._others.gettext(string)))

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        if ours := _what_to_do(singular):
            return ours
        if self._others is None:
            return singular if count == 1 else plural
        return str(self._others.ngettext(singular, plural, count))


def _translations(form: Any) -> _Translations:
    return _Translations(FlaskForm.Meta.get_translations(FlaskForm.Meta(), form) if language() == "fr" else None)


def _what_to_do(message: str) -> str:
    choose = gettext("Choisissez parmi ce qui est proposé.")
    return {
        "Not a valid choice.": choose,
        "Invalid Choice: could not coerce.": choose,
        "Invalid choice(s): one or more data inputs could not be coerced.": choose,
        "'%(value)s' is not a valid choice for this field.": choose,
        "Not a valid integer value.": gettext("Écrivez un nombre entier, en chiffres."),
        "Not a valid float value.": gettext("Écrivez un nombre, en chiffres."),
        "Not a valid date value.": gettext("Écrivez une date qui existe, comme 12/03/2026."),
        "Not a valid time value.": gettext("Écrivez une heure entre 0:00 et 23:59, comme 18:30."),
    }.get(message, "")


class BaseForm(FlaskForm):  # type: ignore[misc]
    """Every form of the site: CSRF, our messages. `csrf_token` is written by the form macro."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, _form: Any) -> Any:
            return _translations(_form)

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, typed, without the CSRF token."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}


class Row(Form):
    """What stands several times in a form of ours, in a `FieldList` of `FormField`s: our messages too."""

    class Meta(DefaultMeta):
        def get_translations(self, _form: Any) -> Any:
            return _translations(_form)


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
