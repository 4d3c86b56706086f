"""The page of one event: what people want to know, and who sees what."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from fablabmesh.events import actions, date_actions
from fablabmesh.events.rules import OnlineAccess, PriceKind, When
from fablabmesh.kit.db import session
from tests.factories import NOW, make_account, make_event, make_place, make_series

SECOND = datetime.fromisoformat("2090-06-17T18:00")
THIRD = datetime.fromisoformat("2090-06-24T18:00")


@pytest.fixture
def lab(alice):
    return make_place(managers=(alice,))


@pytest.fixture
def series(lab):
    """Four Saturdays: the second called off, the third in the morning and elsewhere."""
    event = make_series(lab, description="Apportez un **fil**.")
    date_actions.cancel_date(event, SECOND, reason="Lab fermé", by=None, now=NOW, version=event.version)
    date_actions.change_date(
        event,
        THIRD,
        starts_local=THIRD.replace(hour=10),
        ends_local=THIRD.replace(hour=12),
        title="Couture du matin",
        description="Apportez un **croissant**.",
        venue_text="Salle des fêtes, Bruz",
        by=None,
        now=NOW,
        version=event.version,
    )
    session.commit()
    return event


def page_of(browser, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status
    text = answer.get_data(as_text=True).replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(text.split())


def test_a_series_tells_its_rhythm_and_its_next_dates(client, series):
    page = page_of(client, "/evenements/couture")

    assert "Chaque semaine, le samedi, 4 fois." in page
    assert "Prochaine date : <strong>samedi 10 juin 2090, de 18 h à 20 h</strong>" in page
    assert page.count('href="/evenements/couture?date=') == 4
    assert 'href="webcal://localhost/evenements/couture.ics"' in page
    assert 'Annulé</span> <s><a href="/evenements/couture?date=2090-06-17T18:00">' in page
    assert "Lab fermé" in page
    assert "samedi 24 juin 2090, de 10 h à 12 h" in page
    assert "prévu d’abord samedi 24 juin 2090 à 18 h" in page
    assert "Salle des fêtes, Bruz" in page


def test_one_date_of_a_series_has_a_page_that_points_to_the_series(client, series):
    page = page_of(client, "/evenements/couture?date=2090-06-24T18:00")

    assert '<link rel="canonical" href="http://localhost/evenements/couture">' in page
    assert "<h1>Couture du matin</h1>" in page
    assert "<strong>croissant</strong>" in page
    assert "cette date était prévue samedi 24 juin 2090 à 18 h." in page
    assert "Salle des fêtes, Bruz" in page
    assert "Toutes les dates de « Couture »" in page
    assert "2090-06-24T10:00:00+02:00" in page


def test_a_date_that_is_called_off_says_why(client, series):
    page = page_of(client, "/evenements/couture?date=2090-06-17T18:00")

    assert "<h1><s>Couture</s></h1>" in page
    assert "<strong>Cette date est annulée</strong> – Lab fermé" in page


@pytest.mark.parametrize("date", ["2090-06-11T18:00", "hier", "2090-06-10"])
def test_a_date_that_is_none_of_the_series_is_not_found_and_the_series_is_shown(client, series, date):
    page = page_of(client, f"/evenements/couture?date={date}", 404)

    assert "Cette date ne fait pas, ou plus, partie de l’événement." in page
    assert "Chaque semaine, le samedi, 4 fois." in page


def test_what_is_not_said_is_not_shown(client, lab):
    make_event(lab)

    page = page_of(client, "/evenements/atelier-decoupe-laser")

    for word in ("En pratique", "Qui organise", "En ligne", "Prochaines dates", "Langue", "Prix", "Suivre ces dates"):
        assert word not in page


def test_what_people_want_to_know_is_shown(client, lab):
    event = make_event(lab)
    event.partners = [make_place(name="Lab de Brest", commune="Brest")]
    event.audience, event.accessibility, event.capacity = "Dès 12 ans", "Boucle magnétique", 12
    event.price_kind, event.price_amount, event.language = PriceKind.AMOUNT, Decimal("5.50"), "en"
    event.registration_url, event.contact = "https://exemple.test/inscription", "Zoé, au lab"
    event.tags = ["bois", "laser & fil"]
    session.commit()

    page = page_of(client, "/evenements/atelier-decoupe-laser")

    for words in ("Dès 12 ans", "Boucle magnétique", "<dd>12</dd>", "5,50 €", "anglais", "Zoé, au lab"):
        assert words in page
    assert 'href="https://exemple.test/inscription" rel="nofollow noopener"' in page
    assert 'href="/agenda?etiquette=laser+%26+fil"' in page
    assert 'href="/agenda?categorie=atelier"' in page
    assert 'href="/lieux/lab-de-brest">Lab de Brest</a>' in page


def test_an_address_that_is_no_web_address_is_no_link(client, lab):
    event = make_event(lab)
    event.registration_url = event.online_url = "javascript:alert(1)"
    event.online_access = OnlineAccess.PUBLIC
    session.commit()

    assert 'href="javascript' not in page_of(client, "/evenements/atelier-decoupe-laser")


@pytest.mark.parametrize(
    ("access", "words", "is_linked"),
    [
        (OnlineAccess.NONE, "", False),
        (OnlineAccess.PUBLIC, "participer à distance", True),
        (OnlineAccess.ON_REQUEST, "sur demande : le lien est envoyé aux personnes inscrites", False),
    ],
)
def test_the_link_to_join_from_afar_is_shown_only_where_it_is_for_everybody(client, lab, access, words, is_linked):
    event = make_event(lab)
    event.online_access, event.online_url = access, "https://visio.test/salle-secrete"
    session.commit()

    page = page_of(client, "/evenements/atelier-decoupe-laser")

    assert words in page
    assert ("salle-secrete" in page) is is_linked


def test_what_was_moved_says_when_it_was_announced_for(client, lab):
    event = make_event(lab)
    when = When(event.starts_local + timedelta(days=7), event.ends_local + timedelta(days=7), event.timezone)
    words = {"title": event.title, "category_slug": "atelier"}
    actions.edit_event(event, lab, words, when, now=NOW + timedelta(days=1), version=event.version)
    session.commit()

    page = page_of(client, "/evenements/atelier-decoupe-laser")

    assert "samedi 17 juin 2090, de 18 h à 20 h" in page
    assert "ce rendez-vous était annoncé pour samedi 10 juin 2090 à 18 h." in page
    assert "https://schema.org/EventRescheduled" in page


def test_a_draft_is_for_those_who_may_edit_it(client, as_person, alice, lab):
    make_series(lab, is_draft=True)
    bob = make_account(name="Bob")
    make_place(name="Autre lab", managers=(bob,))
    session.commit()  # a refusal undoes what its request had not kept

    assert client.get("/evenements/couture").status_code == 404
    assert as_person(bob).get("/evenements/couture").status_code == 404
    page = page_of(as_person(alice), "/evenements/couture")
    assert "<strong>Brouillon</strong>" in page
    assert ".ics" not in page
    assert "application/ld+json" not in page


def test_a_draft_is_published_from_its_page(client, as_person, alice, lab):
    make_series(lab, is_draft=True)
    browser = as_person(alice)

    page = page_of(browser, "/evenements/couture")
    answer = browser.post("/evenements/couture/publier", data={"version": "1"})

    assert 'action="/evenements/couture/publier"' in page
    assert (answer.status_code, answer.location) == (303, "/evenements/couture")
    assert 'action="/evenements/couture/publier"' not in page_of(browser, "/evenements/couture")
    assert client.get("/evenements/couture").status_code == 200


def test_a_series_is_over_when_no_date_is_left(client, lab):
    make_series(lab, starts="2013-06-08T18:00", ends="2013-06-08T20:00")
    page = page_of(client, "/evenements/couture")

    assert "Toutes les dates annoncées sont passées." in page
    assert "Première date : samedi 8 juin 2013, de 18 h à 20 h" in page


def test_hours_are_given_to_be_compared_with_those_of_the_reader(client, lab):
    make_event(lab, title="Soir")
    make_event(lab, title="Jour", starts="2090-06-10T00:00", ends="2090-06-10T00:00", is_all_day=True)

    assert (
        'data-starts="2090-06-10T16:00:00+00:00" data-ends="2090-06-10T18:00:00+00:00" data-zone="Europe/Paris"'
        in page_of(client, "/evenements/soir")
    )
    assert "data-starts" not in page_of(client, "/evenements/jour")


def test_a_long_series_asks_as_much_as_a_short_one(client, lab, count_queries):
    make_series(lab, title="Courte", rrule="FREQ=WEEKLY;COUNT=1")
    long = make_series(lab, title="Longue", rrule="FREQ=DAILY;COUNT=40")
    for number in range(5):
        wall = long.starts_local + timedelta(days=number)
        date_actions.cancel_date(long, wall, reason="Panne", by=None, now=NOW, version=long.version)
    session.commit()

    asked = []
    for address in ("/evenements/courte", "/evenements/longue"):
        session.expire_all()
        session.expunge_all()
        with count_queries() as seen:
            client.get(address)
        asked.append(len(seen))

    assert asked[0] == asked[1]
