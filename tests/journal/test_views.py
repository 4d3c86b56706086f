"""The pages of the journal: for whom, what they show, and the way back."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.accounts.models import SignIn
from fablabmesh.accounts.rules import Role
from fablabmesh.journal.models import JournalAct, JournalEntry
from fablabmesh.places import actions as places
from fablabmesh.teams import invitation_actions as invitations
from tests.factories import NOW, make_account, make_coordinator, make_department, make_place, make_zone


@pytest.fixture
def zone(db):
    make_department()
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.8), region=("52", "Pays de la Loire"))
    return make_zone("35")


@pytest.fixture
def coordinator(zone):
    return make_coordinator(zone, name="Maxence")


@pytest.fixture
def change(alice, zone, anew, last_act):
    """The phone of a place here, written by hand of Alice."""
    place = make_place(managers=(alice,), phone="02 99 00 00 00")
    anew()
    places.edit_place(place, {"phone": "02 99 00 00 01"}, now=NOW, version=place.version, by=alice)
    act, _entries = last_act()
    anew()
    return place, act


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_who_coordinates_reads_what_changed_before_and_after(as_person, coordinator, change):
    place, act = change
    page = as_person(coordinator).get("/journal")

    assert page.status_code == 200
    assert f'href="/journal/{act.id}"' in page.get_data(as_text=True)
    assert f'href="/lieux/{place.slug}"' in page.get_data(as_text=True)
    assert "Téléphone du lieu Avant : 02 99 00 00 00 → Après : 02 99 00 00 01" in text_of(page).replace("\xa0", " ")


def test_who_signed_in_long_ago_proves_who_they_are_before_anything_is_undone(as_person, coordinator, change, db):
    place, act = change
    browser = as_person(coordinator)
    browser.get("/journal")
    db.execute(sa.update(SignIn).values(proved_at=SignIn.proved_at - timedelta(hours=1)))
    db.commit()
    entry = db.scalars(sa.select(JournalEntry.id).where(JournalEntry.act_id == act.id)).one()

    answers = [browser.post(f"/journal/{act.id}/{way}") for way in ("annuler", f"{entry}/annuler")]

    db.refresh(place)
    assert [answer.status_code for answer in answers] == [403, 403]
    assert place.phone == "02 99 00 00 01"


def test_others_do_not_know_that_there_is_a_journal(client, as_person, alice, change):
    _place, act = change
    browser = as_person(alice)

    assert client.get("/journal").status_code == 303
    assert browser.get("/journal").status_code == 404
    assert browser.get(f"/journal/{act.id}").status_code == 404
    assert browser.post(f"/journal/{act.id}/annuler").status_code == 404


def test_what_is_elsewhere_is_not_there(as_person, coordinator, db, anew, last_act):
    anew()
    make_place(name="Nantes", department="44", postcode="44000", commune="Nantes")
    act, entries = last_act()
    browser = as_person(coordinator)

    assert browser.get(f"/journal/{act.id}").status_code == 404
    assert browser.post(f"/journal/{act.id}/annuler").status_code == 404
    assert browser.post(f"/journal/{act.id}/{entries[0].id}/annuler").status_code == 404
    assert "Nantes" not in text_of(browser.get("/journal"))


def test_a_change_is_taken_back_and_that_too(as_person, coordinator, change, db):
    place, act = change
    browser = as_person(coordinator)

    answer = browser.post(f"/journal/{act.id}/annuler")
    db.refresh(place)
    once = place.phone
    undoing = db.query(JournalAct).filter_by(undoes_id=act.id).one()
    page = text_of(browser.get(f"/journal/{act.id}"))
    browser.post(f"/journal/{undoing.id}/annuler")
    db.refresh(place)

    assert (answer.status_code, answer.location) == (303, f"/journal/{act.id}")
    assert (once, place.phone) == ("02 99 00 00 00", "02 99 00 00 01")
    assert (undoing.account_id, undoing.deed) == (coordinator.id, "journal.undo")
    assert "voir l’annulation" in page


def test_one_row_of_an_act_is_taken_back_and_the_others_stay(as_person, coordinator, alice, zone, anew, last_act, db):
    one, other = make_place(phone="1"), make_place(name="Autre", phone="1")
    anew()
    for place in (one, other):
        places.edit_place(place, {"phone": "2"}, now=NOW, version=place.version, by=alice)
    act, entries = last_act()
    anew()
    browser = as_person(coordinator)
    page = browser.get(f"/journal/{act.id}").get_data(as_text=True)

    browser.post(f"/journal/{act.id}/{entries[0].id}/annuler")

    db.expire_all()
    assert page.count("Annuler cette ligne") == 2
    assert (one.phone, other.phone) == ("1", "2")


def test_what_was_written_since_is_shown_and_nothing_is_changed(as_person, coordinator, change, db, alice, anew):
    place, act = change
    places.edit_place(place, {"phone": "02 99 00 00 02"}, now=NOW, version=place.version, by=alice)
    anew()

    answer = as_person(coordinator).post(f"/journal/{act.id}/annuler")

    db.refresh(place)
    words = text_of(answer)
    assert answer.status_code == 409
    assert "Téléphone du lieu 02 99 00 00 00 02 99 00 00 01 02 99 00 00 02" in words
    assert "Rien n’a été changé" in words
    assert place.phone == "02 99 00 00 02"


def test_what_concerns_the_site_is_not_for_coordinators_to_undo(as_person, coordinator, zone, anew, last_act, db):
    anew()
    other = make_coordinator(zone, name="Bob")
    act, entries = last_act()
    link = next(entry for entry in entries if entry.table_name == "zone_coordinator")
    boss = make_account(role=Role.ADMIN)
    anew()
    browser = as_person(coordinator)

    assert browser.get(f"/journal/{act.id}").status_code == 200
    assert browser.post(f"/journal/{act.id}/{link.id}/annuler").status_code == 404
    assert as_person(boss).post(f"/journal/{act.id}/{link.id}/annuler").status_code == 303
    db.refresh(other)
    assert other.zone_ids == []


@pytest.mark.parametrize("answer", ["withdraw", "accept"])
def test_no_link_that_is_used_up_opens_again_for_who_coordinates(
    as_person, coordinator, zone, anew, last_act, db, answer
):
    boss, guest = make_account(role=Role.ADMIN), make_account(name="Bob")
    found = invitations.invite_coordinator(zone, invitations.Guest(guest.email), by=boss, now=NOW)
    anew()
    if answer == "withdraw":
        invitations.withdraw(found, now=NOW)
    else:
        invitations.accept_as(found, guest, now=NOW)
    act, entries = last_act()
    anew()
    browser = as_person(coordinator)

    statuses = [browser.post(f"/journal/{act.id}/{entry.id}/annuler").status_code for entry in entries]

    assert {browser.post(f"/journal/{act.id}/annuler").status_code, *statuses} == {404}
    db.refresh(found)
    assert (found.withdrawn_at or found.accepted_at) == NOW


def test_who_did_it_is_asked_for_in_words_that_mean_it_in_both_languages(as_person, coordinator, change):
    browser = as_person(coordinator)

    pages = [browser.get(path).get_data(as_text=True) for path in ("/journal", "/en/journal")]

    assert [re.search(r'<label for="qui"[^>]*>(\w+)', page)[1] for page in pages] == ["Qui", "Who"]


def test_those_who_may_read_it_are_led_to_it(as_person, coordinator, alice, change):
    place, _act = change
    browser, hers = as_person(coordinator), as_person(alice)
    pages = ("/mon-espace", f"/lieux/{place.slug}/historique")

    assert ['href="/journal' in browser.get(page).get_data(as_text=True) for page in pages] == [True, True]
    assert ['href="/journal' in hers.get(page).get_data(as_text=True) for page in pages] == [False, False]


def test_a_search_that_finds_nothing_says_what_to_do(as_person, coordinator, change):
    page = as_person(coordinator).get("/journal?lieu=licorne")
    wrong = as_person(coordinator).get("/journal?du=hier")

    assert "Rien ne correspond." in text_of(page)
    assert (wrong.status_code, "Écrivez une date qui existe" in text_of(wrong)) == (200, True)


def test_long_journals_go_on_by_number(as_person, coordinator, zone, db, anew):
    for number in range(31):
        make_place(name=f"Lab {number:02d}")
        anew()
    browser = as_person(coordinator)

    page = browser.get("/journal").get_data(as_text=True)
    older = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")

    assert "Lab 30" in page
    assert "Lab 00" in browser.get(older).get_data(as_text=True)


def test_a_list_costs_as_many_questions_for_one_act_as_for_many(as_person, coordinator, change, anew, count_queries):
    browser = as_person(coordinator)
    browser.get("/journal")
    with count_queries() as few:
        browser.get("/journal")
    for number in range(5):
        make_place(name=f"Lab {number}")
        anew()
    with count_queries() as many:
        browser.get("/journal")

    assert len(few) == len(many)
