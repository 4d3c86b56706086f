"""An event as entries of a calendar: the series first, then each date that differs."""
# ruff: noqa: DTZ001 - wall times have no zone

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from fablabmesh.events.models import Event, EventChange
from fablabmesh.events.rules import Category, EventStatus, OnlineAccess, PriceKind
from fablabmesh.places.models import Place
from fablabmesh.publication.entries import practical_lines, to_entries, whereabouts

NOW = datetime(2027, 3, 1, tzinfo=UTC)
START = datetime(2027, 3, 2, 18, 0)
PARIS = ZoneInfo("Europe/Paris")
ADDRESS = "https://mesh.test/evenements/atelier"


def make_place(**values):
    given = {"name": "LabFab", "address": "19 rue Hoche", "postcode": "35000", "commune": "Rennes", "is_demo": False}
    return Place(**(given | {"latitude": 48.1, "longitude": -1.7} | values))


def make(**values):
    given = {
        **{"uid": "u1", "title": "Atelier", "description": "", "category": Category.WORKSHOP, "tags": ["bois"]},
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


def test_what_is_deleted_is_told_as_cancelled():
    (entry,) = to_entries(make(deleted_at=NOW), ADDRESS)

    assert entry.cancelled


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
