"""The demonstration: marked everywhere, attached to nothing real, gone with one command."""

import pytest
from dateutil.rrule import rrulestr
from sqlalchemy import func, select

from fablabmesh.accounts.models import Account
from fablabmesh.demo import actions, content, queries
from fablabmesh.events.models import Event, EventChange, EventPartner
from fablabmesh.events.rules import EventStatus
from fablabmesh.kit.errors import Refused
from fablabmesh.mails.models import Mail
from fablabmesh.places.models import Machine, Place, PlacePerson, PlacePicture, PlaceVersion
from fablabmesh.places.rules import PlaceKind
from fablabmesh.projects.models import Partnership, Project
from fablabmesh.projects.rules import PartnershipStatus
from fablabmesh.teams.models import Claim
from fablabmesh.teams.rules import ClaimState
from fablabmesh.terms.queries import map_terms
from fablabmesh.terms.rules import Vocabulary
from tests.factories import NOW, make_department, make_place, make_zone

PEOPLE = len(content.PEOPLE) + len(content.EDITORS) + len(content.COORDINATORS)


@pytest.fixture
def demo(db):
    make_department("35")
    make_department("42", "Loire", box=(3.7, 45.2, 4.8, 46.3))
    make_department("974", "La Réunion", box=(55.2, -21.4, 55.9, -20.8))
    make_zone("35")
    return actions.add_demo(now=NOW)


def test_everything_invented_hangs_on_invented_places(db, demo):
    make_place(name="Vrai lab")

    hosts = db.scalars(select(Place).join(Event, Event.place_id == Place.id)).all()
    leads = db.scalars(select(Place).join(Project, Project.lead_id == Place.id)).all()
    partners = db.scalars(select(Place).join(Partnership, Partnership.place_id == Place.id)).all()

    assert {place.is_demo for place in (*hosts, *leads, *partners)} == {True}
    assert [account.is_demo for account in db.scalars(select(Account))] == [True] * PEOPLE


def test_it_shows_the_future_the_past_a_cancellation_an_overseas_clock_and_both_ends_of_a_request(db, demo):
    events = list(db.scalars(select(Event)))

    assert {event.starts_at > NOW for event in events} == {True, False}
    assert sum(event.status is EventStatus.CANCELLED for event in events) == 1
    assert {event.timezone for event in events} == {"Europe/Paris", "Indian/Reunion"}
    assert {p.status for p in db.scalars(select(Partnership))} == {PartnershipStatus.ACCEPTED, PartnershipStatus.ASKED}


def test_it_shows_a_claim_that_waits_for_its_coordinator_and_writes_to_nobody_real(db, demo):
    found = db.execute(select(Claim.state, Place.is_demo, Account.is_demo).join(Claim.place).join(Claim.account)).all()

    assert found == [(ClaimState.PENDING, True, True)]
    assert {mail.domain for mail in db.scalars(select(Mail))} <= {"demonstration.invalid"}


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
    hidden = select(Event.title, Event.moderation).where(Event.is_draft).order_by(Event.id)
    assert db.execute(hidden).all() == [
        ("Fête de l’atelier", "draft"),
        ("Fabriquer un nichoir", "pending"),
        ("Soirée jeux de société", "pending"),
    ]


@pytest.mark.parametrize("day", range(1, 8))
def test_the_first_date_of_a_series_is_one_of_its_rule(db, day):
    make_department("35")
    actions.add_demo(now=NOW.replace(day=day))

    for event in db.scalars(select(Event).where(Event.rrule != "")):
        assert rrulestr(event.rrule, dtstart=event.starts_local)[0] == event.starts_local


def test_every_place_is_described_by_words_that_exist(db, demo):
    terms = map_terms()
    of = {"services": Vocabulary.SERVICE, "audiences": Vocabulary.AUDIENCE, "accessibility": Vocabulary.ACCESSIBILITY,
          "fees": Vocabulary.FEE, "support": Vocabulary.SUPPORT, "labels": Vocabulary.LABEL,
          "machine_types": Vocabulary.MACHINE}  # fmt: skip
    places = list(db.scalars(select(Place)))
    materials = {code for codes in db.scalars(select(Machine.materials)) for code in codes}

    strangers = {
        (name, code)
        for place in places
        for name, vocabulary in of.items()
        for code in getattr(place, name)
        if code not in terms[vocabulary]
    }

    assert strangers == set()
    assert materials - terms[Vocabulary.MATERIAL].keys() == set()
    assert {name for place in places for name in of if getattr(place, name)} == set(of)


def test_a_public_digital_space_open_on_saturday_has_a_3d_printer(db, demo):
    has_one = Place.machine_types.contains(["imprimante-3d"])
    found = db.scalars(select(Place.opening_hours).where(Place.kind == PlaceKind.EPN, has_one).order_by(Place.id))

    assert next(hours for hours in found if "Sa 10:00" in hours) == (
        "Mo,We 14:00-18:00; Sa 10:00-13:00,14:00-17:00; PH off"
    )


def test_it_shows_names_with_and_without_consent_pictures_and_an_age_of_what_is_told(db, demo):
    people = list(db.scalars(select(PlacePerson)))

    assert {bool(person.name) for person in people} == {True, False}
    assert all(person.consented_on for person in people if person.name)
    assert db.scalar(select(func.count()).select_from(PlacePicture)) == 3
    assert {place.confirmed_at is None for place in db.scalars(select(Place))} == {True, False}
    assert db.scalar(select(func.count()).select_from(PlaceVersion).where(PlaceVersion.deed == "created")) == len(
        content.PLACES
    )


def test_each_person_has_a_password_of_their_own_and_an_address_that_cannot_exist(demo):
    assert len({password for _mail, password in demo}) == PEOPLE
    assert all(mail.endswith(".invalid") and len(password) >= 12 for mail, password in demo)


def test_it_is_not_set_up_twice(demo):
    with pytest.raises(Refused):
        actions.add_demo(now=NOW)


def test_one_command_takes_all_of_it_away_and_nothing_else(db, demo):
    real = make_place(name="Vrai lab")

    removed = actions.remove_demo()

    assert removed == (len(content.PLACES), PEOPLE)
    assert [db.scalar(select(func.count()).select_from(table)) for table in (Event, Project, Account)] == [0, 0, 0]
    assert [place.id for place in db.scalars(select(Place))] == [real.id]
    assert queries.is_there() is False


def test_somebody_invented_coordinates_the_zones_there_are(db, demo):
    account = db.scalars(select(Account).where(Account.email == content.COORDINATORS[0].email)).one()

    assert account.department_codes == ["35"]
    assert (account, ["Fab Labs – Ouest"]) in queries.list_people()
