"""Forms of proposals: what differs, what is forgiven, what is shown."""

import pytest

from fablabmesh.curation.forms import DecisionForm, MissingForm, ReportForm
from fablabmesh.curation.rules import PROPOSABLE
from fablabmesh.places.rules import PlaceKind
from fablabmesh.sheets.wording import field_labels
from tests.factories import make_place


@pytest.fixture
def lab(db):
    return make_place(phone="voir le site")


def test_a_report_tells_what_differs_and_forgives_what_stood_there(lab):
    form = ReportForm(obj=lab, data={"what": "correction"})
    form.offer([])
    form.kind.data = "epn"
    form.validate()
    form.forgive(lab)

    assert form.changes(lab) == {"kind": PlaceKind.EPN}
    assert "phone" not in form.errors


def test_a_decision_shows_only_what_is_proposed(db):
    form = DecisionForm(["website", "phone", "precision"], data={"phone": "01", "website": "https://a.test"})

    assert form.names == ["website", "phone"]
    assert [name for name in PROPOSABLE if name in form] == ["website", "phone"]
    assert form.chosen(["phone"]) == {"phone": "01"}


def test_a_town_is_asked_for_until_there_is_one(db):
    form = MissingForm()

    assert form.choose_town([]) is None
    assert form.commune.errors == ["Aucune commune ne s’appelle ainsi. Écrivez son nom ou son code postal."]


@pytest.mark.parametrize(
    ("given", "faulty"),
    [
        ({"opening_hours": "Mo-Fr 09:00-12:00"}, []),
        ({"opening_hours": "tous les jours"}, ["opening_hours"]),
        ({"latitude": 48.0, "longitude": None}, ["longitude"]),
        ({"latitude": 48.0, "longitude": -1.6}, []),
        ({"name": ""}, ["name"]),
    ],
)
def test_it_keeps_the_rules_of_the_form_of_the_page(db, given, faulty):
    form = DecisionForm(list(given), data=given)
    form.validate()

    assert list(form.errors) == faulty


def test_every_column_that_may_be_proposed_has_its_words(db):
    assert set(PROPOSABLE) - set(field_labels()) == set()
