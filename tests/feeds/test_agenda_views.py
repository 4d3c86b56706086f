"""The page of the agenda as visitors see it."""

import json
import re
from datetime import datetime
from html import unescape

import pytest
from sqlalchemy import select

from fablabmesh.events import actions, date_actions
from fablabmesh.events.rules import When
from fablabmesh.feeds import queries
from fablabmesh.kit import clock
from fablabmesh.kit.recurrence import check_rule
from fablabmesh.places.models import Place
from fablabmesh.zones.models import Commune
from tests.factories import (
    NOW,
    make_account,
    make_department,
    make_event,
    make_place,
    make_project,
    make_series,
    make_zone,
)


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.headers.get("Location")
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


def titles(page: str) -> list[str]:
    """The events that a list shows, in its order."""
    return re.findall(r'<a href="(?:/en)?/evenements/[^"]+">([^<]+)</a>', page)


@pytest.fixture
def lab(db):
    return make_place()


@pytest.fixture
def in_march(monkeypatch):
    """Today is Saturday 14 March 2026."""
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat("2026-03-14T10:00:00+00:00"))


def make_commune(insee: str, name: str, *, postcode: str, population: int, spot=(48.114, -1.68), department="35"):
    folded = name.lower().replace("é", "e")
    queries.session.add(
        Commune(insee=insee, name=name, folded_name=folded, postcodes=[postcode], department_code=department,
                latitude=spot[0], longitude=spot[1], population=population)
    )  # fmt: skip
    queries.session.flush()


def test_an_empty_agenda_says_so_and_offers_to_subscribe(client):
    page = text_of(client.get("/agenda"))

    assert "Aucun rendez-vous n’est annoncé pour le moment." in page
    assert "webcal://localhost/agenda.ics" in page
    assert "http://localhost/agenda.ics" in page


def test_the_agenda_shows_what_comes_with_its_place(client, lab):
    make_event(lab, title="Atelier bois")

    page = text_of(client.get("/agenda"))

    assert titles(page) == ["Atelier bois"]
    assert "1 rendez-vous à venir" in page
    assert "Juin 2090" in page
    assert "18 h – 20 h" in page
    assert ">LabFab</a>, Rennes" in page


def test_a_cancelled_event_is_struck_and_named_so(client, lab):
    event = make_event(lab, title="Atelier bois")
    actions.cancel_event(event, reason="Panne", by=None, now=NOW, version=event.version)
    queries.session.commit()

    page = text_of(client.get("/agenda"))

    assert re.search(r'Annulé</span> <s><a href="[^"]+">Atelier bois</a></s>', page)


def test_a_date_that_was_moved_says_when_it_was_to_be(client, lab):
    start = datetime.fromisoformat("2090-06-06T18:00")
    rule = check_rule("FREQ=WEEKLY;COUNT=2", start, "Europe/Paris")
    when = When(start, start.replace(hour=20), "Europe/Paris", rrule=rule)
    series = actions.create_event(lab, {"title": "Couture", "category_slug": "atelier"}, when, by=None, now=NOW)
    queries.session.commit()
    moved = start.replace(day=15)
    date_actions.change_date(
        series, start.replace(day=13), starts_local=moved, ends_local=moved.replace(hour=20), venue_text="À la mairie",
        by=None, now=NOW, version=series.version,
    )  # fmt: skip
    queries.session.commit()

    page = text_of(client.get("/agenda"))

    assert titles(page) == ["Couture", "Couture"]
    assert page.count("Déplacé</span> prévu d’abord mardi 13 juin 2090 à 18 h") == 1
    assert page.count("Ailleurs : À la mairie") == 1


def test_an_event_overseas_tells_the_hour_of_paris_too(client):
    make_department("974", "La Réunion", box=(55.2, -21.4, 55.9, -20.8))
    there = make_place(name="Lab des îles", department="974", insee="97411", latitude=-20.88, longitude=55.45)
    make_event(there, timezone="Indian/Reunion")

    assert "Heure locale : La Réunion. À Paris : de 16 h à 18 h" in text_of(client.get("/agenda"))
    assert "heure locale : La Réunion" in text_of(client.get("/agenda?du=2090-06-05&vue=semaine"))


def test_past_events_are_one_link_away(client, lab):
    make_event(lab, title="Le premier", starts="2013-05-01T10:00", ends="2013-05-01T12:00")

    now, past = text_of(client.get("/agenda")), text_of(client.get("/agenda?passes=oui"))

    assert "/agenda?passes=oui" in now
    assert (titles(now), titles(past)) == ([], ["Le premier"])


