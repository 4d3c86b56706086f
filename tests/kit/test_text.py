"""Slugs, folding and cleaning."""

import pytest

from fablabmesh.kit.text import (
    clean_block,
    clean_line,
    fold,
    free_slug,
    search_words,
    slugify,
    word_pattern,
    word_patterns,
)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Fablab Rennes Métropole", "fablab-rennes-metropole"),
        ("L’Œuvre d’Été n° 2", "l-oeuvre-d-ete-n-2"),
        ("Carrefour numérique²", "carrefour-numerique2"),
        ("!!!", "sans-nom"),
        ("", "sans-nom"),
        ("mot " * 40, "mot-mot-mot-mot-mot-mot-mot-mot-mot-mot-mot-mot-mot-mot-mot"),
        ("a" * 200, "a" * 60),
    ],
)
def test_a_slug_is_plain_short_and_never_empty(text, slug):
    assert slugify(text) == slug


def test_a_slug_already_taken_gets_a_number():
    taken = {"lab", "lab-2"}

    assert free_slug("Lab", taken.__contains__) == "lab-3"


def test_folding_forgets_capitals_accents_and_kinds_of_apostrophe():
    assert fold("L’ÉTÉ") == fold("l'été") == "l'ete"


def test_a_line_has_no_control_character_and_keeps_french_spaces():
    assert clean_line(" Bonjour\u202f!\r\nSuite\x00\tfin ") == "Bonjour\u202f! Suite fin"


def test_a_block_keeps_its_lines():
    assert clean_block("un\r\ndeux\x07\rtrois\n") == "un\ndeux\ntrois"


@pytest.mark.parametrize("text", ["Robot 👩\u200d🔧 et 👨\u200d👩\u200d👧", "می\u200cخواهم"])
def test_what_joins_two_characters_is_kept(text):
    assert clean_line(text) == text


@pytest.mark.parametrize("hidden", ["\u200d", "\u200c", "\u200d\u200c", " \u200d ", "\u200b", "\u202e"])
def test_what_only_hides_is_dropped(hidden):
    assert (clean_line(hidden), clean_line(f"{hidden}a{hidden}"), clean_line(f"a {hidden}b")) == ("", "a", "a b")


def test_what_is_no_character_is_dropped():
    none = "\ufffe\uffff\ufdd0\ufdef\U0001ffff\U0010fffe"

    assert (clean_line(f"a{none}b"), clean_block(f"a{none}\nb")) == ("ab", "a\nb")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("St-Étienne", ["saint", "etienne"]),
        ("Ste Foy", ["sainte", "foy"]),
        ("FabLab L’Œuvre_3D", ["fab", "lab", "l", "oeuvre", "3d"]),
        ("  %% !! ", []),
    ],
)
def test_words_to_search_are_folded_and_written_in_one_way(text, words):
    assert search_words(text) == words


def test_a_short_word_is_looked_for_where_words_begin_and_nothing_in_it_is_a_joker():
    assert [word_pattern(word) for word in ("3d", "laser", "a_b%\\")] == ["% 3d%", "%laser%", "%a\\_b\\%\\\\%"]


def test_a_plural_is_looked_for_as_a_singular_too_and_that_as_a_whole_word():
    assert word_patterns("imprimantes") == ["%imprimantes%", "% imprimante %", "% imprimante"]
    assert word_patterns("laser") == ["%laser%"]
    assert word_patterns("gps") == ["%gps%"]
