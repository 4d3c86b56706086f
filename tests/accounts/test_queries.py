"""Reading accounts."""

from datetime import timedelta

from fablabmesh.accounts import actions, queries
from fablabmesh.accounts.attempt_actions import counter
from tests.factories import NOW, make_account


def test_an_account_is_found_whatever_blanks_and_capitals_were_typed(db):
    alice = make_account(email="alice@exemple.test")

    assert queries.find_by_email("  ALICE@exemple.test ") is alice
    assert queries.find_by_email("bob@exemple.test") is None


def test_only_attempts_of_the_window_count(db):
    subject, other = (counter("mail", f"{name}@exemple.test", 1).subject for name in ("alice", "bob"))
    actions.check_credentials("alice@exemple.test", "faux", address="192.0.2.1", now=NOW)

    found = queries.count_attempts([subject, other], since=NOW - timedelta(minutes=1))

    assert found == {subject: (1, NOW)}
    assert queries.count_attempts([subject], since=NOW) == {}


def test_a_browser_is_asked_about_by_address_as_long_as_it_is_remembered(db):
    alice = make_account(email="alice@exemple.test")
    token, _is_new = actions.know_device(alice, None, now=NOW)

    def knows(email, since):
        return queries.knows_device(email, actions.digest(token), seen_after=since)

    assert knows(" Alice@exemple.test", NOW - timedelta(days=1))
    assert not knows("bob@exemple.test", NOW - timedelta(days=1))
    assert not knows("alice@exemple.test", NOW)


def test_invented_people_are_told_from_real_ones(db):
    make_account()
    invented = make_account(is_demo=True)

    assert queries.list_demo_accounts() == [invented]
