"""Data of the map at addresses that name their version: kept in memory, and answered before Flask. Pure WSGI.

What such an address tells never changes, so that nothing has to be asked: it is right, or it is not there.
"""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence

from fablabmesh.feeds.answers import Header, Kept, NotAcceptable, TooManyStreams, answer
from fablabmesh.feeds.front import Environ, WsgiApp

MOST_BYTES = 48 * 1024 * 1024
LARGEST = 8 * 1024 * 1024
ADDRESSES = ("/tuiles/", "/carte/lieux-", "/carte/reperes-")
_READS = ("GET", "HEAD")


class Memory:
    """Answers by address; of those for which there is no room, the one longest not asked for goes first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def find(self, address: str) -> Kept | None:
        """What is known of an address."""
        with self._lock:
            kept = self._kept.get(address)
            if kept is not None:
                self._kept.move_to_end(address)
            return kept

    def keep(self, address: str, kept: Kept) -> None:
        """For as long as there is room."""
        if kept.size > min(LARGEST, self.most_bytes):
            return
        with self._lock:
            former = self._kept.pop(address, None)
            self._bytes += kept.size - (former.size if former else 0)
            self._kept[address] = kept
            while self._bytes > self.most_bytes:
                _address, oldest = self._kept.popitem(last=False)
                self._bytes -= oldest.size

    @property
    def bytes(self) -> int:
        return self._bytes


class Front:
    """WSGI: answers from memory, or hands on to the application, which fills it."""

    def __init__(self, app: WsgiApp, memory: Memory) -> None:
        self.app = app
        self.memory = memory

    def __call__(self, environ: Environ, start_response: object) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] not in _READS or not path.startswith(ADDRESSES):
            return self.app(environ, start_response)
        query = environ.get("QUERY_STRING")
        kept = self.memory.find(f"{path}?{query}" if query else path)
        if kept is None:
            return self.app(environ, start_response)
        accepted, known = environ.get("HTTP_ACCEPT_ENCODING", ""), environ.get("HTTP_IF_NONE_MATCH", "")
        try:
            status, headers, body = answer(kept, environ["REQUEST_METHOD"], accepted, known)
        except (NotAcceptable, TooManyStreams):
            return self.app(environ, start_response)
        start_response(status, headers)  # type: ignore[operator]
        return body


def pack(body: bytes, headers: Sequence[Header]) -> Kept:
    """An answer ready to be kept. The same bytes give the same tag, whoever packs them."""
    return Kept(hashlib.sha256(body).hexdigest()[:32], gzip.compress(body, 6, mtime=0), len(body), headers)
