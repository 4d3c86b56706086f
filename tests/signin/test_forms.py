"""What people type to sign in and to look after their account."""

import pytest
from werkzeug.datastructures import MultiDict

from fablabmesh.signin import forms


def read(app, form, *given, **typed):
    with app.test_request_context("/", method="POST"):
        made = form(*given, formdata=MultiDict(typed))
        made.validate()
        return made.errors


@pytest.mark.parametrize(
    "email", ["", "alice", "alice@", "alice@exemple", "a@b.test\r\nBcc: x@y.test, c@d.test", "é@exemple.test"]
)
def test_what_is_no_address_is_told(app, email):
    assert list(read(app, forms.LetterForm, email=email)) == ["email"]


def test_an_address_is_kept_in_small_letters(app):
    with app.test_request_context("/", method="POST"):
        form = forms.LetterForm(formdata=MultiDict({"email": " Alice@Exemple.TEST "}))
        form.validate()

        assert (form.errors, form.email.data) == ({}, "alice@exemple.test")


def test_nothing_endless_is_taken(app):
    assert list(read(app, forms.SignInForm, email="a" * 300, password="x" * 300)) == ["email", "password"]
    assert list(read(app, forms.SecondForm, code="1" * 61)) == ["code"]
    assert list(read(app, forms.ProfileForm, name="x" * 121, language="fr")) == ["name"]
    assert list(read(app, forms.PasskeyForm, name="x" * 61)) == ["name"]


def test_a_language_is_one_that_the_site_speaks(app):
    assert list(read(app, forms.ProfileForm, name="Alice", language="xx")) == ["language"]


def test_a_new_password_is_held_against_whose_it_is(app, pages):
    alice = type("Person", (), {"email": "alice.martin@exemple.test", "name": "Alice Martin"})

    assert list(read(app, forms.NewPasswordForm, alice, password="alice.martin et la suite")) == ["password"]
    assert read(app, forms.NewPasswordForm, alice, password="une phrase bien longue") == {}
