"""What comes first, and which word was meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fablabmesh.search.rules import MOST_WORDS, Candidate, Level, distances, level_of, nearest, put_in_order, read_words


@pytest.mark.parametrize(
    ("name", "text", "level"),
    [
        ("Atelier", "ATELIER", Level.NAME),
        ("Fab Lab Saint-Étienne", "fablab st etienne", Level.NAME),
        ("Atelier des Essais", "atelier d", Level.BEGINNING),
        ("Le Petit Atelier", "atel pet", Level.WORDS),
        ("Latelier", "atelier", Level.INSIDE),
        ("Zoomacom", "saint etienne", Level.TOGETHER),
    ],
)
def test_a_name_fits_the_better_the_more_of_it_was_typed(name, text, level):
    assert level_of(name, read_words(text)) == level


def test_each_place_comes_once_in_the_order_of_how_well_it_fits():
    candidates = [
        Candidate(1, "Médiathèque", Level.BESIDE),
        Candidate(2, "Un atelier", Level.TOGETHER),
        Candidate(3, "Atelier", Level.TOGETHER),
        Candidate(4, "Atelier libre", Level.TOGETHER),
        Candidate(2, "Un atelier", Level.BESIDE),
        Candidate(5, "Décrit", Level.DESCRIPTION),
        Candidate(6, "Chez Ada", Level.TOGETHER, commune="Atelier"),
    ]

    assert [place_id for _level, place_id in put_in_order(candidates, ["atelier"])] == [3, 4, 6, 2, 1, 5]


def test_of_equals_open_ones_come_first_then_chosen_ones_then_real_ones_then_labs_then_short_names():
    candidates = [
        Candidate(1, "Atelier A", Level.TOGETHER, is_demo=True),
        Candidate(2, "Atelier B", Level.TOGETHER, is_closed=True, is_chosen=True),
        Candidate(3, "Atelier du Centre", Level.TOGETHER),
        Candidate(4, "Atelier C", Level.TOGETHER),
        Candidate(5, "Atelier de la Ville", Level.TOGETHER, is_chosen=True),
        Candidate(6, "Atelier", Level.BESIDE, is_epn=True),
        Candidate(7, "Atelier X", Level.TOGETHER, is_epn=True),
    ]

    assert [place_id for _level, place_id in put_in_order(candidates, ["atelier"])] == [6, 5, 4, 3, 7, 1, 2]


@pytest.mark.parametrize(
    ("typed", "word", "apart"),
    [("imprimente", "imprimante", 1), ("lasre", "laser", 1), ("renes", "rennes", 1), ("a", "bcd", 3), ("", "ab", 2)],
)
def test_letters_are_changed_added_left_out_or_swapped(typed, word, apart):
    assert distances(typed, word)[0] == apart


def test_a_word_not_ended_yet_is_as_near_as_its_beginning():
    assert distances("decuo", "decoupeuse") == (6, 1)
    assert nearest("decuope", [("decoupeuse", "decoupeuse")], is_last=True) == "decoupeuse"
    assert nearest("decuope", [("decoupeuse", "decoupeuse")], is_last=False) is None


def test_a_whole_word_is_nearer_than_a_beginning():
    assert nearest("renes", [("renescure", "renescure"), ("rennes", "rennes")], is_last=False) == "rennes"


def test_of_words_as_near_the_one_with_the_same_first_letter_was_meant():
    assert nearest("renes", [("genes", "genes"), ("rennes", "rennes")], is_last=True) == "rennes"


def test_a_word_too_far_or_too_short_is_left_as_it_is():
    assert nearest("brest", [("rennes", "rennes")], is_last=True) is None
    assert nearest("art", [("arts", "arts")], is_last=False) is None


@given(st.text(alphabet="abc", max_size=8), st.text(alphabet="abc", max_size=8))
def test_distances_are_those_of_two_texts_whichever_comes_first(one, other):
    assert distances(one, other)[0] == distances(other, one)[0]
    assert (distances(one, other)[0] == 0) == (one == other)


@given(st.text())
def test_any_text_has_few_words(text):
    words = read_words(text)

    assert len(words) <= MOST_WORDS
    assert all(words)
