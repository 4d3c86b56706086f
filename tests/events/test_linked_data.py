import json
import re
from datetime import datetime
from decimal import Decimal

import pytest

from fablabmesh.events import date_actions, queries
from fablabmesh.events.linked_data import to_linked_data, to_linked_date
from fablabmesh.events.rules import OnlineAccess, PriceKind
from fablabmesh.kit.db import session
from tests.factories import NOW, events, make_event, make_place, make_series

PAGE, PLACE_PAGE = "https://exemple.test/evenements/a", "https://exemple.test/lieux/labfab-rennes"
SECOND = datetime.fromisoformat("2090-06-17T18:00")


@pytest.fixture
def lab(db):
    return make_place()


def page_of(place) -> str:
    return f"https://exemple.test/lieux/{place.slug}"


def told(event, **more):
    return to_linked_data(event, address=PAGE, address_of=page_of, **more)


def dates_of(event):
    session.commit()
    return queries.list_dates_of(event.id, after=NOW, limit=10)


def test_an_event_says_when_and_where_with_the_offset_of_the_place(lab):
    event = make_event(lab, title="Couture", description="Avec du fil.")

    assert told(event) == {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": PAGE,
        "url": PAGE,
        "name": "Couture",
        "description": "Avec du fil.",
        "startDate": "2090-06-10T18:00:00+02:00",
        "endDate": "2090-06-10T20:00:00+02:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": "LabFab",
            "url": PLACE_PAGE,
            "address": {
                "@type": "PostalAddress",
                "streetAddress": "19 rue Hoche",
                "postalCode": "35000",
                "addressLocality": "Rennes",
                "addressCountry": "FR",
            },
            "geo": {"@type": "GeoCoordinates", "latitude": 48.1146, "longitude": -1.6775},
        },
        "organizer": [{"@type": "Organization", "name": "LabFab", "url": PLACE_PAGE}],
        "inLanguage": "fr",
        "keywords": ["Atelier"],
    }


def test_whole_days_are_dates_and_the_last_one_is_included(lab):
    event = make_event(lab, starts="2090-06-10T00:00", ends="2090-06-11T00:00", is_all_day=True)

    assert (told(event)["startDate"], told(event)["endDate"]) == ("2090-06-10", "2090-06-11")


def test_a_cancellation_is_told(lab):
    event = make_event(lab)

    events.cancel_event(event, reason="Panne", now=NOW, version=event.version)

    assert told(event)["eventStatus"] == "https://schema.org/EventCancelled"


def test_the_page_of_an_event_holds_it_whatever_its_title(client, lab):
    event = make_event(lab, title="</script><b>Couture & cie")

    page = client.get(f"/evenements/{event.slug}").get_data(as_text=True)

    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(script)["name"] == "</script><b>Couture & cie"
    assert json.loads(script)["url"] == f"http://localhost/evenements/{event.slug}"


def test_what_people_want_to_know_is_told(lab):
    partner = make_place(name="Lab de Brest", commune="Brest")
    event = make_event(lab)
    event.partners, event.tags, event.language = [partner], ["couture", "fil"], "en"
    event.price_kind, event.price_amount, event.capacity = PriceKind.AMOUNT, Decimal("5.50"), 12
    event.audience, event.registration_url = "Débutant·es", "https://exemple.test/inscription"

    data = told(event, image="https://exemple.test/images/a.jpg")

    assert [each["name"] for each in data["organizer"]] == ["LabFab", "Lab de Brest"]
    assert data["offers"] == {
        "@type": "Offer",
        "name": "5,50\u00a0€",
        "url": "https://exemple.test/inscription",
        "price": "5.50",
        "priceCurrency": "EUR",
    }
    assert (data["inLanguage"], data["keywords"], data["maximumAttendeeCapacity"]) == (
        "en",
        ["Atelier", "couture", "fil"],
        12,
    )
    assert data["audience"] == {"@type": "Audience", "audienceType": "Débutant·es"}
    assert data["image"] == ["https://exemple.test/images/a.jpg"]


