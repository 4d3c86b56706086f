"""The image of an event: kept, replaced, taken away. What nothing shows any more is forgotten after some time."""

from datetime import datetime
from typing import Any

from fablabmesh.accounts.models import Account
from fablabmesh.events.actions import lock, remember
from fablabmesh.events.models import Event
from fablabmesh.events.rules import Deed
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.images import Picture
from fablabmesh.publication.image_actions import keep_picture


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
        keep_picture(picture, now)
    return _put(event, picture.digest if picture else event.image_digest, text, by=by, now=now)


def remove_image(event: Event, *, by: Account | None, now: datetime, version: int) -> None:
    """Take the image away."""
    event = lock(event, version)
    if event.image_digest is None:
        raise Refused(_("Cet événement n’a pas d’image."))
    _put(event, None, "", by=by, now=now)


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
    return True
