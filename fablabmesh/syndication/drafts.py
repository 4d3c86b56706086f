"""Events that are not published yet, as the calendars of those who prepare them tell of them. Pure."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from fablabmesh.feeds.composition import Piece
from fablabmesh.kit import ical
from fablabmesh.kit.i18n import force_locale
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.publication.entries import FEED_LANGUAGE, to_entries


def to_piece(event: Any, address: str) -> Piece:
    """Under the name it will have when it is published, so that it then takes its own place."""
    with force_locale(FEED_LANGUAGE):
        entries = [
            replace(entry, tentative=True, title=_("[Brouillon] %(title)s", title=entry.title))
            for entry in to_entries(event, address)
        ]
        rendered = ical.render_event(entries)
    changed_at = max([event.changed_at, *(change.changed_at for change in event.changes)])
    return Piece(sha256(rendered.text).hexdigest()[:16], rendered.zones, changed_at, rendered.text)
