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
HEARING = 1.0
# Great calendars are put off so often for the sake of places; then they have their turn all the same.
LONGEST_PUT_OFF = 10
_log = logging.getLogger("fablabmesh.feeds")

# What is told, as it comes; asked how many seconds it may wait for more.
Hear = Callable[[Callable[[], float]], Iterator[list[str]]]


class Published:
    """What was written to a folder, and at which state."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._states: dict[Slice, tuple[str, ...]] = {}
        self._changed: dict[Slice, tuple[str, ...]] = {}
        self._put_off = 0

    @property
    def is_behind(self) -> bool:
        """Is something left to be written?"""
        return bool(self._changed)

    def look(self) -> None:
        """Find out what changed since the last time (at first, whatever differs), and remove what is no more."""
        with transaction():
            states = dict(queries.list_states())
        self._changed = {wanted: parts for wanted, parts in states.items() if self._states.get(wanted) != parts}
        if not self._states or self._states.keys() - states.keys():
            self._folder.remove_others({wanted.to_path() for wanted in states})
        self._states = {wanted: parts for wanted, parts in self._states.items() if wanted in states}

    def write_some(self) -> int:
        """Write the calendars of places, or one of a zone, or that of all; says how many files are others now.

        A great one takes its time, in which news of a place may come: who waits for that should not wait for long.
        """
        places = [wanted for wanted in self._changed if wanted.only("places")]
        great = [wanted for wanted in self._changed if wanted not in places]
        is_put_off = bool(places and great) and self._put_off < LONGEST_PUT_OFF
        self._put_off = self._put_off + 1 if is_put_off else 0
        chosen = places if is_put_off else places + great[:1]
        count = 0
        with transaction() as session:
            for wanted in chosen:
                count += self._write(wanted, session.info["publisher"].base_url)
                self._states[wanted] = self._changed.pop(wanted)
        return count

    def update(self) -> int:
        """All of it at once; says how many files are others now."""
        self.look()
        count = 0
        while self.is_behind:
            count += self.write_some()
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
    for told in hear(lambda: 0.0 if published.is_behind else HEARING):
        if is_over():
            return
        if told or time.monotonic() - looked_at >= LOOK_EVERY:
            published.look()
            looked_at = time.monotonic()
        if published.is_behind and (count := published.write_some()):
            _log.info("%d calendars published as files", count)
        if not published.is_behind:
            folder.offer()
