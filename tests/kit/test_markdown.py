"""Descriptions: marked up, never dangerous."""

import re

import pytest

from fablabmesh.kit.markdown import render_markdown


def test_usual_marks_become_html():
    html = render_markdown("# Titre\n\n**gras** et [lien](https://exemple.test)\n\n- un\n- deux")

    assert html == (
        '<h3>Titre</h3>\n<p><strong>gras</strong> et <a href="https://exemple.test" rel="noopener noreferrer">lien</a>'
        "</p>\n<ul>\n<li>un</li>\n<li>deux</li>\n</ul>\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://mal.test/pixel.png)",
        '<img src=x onerror="alert(1)">',
        '<a href="data:text/html,x" style="color:red">x</a>',
        "<svg><script>alert(1)</script></svg>",
    ],
)
def test_hostile_text_stays_text(text):
    html = render_markdown(text)

    tags = set(re.findall(r"<(\w+)", html))
    assert tags <= {"p"}


def test_titles_never_outrank_the_pages_own():
    assert render_markdown("## Deux\n\n### Trois") == "<h4>Deux</h4>\n<h5>Trois</h5>\n"
