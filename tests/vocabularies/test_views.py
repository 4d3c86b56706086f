"""Categories of events are the administrators' to keep, and calendars follow."""

import pytest

from fablabmesh.accounts.rules import Role
from fablabmesh.events.models import Event
from fablabmesh.events.queries import list_categories
from tests.factories import make_account, make_event, make_place

LIST = "/administration/categories"


@pytest.fixture
def browser(db, as_person):
    return as_person(make_account(role=Role.ADMIN))


def typed(**words: str) -> dict[str, str]:
    return {"name_fr": "Repair café", "name_en": "Repair café", "position": ""} | words


def test_a_new_category_is_offered_at_the_end_and_found_by_its_code(client, browser):
    before = [category.slug for category in list_categories()]

    answer = browser.post(LIST, data=typed())

    assert answer.status_code == 303
    assert [category.slug for category in list_categories()] == [*before, "repair-cafe"]
    assert client.get("/agenda.ics?categorie=repair-cafe").status_code == 200


def test_a_name_that_is_taken_or_missing_is_refused_and_what_was_typed_is_kept(browser):
    taken = browser.post(LIST, data=typed(name_fr="atelier", name_en="Bench"))
    missing = browser.post(LIST, data=typed(name_en=""))

    assert (taken.status_code, missing.status_code) == (422, 422)
    assert 'value="Bench"' in taken.get_data(as_text=True)
    assert 'value="Repair café"' in missing.get_data(as_text=True)


def test_a_renamed_category_is_renamed_in_calendars(browser, client, db):
    event = make_event(make_place())

    answer = browser.post(f"{LIST}/atelier", data=typed(name_fr="Atelier pratique", name_en="Hands-on", position="1"))

    text = db.query(Event.ical).filter(Event.id == event.id).scalar()
    assert answer.status_code == 303
    assert "CATEGORIES:Atelier pratique\r\n" in text
    assert "Hands-on" in client.get("/en/agenda").get_data(as_text=True)


def test_a_retired_category_is_no_longer_offered_and_its_events_are_found_still(browser, client):
    make_event(make_place(), title="Découpe du soir")

    browser.post(f"{LIST}/atelier", data=typed(name_fr="Atelier", name_en="Workshop", position="1", is_retired="y"))

    assert "atelier" not in [category.slug for category in list_categories()]
    assert "Découpe du soir" in client.get("/agenda?categorie=atelier").get_data(as_text=True)
    assert "n’est plus proposé" in browser.get(LIST).get_data(as_text=True)


def test_only_administrators_see_and_change_it(as_person, client, db):
    member = as_person(make_account(name="Bob"))

    assert [member.get(LIST).status_code, member.post(LIST, data=typed()).status_code] == [403, 403]
    assert member.post(f"{LIST}/atelier", data=typed()).status_code == 403
    assert client.get(LIST).status_code == 303


def test_one_that_is_not_there_is_not_found(browser):
    assert browser.get(f"{LIST}/zumba").status_code == 404
    assert browser.post(f"{LIST}/zumba", data=typed()).status_code == 404
