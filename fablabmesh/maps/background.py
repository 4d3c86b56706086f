"""Tiles of the operator's background, brought by this server so that no visitor's browser meets a third party.

Only the configured host is asked, for pictures of a few kilobytes, by a few at once, who say who they are. What came is
kept on disk for a week and longer where the host does not answer; of too much the oldest goes. Pure but for network and
disk.
"""

import hashlib
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from fablabmesh.kit.fetch import PORTS, Fence, Resolve, Unfetched, fetch, look_up

MOST_BYTES = 512 * 1024
MOST_KEPT = 512 * 1024 * 1024
# What tile servers ask of whoever keeps their tiles (OpenStreetMap's tile usage policy: seven days at least).
FRESH_FOR = 7 * 86_400
AT_ONCE = 4
SECONDS = 8.0
_SWEEP_EVERY = 200
_SUBDOMAINS = "abc"
_ACCEPT = "image/png, image/jpeg, image/webp"
_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


class NoTile(Exception):
    """The host gave none, or nothing that is a picture."""


def picture_type(body: bytes) -> str:
    """By its first bytes, whatever the host calls it. NoTile for what is no picture."""
    for beginning, mimetype in _BEGINNINGS.items():
        if body.startswith(beginning) and (mimetype != "image/webp" or body[8:12] == b"WEBP"):
            return mimetype
    raise NoTile


def tile_url(template: str, zoom: int, x: int, y: int) -> str:
    """The address of a tile; of several servers always the same one for a tile, so that caches on the way are used."""
    given = {"{s}": _SUBDOMAINS[(x + y) % 3], "{z}": str(zoom), "{x}": str(x), "{y}": str(y), "{r}": ""}
    for name, value in given.items():
        template = template.replace(name, value)
    return template


@dataclass
class Carrier:
    """`template`: the configured address with {z}, {x}, {y} and perhaps {s}; `folder`: where tiles are kept."""

    template: str
    folder: Path
    agent: str
    most_kept: int = MOST_KEPT
    resolve: Resolve = look_up
    _turn: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))
    _written: int = 0

    def bring(self, zoom: int, x: int, y: int, *, now: float) -> tuple[bytes, str]:
        """A tile and its type: the one that is kept, else the host's. NoTile where neither is to be had."""
        path = self._path(zoom, x, y)
        kept, age = self._find(path, now)
        if kept is not None and age < FRESH_FOR:
            return kept, picture_type(kept)
        try:
            body = self._ask(tile_url(self.template, zoom, x, y))
        except (Unfetched, NoTile) as error:
            if kept is None:
                raise NoTile from error
            return kept, picture_type(kept)
        self._keep(path, body, now)
        return body, picture_type(body)

    def _path(self, zoom: int, x: int, y: int) -> Path:
        # Another address, another picture: what was kept of the former is swept away in time.
        source = hashlib.sha256(self.template.encode()).hexdigest()[:12]
        return self.folder / source / str(zoom) / str(x) / str(y)

    @staticmethod
    def _find(path: Path, now: float) -> tuple[bytes | None, float]:
        try:
            return path.read_bytes(), now - path.stat().st_mtime
        except OSError:
            return None, 0.0

    def _ask(self, url: str) -> bytes:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]

        def only_there(host: str, asked: int) -> Sequence[str]:
            # A redirection elsewhere ends here: the operator named one host.
            if host != parts.hostname:
                raise OSError("another host")
            return self.resolve(host, asked)

        # The operator may have a tile server in the house: any address of that name, at that port alone.
        fence = Fence(frozenset({port}), lambda _address: True, SECONDS, MOST_BYTES)
        if not self._turn.acquire(timeout=SECONDS):
            raise NoTile
        try:
            body = fetch(url, agent=self.agent, fence=fence, resolve=only_there, accept=_ACCEPT).body
        finally:
            self._turn.release()
        picture_type(body)
        return body

    def _keep(self, path: Path, body: bytes, now: float) -> None:
        # A full disk is no reason to show no map.
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
            half.write_bytes(body)
            os.utime(half, (now, now))
            half.replace(path)
        self._written += 1
        if self._written % _SWEEP_EVERY == 1:
            self.sweep()

    def sweep(self) -> int:
        """Takes the oldest away until what is kept is a tenth below its limit. Says how many went."""
        found = []
        for path in self.folder.rglob("*"):
            with suppress(OSError):
                stat = path.stat()
                if path.is_file():
                    found.append((stat.st_mtime, stat.st_size, path))
        total, gone = sum(size for _time, size, _path in found), 0
        if total <= self.most_kept:
            return 0
        for _time, size, path in sorted(found, key=lambda each: (each[0], str(each[2]))):
            if total <= self.most_kept * 0.9:
                break
            with suppress(OSError):
                path.unlink()
                total, gone = total - size, gone + 1
        return gone
