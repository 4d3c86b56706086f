"""The image of an event: kept, replaced, taken away. An image that no event has any more is forgotten at once."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from fablabmesh.accounts.models import Account
from fablabmesh.events.actions import lock, remember
from fablabmesh.events.models import Event, Image
from fablabmesh.events.rules import Deed
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.images import Picture

# A row this old is not that of a request that has not ended.
_SETTLED = timedelta(days=1)


def set_image(
    event: Event, picture: Picture | None, text: str, *, by: Account | None, now: datetime, version: int
) -> bool:
    """Give an event its image and what it shows in words; without a picture, the words alone. Says whether it changed.

    Conflict unless `version` is still the event's.
    """
    event = lock(event, version)
    if picture is None and event.image_digest is None:
        raise Refused(_("Choisissez une image."))
    if picture is not None:
        _keep(picture, now)
    return _put(event, picture.digest if picture else event.image_digest, text, by=by, now=now)


def remove_image(event: Event, *, by: Account | None, now: datetime, version: int) -> None:
    """Take the image away."""
    event = lock(event, version)
    if event.image_digest is None:
        raise Refused(_("Cet événement n’a pas d’image."))
    _put(event, None, "", by=by, now=now)


def forget_images(now: datetime) -> int:
    """The chore: images whose events were deleted for good."""
    unused = ~exists().where(Event.image_digest == Image.digest)
    with transaction() as current:
        forgotten: Any = current.execute(delete(Image).where(unused, Image.created_at < now - _SETTLED))
        return int(forgotten.rowcount)


def _put(event: Event, digest: str | None, text: str, *, by: Account | None, now: datetime) -> bool:
    before = (event.image_digest, event.image_text)
    if before == (digest, text):
        return False
    event.image_digest, event.image_text = digest, text
    event.changed_at = now
    session.flush()
    session.expire(event, ["image"])
    told: dict[str, list[Any]] = {"image_digest": [before[0], digest], "image_text": [before[1], text]}
    remember(event, Deed.EDITED, {name: pair for name, pair in told.items() if pair[0] != pair[1]}, by=by, now=now)
    if before[0] is not None and before[0] != digest:
        _forget(before[0])
    return True


def _keep(picture: Picture, now: datetime) -> None:
    """Under the name of its content; who has the same one already shares it."""
    statement = insert(Image).values(**vars(picture), created_at=now)
    # Not DO NOTHING: the row may be one that somebody is just forgetting, and must be waited for.
    session.execute(
        statement.on_conflict_do_update(index_elements=[Image.digest], set_={"width": statement.excluded.width})
    )


def _forget(digest: str) -> None:
    try:
        with session.begin_nested():
            session.execute(delete(Image).where(Image.digest == digest, ~exists().where(Event.image_digest == digest)))
    except IntegrityError:  # another event has just taken it
        return
