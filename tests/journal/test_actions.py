"""Who leaves is forgotten."""

from fablabmesh.journal import actions
from tests.factories import make_place


def test_that_somebody_acted_stays_and_who_does_not(as_person, alice, last_act, db):
    place = make_place(managers=(alice,))
    as_person(alice).post(f"/lieux/{place.slug}/confirmer")
    act, entries = last_act()

    count = actions.forget_person(alice.id)

    db.refresh(act)
    assert (count, act.account_id, act.actor, len(entries)) == (1, None, "person", 1)
    assert actions.forget_person(alice.id) == 0
