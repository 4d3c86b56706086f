import pytest

from tests.factories import make_event, make_place, make_zone


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
        "changed_at": "2026-03-02T09:00:00+00:00",
        "url": "http://localhost/evenements/atelier-bois",
        "calendar": "http://localhost/evenements/atelier-bois.ics",
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
