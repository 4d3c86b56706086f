import json
import re

import pytest

from fablabmesh.events.linked_data import to_linked_data
from tests.factories import NOW, events, make_event, make_place

PAGE, PLACE_PAGE = "https://exemple.test/evenements/a", "https://exemple.test/lieux/b"


@pytest.fixture
def lab(db):
    return make_place()


def told(event):
    return to_linked_data(event, address=PAGE, place_address=PLACE_PAGE)


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
        "organizer": {"@type": "Organization", "name": "LabFab", "url": PLACE_PAGE},
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
