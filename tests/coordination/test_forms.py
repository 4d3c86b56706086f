"""What may be typed of a pole."""

import pytest

from fablabmesh.coordination.forms import NewsForm, PageForm, WriteForm, slug_in


@pytest.fixture
def fill(pages):
    """`fill(form, **typed)`: the form as it was sent."""

    def made(form, **typed):
        with pages.test_request_context("/", method="POST", data=typed):
            filled = form(meta={"csrf": False})
            return filled.validate(), filled

    return made


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({}, []),
        ({"role": "Réseau", "email": "POLE@Exemple.fr"}, []),
        ({"email": "pole@exemple.fr"}, ["role"]),
        ({"role": "Réseau", "email": "pole@"}, ["email"]),
        ({"role": "Réseau", "name": "Ana"}, ["consented_on"]),
        ({"role": "Réseau", "url": "javascript:alert(1)"}, ["url"]),
        ({"role": "Réseau", "phone": "non"}, ["phone"]),
        ({"name": "Ana", "is_gone": "y"}, []),
    ],
)
def test_a_contact_says_what_is_missing(fill, typed, wrong):
    fine, form = fill(PageForm, **{f"contacts-0-{name}": value for name, value in typed.items()})
    found = [field.short_name for field in form.contacts[0].form if field.errors] if form.contacts else []

    assert (fine, found) == (not wrong, wrong)
    assert len(form.problems) == len(wrong)


def test_an_empty_contact_is_none(fill):
    _fine, form = fill(PageForm, **{"contacts-0-role": "Réseau", "contacts-1-role": "", "contacts-2-role": "Autre"})

    assert [each.role for each in form.told_contacts] == ["Réseau", "Autre"]


@pytest.mark.parametrize(("text", "version"), [("3", 3), ("", -1), ("٣", -1), ("9" * 40, -1)])
def test_a_version_is_a_number(fill, text, version):
    assert fill(PageForm, version=text)[1].typed_version == version


def test_news_need_a_title_a_day_and_words(fill):
    fine, form = fill(NewsForm)

    assert (fine, sorted(form.errors)) == (False, ["on_date", "text", "title"])


@pytest.mark.parametrize(
    ("address", "slug"),
    [
        ("https://mesh.test/evenements/soudure?x=1", "soudure"),
        ("/en/lieux/labfab/", "labfab"),
        ("labfab", "labfab"),
        ("http://[", ""),
    ],
)
def test_a_page_is_named_by_its_address(address, slug):
    assert slug_in(address) == slug


def test_what_fills_in_the_hidden_field_is_a_robot(fill):
    assert fill(WriteForm, site="x")[1].is_by_robot
    assert not fill(WriteForm)[1].is_by_robot
