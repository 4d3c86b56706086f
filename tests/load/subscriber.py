"""A subscriber of calendars: keeps the tag, asks with it, may be slow or hang up. On asyncio, by the bare protocol."""

import asyncio
import gzip
from dataclasses import dataclass, field


@dataclass
class Answer:
    """What came back; `body` as it was sent."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def calendar(self) -> bytes:
        return gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body


@dataclass
class Subscriber:
    """`manner`: quick, slow (reads in small pieces, with pauses) or rude (goes away in the middle of an answer).

    `accepts`: the encodings he takes.
    """

    port: int
    path: str
    manner: str = "quick"
    tag: str = ""
    accepts: str = "gzip"
    answers: list[Answer] = field(default_factory=list)

    async def poll(self) -> Answer | None:
        reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", self.port), 20)
        try:
            lines = [f"GET {self.path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close"]
            lines += [f"Accept-Encoding: {self.accepts}"] if self.accepts else []
            lines += [f"If-None-Match: {self.tag}"] if self.tag else []
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
            if self.manner == "rude":
                await asyncio.wait_for(reader.read(100), 20)
                return None
            raw = await asyncio.wait_for(self._read(reader), 30)
        finally:
            writer.close()
        head, _, body = raw.partition(b"\r\n\r\n")
        status, *fields = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in fields)}
        answer = Answer(int(status.split()[1]), headers, body)
        self.tag = headers.get("etag", "") if answer.status in (200, 304) else self.tag
        self.answers.append(answer)
        return answer

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        pieces = []
        while piece := await reader.read(65536 if self.manner == "quick" else 8192):
            pieces.append(piece)
            if self.manner == "slow":
                await asyncio.sleep(0.02)
        return b"".join(pieces)


async def poll_all(subscribers: list[Subscriber], at_once: int) -> None:
    """One round: each asks once."""
    gate = asyncio.Semaphore(at_once)

    async def poll(subscriber: Subscriber) -> None:
        async with gate:
            await subscriber.poll()

    await asyncio.gather(*(poll(subscriber) for subscriber in subscribers))
