"""Keeps the file of all places right while places change. Its only writes are that file."""

import gzip
import logging
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from fablabmesh.directory import queries
from fablabmesh.feeds.answers import Kept
from fablabmesh.files.actions import HEARING, LOOK_EVERY, PATIENCE, Hear
from fablabmesh.files.folder import Folder
from fablabmesh.kit.db import transaction

ADDRESS = "/lieux.geojson"
# Beside the calendars, which come and go without it.
BELOW = "places"
_log = logging.getLogger("fablabmesh.places")

# What the application answers to who asks for all places, as gzip; nothing where it refuses, for they are too many.
Ask = Callable[[], bytes | None]


class PublishedPlaces:
    """The file in its folder, and the state of the places that it tells."""

    def __init__(self, folder: Folder, ask: Ask) -> None:
        self._folder = folder
        self._ask = ask
        self._state: tuple[int, date] | None = None

    def update(self, now: datetime) -> bool:
        """Write it if places changed, or the day that it bears; says whether it is another one now."""
        with transaction():
            # Read before the places are: what changes meanwhile is written next time.
            state = queries.find_number(), now.date()
        if state == self._state:
            return False
        packed = self._ask()
        if packed is None:
            self._folder.withdraw()
            self._state = state
            return False
        body = gzip.decompress(packed)
        # As small as it gets: it is packed once, and sent for as long as nothing changes.
        is_other = self._folder.put(ADDRESS, Kept("", gzip.compress(body, 6, mtime=0), len(body), []))
        self._folder.offer()
        self._state = state
        return is_other


def keep_places(
    root: Path, ask: Ask, hear: Hear, read_clock: Callable[[], datetime], is_over: Callable[[], bool]
) -> None:
    """Keep the file right until it is over. While the database is away it stays as it is, as stale as that is."""
    folder, is_known = Folder(root / BELOW), False
    with folder.alone(is_over) as is_alone:
        while is_alone and not is_over():
            try:
                _follow(PublishedPlaces(folder, ask), hear, read_clock, is_over)
                is_known = False
            except Exception:  # whatever it was, the file is compared anew
                _log.warning("places are not published as a file; trying again", exc_info=not is_known)
                is_known = True
                time.sleep(PATIENCE)


def _follow(
    published: PublishedPlaces, hear: Hear, read_clock: Callable[[], datetime], is_over: Callable[[], bool]
) -> None:
    """Each time anew, what was missed is unknown."""
    looked_at = -LOOK_EVERY
    for told in hear(lambda: HEARING):
        if is_over():
            return
        if told or time.monotonic() - looked_at >= LOOK_EVERY:
            looked_at = time.monotonic()
            if published.update(read_clock()):
                _log.info("all places published as a file")
