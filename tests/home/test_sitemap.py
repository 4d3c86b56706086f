"""Sitemaps are well formed, and each page stands in each language with the others beside it."""

from datetime import UTC, datetime
from xml.etree import ElementTree

from fablabmesh.home.sitemap import Entry, render_index, render_pages

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_a_page_stands_once_for_each_language():
    root = ElementTree.fromstring("".join(render_pages("https://x.test", [Entry("/lieux/a&b", AT), Entry("/")])))

    told = [
        (url.findtext("s:loc", namespaces=NAMES), url.findtext("s:lastmod", namespaces=NAMES))
        for url in root.findall("s:url", NAMES)
    ]
    others = [
        (link.get("hreflang"), link.get("href")) for link in root.findall("s:url", NAMES)[0].findall("x:link", NAMES)
    ]
    assert told == [
        ("https://x.test/lieux/a&b", "2026-03-02T09:00:00+00:00"),
        ("https://x.test/en/lieux/a&b", "2026-03-02T09:00:00+00:00"),
        ("https://x.test/", None),
        ("https://x.test/en/", None),
    ]
    assert others == [
        ("fr", "https://x.test/lieux/a&b"),
        ("en", "https://x.test/en/lieux/a&b"),
        ("x-default", "https://x.test/lieux/a&b"),
    ]


def test_the_index_names_the_files():
    root = ElementTree.fromstring(render_index("https://x.test", [Entry("/sitemap-lieux-0.xml", AT)]))

    told = [[part.text for part in each] for each in root]
    assert told == [["https://x.test/sitemap-lieux-0.xml", "2026-03-02T09:00:00+00:00"]]
