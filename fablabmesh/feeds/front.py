"""What stands before the application: calendars asked for again are answered from memory, without it. Pure WSGI.

A memory is of one process. It knows a count of news, which grows whenever something was published; a calendar that was
right at the present count is right now. While nobody brings news (the database is away) nothing is taken for right, and
the application is asked: it may answer from the same memory, and then says that it is stale.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fablabmesh.feeds.answers import Kept, NotAcceptable, TooManyStreams, answer

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Any], Iterable[bytes]]
Hear = Callable[[], Iterator[list[str]]]

MOST_BYTES = 64 * 1024 * 1024
LARGEST = 48 * 1024 * 1024
# What changes a calendar without an event being written (a zone composed anew, a lab that joins a project) brings no
# news to other processes: after so many seconds they look for themselves.
TRUSTED_FOR = 30.0
PATIENCE = (0.5, 15.0)
ENDINGS = (".ics", ".atom", ".rss", ".json")
_READS = ("GET", "HEAD")
_log = logging.getLogger("fablabmesh.feeds")


class Memory:
    """Calendars by address; of those for which there is no room, the one longest not looked at goes first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.news = 0
        self.is_heard = False
        self._most = most_bytes
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def find(self, address: str) -> Kept | None:
        """As it was when last looked at, right or not."""
        return self._kept.get(address)

    def find_right(self, address: str) -> Kept | None:
        """Only if it is right now."""
        kept = self._kept.get(address)
        if kept is None or kept.checked != self.news or not self.is_heard:
            return None
        return kept if time.monotonic() - kept.checked_at < TRUSTED_FOR else None

    def keep(self, address: str, kept: Kept, news: int) -> None:
        """`news`: the count before the database was asked."""
        kept.checked, kept.checked_at = news, time.monotonic()
        with self._lock:
            former = self._kept.pop(address, None)
            self._bytes -= former.size if former else 0
            if kept.size > min(LARGEST, self._most):
                return
            self._kept[address] = kept
            self._bytes += kept.size
            while self._bytes > self._most:
                _address, oldest = self._kept.popitem(last=False)
                self._bytes -= oldest.size

    @property
    def bytes(self) -> int:
        return self._bytes

    def advance(self) -> None:
        """Something was published."""
        with self._lock:
            self.news += 1

    def follow(self, hear: Hear, *, is_over: Callable[[], bool] = lambda: False) -> None:
        """Listen for as long as the process lives; each time anew, what was missed is unknown."""
        pause = PATIENCE[0]
        while not is_over():
            try:
                for heard in hear():
                    if heard or not self.is_heard:
                        self.advance()
                    self.is_heard, pause = True, PATIENCE[0]
                    if is_over():
                        return
            except Exception:  # whatever ends the listening ends the trust, and not the process
                _log.warning("no news of calendars: the database is away; trying again", exc_info=not self.is_heard)
            self.is_heard = False
            time.sleep(pause)
            pause = min(pause * 2, PATIENCE[1])


class Front:
    """WSGI: answers from memory, or hands on. Whoever writes through this process sees it at once: `news_actions`."""

    def __init__(self, app: WsgiApp, memory: Memory, hear: Hear) -> None:
        self.app = app
        self.memory = memory
        self.hear = hear
        self._starting = threading.Lock()
        self._listener: threading.Thread | None = None

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] not in _READS or not path.endswith(ENDINGS):
            return self.app(environ, start_response)
        query = environ.get("QUERY_STRING")
        kept = self.memory.find_right(f"{path}?{query}" if query else path)
        if kept is None:
            self._listen()
            return self.app(environ, start_response)
        try:
            status, headers, body = answer(
                kept,
                environ["REQUEST_METHOD"],
                environ.get("HTTP_ACCEPT_ENCODING", ""),
                environ.get("HTTP_IF_NONE_MATCH", ""),
            )
        except (NotAcceptable, TooManyStreams):
            return self.app(environ, start_response)
        start_response(status, headers)
        return body

    def _listen(self) -> None:
        """From the first calendar on, and in the process that serves: threads do not survive a fork."""
        if self._listener is not None and self._listener.is_alive():
            return
        with self._starting:
            if self._listener is None or not self._listener.is_alive():
                self._listener = threading.Thread(
                    target=self.memory.follow, args=(self.hear,), name="feeds", daemon=True
                )
                self._listener.start()
