"""Whole, packed or known: what each asker is told."""

import gzip
import sys

import brotli
import pytest

from fablabmesh.feeds.answers import (
    ENCODINGS,
    MOST_STREAMS,
    SMALL,
    Kept,
    NotAcceptable,
    TooManyStreams,
    answer,
    choose,
    is_known,
)
from fablabmesh.kit.splice import deflate_chunk, gzip_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def keep(text: bytes = TEXT, tag: str = "abc") -> Kept:
    return Kept(tag, gzip_of([deflate_chunk(text)]), len(text), [("Content-Type", "text/calendar; charset=utf-8")])


def unpack(body: bytes, encoding: str | None) -> bytes:
    readers = {"br": brotli.decompress, "zstd": zstd.decompress, "gzip": gzip.decompress}
    return readers[encoding](body) if encoding else body


@pytest.mark.parametrize(
    ("accepted", "small", "great"),
    [
        ("", "identity", "identity"),
        ("identity", "identity", "identity"),
        ("gzip", "gzip", "gzip"),
        ("X-GZIP, deflate", "gzip", "gzip"),
        ("gzip, deflate, br", "br", "gzip"),
        ("gzip, deflate, br, zstd", "br", "gzip"),
        ("zstd, gzip", "zstd", "gzip"),
        ("br, zstd", "br", "identity"),
        ("br;q=0.5, zstd;q=0.7, gzip;q=0.6", "zstd", "gzip"),
        ("gzip;q=0", "identity", "identity"),
        ("gzip; q=0.0, *", "identity", "identity"),
        ("*", "gzip", "gzip"),
        ("gzip;q=0.5, identity;q=0.9", "identity", "identity"),
        ("gzip;q=0.9, identity;q=0.5", "gzip", "gzip"),
        ("gzip;q=rien", "identity", "identity"),
        ("gzip;q=nan", "identity", "identity"),
        ("gzip;q=7", "identity", "identity"),
        ("br, identity;q=0", "br", None),
        ("br, *;q=0", "br", None),
        ("deflate, *;q=0", None, None),
        ("identity;q=0", None, None),
        ("identity;q=0, *", "gzip", "gzip"),
    ],
)
def test_each_is_given_the_best_that_it_takes(accepted, small, great):
    for is_small, expected in ((True, small), (False, great)):
        if expected is None:
            with pytest.raises(NotAcceptable):
                choose(accepted, is_small)
        else:
            assert choose(accepted, is_small) == expected


@pytest.mark.parametrize(
    ("known", "same"),
    [
        ('"abc"', True),
        ('W/"abc"', True),
        ('"abc-gzip"', True),
        ('"x", "abc-gzip"', True),
        ("*", True),
        ('"abcd"', False),
        ('"xabc"', False),
        ("", False),
        ('"abc-br"', True),
        ('W/"abc-zstd"', True),
        ('"abc-deflate"', False),
        ('"abc-"', False),
    ],
)
def test_the_tag_of_any_encoding_is_known(known, same):
    assert is_known("abc", known) is same


@pytest.mark.parametrize(
    ("text", "encoding"),
    [*((TEXT, each) for each in ENCODINGS), (TEXT * (SMALL // 30 + 1), "gzip"), (TEXT * (SMALL // 30 + 1), "identity")],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_the_whole_is_sent_with_its_length_and_a_tag_of_its_encoding(text, encoding):
    status, headers, body = answer(keep(text), "GET", encoding, "")
    sent, named = b"".join(body), dict(headers)
    coding = None if encoding == "identity" else encoding

    assert status == "200 OK"
    assert unpack(sent, coding) == text
    assert named["Content-Length"] == str(len(sent))
    assert named["ETag"] == (f'"abc-{coding}"' if coding else '"abc"')
    assert named.get("Content-Encoding") == coding
    assert named["Vary"] == "Accept-Encoding"


def test_an_encoding_is_made_once():
    kept = keep()

    assert answer(kept, "GET", "br", "")[2][0] is answer(kept, "GET", "br", "")[2][0]


def test_a_great_calendar_is_kept_packed_only():
    great = keep(TEXT * (SMALL // 30 + 1))

    assert great.plain is None
    assert great.size < great.length / 10


def test_head_says_what_get_would():
    assert answer(keep(), "HEAD", "gzip", "")[1] == answer(keep(), "GET", "gzip", "")[1]
    assert b"".join(answer(keep(), "HEAD", "gzip", "")[2]) == b""


@pytest.mark.parametrize(("known", "tag"), [('"abc"', '"abc-gzip"'), ('"abc-gzip"', '"abc-gzip"')])
def test_who_has_it_is_told_no_more_than_that(known, tag):
    status, headers, body = answer(keep(), "GET", "gzip", known)

    assert (status, b"".join(body)) == ("304 NOT MODIFIED", b"")
    assert headers == [("Vary", "Accept-Encoding"), ("ETag", tag)]


def test_what_was_said_with_the_whole_is_not_all_said_again():
    headers = [("Cache-Control", "public"), ("Content-Type", "text/calendar"), ("Content-Security-Policy", "x")]
    kept = Kept("abc", gzip_of([deflate_chunk(TEXT)]), len(TEXT), headers)

    assert answer(kept, "GET", "", '"abc"')[1] == [
        *[("Cache-Control", "public"), ("Vary", "Accept-Encoding"), ("ETag", '"abc"')]
    ]


def test_what_is_said_of_one_answer_is_not_said_of_the_next():
    kept = keep()
    said = dict(answer(kept, "GET", "", "", [("Warning", "110")])[1])

    assert said["Warning"] == "110"
    assert "Warning" not in dict(answer(kept, "GET", "", "")[1])


def test_so_many_at_once_are_sent_a_great_calendar_unpacked_and_the_others_are_told_to_come_back():
    great = keep(TEXT * (SMALL // 30 + 1))
    streams = [answer(great, "GET", "", "")[2] for _ in range(MOST_STREAMS)]

    with pytest.raises(TooManyStreams):
        answer(great, "GET", "", "")
    assert answer(great, "GET", "gzip", "")[0] == "200 OK"
    assert answer(great, "HEAD", "", "")[0] == "200 OK"
    assert answer(great, "GET", "", '"abc"')[0] == "304 NOT MODIFIED"

    streams[0].close()  # went away
    streams[0].close()
    again = answer(great, "GET", "", "")[2]
    with pytest.raises(TooManyStreams):
        answer(great, "GET", "", "")
    assert b"".join(again) == b"".join(streams[1])  # all was read
    del again, streams
    assert [b"".join(answer(great, "GET", "", "")[2]) for _ in range(5)] == [TEXT * (SMALL // 30 + 1)] * 5


def test_a_great_calendar_is_unpacked_in_pieces_however_well_it_is_packed():
    great = keep(b"A" * 5_000_000)
    pieces = list(answer(great, "GET", "", "")[2])

    assert b"".join(pieces) == b"A" * 5_000_000
    assert max(map(len, pieces)) <= 256 * 1024
