"""Pictures in the database, shared by whatever shows them: kept under the name of their content, then forgotten."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from fablabmesh.events.models import Event, EventVersion, Image
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.images import Picture
from fablabmesh.places.models import PlacePicture, PlaceVersion

# A row this old is not that of a request that has not ended.
_SETTLED = timedelta(days=1)
# What was taken away can come back for so long.
KEPT = timedelta(days=30)


def keep_picture(picture: Picture, now: datetime) -> None:
    """Under the name of its content; who has the same one already shares it."""
    statement = insert(Image).values(**vars(picture), created_at=now)
    # Not DO NOTHING: the row may be one that somebody is just forgetting, and must be waited for.
    session.execute(
        statement.on_conflict_do_update(index_elements=[Image.digest], set_={"width": statement.excluded.width})
    )


def forget_images(now: datetime) -> int:
    """The chore: images that nothing shows, and that no history can bring back any more."""
    with transaction() as current:
        old = Image.created_at < now - _SETTLED
        kept = [Image.digest.not_in(digests) for digests in _told_since(now - KEPT)]
        forgotten: Any = current.execute(delete(Image).where(_unused(), old, *kept))
        return int(forgotten.rowcount)


def _told_since(since: datetime) -> list[Select[str]]:
    """The images that lines of histories speak of."""
    found = []
    for version, path in ((PlaceVersion, "$.pictures[*][*].digest"), (EventVersion, "$.image_digest[*]")):
        digest = func.jsonb_path_query(version.changed, path).op("#>>")("{}").label("digest")
        told = select(digest).where(version.at > since).subquery()
        found.append(select(told.c.digest).where(told.c.digest.is_not(None)))
    return found


def _unused() -> ColumnElement[bool]:
    return and_(
        ~exists().where(Event.image_digest == Image.digest), ~exists().where(PlacePicture.image_digest == Image.digest)
    )
