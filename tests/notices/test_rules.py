"""When things are told, to whom what is, and links that cannot be made up."""

from datetime import datetime
from types import SimpleNamespace

import pytest

from fablabmesh.accounts.rules import Role
from fablabmesh.notices.rules import (
    Frequency,
    Kind,
    default_frequency,
    due_after,
    kinds_for,
    read_stop,
    write_stop,
)

KEY = b"a key"
MEMBER = SimpleNamespace(role=Role.MEMBER, zone_ids=[])
COORDINATOR = SimpleNamespace(role=Role.MEMBER, zone_ids=[4])
ADMIN = SimpleNamespace(role=Role.ADMIN, zone_ids=[])


@pytest.mark.parametrize(
    ("now", "frequency", "due"),
    [
        ("2026-03-04T12:00+00:00", Frequency.DAILY, "2026-03-05T06:00+00:00"),
        ("2026-03-04T05:59+00:00", Frequency.DAILY, "2026-03-04T06:00+00:00"),
        ("2026-03-04T06:00+00:00", Frequency.DAILY, "2026-03-05T06:00+00:00"),
        ("2026-03-28T12:00+00:00", Frequency.DAILY, "2026-03-29T05:00+00:00"),
        ("2026-03-04T12:00+00:00", Frequency.WEEKLY, "2026-03-09T06:00+00:00"),
        ("2026-03-09T05:00+00:00", Frequency.WEEKLY, "2026-03-09T06:00+00:00"),
        ("2026-03-04T12:00+00:00", Frequency.AT_ONCE, "2026-03-04T12:00+00:00"),
    ],
)
def test_what_is_gathered_is_told_at_seven_in_paris(now, frequency, due):
    assert due_after(datetime.fromisoformat(now), frequency) == datetime.fromisoformat(due)


def test_what_only_deciders_are_told_is_offered_to_them_alone():
    desk = {Kind.PROPOSAL, Kind.PENDING, Kind.CLAIM, Kind.LATE}

    assert set(kinds_for(COORDINATOR)) - set(kinds_for(MEMBER)) == desk
    assert kinds_for(ADMIN) == kinds_for(COORDINATOR)
    assert set(kinds_for(COORDINATOR)) == set(Kind) - {Kind.SECURITY}


def test_defaults_fit_who_somebody_is():
    assert default_frequency(Kind.CLAIM, COORDINATOR) is Frequency.AT_ONCE
    assert default_frequency(Kind.PROPOSAL, COORDINATOR) is Frequency.DAILY
    assert default_frequency(Kind.PROPOSAL, ADMIN) is Frequency.WEEKLY
    assert default_frequency(Kind.PARTNER_REQUEST, MEMBER) is Frequency.AT_ONCE
    assert default_frequency(Kind.ZONE_NEWS, MEMBER) is Frequency.WEEKLY


def test_every_kind_and_every_frequency_has_words_of_its_own(pages):
    with pages.test_request_context("/"):
        assert len({kind.label for kind in Kind}) == len(Kind)
        assert len({frequency.label for frequency in Frequency}) == len(Frequency)


def test_a_link_that_stops_cannot_be_made_up():
    word = write_stop(KEY, 12, "claim")

    assert read_stop(KEY, word) == (12, "claim")
    assert read_stop(KEY, word.replace("12-", "13-")) is None
    assert read_stop(KEY, word.replace("claim", "late")) is None
    assert read_stop(b"another key", word) is None
    assert read_stop(KEY, word + "x") is None
    assert read_stop(KEY, "") is None
