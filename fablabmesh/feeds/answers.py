"""A calendar kept ready to be sent, and the answer to who asks for it: whole, packed, or « you have it already ». Pure.

A tag is of the content and of its encoding; who brings that of the other encoding has the content all the same.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

MAX_AGE = 300
STALE_FOR = 7 * 86_400
SMALL = 256 * 1024  # bytes: what is kept unpacked as well
_PIECE = 16 * 1024

Header = tuple[str, str]


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
    for_packed: list[Header] = field(init=False)
    for_plain: list[Header] = field(init=False)
    for_known: list[Header] = field(init=False)

    def __post_init__(self) -> None:
        self.plain = b"".join(_inflate(self.packed)) if self.length <= SMALL else None
        shared = [*self.headers, ("Vary", "Accept-Encoding")]
        packed_tag, plain_tag = ("ETag", f'"{self.tag}-gzip"'), ("ETag", f'"{self.tag}"')
        self.for_packed = [
            *shared,
            packed_tag,
            ("Content-Encoding", "gzip"),
            ("Content-Length", str(len(self.packed))),
        ]
        self.for_plain = [*shared, plain_tag, ("Content-Length", str(self.length))]
        self.for_known = [header for header in shared if header[0] not in ("Content-Type", "Content-Disposition")]

    @property
    def size(self) -> int:
        """Bytes of memory, nearly."""
        return len(self.packed) + len(self.plain or b"") + 4096


def answer(
    kept: Kept, method: str, accepted: str, known: str, more: Sequence[Header] = ()
) -> tuple[str, list[Header], Iterable[bytes]]:
    """Status, headers and body. `accepted`: Accept-Encoding; `known`: If-None-Match; `more`: headers of this answer."""
    packed = wants_gzip(accepted)
    if known and is_known(kept.tag, known):
        tag = f'"{kept.tag}-gzip"' if packed else f'"{kept.tag}"'
        return "304 NOT MODIFIED", [*kept.for_known, ("ETag", tag), *more], ()
    headers = kept.for_packed if packed else kept.for_plain
    if more:
        headers = [*headers, *more]
    if method == "HEAD":
        return "200 OK", headers, ()
    if packed:
        return "200 OK", headers, (kept.packed,)
    return "200 OK", headers, (kept.plain,) if kept.plain is not None else _inflate(kept.packed)


def _inflate(packed: bytes) -> Iterator[bytes]:
    """Piece by piece, so that a great calendar costs no memory to those who will not have it packed."""
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    for start in range(0, len(packed), _PIECE):
        if piece := inflater.decompress(packed[start : start + _PIECE]):
            yield piece


@lru_cache(maxsize=256)
def wants_gzip(accepted: str) -> bool:
    """Accept-Encoding, with its weights: RFC 9110 §12.5.3."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _semicolon, weight = part.partition(";")
        weights[name.strip()] = _weight(weight)
    packed = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return packed > 0 and packed >= weights.get("identity", 0.0)


def _weight(text: str) -> float:
    name, _equals, value = text.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def is_known(tag: str, known: str) -> bool:
    """If-None-Match: this tag of either encoding, said weak or strong; `*` is anything."""
    if tag not in known:
        return known.strip() == "*"
    for each in known.split(","):
        bare = each.strip().removeprefix("W/").strip('"')
        if bare == tag or bare == f"{tag}-gzip":
            return True
    return False
