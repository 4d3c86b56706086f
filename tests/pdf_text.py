"""Reads a PDF without the library that wrote it: its streams, and its text by what the file says of its letters."""

import re
import zlib

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.S)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def lines_of(pdf: bytes) -> list[str]:
    """The pieces of text in the order they are drawn."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    letters = {
        name: _letters(stream_of(objects[int(cmap)]))
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", pdf)
        for cmap in re.findall(rb"/ToUnicode (\d+) 0 R", objects[int(number)])
    }
    found = []
    for body in objects.values():
        if b"stream\n" in body and b" Tf" in (content := stream_of(body)):
            found += _pieces(content, letters)
    return found


def _pieces(content: bytes, letters: dict[bytes, dict[int, str]]) -> list[str]:
    found, words, font = [], "", b""
    for name, text, end in re.findall(rb"/(F\d+) [\d.]+ Tf|\(((?:[^\\)]|\\.)*)\) ?Tj|(\bET\b)", content, re.S):
        font = name or font
        if text:
            words += "".join(letters[font][code] for code in _codes(text))
        if end and words:
            found.append(words)
            words = ""
    return found


def stream_of(body: bytes) -> bytes:
    packed = body.partition(b"stream\n")[2].rpartition(b"\nendstream")[0]
    return zlib.decompress(packed) if b"FlateDecode" in body.partition(b"stream\n")[0] else packed


def _letters(cmap: bytes) -> dict[int, str]:
    return {
        int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
        for code, text in re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>", cmap)
    }


def _codes(text: bytes) -> list[int]:
    plain = re.sub(rb"\\(.)", lambda escaped: _ESCAPED.get(escaped[1], escaped[1]), text, flags=re.S)
    return [int.from_bytes(plain[at : at + 2], "big") for at in range(0, len(plain), 2)]
