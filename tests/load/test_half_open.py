"""Two hundred lines that were begun and never finished, in each way there is; honest people are served meanwhile."""

import asyncio
import socket
import time
from contextlib import ExitStack, suppress

import pytest

from tests.load.conftest import Served
from tests.load.subscriber import Subscriber

pytestmark = pytest.mark.slow

LINES = 200
PATIENCE = 5.0  # seconds, on a busy machine; where a line holds a turn, it is for ever
POST = b"POST /connexion HTTP/1.1\r\nHost: x\r\nContent-Type: "
FORM = POST + b"application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\n"
FILE = (
    POST + b"multipart/form-data; boundary=x\r\nContent-Length: 90000\r\n\r\n"
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
)
BEGINNINGS = {
    "nothing is said": b"",
    "a word is said": b"GET /agen",
    "headers never end": b"GET /agenda HTTP/1.1\r\nHost: x\r\nX-a: b\r\n",
    "a form never ends": FORM + b"email=a",
    "a form never begins": FORM,
    "a file never ends": FILE,
    "a piece is announced": FORM.replace(b"Content-Length: 900", b"Transfer-Encoding: chunked") + b"5\r\nem",
    "the answer is not read": b"GET /agenda.ics HTTP/1.1\r\nHost: x\r\n\r\n",
}


def open_lines(stack: ExitStack, served: Served, beginning: bytes) -> list[socket.socket]:
    lines = []
    for _number in range(LINES):
        line = stack.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=5))
        line.sendall(beginning)
        lines.append(line)
    return lines


def served_in(served: Served, path: str) -> float:
    start = time.monotonic()
    answer = asyncio.run(Subscriber(served.port, path).poll())
    assert answer.status == 200
    return time.monotonic() - start


@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=BEGINNINGS)
def test_unfinished_lines_keep_nobody_waiting(served, beginning):
    with ExitStack() as stack:
        lines = open_lines(stack, served, beginning)
        waited = []
        for _moment in range(3):
            waited += [served_in(served, path) for path in ("/", "/agenda.ics", "/healthz")]
            # As those do who want to be taken for slow.
            for line in lines[:50]:
                with suppress(OSError):
                    line.sendall(b"x")

    assert max(waited) < PATIENCE
