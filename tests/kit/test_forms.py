"""Checks that several forms share."""

import pytest
from werkzeug.datastructures import MultiDict

from fablabmesh.kit.forms import (
    BaseForm,
    DateField,
    FloatField,
    Form,
    IntegerField,
    Length,
    Row,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
    block,
    line,
    phone_number,
    required,
    web_address,
)


class Sheet(Form):
    site = StringField(validators=[web_address])
    phone = StringField(validators=[phone_number])


@pytest.mark.parametrize("site", ["https://mon-lab.fr", "http://a.b/c?d=e", ""])
def test_a_web_address_is_http(app, site):
    with app.test_request_context("/"):
        assert Sheet(data={"site": site}).validate()


@pytest.mark.parametrize(
    "site",
    [
        *("mon-lab.fr", "javascript:alert(1)", "ftp://a.b", "https://localhost", "https://a b.fr", "https://."),
        *("http://[::1", "http://[a.b", "https://a.b:99999999", "https://a.b:x", "https://a\u2100.b"),
    ],
)
def test_anything_else_is_refused_with_an_example(app, site):
    with app.test_request_context("/"):
        sheet = Sheet(data={"site": site})

        assert not sheet.validate()
        assert "https://mon-lab.fr" in sheet.site.errors[0]


@pytest.mark.parametrize(
    ("phone", "fine"), [("02 99 00 00 00", True), ("+33299000000", True), ("112", False), ("x" * 12, False)]
)
def test_a_phone_number_is_digits(app, phone, fine):
    with app.test_request_context("/"):
        assert Sheet(data={"phone": phone}).validate() is fine


def test_filters_clean_what_was_typed():
    assert (line(None), line(" a\nb "), block("a\r\nb")) == ("", "a b", "a\nb")


class Named(BaseForm):
    name = StringField(validators=[required("Écrivez le nom.")])


def test_an_empty_field_says_what_to_write_and_values_hold_no_token(app):
    with app.test_request_context("/", method="POST", data={"name": ""}):
        empty = Named()
        assert (empty.validate(), empty.name.errors) == (False, ["Écrivez le nom."])
    with app.test_request_context("/", method="POST", data={"name": "Lab", "role": "admin"}):
        assert Named().values == {"name": "Lab"}


class Odd(BaseForm):
    choice = SelectField(choices=lambda: [("a", "A")])
    number = SelectField(choices=lambda: [(1, "Un")], coerce=int)
    several = SelectMultipleField(choices=lambda: [("a", "A")])
    count = IntegerField()
    share = FloatField()
    day = DateField()
    hour = TimeField()
    short = StringField(validators=[Length(max=3)])


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        *(("choice", "b", "Choisissez parmi ce qui est proposé."), ("number", "x", "Choisissez parmi")),
        *(("several", "b", "Choisissez parmi ce qui est proposé."), ("count", "dix", "Écrivez un nombre entier")),
        *(("share", "x", "Écrivez un nombre, en chiffres."), ("day", "2026-02-30", "Écrivez une date qui existe")),
        *(("hour", "24:00", "Écrivez une heure entre 0:00 et 23:59"), ("short", "long", "Le champ ne peut pas")),
    ],
)
def test_what_is_wrong_with_a_field_says_what_to_write(app, name, typed, told):
    with app.test_request_context("/", method="POST", data={name: typed}):
        odd = Odd()

        assert not odd.validate()
        assert [error.startswith(told) for error in odd[name].errors] in ([True], [True, True])


class Short(BaseForm):
    name = StringField(validators=[Length(max=5)])


class ShortRow(Row):
    name = StringField(validators=[Length(max=5)])


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("fr", "Le champ ne peut pas contenir plus de 5 caractères."),
        ("en", "Field cannot be longer than 5 characters."),
    ],
)
@pytest.mark.parametrize("form", [Short, ShortRow])
def test_a_text_too_long_is_told_with_its_limit_in_both_languages(app, form, code, told):
    with app.test_request_context("/", environ_overrides={"fablabmesh.language": code}):
        filled = form(MultiDict({"name": "abcdef"}))
        filled.validate()

        assert list(filled.name.errors) == [told]
