"""Spliced members against three implementations of gzip that know nothing of splices."""

import base64
import gzip
import json
import random
import shutil
import subprocess
import time
import zlib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fablabmesh.kit import splice

pytestmark = pytest.mark.slow  # together seconds, of which the fast run has few

INFLATE = Path(__file__).with_name("inflate.mjs")
pieces = st.lists(
    st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode), st.just(b"ATELIER\r\n" * 9_000)),
    max_size=8,
)


def by_node(members: list[bytes]) -> list[bytes]:
    program = shutil.which("node") or pytest.skip("there is no Node on this machine")
    asked = "".join(json.dumps({"gzip": base64.b64encode(member).decode()}) + "\n" for member in members)
    told = subprocess.run([program, INFLATE], input=asked, capture_output=True, text=True, check=True).stdout
    return [base64.b64decode(json.loads(line)["answer"]) for line in told.splitlines()]


def spliced(texts: list[bytes]) -> bytes:
    return splice.gzip_of(map(splice.deflate_chunk, texts))


@given(pieces)
@settings(deadline=None)
def test_any_pieces_become_one_member_of_the_whole_text(texts):
    member = spliced(texts)
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)

    assert inflater.decompress(member) == b"".join(texts)
    assert (inflater.eof, inflater.unused_data) == (True, b"")
    assert gzip.decompress(member) == b"".join(texts)


@given(st.binary(max_size=2_000), st.sets(st.integers(0, 2_000), max_size=6))
def test_any_partition_of_a_text_inflates_to_it(text, cuts):
    ends = [0, *sorted(cut for cut in cuts if cut <= len(text)), len(text)]

    member = spliced([text[start:end] for start, end in pairwise(ends)])

    assert gzip.decompress(member) == text


def test_node_reads_it_as_well():
    chance = random.Random(7)
    lists = [[chance.randbytes(chance.choice((0, 1, 900, 70_000))) * 2 for _ in range(n % 9)] for n in range(40)]

    assert by_node([spliced(texts) for texts in lists]) == [b"".join(texts) for texts in lists]


@pytest.mark.parametrize("texts", [[], [b""], [b"", b"a", b""], [b"a" * 200_000, bytes(range(256)) * 300]])
def test_the_gzip_program_finds_nothing_wrong(texts):
    tested = subprocess.run(["gzip", "-t"], input=spliced(texts), capture_output=True, check=False)
    read = subprocess.run(["gzip", "-dc"], input=spliced(texts), capture_output=True, check=True)

    assert (tested.returncode, tested.stderr) == (0, b"")
    assert read.stdout == b"".join(texts)


def test_a_damaged_piece_is_found_out():
    whole = splice.deflate_chunk(b"Atelier")

    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(splice.gzip_of([whole._replace(crc32=whole.crc32 ^ 1)]))
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(splice.gzip_of([whole._replace(length=8)]))


@given(st.binary(max_size=300), st.binary(max_size=5_000))
def test_checksums_combine_as_if_the_text_had_been_read(first, second):
    combined = splice.crc32_combine(zlib.crc32(first), zlib.crc32(second), len(second))

    assert combined == zlib.crc32(first + second)


@pytest.mark.parametrize("length", [1, 15, 16, 255, 256, 65_535, 65_536, 1 << 20, 3 << 22])
def test_checksums_combine_over_any_length(length):
    zeros = bytes(length)

    assert splice.crc32_combine(zlib.crc32(b"a"), zlib.crc32(zeros), length) == zlib.crc32(zeros, zlib.crc32(b"a"))


def test_the_same_pieces_are_the_same_bytes_whenever_they_are_spliced():
    assert spliced([b"a", b"b"]) == spliced([b"a", b"b"])
    assert spliced([b"a"])[4:8] == bytes(4)


@pytest.mark.slow
def test_two_thousand_pieces_cost_little_beside_reading_them():
    texts = [(f"BEGIN:VEVENT\r\nSUMMARY:Atelier {n}\r\nEND:VEVENT\r\n" * 900).encode() for n in range(2_000)]
    chunks = [splice.deflate_chunk(text) for text in texts]
    splice.gzip_of(chunks)

    started = time.perf_counter()
    member = splice.gzip_of(chunks)
    splicing = time.perf_counter() - started
    started = time.perf_counter()
    zlib.crc32(b"".join(texts))
    reading = time.perf_counter() - started

    assert gzip.decompress(member) == b"".join(texts)
    assert splicing < reading
