"""What people type: addresses, roles, who takes over."""

import pytest
from werkzeug.datastructures import MultiDict

from fablabmesh.teams.forms import AcceptForm, HandOverForm, InviteForm, RefusalForm


def form_of(pages, kind, **typed):
    form = kind(formdata=MultiDict(typed), meta={"csrf": False})
    return form


@pytest.fixture
def speaking(pages):
    with pages.test_request_context("/"):
        yield pages


def test_an_invitation_needs_an_address_and_a_role(speaking):
    good = form_of(speaking, InviteForm, email=" Lea@Exemple.FR ", role="editor", language="fr")
    bad = form_of(speaking, InviteForm, email="lea", role="owner", language="xx")

    assert (good.validate(), good.email.data) == (True, "lea@exemple.fr")
    assert (bad.validate(), sorted(bad.errors)) == (False, ["email", "language", "role"])


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"to": "7", "then": "leave"}, []),
        ({"to": "mail", "then": "editor", "successor": "lea@exemple.fr"}, []),
        ({"to": "mail", "then": "editor"}, ["successor"]),
        ({"to": "8", "then": "editor"}, ["to"]),
        ({"to": "7", "then": "stay"}, ["then"]),
    ],
)
def test_a_successor_is_of_the_team_or_has_an_address(speaking, typed, errors):
    form = form_of(speaking, HandOverForm, **typed)
    form.offer([("7", "Bob")])

    assert (form.validate(), sorted(form.errors)) == (not errors, errors)


def test_a_name_is_needed_and_not_too_long(speaking):
    for name, fine in (("Léa", True), ("", False), ("x" * 81, False)):
        assert form_of(speaking, AcceptForm, name=name, language="fr").validate() is fine


def test_a_refusal_is_a_usual_reason_or_other_words_or_both(speaking):
    usual = RefusalForm(formdata=None, meta={"csrf": False}).usual.choices[1][0]

    both = form_of(speaking, RefusalForm, usual=usual, reason="Voilà.")
    none = form_of(speaking, RefusalForm, usual="", reason="")

    assert (both.validate(), both.words) == (True, f"{usual} Voilà.")
    assert (none.validate(), none.words) == (True, "")
