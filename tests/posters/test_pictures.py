"""Pictures of maps: what is drawn where."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops

from fablabmesh.posters.pictures import HEIGHT, WIDTH, Picture, View, box_of, draw_picture, is_overseas, outlines

FONT = "static/vendor/@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-wght-normal.woff2"
RENNES, SAINT_DENIS = (-1.68, 48.11), (55.45, -20.9)
PLAIN = Picture(title="LabFab", kind="Fab Lab", words=["Rennes (35)"], colours={"35": "#2f6f9f"})


def seen(root, picture: Picture) -> Image.Image:
    with Image.open(BytesIO(draw_picture(picture, root / FONT))) as image:
        return image.convert("RGB")


def differs(one: Image.Image, other: Image.Image) -> tuple[int, int, int, int]:
    """The box in which two pictures are not the same, to the eye."""
    apart = ImageChops.difference(one, other).convert("L").point(lambda value: 255 if value > 30 else 0)
    return apart.getbbox()


def test_all_departments_have_an_outline_and_five_are_overseas():
    assert len(outlines()) == 101
    assert [code for code in outlines() if is_overseas(code)] == ["971", "972", "973", "974", "976"]


def test_a_view_fills_its_box_without_stretching():
    view = View((0, 45, 10, 55), (100, 0, 200, 200))

    west, east, north = view(0, 50)[0], view(10, 50)[0], view(5, 55)[1]
    assert (west, east) == pytest.approx((100, 200))
    # At 50° a degree of longitude is 0.64 of one of latitude.
    assert 200 - 2 * north == pytest.approx(100 / 0.6428, rel=1e-3)


@pytest.mark.slow
def test_a_place_is_marked_where_it_stands(root):
    plain = seen(root, PLAIN)
    marked = seen(root, Picture(**(vars(PLAIN) | {"mark": (*RENNES, False)})))

    assert plain.size == (WIDTH, HEIGHT) == (1200, 630)
    left, top, right, bottom = differs(plain, marked)
    view = View(box_of(code for code in outlines() if not is_overseas(code)), (640, 26, 1184, 604))
    x, y = view(*RENNES)
    assert (left < x < right, top < y < bottom, right - left < 64, bottom - top < 64) == (True, True, True, True)


@pytest.mark.slow
def test_overseas_a_place_is_on_its_own_department(root):
    there = vars(PLAIN) | {"frame": ("974",)}
    left, top, right, bottom = differs(
        seen(root, Picture(**there)), seen(root, Picture(**(there | {"mark": (*SAINT_DENIS, True)})))
    )

    x, y = View(box_of(["974"]), (530, 26, 1180, 604))(*SAINT_DENIS)
    assert (left < x < right, top < y < bottom) == (True, True)


@pytest.mark.slow
def test_the_departments_of_a_zone_shine_and_fill_the_picture(root):
    zone = Picture(**(vars(PLAIN) | {"lit": frozenset(["35"]), "frame": ("35",)}))

    image = seen(root, zone)

    x, y = View(box_of(["35"]), (530, 26, 1180, 604))(*RENNES)
    red, _green, blue = image.getpixel((round(x), round(y)))
    assert blue - red > 60


@pytest.mark.slow
def test_words_stay_in_their_panel_however_long(root):
    long = "Espace public numérique et atelier partagé de la communauté de communes du Val d’Œuvre " * 3
    image = seen(root, Picture(**(vars(PLAIN) | {"title": long, "kind": long, "words": [long] * 6})))
    plain = seen(root, PLAIN)

    _left, _top, right, bottom = differs(image, plain)
    assert (right < 500, bottom < HEIGHT - 84) == (True, True)


@pytest.mark.slow
def test_the_same_picture_has_the_same_bytes(root):
    assert draw_picture(PLAIN, root / FONT) == draw_picture(PLAIN, root / FONT)
