"""Outlines beside the mainland: in their square, short, and drawn from what is there."""

import re

from fablabmesh.maps.insets import SIZE, draw_inset
from fablabmesh.maps.queries import OVERSEAS
from fablabmesh.maps.views import map_insets


def test_an_outline_fills_its_square_and_keeps_its_proportions():
    inset = draw_inset("00", "Carré", {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]]})

    spots = [tuple(map(float, pair.split())) for pair in re.findall(r"[\d.]+ [\d.]+", inset.path)]
    across, down = {x for x, _y in spots}, {y for _x, y in spots}
    assert min(across | down) >= 0
    assert max(across | down) <= SIZE
    assert round((max(across) - min(across)) / (max(down) - min(down)), 1) == 2.0
    assert inset.view.startswith("0.50,1.00,")


def test_an_islet_that_would_be_a_dot_is_left_out():
    island = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]
    islet = [[[1.01, 1.01], [1.012, 1.01], [1.012, 1.012], [1.01, 1.01]]]

    assert draw_inset("00", "", {"type": "MultiPolygon", "coordinates": [island, islet]}).path.count("M") == 1


def test_the_five_departments_are_drawn_in_little(pages):
    insets = map_insets()

    assert tuple(inset.code for inset in insets) == OVERSEAS
    assert all(200 < len(inset.path) < 2500 for inset in insets)
