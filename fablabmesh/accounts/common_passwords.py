"""Passwords that everybody tries first: a list, and what people make of it by adding digits and doubling. Pure.

The list is drawn from the frequency list of zxcvbn (MIT, © Dan Wheeler, Dropbox, Daniel Wolf) and from what is usual in
French; folded, one a line.
"""

import gzip
import re
from functools import cache
from importlib.resources import files

from fablabmesh.kit.text import fold

_LIST = "common_passwords.txt.gz"
_SWAPPED = str.maketrans({"@": "a", "4": "a", "3": "e", "0": "o", "1": "i", "!": "i", "5": "s", "$": "s", "7": "t"})
_OTHERS = re.compile(r"[^a-z0-9]+")
_AROUND = "0123456789 !?.,;:-_*+#&%"
# Rows of keys and of signs: who walks along them believes to have chosen.
_WALKS = (
    "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz",
    "qwertzuiop", "aqwzsxedcrfvtgbyhnujikolpm", "qazwsxedcrfvtgbyhnujmikolp", "azqsedrftgyhujikolpm",
    "1q2w3e4r5t6y7u8i9o0p", "1a2z3e4r5t6y7u8i9o0p", "a1z2e3r4t5y6u7i8o9p0", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "01234567890123456789",
)  # fmt: skip
_SHORTEST_CHUNK = 4
_LONGEST_CHUNK = 40
_MOST_CHUNKS = 2


@cache
def common_passwords() -> frozenset[str]:
    """All of the list, as it is and without signs."""
    packed = (files("fablabmesh.accounts") / "data" / _LIST).read_bytes()
    words = gzip.decompress(packed).decode().split()
    return frozenset(words) | {plain for word in words if len(plain := _OTHERS.sub("", word)) >= _SHORTEST_CHUNK}


def is_common(password: str) -> bool:
    """Is it one of the list, or two of them at most put side by side, with digits and signs around?"""
    folded = fold(password)
    if folded in common_passwords():
        return True
    # What digits stand for letters inside a word, and what are digits behind it?
    for plain in {folded, folded.translate(_SWAPPED), folded.strip(_AROUND).translate(_SWAPPED)}:
        text = _OTHERS.sub("", plain)
        if _is_repeated(text) or _covers(text) <= _MOST_CHUNKS:
            return True
    return False


def _is_repeated(text: str) -> bool:
    """« abcabcabcabc »: short of anything, again and again."""
    return len(text) > 1 and (text + text).find(text, 1) <= len(text) // 2


def _covers(text: str) -> int:
    """The fewest entries of the list, or walks along keys, that make up this text; more than enough when none do.

    Digits between and around them cost nothing.
    """
    best = [0, *[_MOST_CHUNKS + 1] * len(text)]
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - _LONGEST_CHUNK), end):
            piece = text[start:end]
            if piece.isdecimal():
                best[end] = min(best[end], best[start])
            elif best[start] < _MOST_CHUNKS and _is_chunk(piece):
                best[end] = min(best[end], best[start] + 1)
    return best[-1]


def _is_chunk(piece: str) -> bool:
    if len(piece) < _SHORTEST_CHUNK:
        return len(set(piece)) == 1 and len(piece) > 1
    if piece in common_passwords() or len(set(piece)) == 1:
        return True
    return any(piece in walk or piece in walk[::-1] for walk in _WALKS)
