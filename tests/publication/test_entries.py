"""An event as entries of a calendar: the series first, then each date that differs."""
# ruff: noqa: DTZ001 - wall times have no zone

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fablabmesh.events.models import Category, Event, EventChange
from fablabmesh.events.rules import EventStatus, OnlineAccess, PriceKind
from fablabmesh.kit import ical
from fablabmesh.kit.i18n import force_locale
from fablabmesh.places.models import Place
from fablabmesh.publication.entries import practical_lines, to_entries, whereabouts
from tests import icaljs

NOW = datetime(2027, 3, 1, tzinfo=UTC)
START = datetime(2027, 3, 2, 18, 0)
PARIS = ZoneInfo("Europe/Paris")
ADDRESS = "https://mesh.test/evenements/atelier"
GOLDEN = Path(__file__).parent / "golden" / "zone.ics"

CATEGORIES = {
    slug: Category(slug=slug, name_fr=name, name_en=name)
    for slug, name in {
        "atelier": "Atelier",
        "portes-ouvertes": "Portes ouvertes",
        "comite-de-pilotage": "Comité de pilotage",
        "rencontre-inter-labs": "Rencontre inter-labs",
    }.items()
}


@pytest.fixture(autouse=True)
def french(app):
    with app.test_request_context("/"), force_locale("fr"):
        yield


def make_place(**values):
    given = {"name": "LabFab", "address": "19 rue Hoche", "postcode": "35000", "commune": "Rennes", "is_demo": False}
    return Place(**(given | {"latitude": 48.1, "longitude": -1.7} | values))


def make(**values):
    given = {
        **{"uid": "u1", "title": "Atelier", "description": "", "category": CATEGORIES["atelier"], "tags": ["bois"]},
        **{"timezone": "Europe/Paris", "is_all_day": False, "rrule": "", "rdates": [], "exdates": []},
        **{"starts_local": START, "ends_local": START + timedelta(hours=2), "sequence": 3},
        **{"changed_at": NOW, "created_at": NOW, "status": EventStatus.CONFIRMED, "cancel_reason": ""},
        **{"deleted_at": None, "language": "fr", "online_url": "", "online_access": OnlineAccess.NONE},
        **{"audience": "", "price_kind": PriceKind.UNSAID, "capacity": None, "accessibility": ""},
        **{"registration_url": "", "contact": "", "venue_text": "", "place": make_place(), "venue": None},
        **{"partners": [], "changes": []},
    }
    return Event(**(given | values))


def test_one_event_is_one_entry_at_its_place():
    (entry,) = to_entries(make(), ADDRESS)

    assert (entry.start, entry.end) == (START.replace(tzinfo=PARIS), (START + timedelta(hours=2)).replace(tzinfo=PARIS))
    assert (entry.place, entry.latitude) == ("LabFab, 19 rue Hoche, 35000 Rennes", 48.1)
    assert (entry.revision, entry.cancelled, entry.tags, entry.language) == (3, False, ("bois",), "")
    assert entry.description == ADDRESS


def test_a_date_that_differs_is_an_entry_of_its_own_with_a_later_revision():
    change = EventChange(
        recurrence_local=START,
        starts_local=START + timedelta(days=1),
        ends_local=START + timedelta(days=1, hours=1),
        is_cancelled=True,
        cancel_reason="Panne",
        title="Autrement",
        description="",
        venue_text="Sur la place",
        sequence=2,
        changed_at=NOW + timedelta(days=1),
    )
    series, single = to_entries(make(rrule="FREQ=WEEKLY", changes=[change]), ADDRESS)

    assert (series.cancelled, series.rrule, series.recurrence_id) == (False, "FREQ=WEEKLY", None)
    assert (single.cancelled, single.rrule, single.recurrence_id) == (True, "", START.replace(tzinfo=PARIS))
    assert (single.title, single.place, single.revision) == ("Autrement", "Sur la place", 5)
    assert single.description.startswith("Annulé\u00a0: Panne")


