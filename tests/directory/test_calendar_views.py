"""The agenda of what a filter finds, followed by a calendar program while places change."""

import feedparser
import icalendar
import pytest
from sqlalchemy.exc import OperationalError

from fablabmesh.directory import calendar_queries
from tests.factories import make_department, make_event, make_place, make_zone

PRINTERS = "/lieux.ics?machine=imprimante-3d"


def with_printer(lab):
    lab.machine_types = ["imprimante-3d"]
    return lab


@pytest.fixture
def labs(db):
    make_department()
    make_zone("35")
    made = [with_printer(make_place(name="Ici")), make_place(name="Là")]
    for lab in made:
        make_event(lab, title=f"Atelier, {lab.name}")
    db.commit()
    return made


def titles(client, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.data
    return [str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(answer.data).events]


def test_who_follows_a_filter_gets_the_lab_that_buys_a_printer_and_loses_the_one_that_sold_its_own(client, db, labs):
    here, there = labs
    before, tag = titles(client, PRINTERS), client.get(PRINTERS).headers["ETag"]

    here.machine_types, there.machine_types = [], ["imprimante-3d"]
    db.commit()
    after = client.get(PRINTERS, headers={"If-None-Match": tag})

    assert (before, after.status_code) == (["Atelier, Ici"], 200)
    assert titles(client, PRINTERS) == ["Atelier, Là"]


def test_an_event_with_a_lab_that_fits_is_there_wherever_it_is_held(client, db, labs):
    here, there = labs
    event = make_event(there, title="À deux")
    event.partners = [here]
    db.commit()

    assert titles(client, PRINTERS) == ["Atelier, Ici", "À deux"]


def test_a_lab_that_closes_for_good_keeps_what_it_told(client, db, labs):
    labs[0].closed_on = labs[0].changed_at.date()
    db.commit()

    assert titles(client, PRINTERS) == ["Atelier, Ici"]


def test_its_name_is_the_filter_in_words(client, labs):
    calendar = icalendar.Calendar.from_ical(client.get(f"{PRINTERS}&q=rennes&zone=ouest").data)

    assert (
        calendar["X-WR-CALNAME"].replace("\\,", ",")
        == "Agenda des Fab Labs\u00a0: «\u00a0rennes\u00a0», Ouest, Imprimante 3D"
    )
    assert str(calendar["URL"]) == "http://localhost/?machine=imprimante-3d&q=rennes&zone=ouest"


def test_who_has_it_already_is_told_so(client, labs):
    tag = client.get(PRINTERS).headers["ETag"]

    again = client.get(PRINTERS, headers={"If-None-Match": tag})

    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert not tag.startswith("W/")


@pytest.mark.parametrize(
    ("asked", "one"),
    [
        ("/lieux.ics", "/agenda.ics"),
        ("/lieux.ics?genre=epn", "/agenda.ics?genre=epn"),
        ("/lieux.ics?zone=ouest", "/zones/fablab/ouest/agenda.ics"),
        ("/lieux.ics?ouvert=maintenant&zone=ouest", "/zones/fablab/ouest/agenda.ics"),
        ("/lieux.ics?tri=nom&machine=imprimante-3d&vue=1,45,2,46&ouvert=samedi&maj=30&evenements=7", PRINTERS),
        ("/lieux.ics?programme=epn&machine=imprimante-3d", PRINTERS),
        ("/en/lieux.ics?machine=imprimante-3d", PRINTERS),
        ("/lieux.ics?q=Lab&departement=35", "/lieux.ics?departement=35&q=Lab"),
    ],
)
def test_a_calendar_of_places_has_one_address(client, db, labs, asked, one):
    make_zone("35", programme="epn", slug="bretagne", name="Bretagne")

    answer = client.get(asked)

    assert (answer.status_code, answer.headers["Location"]) == (301, one)
    assert client.get(one).status_code == 200


@pytest.mark.parametrize("query", ["machine=ecrase-mouche", "truc=1", "autour=99999", "zone=atlantide"])
def test_a_filter_that_is_none_is_refused_and_never_an_empty_calendar(client, labs, query):
    answer = client.get(f"/lieux.ics?{query}")

    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_while_the_database_is_away_what_was_seen_is_sent_and_nothing_is_said_to_be_empty(client, labs, monkeypatch):
    seen = client.get(PRINTERS)

    def away(*_args, **_more):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(calendar_queries, "find_title", away)
    stale, unknown = client.get(PRINTERS), client.get("/lieux.ics?departement=35")

    assert (stale.status_code, stale.data) == (200, seen.data)
    assert "Stale" in stale.headers["Warning"]
    assert (unknown.status_code, unknown.headers["Retry-After"]) == (503, "60")
    assert b"BEGIN" not in unknown.data


def test_the_front_page_offers_the_calendar_and_tells_what_it_cannot_keep(client, labs):
    page = client.get("/?machine=imprimante-3d&maj=365").get_data(as_text=True)

    assert 'href="/lieux.ics?machine=imprimante-3d"' in page
    assert 'value="http://localhost/lieux.ics?machine=imprimante-3d"' in page
    told = "Un abonnement ne garde pas ce qui change d’une heure ou d’un regard à l’autre\u00a0: à jour depuis un an."
    assert told in page
    assert "Un abonnement ne garde pas" not in client.get("/?machine=imprimante-3d").get_data(as_text=True)


def test_a_script_of_another_site_may_ask(client, labs):
    asked = client.options(PRINTERS, headers={"Origin": "https://mon-lab.fr"})

    assert (asked.status_code, asked.headers["Access-Control-Allow-Origin"]) == (204, "*")


def test_a_calendar_costs_as_much_for_many_places_as_for_one(client, db, labs, count_queries):
    with count_queries() as one:
        client.get(PRINTERS)
    for number in range(3):
        make_event(with_printer(make_place(name=f"Autre {number}")))
    db.commit()

    with count_queries() as four:
        client.get(PRINTERS)

    assert len(four) == len(one)


def test_the_same_is_told_as_news(client, db, labs):
    atom = feedparser.parse(client.get(PRINTERS.replace(".ics", ".atom")).data)
    rss = feedparser.parse(client.get(PRINTERS.replace(".ics", ".rss")).data)
    told = client.get(PRINTERS.replace(".ics", ".json")).get_json()

    assert [entry.title for entry in atom.entries] == ["Atelier, Ici"]
    assert [entry.title for entry in rss.entries] == ["Atelier, Ici"]
    assert [item["title"] for item in told["items"]] == ["Atelier, Ici"]
    assert told["feed_url"] == "http://localhost/lieux.json?machine=imprimante-3d"
    assert told["home_page_url"] == "http://localhost/?machine=imprimante-3d"
    assert atom.feed.title == "Agenda des Fab Labs\u00a0: Imprimante 3D"


def test_news_follow_the_places_that_fit(client, db, labs):
    address = PRINTERS.replace(".ics", ".json")
    labs[0].machine_types, labs[1].machine_types = [], ["imprimante-3d"]
    db.commit()

    assert [item["title"] for item in client.get(address).get_json()["items"]] == ["Atelier, Là"]
    moved = client.get("/lieux.atom?zone=ouest")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/zones/fablab/ouest/agenda.atom")
    assert client.get("/lieux.rss?machine=ecrase-mouche").status_code == 400
