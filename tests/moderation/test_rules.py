from datetime import timedelta
from types import SimpleNamespace

import pytest

from fablabmesh.curation.rules import ProposalKind
from fablabmesh.moderation import rules
from fablabmesh.moderation.rules import Charge, Remedy, Ticket, Wanted
from fablabmesh.zones.moderation import DEFAULTS, Thing, Whose


def test_an_address_says_what_is_asked_of_the_queue_and_is_written_back_the_same():
    args = {"genre": "abuse", "quoi": "evenement", "qui": "moi", "zone": "7", "retard": "oui", "liste": "traitees"}

    wanted = rules.read_wanted(args, {7})

    assert wanted == Wanted(False, ProposalKind.ABUSE, Thing.EVENT, Charge.MINE, 7, True)
    assert wanted.to_query() == args
    assert wanted.but(zone=None, is_open=True) == {k: v for k, v in args.items() if k not in ("zone", "liste")}


@pytest.mark.parametrize("zone", ["8", "x", "٧", "7" * 12, ""])
def test_what_is_not_understood_or_not_theirs_is_left_out(zone):
    assert rules.read_wanted({"genre": "?", "quoi": "?", "qui": "?", "zone": zone, "retard": "1"}, {7}) == Wanted()
    assert not Wanted(is_open=False).is_filtered
    assert Wanted(is_late=True).is_filtered


def test_tickets_are_read_as_they_are_written_each_once():
    assert rules.read_tickets([str(Ticket(1, 2, 3)), "1.9.9", "2.x.1", "2.1", "٣.1.1", "4.5.6"]) == [
        Ticket(1, 2, 3),
        Ticket(4, 5, 6),
    ]


@pytest.mark.parametrize(
    ("ids", "thing", "remedies"),
    [
        ((1, None), Thing.EVENT, [Remedy.NOTHING, Remedy.CANCEL, Remedy.WITHDRAW]),
        ((None, 1), Thing.PROJECT, [Remedy.NOTHING, Remedy.WITHDRAW]),
        ((None, None), Thing.PLACE, [Remedy.NOTHING, Remedy.WITHDRAW]),
    ],
)
def test_a_report_offers_what_fits_its_thing(ids, thing, remedies):
    proposal = SimpleNamespace(event_id=ids[0], project_id=ids[1])

    assert (rules.thing_of(proposal), rules.remedies_of(proposal)) == (thing, remedies)
    assert rules.thing_label(thing)
    assert all(remedy.label for remedy in remedies)


@pytest.mark.parametrize(("days", "stage"), [(13, 0), (14, 0), (15, 1), (28, 1), (29, 2)])
def test_the_zone_is_told_after_two_weeks_and_the_administrators_after_four(days, stage):
    assert rules.stage_of(timedelta(days=days)) == stage


def test_rules_are_read_from_what_is_ticked():
    read = rules.read_rules(["event.manager", "event.stranger", "x"])

    assert {key for key, trusted in read.items() if trusted} == {(Thing.EVENT, Whose.MANAGER)}
    assert rules.read_rules(rules.write_rules(DEFAULTS).split()) == DEFAULTS
