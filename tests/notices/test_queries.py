"""What somebody chose, over what is usual for who they are."""

from fablabmesh.accounts.rules import Role
from fablabmesh.notices import actions, queries
from fablabmesh.notices.rules import Frequency, Kind
from tests.factories import NOW, make_account, make_coordinator, make_department, make_zone


def test_who_never_chose_has_the_usual(db):
    make_department()
    coordinator, boss = make_coordinator(make_zone("35")), make_account(role=Role.ADMIN)

    assert queries.frequency_of(coordinator, Kind.PROPOSAL) is Frequency.DAILY
    assert queries.frequency_of(boss, Kind.PROPOSAL) is Frequency.WEEKLY
    assert queries.map_frequencies(coordinator)[Kind.CLAIM] is Frequency.AT_ONCE


def test_what_was_chosen_counts_from_then_on(alice):
    usual = queries.frequency_of(alice, Kind.TEAM)
    actions.choose(alice, {Kind.TEAM: Frequency.NONE}, now=NOW)
    actions.choose(alice, {Kind.TEAM: Frequency.DAILY}, now=NOW)

    assert usual is Frequency.AT_ONCE
    assert queries.frequency_of(alice, Kind.TEAM) is Frequency.DAILY
    assert queries.map_frequencies(alice)[Kind.TEAM] is Frequency.DAILY