def test_what_is_deleted_is_told_as_cancelled_without_its_words():
    words = {"description": "Chez Untel, au 3e étage", "contact": "06 00 00 00 00", "tags": ["chez Untel"]}
    seen = make(**words, online_url="https://visio.test/1", online_access=OnlineAccess.PUBLIC, deleted_at=NOW)

    text = ical.render_event(to_entries(seen, ADDRESS, "https://mesh.test/images/1.jpg")).text.decode()

    assert "STATUS:CANCELLED\r\n" in text
    assert "SUMMARY:Atelier\r\n" in text
    assert "DESCRIPTION:Annulé\r\n" in text
    assert [word for word in ("Untel", "06 00", "visio", "images", ADDRESS) if word in text] == []


def test_a_link_is_told_only_when_everybody_may_have_it():
    shown = make(online_url="https://visio.test/1", online_access=OnlineAccess.PUBLIC)
    kept = make(online_url="https://visio.test/1", online_access=OnlineAccess.ON_REQUEST)

    assert to_entries(shown, ADDRESS)[0].conference == "https://visio.test/1"
    assert to_entries(kept, ADDRESS)[0].conference == ""
    assert "visio" not in to_entries(kept, ADDRESS)[0].description


def test_it_may_be_held_in_another_place_or_at_an_address():
    other = make_place(name="Ailleurs", address="", postcode="", commune="Brest", latitude=None, longitude=None)

    assert to_entries(make(venue=other), ADDRESS)[0].place == "Ailleurs, Brest" == whereabouts(other)
    there = to_entries(make(venue_text="Gare de Rennes", venue_latitude=48.1, venue_longitude=-1.6), ADDRESS)[0]
    assert (there.place, there.longitude) == ("Gare de Rennes", -1.6)


def test_what_someone_who_comes_must_know():
    event = make(
        audience="Adultes",
        price_kind=PriceKind.AMOUNT,
        price_amount=5.5,
        capacity=8,
        accessibility="Plain-pied",
        registration_url="https://inscription.test",
        contact="À l’accueil",
        online_access=OnlineAccess.ON_REQUEST,
    )

    assert practical_lines(event) == [
        "Pour qui\u00a0: Adultes",
        "Prix\u00a0: 5,50\u00a0€",
        "Nombre de places\u00a0: 8",
        "Accessibilité\u00a0: Plain-pied",
        "Inscription\u00a0: https://inscription.test",
        "Contact\u00a0: À l’accueil",
        "En ligne aussi\u00a0: le lien est envoyé aux personnes inscrites.",
    ]


def test_partners_and_language_are_told():
    entry = to_entries(make(partners=[make_place(name="Autre")], language="en"), ADDRESS)[0]

    assert (entry.contact, entry.language) == ("LabFab, Autre", "en")


# --- as bytes ----------------------------------------------------------------------------------------------------

RENNES = {"latitude": 48.1146, "longitude": -1.6775}
DATES = {"created_at": datetime(2026, 1, 5, 9, tzinfo=UTC), "changed_at": datetime(2026, 2, 1, 9, tzinfo=UTC)}


def make_at(uid, starts, ends, **values):
    given = {"title": "Atelier découpe laser", "tags": [], "sequence": 0, "place": make_place(**RENNES), **DATES}
    first, last = datetime.fromisoformat(starts), datetime.fromisoformat(ends)
    return make(**given | {"uid": uid, "slug": uid, "starts_local": first, "ends_local": last} | values)


def render(*events) -> bytes:
    return ical.render_calendar(
        "Agenda de la zone Ouest",
        [entry for event in events for entry in to_entries(event, f"https://exemple.test/evenements/{event.slug}")],
        description="Agenda publié par Fab Lab Mesh. Les événements annulés y restent, marqués comme tels.",
        url="https://exemple.test/zones/fablab/ouest",
        source="https://exemple.test/zones/fablab/ouest/agenda.ics",
        language="fr",
    )


