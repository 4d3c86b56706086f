"""What zones do together."""

import pytest

from fablabmesh.events.models import EventPartner
from fablabmesh.events.rules import EventStatus
from fablabmesh.kit.db import session
from fablabmesh.projects import actions as projects
from fablabmesh.statistics.figures import Tie
from fablabmesh.statistics.tie_queries import list_events_between, list_partnerships_between, map_ties
from fablabmesh.zones.queries import find_programme, get_zone
from tests.factories import NOW, make_event, make_place, make_project


@pytest.fixture
def tied(country):
    """Two projects across, one within; a joint event that two partners share, and one that was called off."""
    lab, other = country
    neighbour = make_place(name="Voisin")
    make_project(lab, title="Fraiseuse", partners=(other, neighbour))
    make_project(other, title="Métier à tisser", partners=(lab,))
    projects.ask_to_join(make_project(lab, title="Jamais accepté"), other, message="", by=None, now=NOW)
    event = make_event(lab, title="Ensemble")
    hold_with(event, other, make_place(name="Autre de Loire", department="42", insee="42218"))
    back = make_event(other, title="En retour")
    hold_with(back, lab)
    off = make_event(lab, title="Annulé")
    hold_with(off, other)
    off.status = EventStatus.CANCELLED
    session.flush()
    return lab, other


def hold_with(event, *places):
    session.execute(EventPartner.__table__.insert(), [{"event_id": event.id, "place_id": each.id} for each in places])


def test_ties_count_what_was_accepted_and_held_once_for_a_pair_of_zones(tied):
    assert map_ties(find_programme("fablab").id) == {
        ("est", "ouest"): Tie(partnerships=2, events=2),
        ("ouest", "ouest"): Tie(partnerships=1, events=0),
    }


def test_behind_each_number_is_its_list(tied):
    west, east = get_zone("fablab", "ouest"), get_zone("fablab", "est")

    across = [
        (each.project.title, each.project.lead.name, each.place.name) for each in list_partnerships_between(west, east)
    ]
    assert sorted(across) == [
        ("Fraiseuse", "Lab de Rennes", "Lab de Loire"),
        ("Métier à tisser", "Lab de Loire", "Lab de Rennes"),
    ]
    assert [each.place.name for each in list_partnerships_between(west, west)] == ["Voisin"]
    assert sorted(each.title for each in list_events_between(east, west)) == ["En retour", "Ensemble"]
    assert list_events_between(west, west) == []
