"""What is looked for, read from an address."""

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from fablabmesh.journal.forms import read_number, read_search
from fablabmesh.journal.rules import RowDeed, Search, Topic


@pytest.fixture(autouse=True)
def _spoken(pages):
    pages.config.update(SECRET_KEY="for a test")
    with pages.test_request_context("/"):
        yield


def test_an_address_says_what_is_looked_for():
    given = {"quoi": "lieux", "geste": "delete", "lieu": " LabFab ", "qui": "alice", "du": "2026-03-01"}
    form = read_search(MultiDict(given | {"au": "2026-03-31"}))

    assert form.errors == {}
    assert form.search(12) == Search(
        Topic.PLACES, RowDeed.DELETE, "alice", "LabFab", date(2026, 3, 1), date(2026, 3, 31), 12
    )
    assert form.query == given | {"lieu": "LabFab", "au": "2026-03-31"}


def test_what_cannot_be_read_is_said_and_left_out():
    form = read_search(MultiDict({"quoi": "licornes", "du": "hier"}))

    assert set(form.errors) == {"quoi", "du"}
    assert form.search(None) == Search()


def test_numbers_are_numbers():
    assert [read_number(text) for text in ("12", "", None, "-1", "٣", "9" * 30)] == [12, None, None, None, None, None]
