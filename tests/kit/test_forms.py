"""Checks that several forms share."""

import pytest

from fablabmesh.kit.forms import BaseForm, Form, StringField, block, line, phone_number, required, web_address


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
