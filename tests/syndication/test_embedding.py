"""What a frame on another site looks like, and the line that shows it."""

import pytest

from fablabmesh.syndication.embedding import (
    Look,
    Theme,
    frame_line,
    join_zone,
    part_zone,
    read_look,
    script_line,
    sort_out,
)


@pytest.mark.parametrize(
    ("args", "look"),
    [
        ({}, Look()),
        ({"max": "5", "theme": "sombre"}, Look(5, Theme.DARK)),
        ({"max": "0", "theme": "clair"}, Look(1, Theme.LIGHT)),
        ({"max": "9999", "theme": "rose"}, Look()),
        ({"max": "60"}, Look(50)),
        ({"max": "-3"}, Look()),
        ({"hauteur": "600"}, Look(height=600)),
        ({"hauteur": "1"}, Look(height=240)),
        ({"hauteur": "99999"}, Look()),
        ({"hauteur": "5000"}, Look(height=1200)),
    ],
)
def test_a_frame_takes_what_there_is(args, look):
    assert read_look(args) == look


def test_an_address_says_only_what_is_not_usual():
    assert Look().to_pairs() == {"max": None, "theme": None}
    assert Look(5, Theme.DARK).to_pairs() == {"max": "5", "theme": "sombre"}


def test_the_line_is_whole_html_whatever_the_title_holds():
    line = frame_line("https://exemple.test/agenda/integrer?a=1&b=2", 'L’agenda « "Bois" <& co> »')

    assert line == (
        '<iframe src="https://exemple.test/agenda/integrer?a=1&amp;b=2" '
        'title="L’agenda « &#34;Bois&#34; &lt;&amp; co&gt; »" '
        'width="100%" height="600" style="border:0" loading="lazy"></iframe>'
    )
    assert script_line("https://exemple.test/x.js") == '<script src="https://exemple.test/x.js" async></script>'


def test_a_map_has_the_height_that_it_is_given():
    assert 'height="480"' in frame_line("https://exemple.test/integrer/carte", "Carte", 480)


def test_what_a_form_has_no_field_for_is_kept_and_sent_again():
    pairs = [("zone", "a"), ("zone", "b"), ("genre", "epn"), ("genre", "pole"), ("maj", "365")]

    shown, kept = sort_out(pairs, single=("zone", "q"), several=("genre",))

    assert shown == {"zone": ["a"], "q": [], "genre": ["epn", "pole"]}
    assert kept == [("zone", "b"), ("maj", "365")]


@pytest.mark.parametrize(
    ("pairs", "zone", "args"),
    [
        ([("zone", "ouest")], "fablab/ouest", {"programme": ["fablab"], "zone": ["ouest"]}),
        ([("programme", "epn"), ("zone", "ouest")], "epn/ouest", {"programme": ["epn"], "zone": ["ouest"]}),
        ([("programme", "aucun")], "aucun/", {"programme": ["aucun"], "zone": []}),
    ],
)
def test_a_zone_is_one_value_in_the_form_and_two_in_an_address(pairs, zone, args):
    assert join_zone([("q", "x"), *pairs]) == [("q", "x"), ("zone", zone)]
    assert part_zone({"q": ["x"], "zone": [zone]}) == {"q": ["x"], **args}


def test_no_zone_is_no_value():
    assert join_zone([("q", "x")]) == [("q", "x")]
    assert part_zone({"zone": ["ouest"], "programme": ["epn"]}) == {"zone": ["ouest"], "programme": ["epn"]}
