"""The dates of a series one by one: who may, what is said before, what is stored, what happens to two at once."""

from datetime import datetime, timedelta

import pytest

from fablabmesh.events import actions, date_actions, queries
from fablabmesh.events.rules import EventStatus
from fablabmesh.kit.db import session
from tests.factories import NOW, make_account, make_event, make_place, make_series

FIRST, SECOND = datetime.fromisoformat("2090-06-10T18:00"), datetime.fromisoformat("2090-06-17T18:00")
LATER = NOW + timedelta(hours=1)
DATES = "/evenements/couture/dates"
TYPED = {
    "first_day": "2090-06-17",
    "first_hour": "10:00",
    "last_day": "",
    "last_hour": "12:00",
    "venue": "0",
    "venue_text": "Salle des fêtes, Bruz",
    "title": "Couture du matin",
    "description": "Apportez un croissant.",
}


@pytest.fixture
def lab(alice):
    return make_place(managers=(alice,))


@pytest.fixture
def series(lab):
    return make_series(lab)


@pytest.fixture
def browser(as_person, alice, series):
    return as_person(alice)


def text_of(answer) -> str:
    text = answer.get_data(as_text=True).replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(text.split())


def dates() -> list[tuple[str, str, bool]]:
    """What the agenda knows: the name of each date, its start and whether it is called off."""
    event = queries.get_event("couture")
    found = queries.list_dates_of(event.id, after=NOW, limit=50)
    return [(f"{date.recurrence_local:%d/%m %H}", f"{date.starts_local:%d/%m %H}", date.is_cancelled) for date in found]


AS_IT_WAS = [
    ("10/06 18", "10/06 18", False),
    ("17/06 18", "17/06 18", False),
    ("24/06 18", "24/06 18", False),
    ("01/07 18", "01/07 18", False),
]


# --- the list ----------------------------------------------------------------------------------------------------


def test_the_list_has_each_date_and_what_can_be_done_to_it(browser):
    page = text_of(browser.get(DATES))

    assert "4 dates à venir" in page
    for act in ("", "/annuler", "/annuler-les-suivantes"):
        assert f'href="{DATES}/2090-06-17T18:00{act}"' in page
    assert 'href="/evenements/couture/modifier?depuis=2090-06-17T18:00"' in page
    assert f'href="{DATES}/ajouter"' in page


def test_a_long_series_has_pages(browser, lab):
    make_series(lab, title="Longue", rrule="FREQ=DAILY;COUNT=60")

    first, last = (text_of(browser.get(f"/evenements/longue/dates{page}")) for page in ("", "?page=3"))

    assert "60 dates à venir" in first
    assert "Page 1 sur 3" in first
    assert (first.count("/annuler-les-suivantes"), last.count("/annuler-les-suivantes")) == (25, 10)


def test_the_list_asks_as_much_for_many_dates_as_for_one(browser, lab, count_queries):
    make_series(lab, title="Courte", rrule="FREQ=WEEKLY;COUNT=1")
    long = make_series(lab, title="Longue", rrule="FREQ=DAILY;COUNT=20")
    date_actions.cancel_date(long, FIRST, reason="Panne", by=None, now=NOW, version=long.version)
    session.commit()

    asked = []
    for slug in ("courte", "longue"):
        session.expunge_all()
        with count_queries() as seen:
            browser.get(f"/evenements/{slug}/dates")
        asked.append(len(seen))

    assert asked[0] == asked[1]


def test_a_date_that_was_added_apart_is_changed_alone(browser, series):
    date_actions.add_date(series, datetime.fromisoformat("2090-06-20T18:00"), by=None, now=NOW, version=series.version)
    session.commit()

    page = text_of(browser.get(DATES))

    assert "Ajoutée" in page
    assert f"{DATES}/2090-06-20T18:00/annuler" in page
    assert f"{DATES}/2090-06-20T18:00/annuler-les-suivantes" not in page


# --- who may -----------------------------------------------------------------------------------------------------

