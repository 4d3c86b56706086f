"""The plane and its tiles: every point is in one tile and in one cell of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fablabmesh.maps.grid import DEEPEST, SIDE, Tile, cell_of, read_tile, to_earth, to_plane


def test_the_corners_of_the_earth_are_on_the_plane():
    assert to_plane(0, 0) == (SIDE // 2, SIDE // 2)
    assert to_plane(90, -180) == (0, 0)
    assert to_plane(-90, 180) == (SIDE - 1, SIDE - 1)


@given(st.floats(-85, 85), st.floats(-180, 179.99))
def test_a_point_comes_back_from_the_plane_within_a_few_centimetres(latitude, longitude):
    back = to_earth(*to_plane(latitude, longitude))

    assert back == pytest.approx((latitude, longitude), abs=1e-6)


@given(st.integers(0, SIDE - 1), st.integers(0, SIDE - 1), st.integers(0, DEEPEST))
def test_the_cell_of_a_point_is_among_those_that_touch_its_tile(x, y, zoom):
    tile = Tile(zoom, x * 2**zoom // SIDE, y * 2**zoom // SIDE)
    row, col = cell_of(x, y, zoom)
    west, north, east, south = tile.reach

    assert tile.rows[0] <= row <= tile.rows[1]
    assert tile.cols[0] <= col <= tile.cols[1]
    assert (west <= x <= east, north <= y <= south) == (True, True)


def test_rows_are_shifted_against_each_other():
    zoom, width = 0, SIDE / 7
    below = round(width)  # one row further down

    assert cell_of(round(width * 0.6), 0, zoom) == (0, 0)
    assert cell_of(round(width * 0.6), below, zoom) == (1, 1)


@pytest.mark.parametrize(
    "parts",
    [
        ("18", "0", "0"),
        ("1", "2", "0"),
        ("1", "0", "2"),
        ("-1", "0", "0"),
        ("01", "0", "0"),
        ("²", "0", "0"),
        ("1", "", "0"),
    ],
)
def test_what_is_no_tile_is_none(parts):
    assert read_tile(*parts) is None


def test_a_tile_is_read_by_its_address():
    assert read_tile("5", "16", "11") == Tile(5, 16, 11)
