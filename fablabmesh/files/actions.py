"""Keeps calendars as files (places, zones, all) right while events change. Its only writes are those files."""

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from fablabmesh.feeds import queries
from fablabmesh.feeds.composition import compose, cover_of
from fablabmesh.feeds.slices import Slice
from fablabmesh.files.folder import Folder
from fablabmesh.kit.db import transaction
from fablabmesh.kit.errors import NotFound

# Without news: what changes calendars and is told to nobody (a zone composed anew) is found out so often.
LOOK_EVERY = 10.0
PATIENCE = 2.0
_log = logging.getLogger("fablabmesh.feeds")

Hear = Callable[[], Iterator[list[str]]]


class Published:
    """What was written to a folder, and at which state."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._states: dict[Slice, tuple[str, ...]] = {}

    def update(self) -> int:
        """Write what changed since the last time, at first all that differs; says how many files are others now."""
        is_first, before = not self._states, set(self._states)
        with transaction() as session:
            base_url = session.info["publisher"].base_url
            states = dict(queries.list_states())
            count = 0
            for wanted, parts in states.items():
                if self._states.get(wanted) != parts:
                    count += self._write(wanted, base_url)
        self._states = states
        if is_first or before - states.keys():
            count += self._folder.remove_others({wanted.to_path() for wanted in states})
        return count

    def _write(self, wanted: Slice, base_url: str) -> bool:
        try:
            cover = cover_of(wanted, queries.find_names(wanted), base_url)
        except NotFound:  # it went since its state was read, and is told of next
            return False
        return self._folder.put(wanted.to_path(), compose(cover, queries.list_pieces(wanted, with_text=True), []))


def keep_published(root: Path, hear: Hear, is_over: Callable[[], bool]) -> None:
    """Keep the files right until it is over. While the database is away they stay as they are, as stale as it is."""
    folder, is_known = Folder(root), False
    with folder.alone(is_over) as is_alone:
        while is_alone and not is_over():
            try:
                _follow(folder, hear, is_over)
                is_known = False
            except Exception:  # whatever it was, the files are compared anew
                _log.warning("calendars are not published as files; trying again", exc_info=not is_known)
                is_known = True
                time.sleep(PATIENCE)


def _follow(folder: Folder, hear: Hear, is_over: Callable[[], bool]) -> None:
    """Each time anew, what was missed is unknown."""
    published, looked_at = Published(folder), -LOOK_EVERY
    for told in hear():
        if is_over():
            return
        if told or time.monotonic() - looked_at >= LOOK_EVERY:
            if count := published.update():
                _log.info("%d calendars published as files", count)
            looked_at = time.monotonic()
        folder.offer()