PAGES = [
    "",
    "/ajouter",
    *(f"/2090-06-17T18:00{act}" for act in ("", "/annuler", "/annuler-les-suivantes", "/retablir")),
]


@pytest.mark.parametrize("page", PAGES)
def test_only_who_looks_after_the_place_may(client, as_person, series, page):
    bob = make_account(name="Bob")
    make_place(name="Autre lab", managers=(bob,))
    session.commit()

    visitor = client.get(DATES + page)
    stranger = as_person(bob)

    assert (visitor.status_code, visitor.location.partition("?")[0]) == (303, "/connexion")
    assert stranger.get(DATES + page).status_code == 403
    if page:
        assert stranger.post(DATES + page, data=TYPED | {"version": "1", "reason": "Panne"}).status_code == 403
    assert dates() == AS_IT_WAS


@pytest.mark.parametrize("key", ["2090-06-11T18:00", "hier", "2090-06-17", "2090-06-17T18:00:01"])
def test_what_is_no_date_of_the_series_is_not_found(browser, key):
    session.commit()

    assert browser.get(f"{DATES}/{key}").status_code == 404
    assert browser.post(f"{DATES}/{key}/annuler", data={"version": "1", "reason": "Panne"}).status_code == 404


# --- change ------------------------------------------------------------------------------------------------------


def test_the_form_of_a_date_says_what_it_is_and_what_will_be_seen(browser):
    page = text_of(browser.get(f"{DATES}/2090-06-17T18:00"))

    for value in ('value="2090-06-17"', 'value="18:00"', 'value="20:00"', 'value="Couture"', "Comme la série : LabFab"):
        assert value in page
    assert "Les calendriers abonnés montreront cette date-là telle que vous l’écrivez ici" in page


def test_a_date_is_held_at_another_time_and_place_under_another_name(browser, client):
    answer = browser.post(f"{DATES}/2090-06-17T18:00", data=TYPED | {"version": "1"})

    assert (answer.status_code, answer.location) == (303, DATES)
    assert dates() == [AS_IT_WAS[0], ("17/06 18", "17/06 10", False), *AS_IT_WAS[2:]]
    page = text_of(client.get("/evenements/couture?date=2090-06-17T18:00"))
    for words in ("Couture du matin", "Apportez un croissant.", "Salle des fêtes, Bruz", "de 10 h à 12 h"):
        assert words in page


def test_a_date_is_held_in_another_lab(browser, series):
    partner = make_place(name="Lab de Brest", commune="Brest")
    event = queries.get_event("couture")
    event.partners = [partner]
    session.commit()

    browser.post(
        f"{DATES}/2090-06-17T18:00",
        data=TYPED | {"venue": str(partner.id), "venue_text": "", "version": str(event.version)},
    )

    (change,) = queries.get_event("couture").changes
    assert change.venue_id == partner.id


def test_any_lab_of_the_mesh_is_found_by_its_words_and_nothing_typed_is_lost(browser):
    brest = make_place(name="Les Fabriques", commune="Brest")
    make_place(name="Brest inventé", commune="Brest", is_demo=True)
    session.commit()
    typed = TYPED | {"version": "1", "venue_text": ""}

    looked = text_of(browser.post(f"{DATES}/2090-06-17T18:00", data=typed | {"search": "brest", "act": "look"}))
    nothing = text_of(browser.post(f"{DATES}/2090-06-17T18:00", data=typed | {"search": "zzz", "act": "look"}))
    saved = browser.post(f"{DATES}/2090-06-17T18:00", data=typed | {"venue": str(brest.id), "search": "brest"})

    assert "1 lieu trouvé" in looked
    assert f'<option value="{brest.id}">Les Fabriques – Brest</option>' in looked
    assert "Brest inventé" not in looked
    assert 'value="Couture du matin"' in looked
    assert "Aucun lieu ne porte ces mots" in nothing
    assert saved.status_code == 303
    assert [change.venue_id for change in queries.get_event("couture").changes] == [brest.id]


