"""What people may do here comes back under the rules by which it is given, and whoever is concerned is told."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.accounts import queries as account_queries
from fablabmesh.accounts.models import Account
from fablabmesh.accounts.rules import Role
from fablabmesh.journal.undo_actions import undo
from fablabmesh.kit.errors import Refused
from fablabmesh.mails.models import Mail
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place
from fablabmesh.places.rules import ManagerRole
from fablabmesh.teams import actions as teams
from fablabmesh.teams.rules import After
from fablabmesh.zones import actions as zones
from tests.factories import NOW, make_account, make_department, make_place, make_zone
from tests.teams.conftest import roles

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def admin(db):
    return make_account(name="Ada", role=Role.ADMIN)


@pytest.fixture
def back(db, anew, last_act, admin):
    """Call it: the latest act is taken back by an administrator."""

    def take() -> None:
        _act, entries = last_act()
        anew()
        undo(entries, by=admin, now=LATER)
        anew()
        db.expire_all()

    return take


def told(db, person):
    return db.scalars(sa.select(Mail.kind).where(Mail.to_address == person.email).order_by(Mail.id)).all()


def test_the_last_manager_is_not_undone(db, alice, anew, back):
    place = make_place()
    anew()
    places.grant(place, alice)

    with pytest.raises(Refused, match="Plus personne ne serait responsable du lieu"):
        back()

    assert roles(db, place) == {"Alice": "manager"}


def test_who_joined_leaves_and_comes_back_and_hears_of_both(db, alice, anew, back):
    bob = make_account(name="Bob")
    place = make_place(managers=(alice,))
    anew()
    teams.join(place, bob, ManagerRole.EDITOR, now=NOW)

    back()
    gone = roles(db, place)
    back()

    assert gone == {"Alice": "manager"}
    assert roles(db, place) == {"Alice": "manager", "Bob": "editor"}
    assert told(db, bob) == ["teams/team", "teams/team"]


def test_what_was_handed_over_goes_back_whole(db, alice, anew, back):
    bob = make_account(name="Bob")
    place = make_place(managers=(alice,))
    places.grant(place, bob, ManagerRole.EDITOR)
    db.refresh(place, ["managers"])
    anew()
    teams.hand_over(place, alice, bob.id, then=After.LEAVE, now=NOW)

    back()

    assert roles(db, place) == {"Alice": "manager", "Bob": "editor"}


def test_a_page_that_was_made_goes_with_its_people(db, alice, anew, back):
    make_department()
    anew()
    place = make_place(managers=(alice,))
    key = place.id

    back()

    assert db.get(Place, key) is None


def test_who_was_an_administrator_is_one_again_and_all_of_them_hear_of_it(db, admin, anew, back):
    bob, other = make_account(name="Bob", role=Role.ADMIN), make_account(name="Zoé", role=Role.ADMIN)
    anew()
    teams.set_role(bob, Role.MEMBER, by=admin, now=NOW)
    before = len(told(db, other))

    back()

    assert db.get(Account, bob.id).role is Role.ADMIN
    assert len(told(db, other)) == before + 1


def test_the_last_administrator_is_not_undone(db, admin, anew, last_act):
    bob = make_account(name="Bob")
    anew()
    teams.set_role(bob, Role.ADMIN, by=admin, now=NOW)
    _act, entries = last_act()
    anew()
    teams.set_role(admin, Role.MEMBER, by=bob, now=NOW)
    anew()

    with pytest.raises(Refused, match="dernier compte d’administration"):
        undo(entries, by=bob, now=LATER)


def test_an_account_that_was_closed_is_open_again_and_one_that_was_opened_is_closed(db, admin, anew, back):
    bob = make_account(name="Bob")
    anew()
    teams.deactivate(bob, by=admin, now=NOW)

    back()
    is_open = db.get(Account, bob.id).is_active
    back()

    assert (is_open, db.get(Account, bob.id).is_active) == (True, False)


def test_an_account_that_was_made_is_closed_and_stays(db, anew, back):
    anew()
    bob = make_account(name="Bob")

    back()
    is_open = db.get(Account, bob.id).is_active
    back()

    assert (is_open, db.get(Account, bob.id).is_active) == (False, True)
    assert account_queries.find_by_email(bob.email) is not None


def test_a_zone_is_taken_back_and_given_again_by_letter(db, admin, anew, back):
    make_department()
    zone, bob = make_zone("35"), make_account(name="Bob")
    anew()
    zones.grant_coordination(zone, bob, by=admin, now=NOW)

    back()
    codes = list(db.get(Account, bob.id).department_codes)
    back()

    assert (codes, db.get(Account, bob.id).department_codes) == ([], ["35"])
    assert told(db, bob) == ["teams/account", "teams/account"]
