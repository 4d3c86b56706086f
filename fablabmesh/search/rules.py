"""What is found first, how a mistyped word is put right, and how much is looked at. Pure.

Places come in this order: the very name; a name that begins so; a name in which each word begins a word, and the very
commune; a name that holds the words somewhere; the words in name, commune and postcode together; in those of machines,
services, labels and former addresses as well; and last in the description. Where that says nothing, places that are
open come before those that closed, those that a call chose before others, real ones before invented ones, labs and
poles before EPNs, short names before long ones. Little being found, each word that is nowhere is replaced by the
nearest one that is somewhere.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fablabmesh.kit.text import search_words
from fablabmesh.zones.rules import spell_arrondissements

LONGEST = 100
MOST_WORDS = 8
# So many of what fits are looked at: enough to put the best first, few enough to take no longer with many places.
MOST_CANDIDATES = 300
SHORTEST_MENDED = 4


class Level(enum.IntEnum):
    """How well something fits, the best first."""

    NAME = 0
    BEGINNING = 1
    WORDS = 2
    INSIDE = 3
    TOGETHER = 4
    BESIDE = 5
    DESCRIPTION = 6


@dataclass(frozen=True)
class Candidate:
    """Something that fits in some way. `floor`: the best it can be for where its words were found."""

    id: int
    name: str
    floor: Level
    is_closed: bool = False
    is_chosen: bool = False
    is_demo: bool = False
    commune: str = ""
    is_epn: bool = False


def read_words(text: str) -> list[str]:
    """The words of a question, so many at most."""
    return search_words(spell_arrondissements(text[:LONGEST]))[:MOST_WORDS]


def level_of(name: str, words: Sequence[str], floor: Level = Level.TOGETHER) -> Level:
    """How well a name fits the words of a question, at least as well as the floor says."""
    named = search_words(name)
    if named == list(words):
        return Level.NAME
    if " ".join(named).startswith(" ".join(words)):
        return Level.BEGINNING
    if all(any(each.startswith(word) for each in named) for word in words):
        return Level.WORDS
    whole = " ".join(named)
    return Level.INSIDE if all(word in whole for word in words) else floor


def put_in_order(candidates: Iterable[Candidate], words: Sequence[str]) -> list[tuple[Level, int]]:
    """(how well, id), the best first, each id once."""
    best: dict[int, tuple[Level, tuple[object, ...]]] = {}
    for each in candidates:
        level = level_of(each.name, words, each.floor) if each.floor < Level.DESCRIPTION else each.floor
        if level > Level.WORDS and search_words(each.commune) == list(words):
            level = Level.WORDS
        last = (each.is_closed, not each.is_chosen, each.is_demo, each.is_epn, len(each.name), each.name, each.id)
        if each.id not in best or level < best[each.id][0]:
            best[each.id] = (level, last)
    return [(best[place_id][0], place_id) for place_id in sorted(best, key=best.__getitem__)]


# --- mistyped words ----------------------------------------------------------------------------------------------


def nearest(typed: str, known: Iterable[tuple[str, str]], *, is_last: bool) -> str | None:
    """What was meant, of (word, what it is looked for as): the fewest letters apart; None when all are too far.

    Of equals the one with the same first letter, which is seldom mistyped, then the first. `is_last`: the word may not
    be ended yet.
    """
    allowed = 0 if len(typed) < SHORTEST_MENDED else 1 if len(typed) < 6 else 2 if len(typed) < 10 else 3
    found = []
    for place, (word, spelled) in enumerate(known):
        whole, begun = distances(typed, word)
        # A beginning is worth a letter less than a word: « renes » is Rennes before it is Renescure.
        apart = min(whole, begun + 1) if is_last else whole
        if apart <= allowed:
            found.append((apart, word[:1] != typed[:1], place, spelled))
    return min(found)[-1] if found else None


def distances(typed: str, word: str) -> tuple[int, int]:
    """Letters to change, add, leave out or swap with the next, to come to the word; and to the nearest beginning of it.

    Optimal string alignment, a row at a time.
    """
    before: list[int] = []
    row = list(range(len(word) + 1))
    for i, letter in enumerate(typed, 1):
        last, row, before = before, [i], row
        for j, other in enumerate(word, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == word[j - 2] and typed[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1], min(row)
