"""Bytes of pictures: forgotten when neither an event nor a place shows them."""

from datetime import timedelta
from io import BytesIO

import sqlalchemy as sa
from PIL import Image as Drawing

from fablabmesh.events.models import Image
from fablabmesh.kit.images import read_picture
from fablabmesh.publication.image_actions import forget_images, forget_picture, keep_picture
from fablabmesh.sheets.picture_actions import add_picture
from tests.factories import NOW, make_place


def red():
    out = BytesIO()
    Drawing.new("RGB", (64, 64), "red").save(out, "PNG")
    return read_picture(out.getvalue())


def count(db):
    return db.scalar(sa.select(sa.func.count()).select_from(Image))


def test_the_chore_spares_what_a_place_shows(db):
    add_picture(make_place(), red(), "Du rouge", "", by=None, now=NOW)

    assert forget_images(NOW + timedelta(days=3)) == 0
    assert count(db) == 1


def test_the_chore_forgets_what_nobody_shows_once_it_is_settled(db):
    keep_picture(red(), NOW)

    assert forget_images(NOW + timedelta(hours=1)) == 0
    assert forget_images(NOW + timedelta(days=3)) == 1


def test_a_picture_that_is_shown_is_not_forgotten(db):
    picture = red()
    add_picture(make_place(), picture, "Du rouge", "", by=None, now=NOW)

    forget_picture(picture.digest)

    assert count(db) == 1
