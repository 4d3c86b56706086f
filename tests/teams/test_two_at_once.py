"""Two managers who leave at the same moment, on connections of their own: one of them stays."""

import threading

import pytest
import sqlalchemy as sa

from fablabmesh.kit import db as kit_db
from fablabmesh.kit.errors import Refused
from fablabmesh.places.queries import get_place
from fablabmesh.teams import actions, queries
from fablabmesh.zones.models import Department
from tests.factories import NOW, make_account, make_place


@pytest.fixture
def lab(app):
    """A lab with two managers, really in the database; taken away at the end."""
    with app.app_context():
        people = make_account(name="Alice"), make_account(name="Bob")
        slug, ids = make_place(managers=people).slug, [person.id for person in people]
        kit_db.session.commit()
        kit_db.session.remove()
        yield slug, ids
        kit_db.session.rollback()
        kit_db.session.execute(sa.text("DELETE FROM place; DELETE FROM mail; DELETE FROM account"))
        kit_db.session.execute(sa.delete(Department))
        kit_db.session.commit()
        kit_db.session.remove()


def test_of_two_managers_who_leave_at_once_one_stays(app, lab):
    slug, ids = lab
    both, outcomes = threading.Barrier(2), []

    def leave(account_id: int) -> None:
        with app.app_context():
            place, account = get_place(slug), queries.get_person(account_id)
            both.wait(10)
            try:
                actions.leave(place, account, now=NOW)
                kit_db.session.commit()
                outcomes.append("left")
            except Refused:
                kit_db.session.rollback()
                outcomes.append("stayed")

    threads = [threading.Thread(target=leave, args=(account_id,)) for account_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    with app.app_context():
        left = [link.account.name for link in queries.list_team(get_place(slug).id)]
    assert sorted(outcomes) == ["left", "stayed"]
    assert len(left) == 1
