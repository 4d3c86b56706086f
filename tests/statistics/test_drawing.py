"""Where the strokes go."""

from datetime import date

import pytest

from fablabmesh.statistics.drawing import draw_columns, draw_map, draw_net, nice_top, width_of
from fablabmesh.statistics.figures import Month, Tie
from fablabmesh.statistics.outlines import draw


@pytest.mark.parametrize(
    ("value", "greatest", "width"),
    [(0, 10, 0.0), (5, 10, 50.0), (10, 10, 100.0), (1, 5000, 1.0), (3, 0, 0.0), (9, 3, 100.0)],
)
def test_a_bar_is_as_long_as_its_value_and_can_be_seen(value, greatest, width):
    assert width_of(value, greatest) == width


@pytest.mark.parametrize(("greatest", "top"), [(0, 2), (2, 2), (3, 4), (27, 40), (61, 80), (100, 100), (101, 200)])
def test_an_axis_ends_at_a_round_even_number(greatest, top):
    assert nice_top(greatest) == top


def test_columns_stand_on_the_ground_and_what_was_called_off_on_top():
    drawn = draw_columns([Month(date(2026, 1, 1)), Month(date(2026, 2, 1), held=3, cancelled=1)])

    empty, full = drawn.columns
    assert (empty.height, empty.cancelled_height) == (0, 0)
    assert full.y + full.height == drawn.height
    assert full.cancelled_y + full.cancelled_height == full.y
    assert full.height == 3 * full.cancelled_height
    assert full.cancelled_y == drawn.lines[-1][0]
    assert [value for _y, value in drawn.lines] == [2, 4]
    assert drawn.width == 66


SQUARES = draw(
    {
        "01": [[(0.0, 45.0), (1.0, 45.0), (1.0, 46.0), (0.0, 46.0), (0.0, 45.0)]],
        "02": [[(1.0, 45.0), (2.0, 45.0), (2.0, 46.0), (1.0, 46.0), (1.0, 45.0)]],
        "974": [[(55.2, -21.4), (55.8, -21.4), (55.8, -20.9), (55.2, -20.9), (55.2, -21.4)]],
    }
)


def test_a_map_of_all_has_a_step_for_each_department():
    drawn = draw_map(SQUARES, {"01": "Ain"}, {"01": 2.0}, {"01": 3})

    assert [(area.name, area.step, area.value) for area in drawn.areas] == [
        ("Ain", 3, 2.0),
        ("02", 0, None),
        ("974", 0, None),
    ]
    assert [frame.code for frame in drawn.frames] == ["974"]


def test_a_map_of_a_zone_shows_its_neighbours_without_a_step_and_nothing_far(monkeypatch):
    monkeypatch.setattr("fablabmesh.statistics.outlines.shapes", lambda: SQUARES)

    drawn = draw_map(SQUARES, {}, {"01": 2.0}, {"01": 1}, about=["01"])

    assert [(area.shape.code, area.step) for area in drawn.areas] == [("01", 1), ("02", None)]
    assert drawn.frames == ()


def test_zones_stand_in_a_circle_and_the_thickest_line_is_between_those_that_do_most():
    zones = [("a", "A", "#111111"), ("b", "B", "#222222"), ("c", "C", "#333333")]

    drawn = draw_net(
        zones, {("a", "b"): Tie(4, 4), ("b", "c"): Tie(1, 1), ("a", "a"): Tie(2, 0), ("a", "z"): Tie(1, 0)}
    )

    assert [(line.start.slug, line.end.slug, line.width) for line in drawn.lines] == [("a", "b", 14.0), ("b", "c", 3.5)]
    assert (drawn.nodes[0].x, drawn.nodes[0].y) == (160.0, 42.0)
    assert [node.radius for node in drawn.nodes] == [20.0, 12.0, 12.0]
    assert draw_net([], {}).nodes == ()
