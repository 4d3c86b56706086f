"""Who decides, what is late, how forms for strangers know people, and when somebody is asked « still right? »."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from fablabmesh.curation import rules
from fablabmesh.curation.rules import ProposalKind, ProposalState, Question, Scope, can_decide, can_moderate
from fablabmesh.places.rules import PlaceKind, Precision

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = b"a key"


@dataclass
class Sent:
    kind: ProposalKind = ProposalKind.CORRECTION
    place_id: int | None = 7
    is_demo: bool = False
    state: ProposalState = ProposalState.PENDING
    created_at: datetime = NOW


@pytest.mark.parametrize(
    ("scope", "zones", "is_demo", "may"),
    [
        (Scope(), [1], False, False),
        (Scope(is_admin=True), [], False, True),
        (Scope(is_admin=True), [], True, True),
        (Scope(is_admin=True, is_demo=True), [1], False, False),
        (Scope(zone_ids=frozenset({1, 2})), [2, 9], False, True),
        (Scope(zone_ids=frozenset({1, 2})), [3], False, False),
        (Scope(zone_ids=frozenset({1})), [1], True, False),
        (Scope(zone_ids=frozenset({1}), is_demo=True), [1], True, True),
        (Scope(zone_ids=frozenset({1}), is_demo=True), [1], False, False),
        (Scope(place_ids=frozenset({1})), [1], False, False),
    ],
)
def test_administrators_and_the_pole_of_the_zone_moderate_invented_people_what_is_invented(scope, zones, is_demo, may):
    assert can_moderate(scope, zones, is_demo=is_demo) is may


def test_the_people_of_a_place_decide_what_is_said_about_it_and_nothing_else():
    mine = Scope(place_ids=frozenset({7}))

    assert can_decide(mine, Sent(), [1]) is True
    assert can_decide(mine, Sent(place_id=8), [1]) is False
    assert can_decide(mine, Sent(kind=ProposalKind.MISSING), [1]) is False
    assert can_decide(Scope(zone_ids=frozenset({1})), Sent(kind=ProposalKind.MISSING, place_id=None), [1]) is True


def test_nobody_decides_a_complaint_about_their_own_place_but_those_who_coordinate_there():
    complaint = Sent(kind=ProposalKind.ABUSE)

    assert can_decide(Scope(place_ids=frozenset({7})), complaint, [1]) is False
    assert can_decide(Scope(place_ids=frozenset({7}), zone_ids=frozenset({1})), complaint, [1]) is True


def test_what_waits_for_two_weeks_is_late_and_what_was_asked_about_is_not():
    assert rules.is_late(Sent(), NOW + 14 * DAY) is False
    assert rules.is_late(Sent(), NOW + 15 * DAY) is True
    assert rules.is_late(Sent(state=ProposalState.ASKED), NOW + 15 * DAY) is False


@pytest.mark.parametrize(
    ("after", "fine"),
    [(timedelta(seconds=2), False), (timedelta(seconds=3), True), (12 * timedelta(hours=1), True),
     (timedelta(hours=12, seconds=1), False), (-DAY, False)],
)  # fmt: skip
def test_a_form_comes_back_after_a_human_time(after, fine):
    stamp = rules.write_stamp(KEY, NOW)

    assert rules.is_stamp_fine(KEY, stamp, NOW + after) is fine


@pytest.mark.parametrize("stamp", ["", "x", "-", "12345", "1772442000-" + "0" * 32, "٣-abc", "é-é"])
def test_a_stamp_that_we_did_not_write_is_none(stamp):
    assert rules.read_stamp(KEY, stamp) is None
    assert rules.read_stamp(b"other", rules.write_stamp(KEY, NOW)) is None


def test_what_is_proposed_is_kept_as_json_and_read_back():
    values = {"kind": PlaceKind.EPN, "precision": Precision.ADDRESS, "closed_on": date(2026, 1, 2), "phone": "01"}

    kept = {name: rules.plain(value) for name, value in values.items()}

    assert kept == {"kind": "epn", "precision": "address", "closed_on": "2026-01-02", "phone": "01"}
    assert rules.read_plain(kept) == values
    assert rules.read_plain({"closed_on": None}) == {"closed_on": None}


# --- « still right? » ---------------------------------------------------------------------------------------------


@dataclass
class Letter:
    days_ago: int
    place_ids: list[int]
    used_at: datetime | None = None
    is_reminder: bool = False
    sent_at: datetime = field(init=False)

    def __post_init__(self):
        self.sent_at = NOW - self.days_ago * DAY


@pytest.mark.parametrize(
    ("due", "letters", "asked"),
    [
        ([], [], None),
        ([2, 1], [], Question((1, 2))),
        # Once a month at most, whatever comes to be due.
        ([1, 2], [Letter(29, [1])], None),
        ([1, 2], [Letter(30, [1])], Question((2,))),
        # One reminder, of what is still not confirmed.
        ([1], [Letter(30, [1, 3])], Question((1,), is_reminder=True)),
        ([1], [Letter(31, [1], is_reminder=True), Letter(70, [1])], None),
        # Whoever confirmed some and left others out has answered.
        ([1], [Letter(40, [1], used_at=NOW)], None),
    ],
)
def test_each_place_is_asked_about_once_a_year_with_one_reminder(due, letters, asked):
    assert rules.question_of(due, letters, NOW) == asked


def test_every_kind_state_and_deed_has_its_words(pages):
    with pages.test_request_context("/"):
        labels = [each.label for kind in (ProposalKind, ProposalState, rules.DecisionDeed) for each in kind]

    assert len(set(labels)) == len(ProposalKind) + len(ProposalState) + len(rules.DecisionDeed)
