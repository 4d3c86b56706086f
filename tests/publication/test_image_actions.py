"""Bytes of pictures: forgotten when neither an event nor a place shows them."""

from datetime import timedelta
from io import BytesIO

import sqlalchemy as sa
from PIL import Image as Drawing

from fablabmesh.events.models import Image
from fablabmesh.kit.images import read_picture
from fablabmesh.publication.image_actions import forget_images, keep_picture
from fablabmesh.sheets.picture_actions import add_picture, arrange_pictures
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


def test_what_a_history_can_bring_back_is_kept_for_a_month(db):
    place, later = make_place(), NOW + timedelta(days=2)
    add_picture(place, red(), "Du rouge", "", by=None, now=NOW)
    arrange_pictures(place, [], by=None, now=later)

    assert forget_images(later + timedelta(days=29)) == 0
    assert forget_images(later + timedelta(days=31)) == 1
