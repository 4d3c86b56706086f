"""A file or an address, not both, not neither; and which boxes were ticked."""

from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage, MultiDict

from fablabmesh.imports.forms import ImportForm, read_numbers
from fablabmesh.kit.ical_apart import MOST_BYTES


def fill(url="", content=None, name="lab.ics"):
    data = MultiDict({"url": url, "category": "atelier", "language": "fr"})
    if content is not None:
        data["file"] = FileStorage(BytesIO(content), name)
    return ImportForm([("atelier", "Atelier")], own_host="mesh.test", formdata=data, meta={"csrf": False})


@pytest.fixture(autouse=True)
def request_of_nobody(app):
    with app.test_request_context("/"):
        yield


def test_a_file_is_taken():
    form = fill(content=b"BEGIN:VCALENDAR")

    assert (form.validate(), form.content, form.file_name) == (True, b"BEGIN:VCALENDAR", "lab.ics")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("webcal://lab.test/a.ics", "https://lab.test/a.ics"), (" https://lab.test/a.ics#x ", "https://lab.test/a.ics")],
)
def test_an_address_is_taken_in_its_one_spelling(typed, kept):
    form = fill(url=typed)

    assert (form.validate(), form.url.data) == (True, kept)


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({}, "file", "Choisissez un fichier, ou donnez"),
        ({"url": "https://lab.test/a", "content": b"a"}, "url", "Choisissez un fichier ou donnez"),
        ({"content": b""}, "file", "Ce fichier est vide"),
        ({"content": b"a" * (MOST_BYTES + 1)}, "file", "Ce fichier dépasse 5 Mo"),
        ({"url": "lab.test"}, "url", "Une adresse d’agenda commence"),
        ({"url": "https://a:b@lab.test/"}, "url", "Une adresse qui contient"),
        ({"url": "https://mesh.test/agenda.ics"}, "url", "C’est un agenda de ce site"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(given, field, told):
    form = fill(**given)

    assert not form.validate()
    assert form.errors[field][0].startswith(told)


def test_boxes_are_numbers_of_what_was_read():
    assert read_numbers(["0", "2", "2", "7", "-1", "x", "9999999", "²"], 3) == {0, 2}
