"""Calendars as files that a web server sends by itself: each is replaced whole or not at all. No SQL, no HTTP.

nginx tells versions of a file apart by the second it was written in and by its size: so each version of a calendar is
dated at least one second after the one before, were they written in the same. `public` leads to the files only while
somebody keeps them right: without it a web server finds nothing, and asks the application.
"""

import fcntl
import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from fablabmesh.feeds.answers import Kept

# What a calendar is kept as; the first is written last and stands for all: while it is old, so is the whole.
ENDINGS = {".gz": "gzip", ".br": "br", "": "identity"}
_HALF = ".new"
_FILES, _PUBLIC = "files", "public"
_PATIENCE = 0.5


class Folder:
    """The calendars below a folder, by address. Great ones are there as gzip only: few ask for them unpacked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = root / _FILES
        self.public = root / _PUBLIC
        self.files.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def alone(self, is_over: Callable[[], bool]) -> Iterator[bool]:
        """One process at a time writes here; wait for the other to end. Is it us? Nothing is public after the last."""
        with (self.root / "lock").open("w") as file:
            while not _try_lock(file.fileno()):
                if is_over():
                    yield False
                    return
                time.sleep(_PATIENCE)
            self.withdraw()
            for half in self.files.rglob(f"*{_HALF}"):
                half.unlink()
            try:
                yield True
            finally:
                self.withdraw()

    def offer(self) -> None:
        """From now on the files are right."""
        if not self.public.is_symlink():
            half = self.root / f"{_PUBLIC}{_HALF}"
            half.unlink(missing_ok=True)
            half.symlink_to(_FILES)
            half.replace(self.public)

    def withdraw(self) -> None:
        """Nobody knows whether the files are right."""
        self.public.unlink(missing_ok=True)

    def put(self, address: str, kept: Kept) -> bool:
        """Write a calendar; says whether it was another one before."""
        whole = self._path(address, ".gz")
        if _read(whole) == kept.packed:
            return False
        whole.parent.mkdir(parents=True, exist_ok=True)
        small = kept.plain is not None
        bodies = {ending: kept.pack(encoding) for ending, encoding in ENDINGS.items() if small or ending == ".gz"}
        halves = {ending: self._path(address, ending + _HALF) for ending in bodies}
        for ending, body in bodies.items():
            halves[ending].write_bytes(body or b"")
        self._date(address, halves.values())
        for ending in reversed(ENDINGS):
            if ending in halves:
                halves[ending].replace(self._path(address, ending))
            else:
                self._path(address, ending).unlink(missing_ok=True)
        return True

    def remove_others(self, addresses: Collection[str]) -> int:
        """Remove the calendars that are of none of these; says how many."""
        known = {self._path(address, ".gz") for address in addresses}
        gone = [path for path in self.files.rglob("*.gz") if path not in known]
        for path in gone:
            for ending in reversed(ENDINGS):
                path.with_suffix(ending).unlink(missing_ok=True)
            for folder in path.parents:
                if folder == self.files or any(folder.iterdir()):
                    break
                folder.rmdir()
        return len(gone)

    def _path(self, address: str, ending: str) -> Path:
        return self.files / (address.lstrip("/") + ending)

    def _date(self, address: str, halves: Collection[Path]) -> None:
        """The same second for all of a version, and a later one than that of the version before."""
        former = [path.stat().st_mtime for ending in ENDINGS if (path := self._path(address, ending)).exists()]
        second = max(int(moment) for moment in (*(half.stat().st_mtime for half in halves), *(f + 1 for f in former)))
        for half in halves:
            os.utime(half, (second, second))


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _try_lock(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
