from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import Image as Drawing

from fablabmesh.events import queries
from fablabmesh.events.models import Event, Image
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.images import read_picture
from fablabmesh.publication.image_actions import forget_images
from fablabmesh.upkeep.image_actions import remove_image, set_image
from tests.factories import NOW, make_event, make_place


@pytest.fixture
def event(db):
    return make_event(make_place())


@pytest.fixture
def picture():
    out = BytesIO()
    Drawing.new("RGB", (64, 64), "red").save(out, "PNG")
    return read_picture(out.getvalue())


def put(event, picture, text="Du rouge", **more):
    given = {"by": None, "now": NOW + timedelta(hours=1), "version": event.version} | more
    return set_image(event, picture, text, **given)


def test_the_same_image_again_changes_nothing(event, picture):
    assert put(event, picture) is True
    version, sequence = event.version, event.sequence

    assert put(event, picture) is False
    assert (event.version, event.sequence) == (version, sequence)


def test_an_image_asks_nobody_to_plan_anew(event, picture):
    before = event.sequence

    put(event, picture)

    assert (event.sequence, event.version) == (before, 2)
    assert queries.get_event(event.slug).image.width == 64


def test_two_events_share_what_is_the_same(event, picture):
    other = make_event(event.place, title="Un autre")
    put(event, picture)
    put(other, picture)

    assert session.scalar(sa.select(sa.func.count()).select_from(Image)) == 1


def test_an_old_version_is_a_conflict(event, picture):
    with pytest.raises(Conflict):
        put(event, picture, version=event.version - 1)
    with pytest.raises(Conflict):
        remove_image(event, by=None, now=NOW, version=event.version + 1)


def test_words_without_an_image_and_nothing_to_remove_are_refused(event):
    with pytest.raises(Refused):
        put(event, None)
    with pytest.raises(Refused):
        remove_image(event, by=None, now=NOW, version=event.version)


def test_the_database_holds_no_image_without_words(event, picture):
    put(event, picture)

    with pytest.raises(sa.exc.IntegrityError, match="image_has_text"), session.begin_nested():
        session.execute(sa.update(Event).where(Event.id == event.id).values(image_text=""))


def test_images_of_events_that_are_gone_for_good_are_forgotten_after_a_day(event, picture):
    put(event, picture)
    assert forget_images(NOW + timedelta(days=3)) == 0
    session.execute(sa.delete(Event).where(Event.id == event.id))

    assert forget_images(NOW + timedelta(hours=20)) == 0
    assert forget_images(NOW + timedelta(days=3)) == 1
