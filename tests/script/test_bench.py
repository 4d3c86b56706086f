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


@pytest.mark.slow
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


# --- the bench of the map ------------------------------------------------------------------------------------------

COMMUNES = [
    ("42218", "Saint-Étienne", ["42000", "42100"], "42", 45.43, 4.39, 170_000),
    ("97411", "Saint-Denis", [], "974", -20.88, 55.45, 150_000),
]
WORDS = {
    "machine": [("imprimante-3d", None), ("imprimante-3d-a-fil", "imprimante-3d")],
    **{each: [(f"{each}-a", None), (f"{each}-b", None)] for each in ("service", "audience", "accessibility", "fee")},
    **{each: [(f"{each}-a", None)] for each in ("support", "label")},
}


def make_places(countries, count: int) -> list[dict]:
    rows = countries.place_rows(COMMUNES, WORDS, 7, count)
    return [dict(zip(countries.PLACE, row, strict=True)) for row in rows]


@pytest.mark.slow
def test_the_same_seed_makes_the_same_places_with_the_shares_that_it_says(bench):
    countries = bench("countries")
    places = make_places(countries, 10_000)

    assert places == make_places(countries, 10_000)
    assert len({place["slug"] for place in places}) == 10_000
    assert sum(place["kind"] == "fablab" for place in places) == 1_000
    assert 3_800 <= sum(place["opening_hours"] != "" for place in places) <= 4_200
    assert all(place["machine_types"] != "{imprimante-3d-a-fil}" for place in places)


def test_rows_are_read_in_pieces_of_any_size_and_none_is_lost(bench):
    countries = bench("countries")
    rows = [(number, "é" * (number % 7)) for number in range(500)]
    whole = "".join(f"{number}\t{text}\n" for number, text in rows)

    for size in (1, 7, 8192):
        lines, read = countries.Lines(rows), []
        while piece := lines.read(size):
            assert len(piece) <= size
            read.append(piece)
        assert "".join(read) == whole


def test_the_pages_of_folium_ask_nobody_but_this_machine(bench):
    map_peers = bench("map_peers")
    made = map_peers.plain_map()
    map_peers.folium.plugins.FastMarkerCluster([(45.4, 4.4)]).add_to(made)
    page = made.get_root().render()
    here = map_peers.localize(page)

    assert page.count('src="https://') + page.count('href="https://') == 13
    assert here.count('src="https://') + here.count('href="https://') == 0
    assert here.count('"modules/') == 11


def test_a_task_blocks_by_what_it_lasts_beyond_fifty_milliseconds_after_the_first_paint(bench):
    browser = bench("browser")

    assert browser.blocked_by([[0, 900], [1000, 60], [2000, 40]], paint=950) == 10
    assert browser.blocked_by([[900, 300]], paint=1000) == 150
    assert browser.blocked_by([], paint=1000) == 0


def test_what_a_page_noted_is_read_as_one_visit(bench):
    told = {"tasks": [[2000, 250]], "markers": [[2300, 4], [2400, 20]], "paint": 500}

    visit = bench("browser").read(told, {"/": 1000})

    assert (visit.ready, visit.paint, visit.blocked, visit.longest, visit.markers) == (2.4, 0.5, 0.2, 0.25, 20)


def test_features_of_a_vector_tile_are_counted_through_all_its_layers(bench):
    def field(number: int, body: bytes) -> bytes:
        return bytes([number << 3 | 2, len(body)]) + body

    feature = bytes([1 << 3, 0x96, 1]) + field(4, b"\x09\x02\x02")
    layer = bytes([15 << 3, 2]) + field(1, b"places") + field(2, feature) * 3 + field(3, b"kind")

    assert bench("map_peers").count_in_tile(field(3, layer) + field(3, field(1, b"empty"))) == 3
