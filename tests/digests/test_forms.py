"""What people type to be sent a letter."""

import pytest
from werkzeug.datastructures import MultiDict

from fablabmesh.digests.forms import AskForm


def read(**values):
    return AskForm(MultiDict({"email": "alice@exemple.test", "language": "fr", "site": ""} | values))


def test_an_address_is_written_as_envelopes_have_it(db):
    form = read(email="  Alice@Exemple.TEST ")

    assert form.validate()
    assert (form.email.data, form.language.data) == ("alice@exemple.test", "fr")


@pytest.mark.parametrize(
    "email",
    [
        "",
        "alice",
        "alice@exemple",
        "a@b.test, c@d.test",
        "a@b.test\r\nBcc: c@d.test",
        "Alice <a@b.test>",
        "a@[127.0.0.1]",
    ],
)
def test_anything_else_is_sent_back_with_what_was_typed(db, email):
    form = read(email=email)

    assert not form.validate()
    assert list(form.errors) == ["email"]


def test_a_language_is_one_of_the_sites(db):
    assert read(language="en").validate()
    assert not read(language="de").validate()


def test_a_field_that_nobody_sees_tells_robots(db):
    assert read(site="https://exemple.test").is_by_robot
    assert not read().is_by_robot
