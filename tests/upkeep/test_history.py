"""What was done to an event, in words people understand."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from fablabmesh.events import actions, date_actions
from fablabmesh.events.rules import Deed, OnlineAccess, PriceKind
from fablabmesh.kit.i18n import force_locale
from fablabmesh.upkeep.history import Change, Names, field_labels, place_ids, tell

AT = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
START = datetime.fromisoformat("2026-03-10T18:00")
NAMES = Names({1: "LabFab", 2: "Lab de Brest"}, {"atelier": "Atelier", "formation": "Formation"})
WHEN = {"starts_local", "ends_local", "is_all_day"}


@pytest.fixture(autouse=True)
def french(pages):
    with pages.app_context(), force_locale("fr"):
        yield


def make_event(**values) -> SimpleNamespace:
    given = {
        "starts_local": START,
        "ends_local": START + timedelta(hours=2),
        "is_all_day": False,
        "timezone": "Europe/Paris",
        "price_kind": PriceKind.UNSAID,
        "price_amount": None,
        "venue_latitude": None,
        "venue_longitude": None,
        "changes": [],
    }
    return SimpleNamespace(**(given | values))


def version(deed: Deed = Deed.EDITED, by: str | None = "Alice", **changed) -> SimpleNamespace:
    return SimpleNamespace(at=AT, by=by and SimpleNamespace(name=by), deed=deed.value, changed=changed)


def told(event, *versions) -> list[list[tuple[str, str, str]]]:
    def plain(text: str) -> str:
        return text.replace("\u00a0", " ").replace("\u202f", " ")

    return [
        [(change.label, plain(change.before), plain(change.after)) for change in entry.changes]
        for entry in tell(event, versions, NAMES)
    ]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": ["Bois", "Métal"]}, ("Titre", "Bois", "Métal")),
        ({"place_id": [1, 2]}, ("Lieu qui organise", "LabFab", "Lab de Brest")),
        ({"venue_id": [None, 7]}, ("Dans un autre lieu", "", "un lieu qui n’existe plus")),
        ({"partners": [[], [1, 2]]}, ("Avec", "", "LabFab et Lab de Brest")),
        ({"category_slug": ["atelier", "formation"]}, ("Genre de rendez-vous", "Atelier", "Formation")),
        ({"category_slug": ["disparu", "formation"]}, ("Genre de rendez-vous", "disparu", "Formation")),
        ({"tags": [["bois"], ["bois", "fil"]]}, ("Étiquettes", "bois", "bois, fil")),
        ({"language": ["fr", "en"]}, ("Langue", "français", "anglais")),
        (
            {"online_access": ["none", "on_request"]},
            ("En ligne", OnlineAccess.NONE.value, OnlineAccess.ON_REQUEST.value),
        ),
        ({"timezone": ["Europe/Paris", "Indian/Reunion"]}, ("Fuseau horaire", "Paris", "La Réunion")),
        ({"capacity": [None, 12]}, ("Nombre de places", "", "12")),
        ({"image_digest": [None, "abc"]}, ("Image", "", "une image")),
        ({"school_holidays": ["", "B"]}, ("Sauf pendant les vacances scolaires", "", "zone B")),
        (
            {"rrule": ["", "FREQ=WEEKLY;BYDAY=TU"]},
            ("Répétition", "une seule fois", "Chaque semaine, le mardi."),
        ),
        ({"rrule": ["RUBBISH", ""]}, ("Répétition", "RUBBISH", "une seule fois")),
        (
            {"exdates": [["2026-03-17T18:00"], ["2026-03-17T18:00", "2026-03-24T18:00"]]},
            ("Dates écartées", "", "mardi 24 mars 2026 à 18 h"),
        ),
        (
            {"venue_latitude": [None, 48.1], "venue_longitude": [None, -1.7]},
            ("Point sur la carte", "", "48.10000, -1.70000"),
        ),
    ],
)
def test_one_thing_is_told_as_it_was_and_as_it_is(changed, words):
    label, before, after = words
    if label == "En ligne":
        before, after = OnlineAccess(before).label, OnlineAccess(after).label

    assert told(make_event(), version(**changed)) == [[(label, before, after)]]


def test_times_are_told_as_one_with_what_stood_there_then():
    event = make_event(starts_local=START + timedelta(days=7), ends_local=START + timedelta(days=7, hours=3))
    later = version(ends_local=["2026-03-17T20:00", "2026-03-17T21:00"])
    earlier = version(
        starts_local=["2026-03-10T18:00", "2026-03-17T18:00"], ends_local=["2026-03-10T20:00", "2026-03-17T20:00"]
    )

    assert told(event, later, earlier) == [
        [("Quand", "mardi 17 mars 2026, de 18 h à 20 h", "mardi 17 mars 2026, de 18 h à 21 h")],
        [("Quand", "mardi 10 mars 2026, de 18 h à 20 h", "mardi 17 mars 2026, de 18 h à 20 h")],
    ]


def test_a_price_is_told_as_one_with_what_stood_there_then():
    event = make_event(price_kind=PriceKind.AMOUNT, price_amount=Decimal("7.50"))

    assert told(
        event,
        version(price_amount=["5.00", "7.50"]),
        version(price_kind=["free", "amount"], price_amount=[None, "5.00"]),
    ) == [[("Prix", "5 €", "7,50 €")], [("Prix", "Gratuit", "5 €")]]


def test_a_date_is_named_and_told_apart_from_the_series():
    change = SimpleNamespace(
        recurrence_local=START, starts_local=START.replace(hour=10), ends_local=START.replace(hour=12)
    )
    name = ["2026-03-10T18:00", "2026-03-10T18:00"]
    off = version(
        Deed.DATE_CANCELLED, recurrence_local=name, is_cancelled=[False, True], cancel_reason=["", "Lab fermé"]
    )
    moved = version(
        Deed.DATE_CHANGED,
        recurrence_local=name,
        starts_local=["2026-03-10T18:00", "2026-03-10T10:00"],
        ends_local=["2026-03-10T20:00", "2026-03-10T12:00"],
    )

    entries = tell(make_event(changes=[change]), [off, moved], NAMES)

    assert [entry.about.replace("\u00a0", " ") for entry in entries] == ["mardi 10 mars 2026 à 18 h"] * 2
    assert told(make_event(changes=[change]), off, moved) == [
        [("Raison", "", "Lab fermé")],
        [("Quand", "mardi 10 mars 2026, de 18 h à 20 h", "mardi 10 mars 2026, de 10 h à 12 h")],
    ]


@pytest.mark.parametrize("deed", [Deed.SPLIT, Deed.DATE_ADDED])
def test_a_cut_and_an_added_date_name_the_day_and_leave_the_times_of_the_series_alone(deed):
    later = version(deed, starts_local=["2026-03-24T18:00", "2026-03-25T18:00"])
    earlier = version(ends_local=["2026-03-10T19:00", "2026-03-10T20:00"])

    entries = tell(make_event(), [later, earlier], NAMES)

    assert entries[0].about.replace("\u00a0", " ") == "mardi 24 mars 2026 à 18 h"
    assert entries[0].changes == ()
    assert told(make_event(), later, earlier)[1] == [
        ("Quand", "mardi 10 mars 2026, de 18 h à 19 h", "mardi 10 mars 2026, de 18 h à 20 h")
    ]


def test_who_left_is_not_named():
    (entry,) = tell(make_event(), [version(Deed.CREATED, by=None)], NAMES)

    assert (entry.who, entry.deed, entry.changes) == ("", Deed.CREATED, ())


def test_what_has_no_word_for_people_is_not_told():
    assert told(make_event(), version(some_column=[1, 2], title=["A", "B"])) == [[("Titre", "A", "B")]]


def test_everything_that_a_form_can_change_has_a_word_for_people():
    said_with_others = {"ends_local", "is_all_day", "price_amount", "venue_longitude", "is_cancelled"}
    kept = {*actions.EDITABLE, *actions._MOVING, *date_actions._TOLD, "partners", "image_digest", "image_text"}

    assert kept - said_with_others - set(field_labels()) == set()


def test_the_places_that_are_spoken_of_are_found():
    versions = [version(place_id=[1, 2]), version(venue_id=[None, 3]), version(partners=[[4], []]), version()]

    assert place_ids(versions) == {1, 2, 3, 4}


def test_long_texts_are_known_to_be_long():
    assert Change("Description", "a" * 100, "b" * 100).is_long
    assert not Change("Titre", "a", "b").is_long
