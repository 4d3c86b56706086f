import logging
from datetime import UTC, datetime, timedelta

import pytest

from fablabmesh.kit.worker import Chore, Worker

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_each_chore_has_its_turn_when_it_is_due():
    turns: list[tuple[str, datetime]] = []

    def note(name):
        return lambda now: turns.append((name, now)) or 1

    worker = Worker([Chore("often", HOUR, note("often")), Chore("rarely", 3 * HOUR, note("rarely"))], lambda: None)

    done = [worker.run_due(START + hours * HOUR) for hours in range(4)]

    assert done == [2, 1, 1, 2]
    assert [(name, (at - START) // HOUR) for name, at in turns] == [
        ("often", 0), ("rarely", 0), ("often", 1), ("often", 2), ("often", 3), ("rarely", 3),
    ]  # fmt: skip


def test_it_sleeps_until_the_next_turn_and_never_long():
    worker = Worker([Chore("soon", timedelta(seconds=2), lambda now: 0)], lambda: None)
    assert worker.pause(START) == 5.0

    worker.run_due(START)

    assert worker.pause(START) == 2.0
    assert worker.pause(START + timedelta(seconds=1.5)) == 0.5
    assert worker.pause(START + HOUR) == 0.0


def test_a_chore_that_fails_is_told_and_keeps_no_other_from_its_turn(caplog):
    def fail(now):
        raise RuntimeError("no luck")

    forgotten: list[None] = []
    worker = Worker([Chore("bad", HOUR, fail), Chore("good", HOUR, lambda now: 3)], lambda: forgotten.append(None))

    with caplog.at_level(logging.INFO, "fablabmesh.worker"):
        done = worker.run_due(START)

    assert done == 3
    assert [record.getMessage() for record in caplog.records] == [
        "the chore bad failed; it is tried again in 1:00:00",
        "good: 3",
    ]
    assert len(forgotten) == 2


@pytest.mark.parametrize("hours", [1, 2])
def test_after_a_failure_it_is_due_again_at_its_next_turn(hours):
    tried: list[datetime] = []

    def fail(now):
        tried.append(now)
        raise RuntimeError("no luck")

    worker = Worker([Chore("bad", HOUR, fail)], lambda: None)
    worker.run_due(START)
    worker.run_due(START + HOUR / 2)
    worker.run_due(START + hours * HOUR)

    assert tried == [START, START + hours * HOUR]


def test_what_is_done_part_by_part_goes_on_as_soon_as_the_others_had_their_turn():
    turns: list[str] = []
    left = [3]

    def take_one(now):
        turns.append("parts")
        left[0] -= 1
        return int(left[0] >= 0)

    def look(now):
        turns.append("other")
        return 0

    worker = Worker([Chore("parts", HOUR, take_one, goes_on=True), Chore("other", timedelta(), look)], lambda: None)

    done = [worker.run_due(START) for _ in range(4)]
    pause_while_parts_are_left = Worker([Chore("parts", HOUR, lambda now: 1, goes_on=True)], lambda: None)
    pause_while_parts_are_left.run_due(START)

    assert done == [1, 1, 1, 0]
    assert turns == ["parts", "other"] * 4
    assert pause_while_parts_are_left.pause(START) == 0.0
    worker.run_due(START + HOUR / 2)
    assert turns[-1] == "other"
