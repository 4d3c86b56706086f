from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from fablabmesh.events import actions, date_actions
from fablabmesh.events.api import MOST_DATES
from fablabmesh.events.rules import OnlineAccess, PriceKind, when_of
from fablabmesh.kit.db import session
from fablabmesh.kit.images import read_picture
from fablabmesh.upkeep import image_actions
from tests.factories import NOW, make_event, make_place, make_series, make_zone
from tests.upkeep.test_image_views import photo


def test_the_agenda_is_there_as_json(client, db):
    place = make_place()
    event = make_event(place, title="Atelier bois")

    answer = client.get("/api/v1/evenements")

    (found,) = answer.json["events"]
    assert (answer.json["total"], answer.json["offset"], answer.json["next"]) == (1, 0, None)
    assert found == {
        "uid": event.uid,
        "slug": "atelier-bois",
        "title": "Atelier bois",
        "description": "",
        "category": "atelier",
        "status": "confirmed",
        "cancel_reason": "",
        "is_all_day": False,
        "timezone": "Europe/Paris",
        "starts_local": "2090-06-10T18:00:00",
        "ends_local": "2090-06-10T20:00:00",
        "starts_at": "2090-06-10T16:00:00+00:00",
        "ends_at": "2090-06-10T18:00:00+00:00",
        "rrule": "",
        "rdates": [],
        "exdates": [],
        "next_dates": [
            {
                "recurrence_local": "2090-06-10T18:00:00",
                "starts_local": "2090-06-10T18:00:00",
                "ends_local": "2090-06-10T20:00:00",
                "starts_at": "2090-06-10T16:00:00+00:00",
                "ends_at": "2090-06-10T18:00:00+00:00",
                "status": "confirmed",
                "title": "Atelier bois",
            }
        ],
        "changed_at": "2026-03-02T09:00:00+00:00",
        "url": "http://localhost/evenements/atelier-bois",
        "calendar": "http://localhost/evenements/atelier-bois.ics",
        "tags": [],
        "language": "fr",
        "audience": "",
        "accessibility": "",
        "capacity": None,
        "price": {"kind": "unsaid", "amount": None},
        "registration_url": None,
        "online": {"access": "none", "url": None},
        "where": {"place": place.slug, "text": "LabFab", "latitude": 48.1146, "longitude": -1.6775},
        "partners": [],
        "image": None,
        "is_demo": False,
        "place": {
            "slug": place.slug,
            "name": "LabFab",
            "kind": "fablab",
            "commune": "Rennes",
            "department": "35",
            "latitude": 48.1146,
            "longitude": -1.6775,
            "url": f"http://localhost/lieux/{place.slug}",
        },
    }


def test_the_days_of_an_all_day_event_are_dates(client, db):
    make_event(make_place(), starts="2090-06-10", ends="2090-06-11", is_all_day=True)

    (found,) = client.get("/api/v1/evenements").json["events"]

    assert (found["starts_local"], found["ends_local"]) == ("2090-06-10", "2090-06-11")


def make_rich_event(place):
    """A series with all that an event may say, one date moved and one called off."""
    event = make_series(place, rrule="FREQ=WEEKLY;COUNT=12", starts="2090-06-10T18:00")
    values = {
        "tags": ["bois"],
        "audience": "Tout public",
        "language": "en",
        "capacity": 8,
        "accessibility": "Ascenseur",
    }
    values |= {"price_kind": PriceKind.AMOUNT, "price_amount": Decimal("7.50"), "venue_text": "Place de la mairie"}
    values |= {"online_url": "https://visio.exemple.test/a", "online_access": OnlineAccess.PUBLIC}
    values |= {"registration_url": "https://inscription.exemple.test/"}
    first = datetime(2090, 6, 10, 18)  # noqa: DTZ001 - a wall time
    extra, gone = first + timedelta(days=1), first + timedelta(weeks=1)
    when = replace(when_of(event), rdates=(extra,), exdates=(gone,))
    partner = make_place(name="Lab ami")
    actions.edit_event(event, place, values, when, now=NOW, version=event.version, partners=[partner])
    by = {"by": None, "now": NOW}
    moved, off = extra, first + timedelta(weeks=2)
    change = {
        "starts_local": moved + timedelta(hours=1),
        "ends_local": moved + timedelta(hours=2),
        "title": "Plus tard",
    }
    date_actions.change_date(event, moved, **change, **by, version=event.version)
    date_actions.cancel_date(event, off, reason="férié", **by, version=event.version)
    picture = read_picture(photo())
    image_actions.set_image(event, picture, "Une scie", by=None, now=NOW, version=event.version)
    session.commit()
    return event, partner


