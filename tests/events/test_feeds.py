from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from fablabmesh.events import feeds
from fablabmesh.events.rules import Category, EventStatus
from fablabmesh.kit.i18n import force_locale
from tests import icaljs

GOLDEN = Path(__file__).parent / "golden" / "zone.ics"
PLACE = SimpleNamespace(
    name="LabFab",
    address="19 rue Hoche",
    postcode="35000",
    commune="Rennes",
    latitude=48.1146,
    longitude=-1.6775,
    is_demo=False,
)


@pytest.fixture(autouse=True)
def french(app):
    with app.test_request_context("/"), force_locale("fr"):
        yield


def make(uid: str, starts: str, ends: str, **values) -> SimpleNamespace:
    given = {
        "uid": uid,
        "slug": uid,
        "title": "Atelier découpe laser",
        "description": "",
        "category": Category.WORKSHOP,
        "place": PLACE,
        "starts_local": datetime.fromisoformat(starts),
        "ends_local": datetime.fromisoformat(ends),
        "timezone": "Europe/Paris",
        "is_all_day": False,
        "status": EventStatus.CONFIRMED,
        "cancel_reason": "",
        "sequence": 0,
        "created_at": datetime(2026, 1, 5, 9, tzinfo=UTC),
        "changed_at": datetime(2026, 2, 1, 9, tzinfo=UTC),
    }
    return SimpleNamespace(**given | values)


def render(*events) -> bytes:
    return feeds.render_feed(
        "Agenda de la zone Ouest",
        events,
        address_of=lambda event: f"https://exemple.test/evenements/{event.slug}",
        page="https://exemple.test/zones/fablab/ouest",
        source="https://exemple.test/zones/fablab/ouest/agenda.ics",
    )


EVENTS = [
    make("atelier", "2026-03-28T18:00", "2026-03-28T20:00", description="**Apportez** vos fichiers ; entrée libre."),
    make(
        "annule",
        "2026-04-01T09:00",
        "2026-04-01T12:00",
        title="Comité de pilotage",
        category=Category.STEERING,
        status=EventStatus.CANCELLED,
        cancel_reason="Reporté à mai, faute de quorum",
        sequence=1,
    ),
    make("ouvert", "2026-05-30", "2026-05-31", title="Portes ouvertes", category=Category.OPEN_DAY, is_all_day=True),
    make(
        "ile",
        "2026-06-10T18:00",
        "2026-06-10T20:00",
        title="Rencontre inter-labs",
        category=Category.INTER_LAB,
        timezone="Indian/Reunion",
        place=SimpleNamespace(
            **vars(PLACE) | {"name": "Lab de l’île", "latitude": None, "longitude": None, "is_demo": True}
        ),
    ),
]


def test_the_feed_of_a_zone_is_rendered_byte_for_byte():
    assert render(*EVENTS) == GOLDEN.read_bytes()


def test_another_reader_finds_what_was_published():
    read = icaljs.read(render(*EVENTS))

    assert read["name"] == "Agenda de la zone Ouest"
    assert [
        (event["summary"], event["status"], event["start"]["wall"], event["start"]["zone"]) for event in read["events"]
    ] == [
        ("Atelier découpe laser", "CONFIRMED", "2026-03-28T18:00:00", "Europe/Paris"),
        ("Comité de pilotage", "CANCELLED", "2026-04-01T09:00:00", "Europe/Paris"),
        ("Portes ouvertes", "CONFIRMED", "2026-05-30", None),
        ("Rencontre inter-labs", "CONFIRMED", "2026-06-10T18:00:00", "Indian/Reunion"),
    ]
    assert read["events"][2]["end"]["wall"] == "2026-06-01"
    assert read["events"][3]["start"]["instant"] == datetime(2026, 6, 10, 14, tzinfo=UTC).timestamp()


def test_the_reason_of_a_cancellation_is_the_first_thing_read():
    (event,) = icaljs.read(render(EVENTS[1]))["events"]

    assert event["description"] == (
        "Annulé\u00a0: Reporté à mai, faute de quorum\n\nhttps://exemple.test/evenements/annule"
    )


def test_an_invented_event_says_so_to_calendars_too():
    (event,) = icaljs.read(render(EVENTS[3]))["events"]

    assert event["description"].startswith("Exemple inventé")


def test_a_place_without_a_point_has_no_geo():
    assert feeds.to_entry(EVENTS[3], "https://exemple.test").latitude is None
    assert b"GEO" not in render(EVENTS[3])
