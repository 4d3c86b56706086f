"""What is kept of a place, in words."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from fablabmesh.kit.hours_wording import read_hours, tell_usual_week
from fablabmesh.sheets.details import Tool
from fablabmesh.sheets.hours_form import Closure, Holidays, Hours, write_hours
from fablabmesh.sheets.wording import field_labels, say, tell, tell_hours

NAMES = {
    "label": {"eric": "ERIC"}, "machine": {"drone": "Drone"}, "material": {"bois": "Bois"}, "service": {},
    "audience": {}, "accessibility": {}, "fee": {}, "support": {},
}  # fmt: skip
OFFICE = ((540, 720), (840, 1110))


@pytest.fixture(autouse=True)
def speaking(pages):
    with pages.test_request_context():
        yield


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("name", "LabFab", "LabFab"),
        ("phone", "", ""),
        ("kind", "fablab", "Fab Lab"),
        ("precision", "commune", "position à la mairie de la commune"),
        ("closed_on", "2026-03-01", "1er mars 2026"),
        ("latitude", 48.1146, "48.11460"),
        ("labels", ["eric", "inconnu"], "ERIC, inconnu"),
        ("people", [{"role": "Accueil", "is_named": False}, {"role": "Direction", "is_named": True}],
         "Accueil\nDirection (nommé·e)"),
        ("pictures", ["Rouge", "Bleu"], "Rouge\nBleu"),
    ],
)  # fmt: skip
def test_each_thing_is_said_as_people_say_it(name, value, words):
    assert say(name, value, NAMES) == words


def test_a_machine_is_said_in_one_line():
    tool = Tool("drone", "X1", 2, "30 cm", ("bois",), price="Gratuit", is_working=False)

    assert say("machines", [tool.plain()], NAMES) == "2 × Drone\xa0; X1\xa0; 30 cm\xa0; Bois\xa0; Gratuit\xa0; en panne"


def test_the_changes_of_a_line_stand_in_the_order_of_the_page():
    line = SimpleNamespace(id=1, at=datetime(2026, 3, 2, tzinfo=UTC), by=None, source="", deed="edited",
                           changed={"labels": [[], ["eric"]], "name": ["A", "B"]})  # fmt: skip

    (entry,) = tell([line], NAMES, with_people=False)

    assert [(change.label, change.before, change.after) for change in entry.changes] == [
        ("Nom du lieu", "A", "B"),
        ("Labels et programmes", "", "ERIC"),
    ]
    assert (entry.who, entry.can_be_undone) == ("", True)


def test_every_column_that_can_be_written_has_a_name():
    from_actions = {"name", "kind", "summary", "description", "opening_hours", "machines", "people", "pictures"}

    assert from_actions - field_labels().keys() == set()


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (Hours(), []),
        (Hours(by_appointment=True), [("", "Seulement sur rendez-vous")]),
        (
            Hours((OFFICE,) * 5 + ((),) * 2, Holidays.CLOSED),
            [
                ("Du lundi au vendredi", "de 9\xa0h à 12\xa0h et de 14\xa0h à 18\xa0h\xa030"),
                ("Samedi", "fermé"),
                ("Dimanche", "fermé"),
                ("Jours fériés", "fermé"),
            ],
        ),
        (
            Hours((((0, 1440),),) * 7, closures=(Closure((8, 1), (8, 31)), Closure((12, 24), (1, 2), 2026))),
            [
                ("Tous les jours", "jour et nuit"),
                ("Chaque année", "fermé du 1er août au 31 août"),
                ("2026", "fermé du 24 décembre au 2 janvier"),
            ],
        ),
    ],
)
def test_hours_are_told_in_words(hours, told):
    assert tell_hours(hours) == told


def test_hours_are_told_in_the_words_of_the_page_of_the_place():
    late = Hours(((),) * 4 + ((OFFICE[0], (1200, 120)),) + ((),) * 2, Holidays.OPEN, (OFFICE[0],))
    reading = read_hours(write_hours(late), "Europe/Paris", datetime(2026, 11, 12, 8, tzinfo=UTC))

    assert tell_hours(late)[:-1] == tell_usual_week(reading.week)
    assert tell_hours(late)[-1] == ("Jours fériés", "de 9\xa0h à 12\xa0h")