@pytest.fixture
def country(lab):
    """Two labs that work at a project together, an EPN of the first zone, an event of each and one of both labs."""
    make_zone("35")
    make_zone("35", programme="epn", slug="bretagne", name="Bretagne")
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.8))
    nantes = make_place(name="Nantes", commune="Nantes", department="44", insee="44109", latitude=47.2, longitude=-1.55)
    epn = make_place(name="Cyber", kind="epn")
    first = make_event(lab, title="Ici", category="formation")
    first.language, first.tags = "en", ["Bois"]
    make_event(nantes, title="Là-bas")
    make_event(epn, title="Au clavier")
    both = make_event(lab, title="Ensemble", description="Une œuvre d’été")
    queries.session.refresh(both, ["partners"])
    both.partners = [nantes]
    queries.session.commit()
    make_project(lab, title="Fraiseuse", partners=(nantes,))
    make_commune("35238", "Rennes", postcode="35000", population=220_000)
    make_commune("44109", "Nantes", postcode="44000", population=320_000, spot=(47.218, -1.554), department="44")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["Ici", "Là-bas", "Au clavier", "Ensemble"]),
        ("lieu=nantes", ["Là-bas", "Ensemble"]),
        ("lieu=cyber-rennes&lieu=nantes", ["Là-bas", "Au clavier", "Ensemble"]),
        ("zone=fablab/ouest", ["Ici", "Au clavier", "Ensemble"]),
        ("programme=epn", ["Ici", "Au clavier", "Ensemble"]),
        ("genre=epn", ["Au clavier"]),
        ("categorie=formation", ["Ici"]),
        ("etiquette=bois", ["Ici"]),
        ("langue=en", ["Ici"]),
        ("projet=fraiseuse", ["Ici", "Là-bas", "Ensemble"]),
        ("autour=44109&rayon=10", ["Là-bas"]),
        ("autour=35238&rayon=10", ["Ici", "Au clavier", "Ensemble"]),
        ("q=oeuvre%20d'ete", ["Ensemble"]),
        ("categorie=formation&2.genre=epn", ["Ici", "Au clavier"]),
        ("au=2090-06-10&du=2090-06-10", ["Ici", "Là-bas", "Au clavier", "Ensemble"]),
        ("du=2090-06-11", []),
    ],
)
def test_the_page_shows_what_its_calendar_holds(client, country, asked, found):
    page = text_of(client.get(f"/agenda?{asked}" if asked else "/agenda"))

    assert titles(page) == found
    calendar = re.search(r'<link rel="alternate" type="text/calendar" href="([^"]+)"', page)[1]
    in_calendar = re.findall(r"SUMMARY(?:;[^:]+)?:(.*)\r\n", client.get(calendar).get_data(as_text=True))
    assert not found or sorted(in_calendar) == sorted(found)


def test_a_radius_asks_where_an_event_is_held_whoever_holds_it(client, country, lab):
    nantes = queries.session.scalars(select(Place).where(Place.slug == "nantes")).one()
    venues = {
        "Chez eux": {"venue_id": nantes.id},
        "Au parc": {"venue_text": "Parc de Procé", "venue_latitude": 47.224, "venue_longitude": -1.58},
        "Quelque part": {"venue_text": "À la mairie"},
    }
    for title, venue in venues.items():
        make_series(lab, title=title, rrule="", **venue)
    found = {}
    for town in ("35238", "44109"):
        page = text_of(client.get(f"/agenda?autour={town}&rayon=10"))
        calendar = client.get(f"/agenda.ics?autour={town}&rayon=10").get_data(as_text=True)
        found[town] = sorted(titles(page))
        assert sorted(re.findall(r"SUMMARY(?:;[^:]+)?:(.*)\r\n", calendar)) == found[town]

    assert found == {
        "35238": ["Au clavier", "Ensemble", "Ici", "Quelque part"],
        "44109": ["Au parc", "Chez eux", "Là-bas"],
    }


def test_a_radius_follows_a_lab_that_moves(client, country):
    nantes = queries.session.scalars(select(Place).where(Place.slug == "nantes")).one()

    nantes.latitude, nantes.longitude = 48.11, -1.68
    queries.session.commit()

    assert titles(text_of(client.get("/agenda?autour=44109&rayon=10"))) == []
    assert "Là-bas" in titles(text_of(client.get("/agenda?autour=35238&rayon=10")))


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("zone=ouest&genre=&q=&rayon=25&commune=", "/agenda?zone=fablab/ouest"),
        ("zone=bretagne&programme=epn", "/agenda?zone=epn/bretagne"),
        ("categorie=formation&categorie=atelier&q=+Bois+", "/agenda?categorie=atelier&categorie=formation&q=bois"),
        ("commune=rennes&rayon=10", "/agenda?autour=35238&rayon=10"),
        ("commune=44000&rayon=25", "/agenda?autour=44109"),
        ("autour=Rennes%20%2835%29", "/agenda?autour=35238"),
        ("du=2026-04-30&au=2026-04-01", "/agenda?au=2026-04-30&du=2026-04-01"),
        ("vue=mois&du=2026-04-17&au=2026-05-01", "/agenda?du=2026-04-01&vue=mois"),
        ("vue=mois&du=2026-03-02", "/agenda?vue=mois"),
        ("utm_source=lettre", "/agenda"),
        ("genre=&page=2", "/agenda?page=2"),
        ("page=1%0d%0aSet-Cookie:%20a=b", "/agenda"),
        ("zone=ouest%0d%0aX:%20y&genre=", None),
    ],
)
def test_what_is_typed_becomes_the_one_address(client, country, in_march, typed, address):
    answer = client.get(f"/agenda?{typed}")

    if address is None:  # it is told on the page, and nobody is sent anywhere
        assert answer.status_code == 200
        return
    assert (answer.status_code, answer.headers.get("Location")) == (302, address)
    assert client.get(address).status_code == 200
    assert client.get(f"/en/agenda?{typed}").headers["Location"] == f"/en{address}"


