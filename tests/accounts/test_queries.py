"""Reading accounts."""

from datetime import timedelta

from fablabmesh.accounts import actions, queries
from tests.factories import NOW, make_account


def test_an_account_is_found_whatever_blanks_and_capitals_were_typed(db):
    alice = make_account(email="alice@exemple.test")

    assert queries.find_by_email("  ALICE@exemple.test ") is alice
    assert queries.find_by_email("bob@exemple.test") is None


def test_only_attempts_of_the_window_count(db):
    subject = actions.digest("mail:alice@exemple.test")
    actions.check_credentials("alice@exemple.test", "faux", address="192.0.2.1", now=NOW)

    assert queries.count_attempts(subject, since=NOW - timedelta(minutes=1)) == 1
    assert queries.count_attempts(subject, since=NOW) == 0


def test_invented_people_are_told_from_real_ones(db):
    make_account()
    invented = make_account(is_demo=True)

    assert queries.list_demo_accounts() == [invented]
