"""The bench: the same country for the same seed, ratios within rounds, and no kind word for a miss."""

import random
import sys
from pathlib import Path

import pytest

LIB = Path(__file__).parent.parent.parent / "bench" / "lib"


@pytest.fixture
def bench(monkeypatch):
    """The bench's modules, which are a script's and no package."""
    monkeypatch.syspath_prepend(str(LIB))
    names = ("content", "measure", "peers", "goals", "feeds", "bare", "countries", "map_peers", "browser", "maps")
    yield lambda name: __import__(name)
    for name in names:
        sys.modules.pop(name, None)


def make_events(content, count: int) -> list[dict]:
    chance = random.Random(7)
    rows = (content.event_row(chance, 1, "Europe/Paris", ["atelier"], number) for number in range(count))
    return [dict(zip(content.EVENT, row, strict=True)) for row in rows]


def test_the_same_seed_makes_the_same_events_with_the_shares_that_the_goals_speak_of(bench):
    content = bench("content")
    events = make_events(content, 10_000)

    assert events == make_events(content, 10_000)
    assert len({event["uid"] for event in events}) == len({event["slug"] for event in events}) == 10_000
    assert 950 <= sum(event["rrule"] != "" for event in events) <= 1050
    assert 450 <= sum(event["status"] == "cancelled" for event in events) <= 550


def test_a_ratio_is_the_median_of_those_of_the_rounds(bench):
    rates = {"one": [10.0, 100.0, 30.0], "other": [20.0, 100.0, 20.0]}

    assert bench("measure").ratio(rates, "one", "other") == 1.0


def test_a_missed_goal_is_told_and_ends_the_bench_with_an_error(bench, capsys):
    goals = bench("goals")
    met, missed = goals.Goal("fast", 0.5, "≥", 0.4), goals.Goal("cheap", 13, "≤", 12)

    assert goals.show([met], {}) == 0
    assert goals.show([met, missed], {"events": 5}) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == ["1 of 2 goals missed.", "  cheap"]
