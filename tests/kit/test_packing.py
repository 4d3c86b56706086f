"""What is packed is the same when it is unpacked, and as small as it gets."""

import gzip

import brotli

from fablabmesh.kit.packing import pack, pack_brotli

TEXT = ("Fabrique numérique, atelier partagé. " * 400).encode()


def test_what_is_packed_is_the_same_again():
    assert brotli.decompress(pack(TEXT, "br")) == TEXT
    assert gzip.decompress(pack(TEXT, "gzip")) == TEXT
    assert pack(TEXT, "gzip") == pack(TEXT, "gzip")


def test_a_better_quality_packs_smaller():
    text = bytes(range(256)) * 8 + TEXT

    assert len(pack_brotli(text)) < len(pack_brotli(text, 1)) < len(text)
