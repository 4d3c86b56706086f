"""Where each part of a page is from: a part of the rules of places."""

from datetime import UTC, date, datetime
from types import SimpleNamespace as Thing

import pytest

from fablabmesh.places.rules import Origin, list_sourced, spelled_address

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def place(**values: object) -> Thing:
    empty = dict.fromkeys(("summary", "description", "address", "address_extra", "postcode", "commune"), "")
    empty |= dict.fromkeys(("how_to_come", "phone", "website", "appointment_url", "accessibility_url"), "")
    lists = ("services", "audiences", "accessibility", "fees", "support", "labels", "machines", "people", "pictures")
    given = {"name": "Lab", "latitude": None, "longitude": None, "opening_hours": "", "closed_on": None}
    about = {"source": "Une liste", "source_licence": "Licence Ouverte", "source_updated_on": date(2022, 9, 21)}
    more = {"edited_fields": [], "created_at": NOW}
    return Thing(**(empty | {name: [] for name in lists} | given | about | more | values))


@pytest.fixture(autouse=True)
def french(pages):
    with pages.app_context():
        yield


def test_each_part_says_whether_its_source_or_the_lab_wrote_it():
    told = list_sourced(
        place(
            address="1 rue", commune="Rennes", opening_hours="24/7", machines=[1], edited_fields=["address", "phone"]
        ),
        {"address": datetime(2026, 2, 1, 9, tzinfo=UTC), "machines": datetime(2026, 2, 3, 9, tzinfo=UTC)},
    )

    listed = Origin("Une liste", "Licence Ouverte", date(2022, 9, 21))
    assert [(part.label, part.origins) for part in told] == [
        ("Nom et présentation", (listed,)),
        ("Adresse, position et accès", (listed, Origin("", "", date(2026, 2, 1)))),
        ("Horaires", (listed,)),
        ("Machines", (Origin("", "", date(2026, 2, 3)),)),
    ]


def test_a_place_without_a_source_was_written_here_when_it_was_made():
    told = list_sourced(place(source=""), {})

    assert [(part.label, part.origins) for part in told] == [("Nom et présentation", (Origin("", "", NOW.date()),))]


def test_an_address_has_no_empty_lines():
    assert spelled_address(place(address="1 rue", postcode="35000", commune="Rennes")) == ["1 rue", "35000 Rennes"]
    assert spelled_address(place()) == []
