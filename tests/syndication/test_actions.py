"""What opens and closes personal calendars."""

from datetime import date

import pytest

from fablabmesh.accounts.actions import digest
from fablabmesh.kit.errors import NotFound
from fablabmesh.syndication import actions, queries
from tests.factories import NOW, make_account


def open_one(account, name="Téléphone"):
    return actions.open_calendar(account, name=name, with_drafts=True, with_projects=False, now=NOW)


def test_a_calendar_is_found_by_its_secret_alone(db):
    alice = make_account()
    calendar, token = open_one(alice)

    assert queries.find_calendar(digest(token)) is calendar
    assert queries.find_calendar(digest(token + "x")) is None
    assert queries.find_calendar(token.encode()) is None


def test_no_two_secrets_are_alike(db):
    alice = make_account()

    assert len({open_one(alice)[1] for _ in range(5)}) == 5


def test_each_person_sees_their_own_the_oldest_first(db):
    alice, bob = make_account(), make_account()
    first, second = open_one(alice, "Un")[0], open_one(alice, "Deux")[0]
    other = open_one(bob)[0]

    assert queries.list_calendars_of(alice.id) == [first, second]
    assert queries.get_calendar(alice.id, first.id) is first
    with pytest.raises(NotFound):
        queries.get_calendar(alice.id, other.id)


def test_the_day_of_use_is_kept_and_no_more_than_it(db):
    calendar, _token = open_one(make_account())

    actions.note_use(calendar, date(2026, 3, 14))

    assert calendar.last_used_on == date(2026, 3, 14)


def test_what_is_closed_is_gone(db):
    calendar, token = open_one(make_account())

    actions.close_calendar(calendar)

    assert queries.find_calendar(digest(token)) is None
