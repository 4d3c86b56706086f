"""Plain text: slugs, folding for comparison, cleaning of what people type."""

import re
import unicodedata
from collections.abc import Callable

_NOT_WORD = re.compile(r"[^a-z0-9]+")
# What Unicode promises never to name, and XML cannot hold (U+FFFE and U+FFFF of each plane).
_PLANE_ENDS = "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
_NO_CHARACTER = re.compile(f"[\\ufdd0-\\ufdef{_PLANE_ENDS}]")
# Between two characters they make one picture of several, and spell Persian; elsewhere they only hide.
_JOINERS = "\u200c\u200d"
_LONE_JOINER = re.compile(r"(?<![^\s\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?![^\s\u200c\u200d])")
_NO_WORD = re.compile(r"[\W_]+")
# What is written in two ways, and as it is kept to be found: see fold_words in the migrations.
_MEANT = {"st": "saint", "ste": "sainte", "fablab": "fab lab", "fablabs": "fab labs"}
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "²": "2", "³": "3"})


def fold(text: str) -> str:
    """Lower case, no accents, ligatures undone: « Œuvre d’Été » → « oeuvre d'ete »."""
    text = text.translate(_LIGATURES).replace("’", "'")
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


def search_words(text: str) -> list[str]:
    """The words that a text is searched by: « St-Étienne » → saint, etienne; « FabLab » → fab, lab."""
    words = _NO_WORD.sub(" ", fold(text)).split()
    return [part for word in words for part in _MEANT.get(word, word).split()]


def word_pattern(word: str) -> str:
    """For LIKE, in a text that begins with a space: the word anywhere; a short one only where a word begins.

    Nothing else could be found by trigrams in one or two letters.
    """
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"% {escaped}%" if len(word) < 3 else f"%{escaped}%"


def word_patterns(word: str) -> list[str]:
    """The same, and the singular of what ends as a plural does, as a whole word."""
    ends = len(word) > 3 and word.isalpha() and word[-1] in "sx"
    return [word_pattern(word), *([f"% {word[:-1]} %", f"% {word[:-1]}"] if ends else [])]


def slugify(text: str, longest: int = 60) -> str:
    """Folded words joined by hyphens, cut at a word; never empty."""
    words = _NOT_WORD.sub("-", fold(text)).strip("-")
    if len(words) > longest:
        words = words[: longest + 1].rsplit("-", 1)[0][:longest]
    return words or "sans-nom"


def free_slug(text: str, is_taken: Callable[[str], bool]) -> str:
    """A slug for `text` that nobody has yet: the plain one, else with -2, -3… Few questions, however many are taken."""
    base = slugify(text)
    if not is_taken(base):
        return base
    taken, free = 1, 2
    while is_taken(f"{base}-{free}"):
        taken, free = free, 2 * free
    while free - taken > 1:
        middle = (taken + free) // 2
        taken, free = (middle, free) if is_taken(f"{base}-{middle}") else (taken, middle)
    return f"{base}-{free}"


def clean_line(text: str) -> str:
    """One line: control characters and runs of blanks become one space; no-break spaces are kept."""
    visible = "".join(_in_line(char) for char in _LONE_JOINER.sub(" ", _NO_CHARACTER.sub("", text)))
    return re.sub(r"[ \t]+", " ", visible).strip()


def _in_line(char: str) -> str:
    return " " if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") and char not in _JOINERS else char


def clean_block(text: str) -> str:
    """Several lines: ends of line made plain, other control characters dropped."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (char for char in _NO_CHARACTER.sub("", unified) if char in "\n\t" or unicodedata.category(char) != "Cc")
    return "".join(kept).strip()
