"""The memory before the application: right or asked anew, bounded, and without trust when nobody brings news."""

import random
import threading
import time

import pytest

from fablabmesh.feeds.answers import Kept, TooManyStreams
from fablabmesh.feeds.front import Front, Memory
from fablabmesh.kit.splice import deflate_chunk, gzip_of


def keep(tag: str = "a", size: int = 10) -> Kept:
    return Kept(tag, gzip_of([deflate_chunk(bytes(size))]), size, [("Content-Type", "text/calendar")])


@pytest.fixture
def memory() -> Memory:
    made = Memory()
    made.is_heard = True
    return made


def ask(front: Front, path: str, method: str = "GET", **more: str) -> tuple[str, dict[str, str], bytes]:
    said = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, **more}
    body = b"".join(front(environ, lambda status, headers: said.append((status, dict(headers)))))
    return *said[0], body


def application(environ, start_response):
    start_response("200 OK", [("X-From", "application")])
    return [environ["PATH_INFO"].encode()]


def silence():
    yield []
    threading.Event().wait()


@pytest.fixture
def front(memory) -> Front:
    made = Front(application, memory, silence)
    made._listen = lambda: None
    return made


def test_what_is_right_is_answered_without_the_application(front, memory):
    memory.keep("/agenda.ics", keep(), memory.news)

    assert ask(front, "/agenda.ics")[1]["ETag"] == '"a"'
    assert ask(front, "/agenda.ics", HTTP_IF_NONE_MATCH='"a"')[0] == "304 NOT MODIFIED"
    assert "X-From" not in ask(front, "/agenda.ics", "HEAD")[1]


@pytest.mark.parametrize(
    ("method", "path", "query"), [("GET", "/agenda", ""), ("GET", "/agenda.ics", "q=a"), ("POST", "/agenda.ics", "")]
)
def test_the_rest_is_the_application_s(front, memory, method, path, query):
    memory.keep("/agenda.ics", keep(), memory.news)

    assert ask(front, path, method, QUERY_STRING=query)[1] == {"X-From": "application"}


def test_what_cannot_be_sent_as_it_is_asked_for_is_the_application_s(front, memory):
    memory.keep("/agenda.ics", keep(), memory.news)

    assert ask(front, "/agenda.ics", HTTP_ACCEPT_ENCODING="identity;q=0")[1] == {"X-From": "application"}


def test_who_must_come_back_is_told_so_by_the_application(front, memory, monkeypatch):
    memory.keep("/agenda.ics", keep(), memory.news)

    def refuse(*_):
        raise TooManyStreams

    monkeypatch.setattr("fablabmesh.feeds.front.answer", refuse)

    assert ask(front, "/agenda.ics")[1] == {"X-From": "application"}


def test_a_filter_is_remembered_by_its_whole_address(front, memory):
    memory.keep("/agenda.ics?q=a", keep("b"), memory.news)

    assert ask(front, "/agenda.ics", QUERY_STRING="q=a")[1]["ETag"] == '"b"'


def test_news_let_the_application_look_again(front, memory):
    memory.keep("/agenda.ics", keep(), memory.news)
    memory.advance()

    assert ask(front, "/agenda.ics")[1] == {"X-From": "application"}
    assert memory.find("/agenda.ics") is not None


def test_what_was_put_together_before_the_news_came_is_not_right(front, memory):
    before = memory.news
    memory.advance()
    memory.keep("/agenda.ics", keep(), before)

    assert memory.find_right("/agenda.ics") is None


def test_nothing_is_right_while_nobody_brings_news(front, memory):
    memory.keep("/agenda.ics", keep(), memory.news)
    memory.is_heard = False

    assert memory.find_right("/agenda.ics") is None


def test_nothing_is_right_for_long(memory, monkeypatch):
    memory.keep("/agenda.ics", keep(), memory.news)
    later = time.monotonic() + 31
    monkeypatch.setattr(time, "monotonic", lambda: later)

    assert memory.find_right("/agenda.ics") is None


def test_memory_is_bounded_and_loses_what_was_longest_not_looked_at():
    memory = Memory(most_bytes=40_000)
    for name in "abcdef":
        memory.keep(name, keep(size=2_000), 0)
        memory.keep("a", keep(size=2_000), 0)

    assert memory.bytes <= 40_000
    assert [name for name in "abcdef" if memory.find(name)] == ["a", "d", "e", "f"]


def test_what_is_too_great_is_not_kept_and_takes_nothing_else_away(memory):
    small = Memory(most_bytes=10_000)
    small.keep("a", keep(size=10), 0)
    small.keep("b", Kept("b", gzip_of([deflate_chunk(random.Random(1).randbytes(20_000))]), 20_000, []), 0)

    assert small.find("b") is None
    assert small.find("a") is not None


@pytest.mark.slow
def test_listening_brings_trust_and_news_and_losing_it_takes_the_trust():
    memory, told = Memory(), []

    def hear():
        told.append((memory.is_heard, memory.news))
        yield []
        told.append((memory.is_heard, memory.news))
        yield []
        told.append((memory.is_heard, memory.news))
        yield ["7:12"]
        told.append((memory.is_heard, memory.news))
        raise ConnectionError

    memory.follow(hear, is_over=lambda: len(told) == 8)

    assert told == [
        *[(False, 0), (True, 1), (True, 1), (True, 2)],
        *[(False, 2), (True, 3), (True, 3), (True, 4)],
    ]
    assert not memory.is_heard


def test_the_listener_begins_with_the_first_calendar_and_there_is_one(memory):
    started = []

    def hear():
        started.append(threading.current_thread().name)
        yield []
        threading.Event().wait()

    front = Front(application, memory, hear)
    ask(front, "/healthz")
    before = list(started)
    for _ in range(3):
        ask(front, "/agenda.ics")
    deadline = time.monotonic() + 5
    while not started and time.monotonic() < deadline:
        time.sleep(0.01)

    assert (before, started) == ([], ["feeds"])