def test_an_address_spelled_with_other_bytes_is_not_sent_round_in_circles(client, country):
    assert client.get("/agenda?q=d%27ete&2.zone=fablab%2Fouest").status_code == 200


def test_the_canonical_address_is_told(client, country):
    page = text_of(client.get("/agenda?zone=fablab%2Fouest&genre=epn&lieu=parti"))

    assert '<link rel="canonical" href="http://localhost/agenda?genre=epn&zone=fablab/ouest">' in page


def test_what_does_not_exist_is_told_and_left_out(client, country):
    page = text_of(client.get("/agenda?categorie=macrame&lieu=parti&genre=epn&commune=Atlantis&du=hier"))

    assert "n’a pas été appliqué : macrame, hier, parti, Atlantis" in page
    assert titles(page) == ["Au clavier"]


def test_a_name_that_several_communes_bear_is_taken_for_the_largest_and_the_others_are_offered(client, country):
    make_commune("35001", "Saint-Denis", postcode="35111", population=500)
    make_commune("44001", "Saint-Denis", postcode="44111", population=900, department="44", spot=(47.2, -1.5))

    page = text_of(client.get("/agenda?commune=st+denis&rayon=10"))

    assert "« st denis » a été compris comme Saint-Denis (44)." in page
    assert '<a href="/agenda?autour=35001&rayon=10">Saint-Denis (35)</a>' in page
    assert titles(page) == ["Là-bas"]


def test_each_thing_asked_for_can_be_taken_away(client, country):
    page = text_of(client.get("/agenda?genre=epn&zone=fablab/ouest&2.lieu=nantes&du=2090-01-01"))

    chips = re.findall(r'<a class="tag strong" href="([^"]+)"><span[^>]+>Retirer :</span> ([^<]+) <', page)
    assert chips == [
        ("/agenda?genre=epn&2.lieu=nantes&du=2090-01-01", "Ouest"),
        ("/agenda?lieu=nantes&2.zone=fablab/ouest&du=2090-01-01", "EPN et lieux de médiation numérique"),
        ("/agenda?genre=epn&zone=fablab/ouest&du=2090-01-01", "Nantes"),
        ("/agenda?genre=epn&zone=fablab/ouest&2.lieu=nantes", "à partir du 1er janvier 2090"),
    ]
    assert '<input type="hidden" name="2.lieu" value="nantes">' in page


def test_the_form_tells_how_many_dates_each_category_has(client, country):
    page = text_of(client.get("/agenda?categorie=formation"))

    assert re.findall(r'name="categorie" value="(\w+)"( checked)?> [^<]+<span class="muted">(\d+)<', page) == [
        ("atelier", "", "3"),
        ("formation", " checked", "1"),
    ]


def test_the_panel_leads_to_every_form_of_the_same_filter(client, country):
    page = text_of(client.get("/agenda?genre=epn&zone=fablab/ouest"))

    for ending in ("ics", "atom", "rss", "json"):
        assert f'href="/agenda.{ending}?genre=epn&zone=fablab/ouest"' in page
    assert 'href="/lettres/nouvelle?genre=epn&zone=fablab/ouest"' in page
    assert "webcal://localhost/agenda.ics?genre=epn&zone=fablab/ouest" in page


# --- months and weeks --------------------------------------------------------------------------------------------


@pytest.fixture
def march(lab, in_march):
    make_event(lab, title="Un soir", starts="2026-03-17T18:00", ends="2026-03-17T20:00")
    make_event(lab, title="Stage", starts="2026-03-30", ends="2026-04-01", is_all_day=True)
    make_event(lab, title="Minuit", starts="2026-03-18T20:00", ends="2026-03-19T00:00")
    for number in range(6):
        make_event(lab, title=f"Fête {number}", starts=f"2026-03-21T1{number}:00", ends=f"2026-03-21T1{number}:30")