@pytest.mark.parametrize("chosen", ["999999999", "9" * 40, "²", "-1", "laser"])
def test_a_lab_that_is_not_there_cannot_be_chosen(browser, chosen):
    session.commit()

    answer = browser.post(f"{DATES}/2090-06-17T18:00", data=TYPED | {"version": "1", "venue_text": "", "venue": chosen})

    assert answer.status_code == 422
    assert dates() == AS_IT_WAS


def test_a_fault_loses_nothing_that_was_typed(browser):
    session.commit()
    answer = browser.post(f"{DATES}/2090-06-17T18:00", data=TYPED | {"version": "1", "last_hour": "09:00"})

    page = text_of(answer)
    assert answer.status_code == 422
    for words in ("La fin vient avant le début", "Couture du matin", "Apportez un croissant.", "Salle des fêtes, Bruz"):
        assert words in page


def test_two_who_change_a_date_at_once_see_both_versions(browser):
    browser.post(f"{DATES}/2090-06-17T18:00", data=TYPED | {"version": "1", "title": "La version de Bob"})

    answer = browser.post(f"{DATES}/2090-06-17T18:00", data=TYPED | {"version": "1", "title": "La version d’Alice"})

    page = text_of(answer)
    assert answer.status_code == 409
    assert "<dt>Titre</dt><dd>La version de Bob</dd>" in page
    assert "<dt>Quand</dt>" not in page
    assert 'value="La version d’Alice"' in page
    assert 'name="version" type="hidden" value="2"' in page
    assert browser.post(f"{DATES}/2090-06-17T18:00", data=TYPED | {"version": "2"}).status_code == 303


# --- call off, take back -----------------------------------------------------------------------------------------


def test_a_date_is_called_off_and_taken_back(browser):
    asks = text_of(browser.get(f"{DATES}/2090-06-17T18:00/annuler"))
    off = browser.post(f"{DATES}/2090-06-17T18:00/annuler", data={"version": "1", "reason": "Lab fermé"})
    called_off = dates()
    asks_again = text_of(browser.get(f"{DATES}/2090-06-17T18:00/retablir"))
    back = browser.post(f"{DATES}/2090-06-17T18:00/retablir", data={"version": "2"})

    assert "Les calendriers abonnés montreront cette date annulée" in asks
    assert called_off == [AS_IT_WAS[0], ("17/06 18", "17/06 18", True), *AS_IT_WAS[2:]]
    assert "Les calendriers abonnés montreront de nouveau que cette date a lieu." in asks_again
    assert (off.status_code, back.status_code) == (303, 303)
    assert dates() == AS_IT_WAS


def test_a_reason_is_needed(browser):
    session.commit()
    answer = browser.post(f"{DATES}/2090-06-17T18:00/annuler", data={"version": "1", "reason": ""})

    assert answer.status_code == 422
    assert dates() == AS_IT_WAS


@pytest.mark.parametrize("act", ["annuler", "annuler-les-suivantes", "retablir"])
def test_what_changed_meanwhile_is_shown_and_asked_again(browser, series, act):
    date_actions.cancel_date(series, FIRST, reason="Panne", by=None, now=LATER, version=series.version)
    session.commit()

    answer = browser.post(f"{DATES}/2090-06-10T18:00/{act}", data={"version": "1", "reason": "Lab fermé"})

    page = text_of(answer)
    assert answer.status_code == 409
    assert "Quelqu’un a modifié cet événement pendant que vous lisiez cette page." in page
    assert 'name="version" type="hidden" value="2"' in page
    assert dates() == [("10/06 18", "10/06 18", True), *AS_IT_WAS[1:]]


