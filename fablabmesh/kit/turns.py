"""Whoever sends slowly waits by himself: a request has its turn when all of it is there. Pure WSGI.

The server has many threads, which mostly wait for the network; few of them run at once, as Python does one thing at a
time anyway. A form that never ends then holds a thread that nobody misses, and no turn.
"""

import os
import queue
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import Any

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Any], Iterable[bytes]]

AT_ONCE = min(8, 2 * (os.cpu_count() or 1) + 1)
# The largest form there is: a calendar or a picture, with what is written beside it. Strangers send no files.
MOST_BYTES, MOST_OF_STRANGERS = 10 * 1024 * 1024, 2 * 1024 * 1024
_IN_MEMORY = 128 * 1024
_PIECE = 65_536


class Turns:
    """`at_once`: how many requests of one process are worked on at a time, until their answers are sent."""

    def __init__(self, app: WsgiApp, at_once: int = AT_ONCE) -> None:
        self.app = app
        # A queue of the standard library waits without Python's help, which a semaphore does not.
        self._free: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _turn in range(at_once):
            self._free.put(None)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        received = _receive(environ)
        self._free.get()
        held = _Held(self._free, received)
        try:
            answer = self.app(environ, start_response)
        except BaseException:
            held.close()
            raise
        if isinstance(answer, list | tuple):
            held.close()
            return answer
        held.answer = answer
        return held


class _Held:
    """An answer on its way, and the turn that it has. The turn is given back once, however the answer ends."""

    def __init__(self, free: "queue.SimpleQueue[None]", received: Any) -> None:
        self.answer: Iterable[bytes] = ()
        self._pieces: Iterator[bytes] | None = None
        self._free, self._received, self._is_over = free, received, False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._pieces is None:
            self._pieces = iter(self.answer)
        return next(self._pieces)

    def close(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        try:
            if (close := getattr(self.answer, "close", None)) is not None:
                close()
        finally:
            self._free.put(None)
            if self._received is not None:
                self._received.close()

    # Where a server forgets to close, a turn must not be lost.
    def __del__(self) -> None:
        with suppress(Exception):
            self.close()


def _receive(environ: Environ) -> Any:
    """All of the body, put where the application looks for it; None where there is none that it would take."""
    length = environ.get("CONTENT_LENGTH") or ""
    announced = int(length) if length.isascii() and length.isdecimal() and len(length) < 12 else None
    if announced == 0 or (announced is None and not environ.get("wsgi.input_terminated")):
        return None
    is_known = "HTTP_COOKIE" in environ or "HTTP_AUTHORIZATION" in environ
    most = MOST_BYTES if is_known else MOST_OF_STRANGERS
    if announced is not None and announced > most:
        return None  # it is refused by what it announces
    source, left = environ["wsgi.input"], most + 1 if announced is None else announced
    received = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with the answer
    while left > 0 and (piece := source.read(min(_PIECE, left))):
        received.write(piece)
        left -= len(piece)
    if announced is None:
        # Sent in pieces: now its length is known. One octet too many is enough to be refused.
        environ["CONTENT_LENGTH"] = str(received.tell())
        environ.pop("HTTP_TRANSFER_ENCODING", None)
    received.seek(0)
    environ["wsgi.input"] = received
    return received
