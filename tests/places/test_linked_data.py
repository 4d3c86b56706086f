"""A place in the words of schema.org."""

from datetime import date, datetime
from types import SimpleNamespace as Thing

from fablabmesh.kit.hours_wording import Piece
from fablabmesh.places.linked_data import to_linked_data

DAY = (Piece(9 * 60, 12 * 60, True), Piece(14 * 60, 18 * 60 + 30, True))


def place(**values: object) -> Thing:
    given = {
        "name": "LabFab",
        "summary": "",
        "address": "19 rue Hoche",
        "address_extra": "",
        "postcode": "35000",
        "commune": "Rennes",
        "department": Thing(region_name="Bretagne"),
        "latitude": 48.1,
        "longitude": -1.6,
        "phone": "",
        "website": "https://labfab.test",
        "fees": [],
        "closed_on": None,
        "laureates": [],
    }
    return Thing(**(given | values))


def told(of: Thing, **more: object) -> dict:
    given = {"pictures": [], "week": [], "events": [], "services": [], "machines": []} | more
    return to_linked_data(of, address="https://mesh.test/lieux/x", calendar="https://mesh.test/x.ics", **given)


def test_a_place_tells_what_it_has_and_nothing_empty():
    assert told(place()) == {
        "@context": "https://schema.org",
        "@type": "LocalBusiness",
        "@id": "https://mesh.test/lieux/x",
        "url": "https://mesh.test/lieux/x",
        "name": "LabFab",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "19 rue Hoche",
            "postalCode": "35000",
            "addressLocality": "Rennes",
            "addressRegion": "Bretagne",
            "addressCountry": "FR",
        },
        "geo": {"@type": "GeoCoordinates", "latitude": 48.1, "longitude": -1.6},
        "sameAs": ["https://labfab.test"],
        "subjectOf": {
            "@type": "CreativeWork",
            "encodingFormat": "text/calendar",
            "url": "https://mesh.test/x.ics",
        },
    }


def test_days_with_the_same_hours_are_told_together_and_what_is_unsure_is_not():
    late, maybe = Piece(20 * 60, 26 * 60, True), Piece(10 * 60, 12 * 60, False, "sur rendez-vous")
    always = Piece(0, 24 * 60, True)

    hours = told(place(), week=[DAY, DAY, (), (), (late,), (maybe,), (always,)])["openingHoursSpecification"]

    assert [(each["opens"], each["closes"], [day.rsplit("/")[-1] for day in each["dayOfWeek"]]) for each in hours] == [
        ("00:00", "23:59", ["Sunday"]),
        ("09:00", "12:00", ["Monday", "Tuesday"]),
        ("14:00", "18:30", ["Monday", "Tuesday"]),
        ("20:00", "02:00", ["Friday"]),
    ]


def test_a_place_that_closed_has_no_hours_but_its_end():
    data = told(place(closed_on=date(2026, 3, 1)), week=[DAY] * 7)

    assert ("openingHoursSpecification" in data, data["dissolutionDate"]) == (False, "2026-03-01")


def test_events_bear_the_offset_of_their_clocks_and_say_when_they_are_off():
    def event(**values: object) -> Thing:
        given = {
            "title": "Couture",
            "status": "confirmed",
            "is_all_day": False,
            "timezone": "Indian/Reunion",
            "starts_local": datetime.fromisoformat("2026-03-03T18:00"),
            "ends_local": datetime.fromisoformat("2026-03-03T20:00"),
        }
        return Thing(**(given | values))

    page = "https://mesh.test/evenements/y"
    data = told(place(), events=[(event(), page), (event(status="cancelled", is_all_day=True), page)])["event"]

    assert [(each["startDate"], each["eventStatus"].rsplit("/")[-1]) for each in data] == [
        ("2026-03-03T18:00:00+04:00", "EventScheduled"),
        ("2026-03-03", "EventCancelled"),
    ]
    assert data[0]["location"] == {"@type": "Place", "@id": "https://mesh.test/lieux/x", "name": "LabFab"}


def test_what_is_free_for_everybody_is_told_free_and_nothing_else_is():
    assert told(place(fees=["gratuit"]))["isAccessibleForFree"] is True
    assert "isAccessibleForFree" not in told(place(fees=["gratuit", "payant"]))


def test_services_machines_and_calls_are_told_in_words():
    laureate = Thing(call=Thing(name="Appel national", year=2013))

    data = told(place(laureates=[laureate]), services=["Coworking"], machines=["Découpe laser"])

    assert data["makesOffer"] == [{"@type": "Offer", "itemOffered": {"@type": "Service", "name": "Coworking"}}]
    assert [each["name"] for each in data["amenityFeature"]] == ["Découpe laser"]
    assert data["award"] == ["Appel national 2013"]
