"""Photographs of a place: shared bytes, an order, words, and nothing left behind."""

from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import Image as Drawing

from fablabmesh.events.models import Image
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.images import read_picture
from fablabmesh.places.rules import PlaceDeed
from fablabmesh.sheets import queries
from fablabmesh.sheets.picture_actions import add_picture, arrange_pictures, bring_pictures_back
from fablabmesh.sheets.rules import MOST_PICTURES, Caption
from tests.factories import NOW, make_place

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def place(db):
    return make_place()


def draw(colour):
    out = BytesIO()
    Drawing.new("RGB", (64, 64), colour).save(out, "PNG")
    return read_picture(out.getvalue())


def add(place, colour, text=None):
    add_picture(place, draw(colour), text or colour, "Alice", by=None, now=NOW)


def texts(place):
    return [picture.text for picture in queries.list_pictures(place.id)]


def test_photographs_stand_in_the_order_they_came(place):
    add(place, "red")
    add(place, "blue")

    assert texts(place) == ["red", "blue"]


def test_they_are_put_in_another_order_with_other_words(place):
    add(place, "red")
    add(place, "blue")
    first, second = queries.list_pictures(place.id)

    assert arrange_pictures(
        place, [Caption(second.id, "Du bleu", ""), Caption(first.id, "red", "Alice")], by=None, now=LATER
    )
    assert texts(place) == ["Du bleu", "red"]
    before, after = queries.list_versions(place.id, limit=1)[0].changed["pictures"]
    assert [(each["text"], each["credit"]) for each in before] == [("red", "Alice"), ("blue", "Alice")]
    assert [(each["text"], each["credit"]) for each in after] == [("Du bleu", ""), ("red", "Alice")]
    assert [each["digest"] for each in after] == [second.image_digest, first.image_digest]


def test_nothing_new_is_no_change(place):
    add(place, "red")
    (only,) = queries.list_pictures(place.id)

    assert arrange_pictures(place, [Caption(only.id, "red", "Alice")], by=None, now=LATER) is False


def test_what_was_taken_away_comes_back_while_its_image_is_kept(db, place):
    add(place, "red")
    add(place, "blue")
    stood = queries.tell_pictures(queries.list_pictures(place.id))
    arrange_pictures(place, [], by=None, now=LATER)

    whole = bring_pictures_back(place, stood, by=None, now=LATER, deed=PlaceDeed.UNDONE)
    back = queries.tell_pictures(queries.list_pictures(place.id))
    arrange_pictures(place, [], by=None, now=LATER)
    db.execute(sa.delete(Image).where(Image.digest == stood[0]["digest"]))
    partly = bring_pictures_back(place, stood, by=None, now=LATER, deed=PlaceDeed.UNDONE)

    assert (whole, back) == (True, stood)
    assert (partly, texts(place)) == (False, ["blue"])


def test_the_same_photograph_is_not_added_twice(place):
    add(place, "red")

    with pytest.raises(Refused, match="déjà"):
        add(place, "red")


def test_a_page_shows_so_many_and_no_more(place):
    for number in range(MOST_PICTURES):
        add(place, f"#{number * 30:02x}0000")

    with pytest.raises(Refused, match="8 photos au plus"):
        add(place, "blue")


def test_a_photograph_of_another_place_is_not_arranged(place):
    other = make_place(name="Un autre lab")
    add(other, "red")
    (theirs,) = queries.list_pictures(other.id)

    with pytest.raises(Refused):
        arrange_pictures(place, [Caption(theirs.id, "x", "")], by=None, now=LATER)
