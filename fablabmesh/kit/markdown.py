"""Markdown to safe HTML: markdown-it-py reads, nh3 cleans. Nothing else makes Markup of what people type."""

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_reader = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("strikethrough")
_TAGS = {
    "p",
    "br",
    "em",
    "strong",
    "s",
    "ul",
    "ol",
    "li",
    "a",
    "blockquote",
    "code",
    "pre",
    "h3",
    "h4",
    "h5",
    "hr",
}


def render_markdown(text: str) -> Markup:
    """Clean HTML of a description. Titles begin at h3: the page has its own h1 and h2. Images are not fetched."""
    html = _reader.render(text)
    for level in (3, 2, 1):
        html = html.replace(f"<h{level}>", f"<h{level + 2}>").replace(f"</h{level}>", f"</h{level + 2}>")
    clean = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto", "tel"})
    return Markup(clean)  # noqa: S704 - cleaned on the line above
