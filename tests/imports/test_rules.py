"""When a calendar is asked again, what it may take away at once, and the words for all that."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from fablabmesh.imports.rules import (
    DEAD_AFTER,
    ImportState,
    Kind,
    host_of,
    interval_labels,
    is_dead,
    loses_too_much,
    wait_after,
)

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("failures", "minutes", "hours"),
    [(0, 60, 1), (1, 60, 2), (4, 60, 16), (5, 60, 24), (99, 60, 24), (3, 1440, 24), (1, 360, 12)],
)
def test_one_that_fails_is_asked_less_often_and_once_a_day_at_least(failures, minutes, hours):
    assert wait_after(failures, minutes) == hours * HOUR


@pytest.mark.parametrize(
    ("gone", "known", "read", "too_much"),
    [
        (0, 0, 0, False), (0, 5, 5, False), (1, 1, 3, False), (1, 1, 0, True), (1, 5, 4, False), (2, 4, 2, False),
        (2, 3, 1, True), (3, 5, 9, True), (50, 100, 50, False), (51, 100, 49, True),
    ],
)  # fmt: skip
def test_more_than_half_at_once_is_too_much_and_so_is_all(gone, known, read, too_much):
    assert loses_too_much(gone, known, read) is too_much


def test_of_an_address_only_the_host_is_shown():
    assert host_of("https://Agenda.test:443/secret-abc/basic.ics?key=1") == "agenda.test"


def test_one_is_dead_after_a_week():
    now = datetime(2026, 3, 2, tzinfo=UTC)

    assert [is_dead(SimpleNamespace(failing_since=since), now) for since in (None, now - HOUR, now - DEAD_AFTER)] == [
        *(False, False, True)
    ]


def test_everything_has_a_label(pages):
    with pages.app_context():
        assert all(each.label for each in (*ImportState, *Kind))
        assert tuple(interval_labels()) == (60, 360, 1440)


def test_what_is_the_workers_turn_and_what_is_not():
    assert {state for state in ImportState if not state.is_moving} == {
        ImportState.READY,
        ImportState.DONE,
        ImportState.FAILED,
    }
