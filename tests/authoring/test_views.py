import re
from datetime import datetime

import pytest

from fablabmesh.events import queries
from tests.factories import NOW, make_account, make_department, make_event, make_place

TYPED = {
    "title": "Initiation à la brodeuse",
    "category": "initiation",
    "first_day": "2090-06-10",
    "first_hour": "18:00",
    "last_hour": "20:00",
    "last_day": "",
    "timezone": "",
    "description": "Apportez un **tissu**.",
}


@pytest.fixture
def alice(db):
    return make_account(name="Alice")


@pytest.fixture
def lab(alice):
    return make_place(managers=(alice,))


@pytest.fixture
def browser(as_person, alice):
    return as_person(alice)


def text_of(answer) -> str:
    return answer.get_data(as_text=True).replace("\u00a0", " ")


def typed(place, **values) -> dict[str, str]:
    return TYPED | {"place": str(place.id)} | values


# --- publishing --------------------------------------------------------------------------------------------------


def test_a_manager_publishes_an_event_in_one_form(browser, lab):
    answer = browser.post("/evenements/nouveau", data=typed(lab))

    event = queries.get_event("initiation-a-la-brodeuse")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/evenements/initiation-a-la-brodeuse")
    assert (event.place_id, event.category_slug, event.timezone) == (lab.id, "initiation", "Europe/Paris")
    assert event.starts_local == datetime.fromisoformat("2090-06-10T18:00")


def test_the_form_comes_with_the_place_and_hours_that_fit_most(browser, lab):
    page = text_of(browser.get(f"/evenements/nouveau?lieu={lab.slug}"))

    assert f'<input type="hidden" name="place" value="{lab.id}">' in page
    assert 'value="18:00"' in page
    assert 'type="date"' in page


def test_an_event_is_on_the_clocks_of_its_place(as_person, alice):
    make_department("972", "Martinique", box=(-61.3, 14.3, -60.8, 14.9))
    place = make_place(
        name="Lab",
        department="972",
        insee="97209",
        postcode="97200",
        latitude=14.6,
        longitude=-61.07,
        managers=(alice,),
    )

    as_person(alice).post("/evenements/nouveau", data=typed(place))

    assert queries.get_event("initiation-a-la-brodeuse").timezone == "America/Martinique"


def test_a_form_with_a_fault_comes_back_with_all_that_was_typed(browser, lab):
    answer = browser.post("/evenements/nouveau", data=typed(lab, last_hour="17:00", title="Mon « titre »"))

    page = text_of(answer)
    assert answer.status_code == 422
    assert "La fin vient avant le début" in page
    assert 'value="Mon « titre »"' in page
    assert "Apportez un **tissu**." in page
    assert queries.find_event("mon-titre") is None


def test_a_double_click_publishes_once(browser, lab, db):
    uid = "0a7e6bb6-6c24-4c36-8e1e-0a5b8f0d4e0f"

    first = browser.post("/evenements/nouveau", data=typed(lab, uid=uid))
    second = browser.post("/evenements/nouveau", data=typed(lab, uid=uid))

    assert first.headers["Location"] == second.headers["Location"]
    assert len(queries.list_upcoming_at(lab.id, after=NOW, limit=5)) == 1


def test_a_duplicate_has_the_words_of_the_event_and_waits_for_its_day(browser, lab):
    event = make_event(lab, title="Couture du soir", category="formation", description="Avec du fil.")
    address = f"/evenements/nouveau?lieu={lab.slug}&comme={event.slug}"
    link = text_of(browser.get(f"/evenements/{event.slug}"))
    page = text_of(browser.get(address))
    uid = re.search(r'name="uid"[^>]* value="([^"]+)"', page)

    assert f'href="{address.replace("&", "&amp;")}"' in link
    assert 'value="Couture du soir"' in page
    assert '<option selected value="formation">' in page
    assert "Avec du fil." in page
    assert "2090-06-10" not in page
    assert uid is not None
    assert uid[1] != event.uid

    answer = browser.post(address, data=typed(lab, uid=uid[1], title="Couture du soir", first_day="2090-07-01"))

    assert answer.location == "/evenements/couture-du-soir-2"
    assert queries.get_event("couture-du-soir").starts_local.isoformat() == "2090-06-10T18:00:00"
    assert queries.get_event("couture-du-soir-2").starts_local.isoformat() == "2090-07-01T18:00:00"


