"""A request has its turn when all of it is there, and gives it back however it ends."""

import io
import threading

import pytest

from fablabmesh.kit.turns import MOST_BYTES, MOST_OF_STRANGERS, Turns


def environ_of(body=None, **given):
    made = {"REQUEST_METHOD": "POST", "wsgi.input": body or io.BytesIO()}
    return made | given


def echo(environ, _start):
    return [environ["wsgi.input"].read()]


class Slow(io.RawIOBase):
    """A sender who says a word, and the next one when he is let."""

    def __init__(self, *pieces):
        self.pieces, self.go_on = list(pieces), threading.Event()

    def read(self, _most=-1):
        self.go_on.wait(10)
        return self.pieces.pop(0) if self.pieces else b""


def test_the_application_is_given_the_whole_body():
    assert Turns(echo)(environ_of(io.BytesIO(b"a=1&b=2"), CONTENT_LENGTH="7"), None) == [b"a=1&b=2"]


def test_no_more_is_read_than_was_announced():
    assert Turns(echo)(environ_of(io.BytesIO(b"a=1&b=2"), CONTENT_LENGTH="3"), None) == [b"a=1"]


def test_what_comes_in_pieces_gets_its_length():
    def lengths(environ, _start):
        return [environ["CONTENT_LENGTH"].encode(), environ["wsgi.input"].read()]

    body = environ_of(io.BytesIO(b"abc"), **{"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"})
    assert Turns(lengths)(body, None) == [b"3", b"abc"]


@pytest.mark.parametrize("length", ["", "0", "x", "-1", "9" * 30])
def test_where_no_body_is_announced_none_is_waited_for(length):
    def untouched(environ, _start):
        return [str(environ["wsgi.input"] is body).encode()]

    body = Slow(b"never")
    assert Turns(untouched)(environ_of(body, CONTENT_LENGTH=length), None) == [b"True"]


@pytest.mark.parametrize(
    ("given", "most"),
    [({}, MOST_OF_STRANGERS), ({"HTTP_COOKIE": "a"}, MOST_BYTES), ({"HTTP_AUTHORIZATION": "a"}, MOST_BYTES)],
)
def test_too_much_is_not_waited_for(given, most):
    def untouched(environ, _start):
        return [str(environ["wsgi.input"] is body).encode()]

    body = Slow(b"never")
    assert Turns(untouched)(environ_of(body, CONTENT_LENGTH=str(most + 1), **given), None) == [b"True"]
    endless = environ_of(io.BytesIO(b"a" * (most + 100)), **{"wsgi.input_terminated": True}, **given)
    assert len(Turns(echo)(endless, None)[0]) == most + 1


def test_whoever_sends_slowly_holds_no_turn():
    turns, slow = Turns(echo, at_once=1), [Slow(b"la", b"te") for _ in range(20)]
    answers = []

    def send(body):
        answers.append(turns(environ_of(body, CONTENT_LENGTH="4"), None))

    threads = [threading.Thread(target=send, args=(body,), daemon=True) for body in slow]
    for thread in threads:
        thread.start()
    assert turns(environ_of(io.BytesIO(b"soon"), CONTENT_LENGTH="4"), None) == [b"soon"]
    assert answers == []
    for body in slow:
        body.go_on.set()
    for thread in threads:
        thread.join(10)
    assert answers == [[b"late"]] * 20


def pieces(environ, _start):
    def say():
        yield b"a"
        yield b"b"

    return say()


def boom(environ, _start):
    raise ConnectionError


def test_a_turn_is_given_back_however_an_answer_ends():
    turns = Turns(pieces, at_once=1)
    whole = turns(environ_of(), None)
    assert list(whole) == [b"a", b"b"]
    whole.close()
    cut = turns(environ_of(), None)
    assert next(cut) == b"a"
    cut.close()
    cut.close()
    forgotten = turns(environ_of(), None)
    next(iter(forgotten))
    del forgotten

    assert turns._free.qsize() == 1


def test_a_turn_is_given_back_when_the_application_fails():
    turns = Turns(boom, at_once=1)
    for _time in range(3):
        with pytest.raises(ConnectionError):
            turns(environ_of(), None)
    assert turns._free.qsize() == 1
