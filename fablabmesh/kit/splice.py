"""Pieces of text deflated one by one and joined into one gzip member, without inflating anything again. Pure.

A raw deflate stream that ends on a full flush ends on a byte and refers to nothing before its own beginning, so that
such pieces may follow one another in any order (RFC 1951). What gzip adds (RFC 1952) is a head of ten bytes and, after
an empty last block, the length and the checksum of the whole, which follows from those of the pieces.
"""

import struct
import zlib
from array import array
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

LEVEL = 6

# Deflate, no name, no time (the same bytes tomorrow), no system.
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK = b"\x03\x00"
_POLYNOMIAL = 0xEDB88320
_WORD = 0xFFFFFFFF

Matrix = list[int]  # over GF(2): the image of each of 32 bits


class Chunk(NamedTuple):
    """A piece of text: how long it is, its checksum, and itself as raw deflate that ends on a full flush."""

    length: int
    crc32: int
    deflated: bytes


def deflate_chunk(raw: bytes) -> Chunk:
    """A piece ready to be spliced, as often and wherever one likes."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Chunk(len(raw), zlib.crc32(raw), packer.compress(raw) + packer.flush(zlib.Z_FULL_FLUSH))


def gzip_of(chunks: Iterable[Chunk]) -> bytes:
    """One gzip member that holds the pieces one after the other."""
    pieces, checksum, length = [_HEAD], 0, 0
    for size, crc, deflated in chunks:
        pieces.append(deflated)
        checksum = crc32_combine(checksum, crc, size)
        length += size
    pieces += (_LAST_BLOCK, struct.pack("<II", checksum, length & _WORD))
    return b"".join(pieces)


def crc32_combine(first: int, second: int, second_length: int) -> int:
    """The CRC-32 of two texts in a row, from that of each and the length of the second.

    Zeros behind a text change its checksum by a linear map: here one for each hexadecimal digit of the length.
    """
    place = 0
    while second_length and first:
        digit = second_length & 15
        if digit:
            table = _zeros(place, digit)
            first = (
                table[first & 255]
                ^ table[256 | first >> 8 & 255]
                ^ table[512 | first >> 16 & 255]
                ^ table[768 | first >> 24]
            )
        second_length >>= 4
        place += 1
    return first ^ second


@cache
def _zeros(place: int, digit: int) -> "array[int]":
    """What digit × 16^place bytes of zeros do to a checksum, by each value of each of its bytes. 8 kB a map."""
    matrix = one = _power_of_16(place)
    for _ in range(digit - 1):
        matrix = _multiply(one, matrix)
    return array("L", (_apply(matrix, byte << shift) for shift in (0, 8, 16, 24) for byte in range(256)))


@cache
def _power_of_16(place: int) -> Matrix:
    """What 16^place bytes of zeros do."""
    if place == 0:
        bit = [_POLYNOMIAL, *(1 << n for n in range(31))]
        squarings = 3
    else:
        bit = _power_of_16(place - 1)
        squarings = 4
    for _ in range(squarings):
        bit = _multiply(bit, bit)
    return bit


def _multiply(left: Matrix, right: Matrix) -> Matrix:
    return [_apply(left, column) for column in right]


def _apply(matrix: Matrix, vector: int) -> int:
    image = 0
    for column in matrix:
        if vector & 1:
            image ^= column
        vector >>= 1
    return image
