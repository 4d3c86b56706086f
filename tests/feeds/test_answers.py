"""Whole, packed or known: what each asker is told."""

import gzip

import pytest

from fablabmesh.feeds.answers import SMALL, Kept, answer, is_known, wants_gzip
from fablabmesh.kit.splice import deflate_chunk, gzip_of

TEXT = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def keep(text: bytes = TEXT, tag: str = "abc") -> Kept:
    return Kept(tag, gzip_of([deflate_chunk(text)]), len(text), [("Content-Type", "text/calendar; charset=utf-8")])


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("", False),
        ("identity", False),
        ("gzip", True),
        ("GZIP, deflate", True),
        ("br, zstd", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0, *", False),
        ("*", True),
        ("gzip;q=0.5, identity;q=0.9", False),
        ("gzip;q=0.9, identity;q=0.5", True),
        ("gzip;q=rien", False),
    ],
)
def test_packed_is_sent_to_who_takes_it(accepted, packed):
    assert wants_gzip(accepted) is packed


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
        ('"abc-br"', False),
    ],
)
def test_the_tag_of_any_encoding_is_known(known, same):
    assert is_known("abc", known) is same


@pytest.mark.parametrize("text", [TEXT, TEXT * (SMALL // 30 + 1)])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_the_whole_is_sent_with_its_length_and_a_tag_of_its_encoding(text, encoding):
    status, headers, body = answer(keep(text), "GET", encoding, "")
    sent, named = b"".join(body), dict(headers)

    assert status == "200 OK"
    assert (gzip.decompress(sent) if encoding == "gzip" else sent) == text
    assert named["Content-Length"] == str(len(sent))
    assert named["ETag"] == ('"abc-gzip"' if encoding == "gzip" else '"abc"')
    assert named.get("Content-Encoding") == ("gzip" if encoding == "gzip" else None)
    assert named["Vary"] == "Accept-Encoding"


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


def test_what_is_said_of_one_answer_is_not_said_of_the_next():
    kept = keep()
    said = dict(answer(kept, "GET", "", "", [("Warning", "110")])[1])

    assert said["Warning"] == "110"
    assert "Warning" not in dict(answer(kept, "GET", "", "")[1])