def test_only_who_may_edit_an_event_may_duplicate_it(lab, as_person):
    event = make_event(lab)
    bob = make_account(name="Bob")
    make_place(name="Autre lieu", managers=(bob,))

    assert as_person(bob).get(f"/evenements/nouveau?comme={event.slug}").status_code == 403


def test_a_visitor_is_led_to_the_sign_in_page(client, lab):
    event = make_event(lab)

    for address in ("/evenements/nouveau", f"/evenements/{event.slug}/modifier"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/connexion")


def test_the_manager_of_another_lab_is_refused_everywhere(as_person, lab):
    bob = make_account(name="Bob")
    theirs = make_place(name="Lab de Bob", managers=(bob,))
    event = make_event(lab)
    browser = as_person(bob)

    answers = [
        browser.get(f"/evenements/nouveau?lieu={lab.slug}"),
        browser.post(f"/evenements/nouveau?lieu={lab.slug}", data=typed(lab)),
        browser.get(f"/evenements/{event.slug}/modifier"),
        browser.post(f"/evenements/{event.slug}/modifier", data=typed(theirs, version="1")),
        browser.post(f"/evenements/{event.slug}/annuler", data={"version": "1", "reason": "Panne"}),
        browser.post(f"/evenements/{event.slug}/retablir", data={"version": "1"}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 6
    assert browser.post("/evenements/nouveau", data=typed(lab)).status_code == 422
    assert queries.get_event(event.slug).version == 1


def test_a_person_without_a_place_is_told_what_to_do(as_person, db):
    answer = as_person(make_account()).get("/evenements/nouveau")

    assert answer.status_code == 403
    assert "Vous ne vous occupez d’aucun lieu" in text_of(answer)


# --- changing ----------------------------------------------------------------------------------------------------


def test_the_form_is_filled_with_the_event(browser, lab):
    event = make_event(lab, title="Atelier bois", description="Rabot")

    page = text_of(browser.get(f"/evenements/{event.slug}/modifier"))

    for value in ('value="Atelier bois"', 'value="2090-06-10"', 'value="18:00"', 'value="20:00"', "Rabot"):
        assert value in page


def test_a_change_of_hour_is_saved(browser, lab):
    event = make_event(lab)

    answer = browser.post(f"/evenements/{event.slug}/modifier", data=typed(lab, version="1", last_hour="21:30"))

    changed = queries.get_event(event.slug)
    assert answer.status_code == 303
    assert (changed.sequence, changed.version, changed.title) == (1, 2, "Initiation à la brodeuse")
    assert changed.ends_local == datetime.fromisoformat("2090-06-10T21:30")


def test_two_people_who_save_at_once_lose_nothing_and_see_both_versions(browser, lab):
    event = make_event(lab, title="Avant")
    browser.post(f"/evenements/{event.slug}/modifier", data=typed(lab, version="1", title="La version de Bob"))

    answer = browser.post(
        f"/evenements/{event.slug}/modifier", data=typed(lab, version="1", title="La version d’Alice")
    )

    page = text_of(answer)
    assert answer.status_code == 409
    assert "La version de Bob" in page
    assert 'name="title" value="La version d’Alice"' in page
    assert 'name="version" value="2"' in page
    assert queries.get_event(event.slug).title == "La version de Bob"


def test_the_second_save_after_a_conflict_is_taken(browser, lab):
    event = make_event(lab, title="Avant")
    browser.post(f"/evenements/{event.slug}/modifier", data=typed(lab, version="1", title="Bob"))

    answer = browser.post(f"/evenements/{event.slug}/modifier", data=typed(lab, version="2", title="Alice"))

    assert answer.status_code == 303
    assert queries.get_event(event.slug).title == "Alice"