def cells(page: str) -> dict[str, list[str]]:
    table = page[page.index("<table") : page.index("</table>")]
    found = re.findall(r'<td.*?<time class="[^"]*" datetime="([^"]+)">.*?</td>', table, re.S)
    parts = re.split(r"<td", table)[1:]
    return {day: titles(part) for day, part in zip(found, parts, strict=True) if titles(part)}


def test_a_month_is_a_table_with_what_happens_in_its_days(client, march):
    page = text_of(client.get("/agenda?vue=mois"))

    assert re.search(r"<caption>Mars 2026</caption>", page)
    assert re.findall(r'<th scope="col"><abbr title="(\w+)">', page) == [
        "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    ]  # fmt: skip
    assert cells(page) == {
        "2026-03-17": ["Un soir"],
        "2026-03-18": ["Minuit"],
        "2026-03-21": ["Fête 0", "Fête 1", "Fête 2", "Fête 3"],
        "2026-03-30": ["Stage"],
        "2026-03-31": ["Stage"],
        "2026-04-01": ["Stage"],
    }
    assert '<a class="small" href="/agenda?au=2026-03-21&du=2026-03-21">et 2 autres</a>' in page
    assert "9 rendez-vous sur la période" in page


def test_the_list_below_a_month_is_what_its_days_lead_to(client, march):
    page = text_of(client.get("/agenda?vue=mois"))

    assert set(re.findall(r'href="#(jour-[\d-]+)"', page)) - {"jour-2026-04-01"} == set(
        re.findall(r'id="(jour-[\d-]+)"', page)
    )


def test_months_and_weeks_lead_to_their_neighbours(client, march):
    month = text_of(client.get("/agenda?genre=fablab&vue=mois"))
    week = text_of(client.get("/agenda?genre=fablab&du=2026-03-16&vue=semaine"))

    assert 'rel="prev" href="/agenda?genre=fablab&du=2026-02-01&vue=mois"' in month
    assert 'rel="next" href="/agenda?genre=fablab&du=2026-04-01&vue=mois"' in month
    assert 'rel="prev" href="/agenda?genre=fablab&vue=semaine"' in week
    assert 'rel="next" href="/agenda?genre=fablab&du=2026-03-23&vue=semaine"' in week
    assert 'href="/agenda?genre=fablab&vue=semaine">Aujourd’hui' in week


def test_a_week_shows_its_seven_days(client, march):
    page = text_of(client.get("/agenda?du=2026-03-16&vue=semaine"))

    assert "Du 16 mars 2026 au 22 mars 2026" in page
    assert titles(page) == ["Un soir", "Minuit", *(f"Fête {number}" for number in range(6))]
    assert page.count("Rien d’annoncé") == 4


@pytest.mark.parametrize(("address", "ways"), [("du=2000-01-01", ["next"]), ("du=2100-12-01", ["prev"])])
def test_the_agenda_ends_somewhere(client, lab, address, ways):
    page = text_of(client.get(f"/agenda?{address}&vue=mois"))

    assert re.findall(r'rel="(prev|next)"', page) == ways


# --- what machines read, and what it costs -----------------------------------------------------------------------


def test_search_engines_read_the_dates_of_the_page_and_none_invented(client, lab):
    make_event(lab, title="Vrai")
    make_event(make_place(name="Faux lab", is_demo=True), title="Inventé")

    page = text_of(client.get("/agenda"))
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])

    assert data["@type"] == "ItemList"
    assert [(each["position"], each["item"]["@type"], each["item"]["name"]) for each in data["itemListElement"]] == [
        (1, "Event", "Vrai")
    ]
    assert data["itemListElement"][0]["item"]["startDate"] == "2090-06-10T18:00:00+02:00"


@pytest.mark.parametrize("asked", ["", "du=2090-06-01&vue=mois", "du=2090-06-05&vue=semaine", "q=a&zone=fablab/ouest"])
def test_the_agenda_asks_as_much_for_three_events_as_for_one(client, lab, count_queries, asked):
    make_zone("35")
    address = f"/agenda?{asked}" if asked else "/agenda"
    make_event(lab)
    text_of(client.get(address))
    with count_queries() as one:
        client.get(address)
    other = make_place(name="Un autre")
    for event in (make_event(other), make_event(other)):
        queries.session.refresh(event, ["partners"])
        event.partners = [lab]
    queries.session.commit()

    with count_queries() as three:
        client.get(address)

    assert 0 < len(one) <= 20
    assert len(three) == len(one)


def test_who_may_publish_is_offered_to(client, as_person, db):
    alice = make_account(name="Alice")
    make_place(managers=(alice,))

    assert "/evenements/nouveau" in text_of(as_person(alice).get("/agenda"))
    assert "/evenements/nouveau" not in text_of(client.get("/agenda"))