def test_a_series_is_told_with_its_rule_its_next_dates_and_all_it_says(client, db):
    event, partner = make_rich_event(make_place())

    (found,) = client.get("/api/v1/evenements").json["events"]

    assert [found[name] for name in ("rrule", "rdates", "exdates")] == [
        *("FREQ=WEEKLY;COUNT=12", ["2090-06-11T18:00:00"], ["2090-06-17T18:00:00"]),
    ]
    dates = found["next_dates"]
    assert len(dates) == MOST_DATES
    assert [(each["recurrence_local"], each["starts_local"], each["status"], each["title"]) for each in dates[:3]] == [
        ("2090-06-10T18:00:00", "2090-06-10T18:00:00", "confirmed", event.title),
        ("2090-06-11T18:00:00", "2090-06-11T19:00:00", "confirmed", "Plus tard"),
        ("2090-06-24T18:00:00", "2090-06-24T18:00:00", "cancelled", event.title),
    ]
    told = ("tags", "language", "audience", "accessibility", "capacity", "price", "registration_url", "online", "where")
    assert {name: found[name] for name in told} == {
        "tags": ["bois"],
        "language": "en",
        "audience": "Tout public",
        "accessibility": "Ascenseur",
        "capacity": 8,
        "price": {"kind": "amount", "amount": 7.5},
        "registration_url": "https://inscription.exemple.test/",
        "online": {"access": "public", "url": "https://visio.exemple.test/a"},
        "where": {"place": None, "text": "Place de la mairie", "latitude": None, "longitude": None},
    }
    address = f"http://localhost/lieux/{partner.slug}"
    assert found["partners"] == [{"slug": partner.slug, "name": "Lab ami", "url": address}]
    assert (found["image"]["url"], found["image"]["text"]) == (
        f"http://localhost/images/{event.image_digest}.jpg",
        "Une scie",
    )


def test_a_link_for_those_who_register_is_not_told(client, db):
    place = make_place()
    event = make_event(place)
    values = {"online_url": "https://visio.exemple.test/secret", "online_access": OnlineAccess.ON_REQUEST}
    actions.edit_event(event, place, values, when_of(event), now=NOW, version=1)
    session.commit()

    answer = client.get("/api/v1/evenements")

    assert answer.json["events"][0]["online"] == {"access": "on_request", "url": None}
    assert "secret" not in answer.get_data(as_text=True)


def test_a_longer_agenda_asks_no_more_of_the_database(client, db, count_queries):
    def seen():
        session.expire_all()
        with count_queries() as statements:
            client.get("/api/v1/evenements")
        return len(statements)

    make_rich_event(make_place())
    one = seen()
    for _number in range(2):
        make_rich_event(make_place())

    assert seen() == one


def test_the_filters_are_those_of_the_page(client, db):
    place = make_place()
    make_zone("35")
    make_event(place)

    def total(query: str) -> int:
        return client.get(f"/api/v1/evenements?{query}").json["total"]

    assert total("programme=fablab&zone=ouest&categorie=atelier&du=2090-06-01") == 1
    assert total("categorie=formation") == 0
    assert total("passes=oui") == 0


def test_a_long_agenda_comes_slice_by_slice(client, db):
    place = make_place()
    for title in ("un", "deux", "trois"):
        make_event(place, title=title)

    first = client.get("/api/v1/evenements?limit=2").json
    second = client.get(first["next"].removeprefix("http://localhost")).json

    assert [event["title"] for event in first["events"]] == ["un", "deux"]
    assert [event["title"] for event in second["events"]] == ["trois"]
    assert (second["total"], second["next"]) == (3, None)


@pytest.mark.parametrize("query", ["categorie=macrame", "zone=macrame", "genre=macrame", "du=macrame", "macrame=1"])
def test_a_filter_that_does_not_exist_is_refused(client, db, query):
    answer = client.get(f"/api/v1/evenements?{query}")

    assert (answer.status_code, answer.json["status"]) == (400, 400)
    assert "macrame" in answer.json["detail"]


def test_the_answer_may_be_kept_and_read_from_anywhere(client, db):
    answer = client.get("/api/v1/evenements")

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    again = client.get("/api/v1/evenements", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