def test_what_is_free_says_so(lab):
    event = make_event(lab)
    event.price_kind = PriceKind.FREE

    data = told(event)

    assert data["isAccessibleForFree"] is True
    assert data["offers"]["price"] == "0"


@pytest.mark.parametrize(
    ("access", "link"),
    [
        (OnlineAccess.PUBLIC, "https://visio.test/salle"),
        (OnlineAccess.ON_REQUEST, PAGE),
    ],
)
def test_who_joins_from_afar_is_told_where_and_a_link_on_request_stays_secret(lab, access, link):
    event = make_event(lab)
    event.online_access, event.online_url = access, "https://visio.test/salle"

    data = told(event)

    assert data["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert [each["@type"] for each in data["location"]] == ["Place", "VirtualLocation"]
    assert data["location"][1]["url"] == link


def test_an_address_in_words_is_a_place(lab):
    event = make_event(lab)
    event.venue_text, event.venue_latitude, event.venue_longitude = "Salle des fêtes, Bruz", 48.02, -1.74

    assert told(event)["location"] == {
        "@type": "Place",
        "name": "Salle des fêtes, Bruz",
        "address": "Salle des fêtes, Bruz",
        "geo": {"@type": "GeoCoordinates", "latitude": 48.02, "longitude": -1.74},
    }


def test_what_was_moved_tells_its_former_start(lab):
    data = told(make_event(lab), former=datetime.fromisoformat("2090-06-03T18:00"))

    assert data["eventStatus"] == "https://schema.org/EventRescheduled"
    assert data["previousStartDate"] == "2090-06-03T18:00:00+02:00"


def test_a_series_has_a_schedule_and_its_next_dates(lab):
    event = make_series(lab)
    date_actions.cancel_date(event, SECOND, reason="Panne", by=None, now=NOW, version=event.version)
    third = datetime.fromisoformat("2090-06-24T18:00")
    date_actions.change_date(
        event,
        third,
        starts_local=third.replace(hour=10),
        ends_local=third.replace(hour=12),
        venue_text="Salle des fêtes, Bruz",
        by=None,
        now=NOW,
        version=event.version,
    )

    data = told(event, dates=dates_of(event))

    assert data["eventSchedule"] == {
        "@type": "Schedule",
        "repeatFrequency": "P1W",
        "byDay": ["https://schema.org/Saturday"],
        "repeatCount": 4,
        "startDate": "2090-06-10",
        "startTime": "18:00:00",
        "duration": "PT120M",
        "scheduleTimezone": "Europe/Paris",
    }
    assert [(each["url"], each["startDate"], each["eventStatus"]) for each in data["subEvent"]] == [
        (f"{PAGE}?date=2090-06-10T18:00", "2090-06-10T18:00:00+02:00", "https://schema.org/EventScheduled"),
        (f"{PAGE}?date=2090-06-17T18:00", "2090-06-17T18:00:00+02:00", "https://schema.org/EventCancelled"),
        (f"{PAGE}?date=2090-06-24T18:00", "2090-06-24T10:00:00+02:00", "https://schema.org/EventRescheduled"),
        (f"{PAGE}?date=2090-07-01T18:00", "2090-07-01T18:00:00+02:00", "https://schema.org/EventScheduled"),
    ]
    assert data["subEvent"][2]["previousStartDate"] == "2090-06-24T18:00:00+02:00"
    assert data["subEvent"][2]["location"]["name"] == "Salle des fêtes, Bruz"


def test_a_date_of_a_series_is_told_with_its_series(lab):
    first, *_others = dates_of(make_series(lab))

    data = to_linked_date(first, address=PAGE, address_of=page_of)

    assert data["superEvent"] == {"@type": "Event", "@id": PAGE, "url": PAGE, "name": "Couture"}
    assert data["url"] == f"{PAGE}?date=2090-06-10T18:00"
    assert "eventSchedule" not in data


def test_a_rule_that_a_schedule_has_no_words_for_is_told_by_its_dates(lab):
    event = make_series(lab, rrule="FREQ=MONTHLY;BYDAY=SA;BYSETPOS=2;COUNT=3")

    data = told(event, dates=dates_of(event))

    assert "eventSchedule" not in data
    assert len(data["subEvent"]) == 3
