"""A calendar kept ready to be sent, and the answer to who asks for it: whole, packed, or « you have it already ». Pure.

A tag is of the content and of its encoding; who brings that of another encoding has the content all the same.
"""

import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from threading import BoundedSemaphore
from typing import NamedTuple

from fablabmesh.kit.packing import pack_brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_AGE = 300
STALE_FOR = 7 * 86_400
SMALL = 256 * 1024  # bytes: what is kept unpacked as well, and packed in any way that is asked for
# The first of those that are taken with the same weight. gzip comes by splicing and is always there.
ENCODINGS = ("br", "zstd", "gzip", "identity")
# Milliseconds for a small calendar, once for each of its versions and only if somebody asks. One frame each, with a
# window below the 8 MB that RFC 9659 lets a reader of the web's « zstd » expect.
_BROTLI_QUALITY, _ZSTD_LEVEL = 9, 10
_PIECE, _LONGEST_PIECE = 16 * 1024, 256 * 1024
# Who is sent a great calendar unpacked holds a thread of the server for as long as he takes to read; a few would stop
# all others. Nearly everybody takes gzip, which is handed over at once.
MOST_STREAMS = 2
_streams = BoundedSemaphore(MOST_STREAMS)
# A 304 updates what the asker kept; the rest of it stays as it was said first (RFC 9110 §15.4.5).
_SAID_AGAIN = frozenset({"Cache-Control", "Vary", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers"})

Header = tuple[str, str]


class NotAcceptable(Exception):
    """Not packed in any way there is, and not unpacked either."""


class TooManyStreams(Exception):
    """Others are being sent a great calendar unpacked, as slowly as they read."""


class Sent(NamedTuple):
    """One encoding of a calendar: headers of a 200 and of a 304, and the bytes; none where they are to be inflated."""

    headers: list[Header]
    known: list[Header]
    body: bytes | None


@dataclass(slots=True)
class Kept:
    """One calendar: its tag, its packed bytes and how long it is unpacked. `checked`: at which news it was right."""

    tag: str
    packed: bytes
    length: int
    headers: Sequence[Header]
    checked: int = -1
    checked_at: float = 0.0
    plain: bytes | None = field(init=False)
    names: frozenset[str] = field(init=False)
    _sent: dict[str, Sent] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.plain = b"".join(_inflate(self.packed)) if self.length <= SMALL else None
        self.names = frozenset(_tag_of(self.tag, encoding) for encoding in ENCODINGS)

    @property
    def size(self) -> int:
        """Bytes of memory, nearly; for a small one with all that may be asked for."""
        return len(self.packed) * (1 if self.plain is None else 3) + len(self.plain or b"") + 6144

    def pack(self, encoding: str) -> bytes | None:
        """Its bytes, or none where they are to be inflated piece by piece."""
        if encoding == "gzip":
            return self.packed
        if encoding == "identity" or self.plain is None:
            return self.plain
        if encoding == "br":
            return pack_brotli(self.plain, _BROTLI_QUALITY)
        return zstd.compress(self.plain, _ZSTD_LEVEL)

    def sent(self, encoding: str) -> Sent:
        """As it is sent in this encoding; made when it is asked for first."""
        found = self._sent.get(encoding)
        if found is None:
            body = self.pack(encoding)
            tag = ("ETag", _tag_of(self.tag, encoding))
            shared = [*self.headers, ("Vary", "Accept-Encoding"), tag]
            coding = [("Content-Encoding", encoding)] if encoding != "identity" else []
            length = ("Content-Length", str(self.length if body is None else len(body)))
            known = [header for header in shared if header[0] in _SAID_AGAIN]
            found = self._sent[encoding] = Sent([*shared, *coding, length], [*known, tag], body)
        return found


def answer(
    kept: Kept, method: str, accepted: str, known: str, more: Sequence[Header] = ()
) -> tuple[str, list[Header], Iterable[bytes]]:
    """Status, headers and body. `accepted`: Accept-Encoding; `known`: If-None-Match; `more`: headers of this answer."""
    headers, unchanged, body = kept.sent(choose(accepted, kept.plain is not None))
    if known and (known in kept.names or is_known(kept.tag, known)):
        return "304 NOT MODIFIED", [*unchanged, *more] if more else unchanged, []
    if more:
        headers = [*headers, *more]
    if method == "HEAD":
        return "200 OK", headers, []
    return "200 OK", headers, [body] if body is not None else Stream(kept.packed)


class Stream:
    """A great calendar unpacked piece by piece, so that it costs no memory; at most so many at once."""

    def __init__(self, packed: bytes) -> None:
        if not _streams.acquire(blocking=False):
            raise TooManyStreams
        self._is_open = True
        self._pieces = _inflate(packed)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except StopIteration:
            self.close()
            raise

    def close(self) -> None:
        """The server calls it when the asker has all, or went away."""
        if self._is_open:
            self._is_open = False
            _streams.release()

    def __del__(self) -> None:
        if getattr(self, "_is_open", False):
            self.close()


def _tag_of(tag: str, encoding: str) -> str:
    return f'"{tag}"' if encoding == "identity" else f'"{tag}-{encoding}"'


def _inflate(packed: bytes) -> Iterator[bytes]:
    """Piece by piece, so that a great calendar costs no memory to those who will not have it packed."""
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    for start in range(0, len(packed), _PIECE):
        rest = packed[start : start + _PIECE]
        while rest:
            if piece := inflater.decompress(rest, _LONGEST_PIECE):
                yield piece
            rest = inflater.unconsumed_tail


@lru_cache(maxsize=512)
def choose(accepted: str, is_small: bool) -> str:
    """The encoding for an Accept-Encoding with its weights (RFC 9110 §12.5.3): the best of what there is.

    Who takes anything (`*`) is given gzip, which everybody reads. A great calendar is there as gzip and unpacked.
    """
    weights = {}
    for part in accepted.lower().split(","):
        name, _semicolon, weight = part.partition(";")
        weights[name.strip().removeprefix("x-")] = _weight(weight)
    anything = weights.get("*")
    weights.setdefault("gzip", anything or 0.0)
    # Not named, it is taken, and liked least.
    weights.setdefault("identity", 1e-6 if anything is None else anything)
    there = ENCODINGS if is_small else ENCODINGS[2:]
    best = max(there, key=lambda encoding: weights.get(encoding, 0.0))
    if weights.get(best, 0.0) <= 0:
        raise NotAcceptable
    return best


def _weight(text: str) -> float:
    name, _equals, value = text.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


def is_known(tag: str, known: str) -> bool:
    """If-None-Match: this tag of any encoding, said weak or strong; `*` is anything."""
    if tag not in known:
        return known.strip() == "*"
    own = {tag, *(f"{tag}-{encoding}" for encoding in ENCODINGS[:-1])}
    return any(each.strip().removeprefix("W/").strip('"') in own for each in known.split(","))