def test_a_date_and_all_that_follow_are_called_off(browser):
    asks = text_of(browser.get(f"{DATES}/2090-06-24T18:00/annuler-les-suivantes"))
    answer = browser.post(
        f"{DATES}/2090-06-24T18:00/annuler-les-suivantes", data={"version": "1", "reason": "Déménagement"}
    )

    assert "la série finira samedi 17 juin 2090" in asks
    assert "2 dates y seront montrées annulées, avec ce que vous écrivez, de samedi 24 juin 2090 à samedi 1" in asks
    assert answer.status_code == 303
    assert dates() == AS_IT_WAS[:2]
    rest = queries.get_event("couture-2")
    assert (rest.status, rest.cancel_reason) == (EventStatus.CANCELLED, "Déménagement")


def test_from_the_first_date_on_the_whole_event_is_called_off(browser):
    asks = text_of(browser.get(f"{DATES}/2090-06-10T18:00/annuler-les-suivantes"))
    browser.post(f"{DATES}/2090-06-10T18:00/annuler-les-suivantes", data={"version": "1", "reason": "Déménagement"})

    assert "C’est la première date : l’événement entier sera annulé." in asks
    assert queries.get_event("couture").status is EventStatus.CANCELLED


# --- add ---------------------------------------------------------------------------------------------------------


def test_a_date_is_added(browser):
    asks = text_of(browser.get(f"{DATES}/ajouter"))
    answer = browser.post(f"{DATES}/ajouter", data={"version": "1", "first_day": "2090-06-20", "first_hour": "14:00"})

    assert "Les calendriers abonnés montreront une date de plus" in asks
    assert answer.status_code == 303
    assert ("20/06 14", "20/06 14", False) in dates()


def test_what_happens_once_becomes_two_dates(browser, lab):
    make_event(lab, title="Bois")
    browser.post(
        "/evenements/bois/dates/ajouter", data={"version": "1", "first_day": "2090-06-20", "first_hour": "14:00"}
    )

    event = queries.get_event("bois")
    assert event.rdates == [datetime.fromisoformat("2090-06-20T14:00")]


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"first_day": "2090-06-17", "first_hour": "18:00"}, 422, "Cette date fait déjà partie de l’événement."),
        ({"first_day": "2090-06-01", "first_hour": "18:00"}, 422, "Une date ajoutée vient après la première"),
        ({"first_day": "2090-06-20", "first_hour": ""}, 422, "Écrivez l’heure du début."),
        ({"first_day": "2090-06-20", "first_hour": "14:00", "version": "9"}, 409, "Quelqu’un a modifié cet événement"),
    ],
)
def test_a_date_that_cannot_be_added_says_why(browser, typed, status, words):
    session.commit()
    answer = browser.post(f"{DATES}/ajouter", data={"version": "1"} | typed)

    assert answer.status_code == status
    assert words in text_of(answer)
    assert dates() == AS_IT_WAS


# --- states ------------------------------------------------------------------------------------------------------


def test_a_draft_says_that_no_calendar_shows_it(browser, lab):
    make_series(lab, title="Brouillon", is_draft=True)

    page = text_of(browser.get("/evenements/brouillon/dates/2090-06-17T18:00/annuler"))

    assert "aucun calendrier ne le montre encore" in page


def test_dates_of_what_is_called_off_or_deleted_are_not_changed(browser, lab):
    off, gone = make_series(lab, title="Annulée"), make_series(lab, title="Supprimée")
    actions.cancel_event(off, reason="Panne", now=NOW, version=off.version)
    actions.delete_event(gone, now=NOW, version=gone.version)
    session.commit()

    for slug, words in (("annulee", "rétablissez-le avant"), ("supprimee", "reprenez-le avant")):
        assert words in text_of(browser.get(f"/evenements/{slug}/dates"))
        answer = browser.get(f"/evenements/{slug}/dates/2090-06-17T18:00")
        assert answer.status_code == 400
        assert words in text_of(answer)


def test_what_happens_once_is_changed_by_its_own_form(browser, lab):
    make_event(lab, title="Bois")

    answer = browser.get("/evenements/bois/dates/2090-06-10T18:00")

    assert (answer.status_code, answer.location) == (303, "/evenements/bois/modifier")
