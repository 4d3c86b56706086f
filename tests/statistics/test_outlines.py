"""The drawing of the departments."""

import re

from fablabmesh.statistics.outlines import HEIGHT, INSETS, WIDTH, box_around, draw, insets, shapes


def test_the_map_that_comes_with_the_package_has_every_department_in_its_frame():
    drawn = shapes()

    assert len(drawn) == 101
    for shape in drawn.values():
        left, top, right, bottom = shape.box
        assert 0 <= left <= right <= WIDTH
        assert 0 <= top <= bottom <= HEIGHT
        assert re.fullmatch(r"(M\d+ \d+l-?\d+[ -]\d+([ -]\d+[ -]\d+)*z)+", shape.path.replace(" -", "-")), shape.code
        assert left <= shape.middle[0] <= right
        assert top <= shape.middle[1] <= bottom


def test_overseas_departments_are_in_frames_beside_the_mainland():
    frames = {frame.code: frame for frame in insets()}

    assert list(frames) == ["971", "972", "973", "974", "976"]
    for code, frame in frames.items():
        left, top, right, bottom = shapes()[code].box
        assert frame.x < left <= right < frame.x + frame.side
        assert frame.y < top <= bottom < frame.y + frame.side
    mainland = [shape.box[0] for code, shape in shapes().items() if code not in INSETS]
    assert min(mainland) > max(frame.x + frame.side for frame in frames.values())


def test_north_is_up_and_proportions_are_those_of_the_middle_latitude():
    drawn = draw({"01": [[(0.0, 59.0), (2.0, 59.0), (2.0, 61.0), (0.0, 61.0), (0.0, 59.0)]]})

    left, top, right, bottom = drawn["01"].box
    # At 60° a degree of longitude is half as long as one of latitude.
    assert abs((bottom - top) / (right - left) - 2) < 0.01


def test_a_part_of_the_drawing_is_cut_around_what_it_is_about():
    left, top, width, height = box_around(["35"])

    assert (left + 12, top + 12, left + width - 12, top + height - 12) == shapes()["35"].box
    assert box_around([]) == (0.0, 0.0, WIDTH, HEIGHT)
    assert box_around(["971"], 0)[2:] == (96.0, 96.0)
