"""A real server of mail for tests, by aiosmtpd: it takes letters, or does what servers do instead."""

import asyncio
import email.policy
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from functools import partial
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from fablabmesh.kit.smtp import Server


class Postbox:
    """`mood`: what it answers to the next letters; `moods`: to this address."""

    def __init__(self) -> None:
        self.mood = "accept"
        self.moods: dict[str, str] = {}
        self.received: list[Envelope] = []
        self.greetings = 0
        self.port = 0

    @property
    def server(self) -> Server:
        return Server("smtp", "127.0.0.1", self.port)

    @property
    def letters(self) -> list[EmailMessage]:
        return [email.message_from_bytes(each.content, policy=email.policy.default) for each in self.received]

    @property
    def addresses(self) -> list[str]:
        return [address for each in self.received for address in each.rcpt_tos]

    async def handle_EHLO(self, server: SMTP, session: Session, _envelope, hostname, responses):  # noqa: N802
        self.greetings += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: SMTP, _session, envelope: Envelope, address: str, _options):  # noqa: N802
        mood = self.moods.get(address, self.mood)
        if mood == "refuse":
            return f"550 5.1.1 <{address}>: no such user here"
        if mood == "deny":
            return "550 5.7.1 relaying denied"
        if mood == "defer":
            return f"451 4.7.1 <{address}>: greylisted, come back later"
        if mood == "drop":
            server.transport.abort()
        if mood == "hang":
            await asyncio.sleep(30)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session, envelope: Envelope):  # noqa: N802
        if self.mood == "refuse words":
            return "554 5.7.1 this looks like spam"
        if self.mood == "full":
            return "452 4.3.1 no room"
        self.received.append(envelope)
        return "250 taken"


@contextmanager
def serve_mail(*, tls: ssl.SSLContext | None = None, is_wrapped: bool = False, **given: Any) -> Iterator[Postbox]:
    """Listens at a free port of this machine until the end of the block.

    `tls`: offered by STARTTLS, or spoken from the first byte on when `is_wrapped`. `given`: to aiosmtpd.
    """
    box = Postbox()
    loop = asyncio.new_event_loop()
    make = partial(SMTP, box, hostname="postbox.test", loop=loop, tls_context=None if is_wrapped else tls, **given)
    wrap = tls if is_wrapped else None
    listening = loop.run_until_complete(loop.create_server(make, "127.0.0.1", 0, ssl=wrap))
    box.port = listening.sockets[0].getsockname()[1]

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()

    thread = Thread(target=run)
    thread.start()
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        listening.close()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(_ended(left))
        loop.close()


async def _ended(tasks: set[asyncio.Task]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)