@pytest.fixture
def events():
    return [
        make_at(
            "atelier", "2026-03-28T18:00", "2026-03-28T20:00", description="**Apportez** vos fichiers ; entrée libre."
        ),
        make_at(
            "annule",
            "2026-04-01T09:00",
            "2026-04-01T12:00",
            title="Comité de pilotage",
            category=CATEGORIES["comite-de-pilotage"],
            status=EventStatus.CANCELLED,
            cancel_reason="Reporté à mai, faute de quorum",
            sequence=1,
        ),
        make_at(
            "ouvert",
            "2026-05-30",
            "2026-05-31",
            title="Portes ouvertes",
            category=CATEGORIES["portes-ouvertes"],
            is_all_day=True,
        ),
        make_at(
            "ile",
            "2026-06-10T18:00",
            "2026-06-10T20:00",
            title="Rencontre inter-labs",
            category=CATEGORIES["rencontre-inter-labs"],
            timezone="Indian/Reunion",
            place=make_place(name="Lab de l’île", latitude=None, longitude=None, is_demo=True),
        ),
    ]


def test_the_feed_of_a_zone_is_rendered_byte_for_byte(events):
    assert render(*events) == GOLDEN.read_bytes()


def test_another_reader_finds_what_was_published(events):
    read = icaljs.read(render(*events))

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


def test_the_reason_of_a_cancellation_is_the_first_thing_read(events):
    (event,) = icaljs.read(render(events[1]))["events"]

    assert event["description"] == (
        "Annulé\u00a0: Reporté à mai, faute de quorum\n\nhttps://exemple.test/evenements/annule"
    )


def test_an_invented_event_says_so_to_calendars_too(events):
    (event,) = icaljs.read(render(events[3]))["events"]

    assert event["description"].startswith("Exemple inventé")


def test_a_place_without_a_point_has_no_geo(events):
    assert to_entries(events[3], "https://exemple.test")[0].latitude is None
    assert b"GEO" not in render(events[3])


def test_a_date_held_at_an_address_is_not_at_the_point_of_the_series():
    change = EventChange(
        recurrence_local=START,
        starts_local=START,
        ends_local=START + timedelta(hours=2),
        is_cancelled=False,
        cancel_reason="",
        title="",
        description="",
        venue_text="Chez Zoé, Rennes",
        sequence=1,
        changed_at=NOW,
    )
    event = make(venue_text="Salle des fêtes, Bruz", venue_latitude=48.02, venue_longitude=-1.74, rrule="FREQ=WEEKLY")
    event.changes = [change]

    series, date = to_entries(event, ADDRESS)

    assert (series.place, series.latitude) == ("Salle des fêtes, Bruz", 48.02)
    assert (date.place, date.latitude) == ("Chez Zoé, Rennes", None)


def test_a_night_over_a_clock_change_is_told_by_itself_unless_a_manager_has_spoken_of_it():
    """Readers part ways there: some keep the length of such a night, others the hour of its end."""
    night = datetime(2027, 3, 6, 22, 0)
    values = {"starts_local": night, "ends_local": night + timedelta(hours=8), "rrule": "FREQ=WEEKLY;COUNT=10"}
    spring = night + timedelta(weeks=3)
    change = EventChange(recurrence_local=spring, starts_local=spring, ends_local=spring + timedelta(hours=6))
    change.title = change.description = change.venue_text = change.cancel_reason = ""
    change.is_cancelled, change.sequence, change.changed_at = False, 1, NOW

    silent = to_entries(make(**values), ADDRESS)
    spoken = to_entries(make(**values, changes=[change]), ADDRESS)
    by_day = to_entries(make(rrule="FREQ=WEEKLY;COUNT=10"), ADDRESS)

    assert [entry.recurrence_id for entry in silent] == [None, spring.replace(tzinfo=PARIS)]
    assert silent[1].end == (spring + timedelta(hours=8)).replace(tzinfo=PARIS)
    assert b"DTEND:20270328T040000Z" in ical.render_event(silent).text
    assert [entry.end.hour for entry in spoken] == [6, 4]
    assert len(by_day) == 1
