"""What those who run the site read of the queue."""

from datetime import timedelta

import pytest

from fablabmesh.kit.errors import NotFound
from fablabmesh.mails import actions, queries
from fablabmesh.mails.rules import State
from tests.factories import NOW
from tests.mails.test_actions import make_mail


def test_letters_are_counted_by_kind_and_state(db, office, postbox):
    postbox.moods["nobody@exemple.test"], postbox.moods["later@exemple.test"] = "refuse", "defer"
    for name, kind in (("alice", "a"), ("nobody", "a"), ("later", "b"), ("bob", "a")):
        make_mail(f"{name}@exemple.test", kind=kind)
    db.commit()
    actions.deliver(NOW)

    assert queries.count_by_kind() == {
        "a": {State.WAITING: 0, State.SENT: 2, State.FAILED: 1},
        "b": {State.WAITING: 1, State.SENT: 0, State.FAILED: 0},
    }
    assert [mail.kind for mail in queries.list_troubled(limit=10)] == ["b", "a"]
    assert queries.count_troubled() == 2


def test_the_oldest_letter_due_tells_how_late_one_is(db, office):
    assert queries.find_oldest_due(NOW) is None
    make_mail(now=NOW - timedelta(hours=2))
    make_mail(now=NOW - timedelta(hours=1))

    assert queries.find_oldest_due(NOW) == NOW - timedelta(hours=2)


def test_a_letter_that_is_not_there_is_said_so(db):
    with pytest.raises(NotFound):
        queries.get_mail(0)
