"""The demonstration: marked everywhere, attached to nothing real, gone with one command."""

import pytest
from dateutil.rrule import rrulestr
from sqlalchemy import func, select

from fablabmesh.accounts.models import Account
from fablabmesh.demo import actions, content, queries
from fablabmesh.events.models import Event, EventChange, EventPartner
from fablabmesh.events.rules import EventStatus
from fablabmesh.kit.errors import Refused
from fablabmesh.places.models import Place
from fablabmesh.projects.models import Partnership, Project
from fablabmesh.projects.rules import PartnershipStatus
from tests.factories import NOW, make_department, make_place


@pytest.fixture
def demo(db):
    make_department("35")
    make_department("42", "Loire", box=(3.7, 45.2, 4.8, 46.3))
    make_department("974", "La Réunion", box=(55.2, -21.4, 55.9, -20.8))
    return actions.add_demo(now=NOW)


def test_everything_invented_hangs_on_invented_places(db, demo):
    make_place(name="Vrai lab")

    hosts = db.scalars(select(Place).join(Event, Event.place_id == Place.id)).all()
    leads = db.scalars(select(Place).join(Project, Project.lead_id == Place.id)).all()
    partners = db.scalars(select(Place).join(Partnership, Partnership.place_id == Place.id)).all()

    assert {place.is_demo for place in (*hosts, *leads, *partners)} == {True}
    assert [account.is_demo for account in db.scalars(select(Account))] == [True] * len(content.PEOPLE)


def test_it_shows_the_future_the_past_a_cancellation_an_overseas_clock_and_both_ends_of_a_request(db, demo):
    events = list(db.scalars(select(Event)))

    assert {event.starts_at > NOW for event in events} == {True, False}
    assert sum(event.status is EventStatus.CANCELLED for event in events) == 1
    assert {event.timezone for event in events} == {"Europe/Paris", "Indian/Reunion"}
    assert {p.status for p in db.scalars(select(Partnership))} == {PartnershipStatus.ACCEPTED, PartnershipStatus.ASKED}


def test_it_shows_what_comes_again_with_its_exceptions_and_what_labs_do_together(db, demo):
    series = [event for event in db.scalars(select(Event)) if event.rrule]
    changes = list(db.scalars(select(EventChange)))

    assert {event.rrule.split(";")[0] for event in series} == {"FREQ=WEEKLY", "FREQ=MONTHLY"}
    assert sorted((change.is_cancelled, change.starts_local != change.recurrence_local) for change in changes) == [
        (False, True),
        (True, False),
    ]
    assert db.scalar(select(func.count()).select_from(EventPartner)) == 2
    assert [event.image_text[:18] for event in db.scalars(select(Event)) if event.image_digest] == [
        "Trois roues dentée"
    ]
    assert [event.title for event in db.scalars(select(Event).where(Event.is_draft))] == ["Fête de l’atelier"]


@pytest.mark.parametrize("day", range(1, 8))
def test_the_first_date_of_a_series_is_one_of_its_rule(db, day):
    make_department("35")
    actions.add_demo(now=NOW.replace(day=day))

    for event in db.scalars(select(Event).where(Event.rrule != "")):
        assert rrulestr(event.rrule, dtstart=event.starts_local)[0] == event.starts_local


def test_each_person_has_a_password_of_their_own_and_an_address_that_cannot_exist(demo):
    assert len({password for _mail, password in demo}) == len(content.PEOPLE)
    assert all(mail.endswith(".invalid") and len(password) >= 12 for mail, password in demo)


def test_it_is_not_set_up_twice(demo):
    with pytest.raises(Refused):
        actions.add_demo(now=NOW)


def test_one_command_takes_all_of_it_away_and_nothing_else(db, demo):
    real = make_place(name="Vrai lab")

    removed = actions.remove_demo()

    assert removed == (len(content.PLACES), len(content.PEOPLE))
    assert [db.scalar(select(func.count()).select_from(table)) for table in (Event, Project, Account)] == [0, 0, 0]
    assert [place.id for place in db.scalars(select(Place))] == [real.id]
    assert queries.is_there() is False
