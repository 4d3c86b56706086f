"""Flat drawings: shapes where they belong, words that fit."""

from io import BytesIO

import pytest
from PIL import Image

from fablabmesh.kit.drawing import Drawing, blend

FONT = "static/vendor/@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-wght-normal.woff2"
WHITE, RED, BLUE = (255, 255, 255), (200, 0, 0), (0, 0, 200)


@pytest.fixture
def drawing(root):
    return Drawing(200, 100, WHITE, root / FONT)


def seen(drawing: Drawing) -> Image.Image:
    with Image.open(BytesIO(drawing.to_png())) as image:
        return image.convert("RGB")


def nearest(colour: tuple[int, ...]) -> tuple[int, int, int]:
    """A picture of few colours is a little off."""
    return next(
        known for known in (WHITE, RED, BLUE) if all(abs(a - b) < 4 for a, b in zip(colour, known, strict=True))
    )


def test_shapes_are_drawn_where_they_are_said_to_be(drawing):
    drawing.area([[(0, 0), (50, 0), (50, 50), (0, 50)], [(0, 0), (1, 1)]], RED)
    drawing.dot((150, 50), 10, BLUE)
    drawing.star((100, 80), 12, BLUE, BLUE)

    image = seen(drawing)

    assert image.size == (200, 100)
    spots = [(25, 25), (75, 25), (150, 50), (165, 50), (100, 80), (100, 97)]
    found = [nearest(image.getpixel(spot)) for spot in spots]
    assert found == [RED, WHITE, BLUE, WHITE, BLUE, WHITE]


def test_words_wrap_shrink_and_are_cut_within_their_width(drawing):
    one = drawing.write("Court", (0, 0), 200, 20, RED)
    long = drawing.write("Un nom de lieu qui ne tient pas", (0, 30), 100, 20, RED, lines=2, smallest=10)
    drawing.write("Anticonstitutionnellement" * 9, (120, 30), 60, 20, BLUE, lines=2)

    image = seen(drawing)

    assert one == pytest.approx(23.6)
    assert 30 + 2 * 10 * 1.18 <= long < 30 + 2 * 20 * 1.18
    beside = [*range(103, 119), *range(183, 200)]
    assert {nearest(image.getpixel((x, y))) for x in beside for y in range(100)} == {WHITE}


def test_letters_that_the_font_lacks_lose_their_marks_or_go(drawing, root):
    other = Drawing(200, 100, WHITE, root / FONT)

    drawing.write("Gyo\u030br \U0001f389 « œ »", (0, 0), 200, 20, RED)
    other.write("Gyor « œ »", (0, 0), 200, 20, RED)

    assert drawing.to_png() == other.to_png()


def test_a_line_that_breaks_is_drawn_as_one(drawing, root):
    other = Drawing(200, 100, WHITE, root / FONT)

    drawing.write("Lab\r\ndu\tport\x00\x1b", (0, 0), 200, 20, RED)
    other.write("Lab du port", (0, 0), 200, 20, RED)

    assert drawing.to_png() == other.to_png()


def test_a_colour_is_blended_with_its_ground():
    assert blend("#ff0000", 0.5) == (255, 128, 128)
    assert blend("#000000", 0.25, (100, 100, 100)) == (75, 75, 75)
