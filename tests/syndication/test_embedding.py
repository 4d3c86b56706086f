"""What a frame on another site looks like, and the line that shows it."""

import pytest

from fablabmesh.syndication.embedding import Look, Theme, frame_line, read_look, script_line


@pytest.mark.parametrize(
    ("args", "look"),
    [
        ({}, Look()),
        ({"max": "5", "theme": "sombre"}, Look(5, Theme.DARK)),
        ({"max": "0", "theme": "clair"}, Look(1, Theme.LIGHT)),
        ({"max": "9999", "theme": "rose"}, Look()),
        ({"max": "60"}, Look(50)),
        ({"max": "-3"}, Look()),
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
