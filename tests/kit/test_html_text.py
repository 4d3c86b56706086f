"""HTML of strangers becomes words, emphasis, lists and links, and nothing that acts."""

import pytest

from fablabmesh.kit.html_text import html_to_markdown, looks_like_html, plain_to_markdown
from fablabmesh.kit.markdown import render_markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Un</p><p>Deux</p>", "Un\n\nDeux"),
        ("Un<br>Deux<br/>Trois", "Un  \nDeux  \nTrois"),
        ("<b>gras </b>puis <i> penché</i>", "**gras** puis  *penché*"),
        ("<b></b>rien", "rien"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("<a href='https://lab.test/?a=1&amp;b=2'>ici</a>", "[ici](<https://lab.test/?a=1&b=2>)"),
        ("<a href='https://lab.test'>https://lab.test</a>", "<https://lab.test>"),
        ("<a href='javascript:alert(1)'>ici</a>", "ici"),
        ("<a href='https://x.test/<b>'>ici</a>", "ici"),
        ("<script>alert(1)</script><style>p{}</style>reste", "reste"),
        ("<p>Sans fin <b>ni <a href='https://lab.test'>lien", "Sans fin **ni lien"),
        ("&lt;b&gt; &eacute;&nbsp;!", "<b> é !"),
        ("<<<p>>>", "<<\n\n>>"),
        ("", ""),
    ],
)
def test_html_becomes_markdown(html, markdown):
    assert html_to_markdown(html) == markdown


@pytest.mark.parametrize(
    ("text", "told"),
    [("<p>a", True), ("a<br>b", True), ("a < b > c", False), ("<prénom>", False), ("1<2", False), ("</div>", True)],
)
def test_html_is_told_from_text(text, told):
    assert looks_like_html(text) is told


def test_lines_of_plain_text_stay_lines_on_a_page():
    markdown = plain_to_markdown("Lundi\r\nMardi\n\n\n\n    Mercredi")

    assert markdown == "Lundi  \nMardi\n\nMercredi"
    assert "<br>" in render_markdown(markdown)


def test_what_is_nested_a_thousand_times_is_read():
    assert html_to_markdown("<div>" * 5000 + "a" + "</div>" * 5000) == "a"
