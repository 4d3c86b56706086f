"""Who did what, what is deleted and comes back, and the events of one's own places."""

from datetime import timedelta

import pytest

from fablabmesh.events import actions, date_actions, queries
from fablabmesh.kit.db import session
from tests.factories import NOW, make_account, make_event, make_place, make_series


@pytest.fixture
def lab(alice):
    return make_place(managers=(alice,))


@pytest.fixture
def browser(as_person, alice, lab):
    return as_person(alice)


def text_of(answer) -> str:
    return " ".join(answer.get_data(as_text=True).replace("\u00a0", " ").replace("\u202f", " ").split())


def rename(event, title: str, by=None, hours: int = 1) -> None:
    when = actions.When(event.starts_local, event.ends_local, event.timezone)
    words = {"title": title, "category_slug": "atelier"}
    now = NOW + timedelta(hours=hours)
    actions.edit_event(event, event.place, words, when, by=by, now=now, version=event.version)


# --- history -----------------------------------------------------------------------------------------------------


def test_the_history_tells_who_did_what_when(browser, alice, lab):
    event = make_event(lab, title="Bois", by=alice)
    rename(event, "Métal", by=alice)
    actions.cancel_event(event, reason="Panne", now=NOW + timedelta(hours=2), version=event.version)
    session.commit()

    page = text_of(browser.get("/evenements/bois/historique"))

    assert "<strong>Alice</strong> a créé l’événement" in page
    assert "<strong>Alice</strong> a modifié l’événement" in page
    assert "<del>Bois</del>" in page
    assert "<ins>Métal</ins>" in page
    assert "<strong>Le site</strong> a annulé l’événement" in page
    assert "<ins>Panne</ins>" in page
    assert "2 mars 2026 à 11 h (heure de Paris)" in page
    assert page.index("a annulé") < page.index("a modifié") < page.index("a créé")
    for column in ("cancel_reason", "starts_local", "category_slug"):
        assert column not in page


def test_a_long_history_has_pages_and_asks_as_much_as_a_short_one(browser, alice, lab, count_queries):
    make_event(lab, title="Court", by=alice)
    event = make_event(lab, title="Long", by=alice)
    for number in range(1, 35):
        rename(event, f"Titre {number}", by=alice, hours=number)
    session.commit()

    asked, pages = [], []
    for address in (
        "/evenements/court/historique",
        "/evenements/long/historique",
        "/evenements/long/historique?page=2",
    ):
        session.expunge_all()
        with count_queries() as seen:
            pages.append(text_of(browser.get(address)))
        asked.append(len(seen))

    assert "Page 1 sur 2" in pages[1]
    assert "<ins>Titre 34</ins>" in pages[1]
    assert "<ins>Titre 1</ins>" in pages[2]
    assert "a créé" in pages[2]
    assert asked[0] == asked[1] == asked[2]


def test_both_halves_of_a_series_point_to_each_other(browser, lab):
    series = make_series(lab)
    third = series.starts_local.replace(day=24)
    date_actions.cancel_following(series, third, reason="Panne", by=None, now=NOW, version=series.version)
    session.commit()

    early, late = (text_of(browser.get(f"/evenements/{slug}/historique")) for slug in ("couture", "couture-2"))

    assert 'href="/evenements/couture-2/historique"' in early
    assert "a modifié une date et les suivantes (samedi 24 juin 2090 à 18 h)" in early
    assert 'href="/evenements/couture/historique"' in late


# --- deletion ----------------------------------------------------------------------------------------------------


def test_what_is_deleted_leaves_the_pages_stays_cancelled_in_calendars_and_comes_back(browser, client, lab):
    make_event(lab, title="Bois")

    asks = text_of(browser.get("/evenements/bois/supprimer"))
    gone = browser.post("/evenements/bois/supprimer", data={"version": "1"})
    seen = (client.get("/evenements/bois").status_code, "Bois" in text_of(client.get("/agenda")))
    calendar = client.get("/evenements/bois.ics").get_data(as_text=True)
    own = text_of(browser.get("/evenements/bois"))
    session.commit()
    back = browser.post("/evenements/bois/reprendre", data={"version": "2"})

    assert "toutes les dates sont montrées annulées pendant 180 jours" in asks
    assert (gone.status_code, gone.location) == (303, "/mes-evenements?liste=supprimes")
    assert seen == (404, False)
    assert "STATUS:CANCELLED" in calendar
    assert "Reprendre cet événement" in own
    assert (back.status_code, back.location) == (303, "/evenements/bois")
    assert client.get("/evenements/bois").status_code == 200


