"""A place leaves the directory and comes back."""

from datetime import timedelta

import pytest

from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.moderation.place_actions import archive_place, unarchive_place
from fablabmesh.sheets import queries as sheets
from tests.factories import NOW, make_event

LATER = NOW + timedelta(days=1)


def test_a_place_is_archived_and_brought_back_and_its_history_says_so(lab, coordinator):
    archive_place(lab, by=coordinator, now=LATER, version=lab.version)
    assert lab.moderation.value == "archived"
    with pytest.raises(Refused):
        archive_place(lab, by=coordinator, now=LATER, version=lab.version)

    unarchive_place(lab, by=coordinator, now=LATER, version=lab.version)

    assert lab.moderation.value == "published"
    lines = sheets.list_versions(lab.id, limit=9, offset=0)
    assert [line.deed for line in lines] == ["unarchived", "archived", "created"]
    with pytest.raises(Refused):
        unarchive_place(lab, by=coordinator, now=LATER, version=lab.version)


def test_a_page_that_changed_meanwhile_is_not_archived_unseen(lab, coordinator):
    with pytest.raises(Conflict):
        archive_place(lab, by=coordinator, now=LATER, version=lab.version + 1)


def test_where_something_is_announced_it_is_called_off_first(lab, coordinator):
    make_event(lab)

    with pytest.raises(Refused, match="annulez-les"):
        archive_place(lab, by=coordinator, now=LATER, version=lab.version)
