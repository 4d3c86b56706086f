"""Sitemaps (https://www.sitemaps.org/protocol.html), written a piece at a time. Pure.

Each page stands once for each language, with the others beside it, as search engines ask.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from fablabmesh.kit.i18n import LANGUAGES, root_of

# A file holds 50,000 addresses at most, and each page has one in each language.
PER_FILE = 20_000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_XHTML = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'


@dataclass(frozen=True)
class Entry:
    """A page by its French path, and when it changed last."""

    path: str
    changed_at: datetime | None = None


def render_pages(base: str, entries: Iterable[Entry]) -> Iterator[str]:
    """A file of pages, a page a piece. `base`: scheme and host."""
    yield f"{_HEAD}<urlset {_SITEMAP} {_XHTML}>\n"
    for entry in entries:
        addresses = {code: f"{base}{root_of(code)}{entry.path}" for code in LANGUAGES}
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{code}" href={quoteattr(address)}/>'
            for code, address in [*addresses.items(), ("x-default", base + entry.path)]
        )
        changed = _changed(entry.changed_at)
        yield "".join(f"<url><loc>{escape(address)}</loc>{changed}{others}</url>\n" for address in addresses.values())
    yield "</urlset>\n"


def render_index(base: str, files: Iterable[Entry]) -> str:
    """The file that names the other files."""
    lines = "".join(
        f"<sitemap><loc>{escape(base + file.path)}</loc>{_changed(file.changed_at)}</sitemap>\n" for file in files
    )
    return f"{_HEAD}<sitemapindex {_SITEMAP}>\n{lines}</sitemapindex>\n"


def _changed(at: datetime | None) -> str:
    return f"<lastmod>{at.astimezone(UTC).isoformat(timespec='seconds')}</lastmod>" if at else ""