def test_a_draft_that_nobody_saw_is_deleted_without_a_word_to_calendars(browser, lab):
    make_series(lab, is_draft=True)

    assert "aucun calendrier ne le montre" in text_of(browser.get("/evenements/couture/supprimer"))


def test_what_changed_meanwhile_is_not_deleted(browser, lab):
    event = make_event(lab, title="Bois")
    rename(event, "Métal")
    session.commit()

    answer = browser.post("/evenements/bois/supprimer", data={"version": "1"})

    assert answer.status_code == 409
    assert 'name="version" type="hidden" value="2"' in text_of(answer)
    assert queries.get_event("bois").deleted_at is None


def test_only_who_looks_after_the_place_may(client, as_person, lab):
    make_event(lab, title="Bois")
    bob = make_account(name="Bob")
    make_place(name="Autre lab", managers=(bob,))
    session.commit()
    stranger = as_person(bob)

    assert {
        client.get(address).status_code
        for address in ("/evenements/bois/historique", "/evenements/bois/supprimer", "/mes-evenements")
    } == {303}
    assert [
        stranger.get("/evenements/bois/historique").status_code,
        stranger.get("/evenements/bois/supprimer").status_code,
        stranger.post("/evenements/bois/supprimer", data={"version": "1"}).status_code,
        stranger.post("/evenements/bois/reprendre", data={"version": "1"}).status_code,
    ] == [403] * 4
    assert "Bois" not in text_of(stranger.get("/mes-evenements"))


# --- one's own events --------------------------------------------------------------------------------------------


@pytest.fixture
def piles(lab):
    make_event(lab, title="Bientôt")
    make_series(lab, title="Souvent", rrule="FREQ=WEEKLY")
    make_event(lab, title="Jadis", starts="2013-05-01T10:00", ends="2013-05-01T12:00")
    make_series(lab, title="En chantier", is_draft=True)
    gone = make_event(lab, title="Disparu")
    actions.delete_event(gone, now=NOW, version=gone.version)
    session.commit()


@pytest.mark.parametrize(
    ("pile", "titles"),
    [
        ("", {"Bientôt", "Souvent"}),
        ("?liste=brouillons", {"En chantier"}),
        ("?liste=passes", {"Jadis"}),
        ("?liste=supprimes", {"Disparu"}),
        ("?liste=n-importe-quoi", {"Bientôt", "Souvent"}),
    ],
)
def test_my_events_are_in_piles(browser, piles, pile, titles):
    page = text_of(browser.get(f"/mes-evenements{pile}"))

    every = {"Bientôt", "Souvent", "Jadis", "En chantier", "Disparu"}
    assert {title for title in every if f">{title}</a>" in page} == titles
    for count in ("À venir (2)", "Brouillons (1)", "Passés (1)", "Supprimés (1)"):
        assert count in page


def test_my_events_are_those_of_all_my_places_and_of_no_other(browser, alice, lab):
    make_event(make_place(name="Second lab", managers=(alice,)), title="Là aussi")
    make_event(make_place(name="Lab de Bob"), title="Ailleurs")

    page = text_of(browser.get("/mes-evenements"))

    assert "Là aussi" in page
    assert "Ailleurs" not in page


def test_a_person_without_a_place_is_told_what_to_do(as_person, db):
    page = text_of(as_person(make_account()).get("/mes-evenements"))

    assert "Vous ne vous occupez encore d’aucun lieu." in page


def test_many_events_ask_as_much_as_one(browser, lab, count_queries):
    make_series(lab, title="Un")
    asked = []
    for _round in range(2):
        session.expunge_all()
        with count_queries() as seen:
            browser.get("/mes-evenements")
        asked.append(len(seen))
        place = queries.get_event("un").place
        make_series(place, title="Deux")
        make_event(place, title="Trois")

    assert asked[0] == asked[1]


def test_the_way_to_my_events_is_on_my_page(browser):
    assert 'href="/mes-evenements"' in text_of(browser.get("/mon-espace"))
