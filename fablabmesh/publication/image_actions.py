"""Pictures in the database, shared by whatever shows them: kept under the name of their content, then forgotten."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from fablabmesh.events.models import Event, Image
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.images import Picture
from fablabmesh.places.models import PlacePicture

# A row this old is not that of a request that has not ended.
_SETTLED = timedelta(days=1)


def keep_picture(picture: Picture, now: datetime) -> None:
    """Under the name of its content; who has the same one already shares it."""
    statement = insert(Image).values(**vars(picture), created_at=now)
    # Not DO NOTHING: the row may be one that somebody is just forgetting, and must be waited for.
    session.execute(
        statement.on_conflict_do_update(index_elements=[Image.digest], set_={"width": statement.excluded.width})
    )


def forget_picture(digest: str) -> None:
    """Away with it, unless somebody shows it still."""
    try:
        with session.begin_nested():
            session.execute(delete(Image).where(Image.digest == digest, _unused()))
    except IntegrityError:  # another has just taken it
        return


def forget_images(now: datetime) -> int:
    """The chore: images whose events or places were deleted for good."""
    with transaction() as current:
        forgotten: Any = current.execute(delete(Image).where(_unused(), Image.created_at < now - _SETTLED))
        return int(forgotten.rowcount)


def _unused() -> ColumnElement[bool]:
    return and_(
        ~exists().where(Event.image_digest == Image.digest), ~exists().where(PlacePicture.image_digest == Image.digest)
    )
