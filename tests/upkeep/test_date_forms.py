from datetime import datetime
from types import SimpleNamespace

import pytest

from fablabmesh.events.forms import VersionForm
from fablabmesh.kit.i18n import force_locale
from fablabmesh.upkeep.date_forms import AddDateForm, ChangeDateForm, ReasonForm

TYPED = {"first_day": "2027-03-27", "first_hour": "18:00", "last_hour": "20h30", "venue": "0", "title": "Couture"}


@pytest.fixture(autouse=True)
def french(app):
    with app.test_request_context("/"), force_locale("fr"):
        yield


@pytest.fixture
def filled(app):
    def fill(kind, *given, **typed):
        with app.test_request_context("/", method="POST", data=typed):
            form = kind(*given)
            form.validate()
        return form

    return fill


def series(timezone: str = "Europe/Paris", *, is_all_day: bool = False) -> SimpleNamespace:
    return SimpleNamespace(timezone=timezone, is_all_day=is_all_day)


VENUES = [(0, "Comme la série"), (7, "Autre lab")]


def plain(errors) -> dict[str, list[str]]:
    return {name: [text.replace("\u00a0", " ") for text in texts] for name, texts in errors.items()}


def test_what_is_typed_becomes_wall_times(filled):
    form = filled(ChangeDateForm, series(), VENUES, **TYPED)

    assert form.errors == {}
    assert (form.when.starts_local, form.when.ends_local) == (
        datetime.fromisoformat("2027-03-27T18:00"),
        datetime.fromisoformat("2027-03-27T20:30"),
    )


def test_whole_days_have_no_hours(filled):
    form = filled(ChangeDateForm, series(is_all_day=True), VENUES, **(TYPED | {"last_day": "2027-03-28"}))

    assert form.errors == {}
    assert (form.when.starts_local, form.when.ends_local) == (
        datetime.fromisoformat("2027-03-27T00:00"),
        datetime.fromisoformat("2027-03-28T00:00"),
    )


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"first_hour": ""}, "first_hour", "Écrivez l’heure du début."),
        ({"last_hour": ""}, "last_hour", "Écrivez l’heure de fin."),
        ({"first_day": "0027-03-27"}, "first_day", "Vérifiez l’année."),
        ({"last_day": "2027-03-26"}, "last_day", "Le dernier jour vient avant le premier."),
        (
            {"last_day": "2029-03-26"},
            "last_day",
            "Un événement dure un an au plus : vérifiez le dernier jour.",
        ),
        (
            {"last_hour": "18:00"},
            "last_hour",
            "La fin vient avant le début, ou en même temps. "
            "Si l’événement passe minuit, écrivez aussi le dernier jour.",
        ),
        (
            {"first_day": "2027-03-28", "first_hour": "02:30", "last_hour": "04:00"},
            "first_hour",
            "Le 28 mars 2027 à 2 h 30 n’existe pas : cette nuit-là, les horloges avancent (Paris).",
        ),
        ({"title": " "}, "title", "Donnez un titre à cette date."),
        (
            {"venue": "7", "venue_text": "Salle des fêtes"},
            "venue_text",
            "Choisissez un lieu de la liste ou écrivez une adresse, pas les deux.",
        ),
    ],
)
def test_a_fault_is_told_at_its_field(filled, typed, field, message):
    form = filled(ChangeDateForm, series(), VENUES, **(TYPED | typed))

    assert plain(form.errors) == {field: [message]}


def test_a_place_that_was_not_offered_is_refused(filled):
    assert list(filled(ChangeDateForm, series(), VENUES, **(TYPED | {"venue": "8"})).errors) == ["venue"]


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        ({"first_day": "2027-03-27", "first_hour": "18h"}, {}),
        ({"first_day": "2027-03-27"}, {"first_hour": ["Écrivez l’heure du début."]}),
        ({"first_day": "", "first_hour": "18:00"}, {"first_day": ["Choisissez la date."]}),
        ({"first_day": "3027-03-27", "first_hour": "18:00"}, {"first_day": ["Vérifiez l’année."]}),
        (
            {"first_day": "2027-03-28", "first_hour": "02:30"},
            {"first_hour": ["Le 28 mars 2027 à 2 h 30 n’existe pas : cette nuit-là, les horloges avancent (Paris)."]},
        ),
    ],
)
def test_an_added_date_has_a_day_and_an_hour_that_exist(filled, typed, faults):
    assert plain(filled(AddDateForm, series(), **typed).errors) == faults


def test_an_added_whole_day_needs_no_hour(filled):
    form = filled(AddDateForm, series(is_all_day=True), first_day="27/03/2027")

    assert (form.errors, form.starts_local) == ({}, datetime.fromisoformat("2027-03-27T00:00"))


def test_a_date_is_called_off_for_a_reason(filled):
    assert list(filled(ReasonForm, reason=" ", version="3").errors) == ["reason"]
    assert filled(ReasonForm, reason="Lab\nfermé", version="3").reason.data == "Lab fermé"


@pytest.mark.parametrize(("text", "version"), [("3", 3), ("", 0), ("-1", 0), ("٣", 0), ("99999999999", 0)])
def test_a_version_is_a_number_or_no_version_at_all(filled, text, version):
    assert filled(VersionForm, version=text).typed_version == version
