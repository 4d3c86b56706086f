"""News for those who follow a page by a reader of feeds: Atom, RSS 2.0 and JSON Feed. Pure.

Stamps are those of what is told: what has not changed is written byte for byte the same.
"""

import json
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import NamedTuple
from xml.etree import ElementTree as ET

LANGUAGE = "fr"
# Of a channel that never told anything.
_NEVER = datetime(2026, 1, 1, tzinfo=UTC)
_ATOM = "http://www.w3.org/2005/Atom"
_DUBLIN = "http://purl.org/dc/elements/1.1/"
# What XML 1.0 cannot hold, escaped or not.
_UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Channel:
    """What is followed: its name, what it is, the page that shows the same, its own address, that of its calendar."""

    name: str
    description: str
    page: str
    source: str
    calendar: str


@dataclass(frozen=True)
class Item:
    """One thing that is told, as it is now. `html`: clean; `uid`: its name for ever."""

    uid: str
    title: str
    url: str
    html: str
    published: datetime
    updated: datetime
    author: str
    author_url: str
    tags: tuple[str, ...]
    language: str

    @property
    def id(self) -> str:
        """The same wherever the site stands and whatever becomes of it."""
        try:
            return uuid.UUID(self.uid).urn
        except ValueError:
            return uuid.uuid5(uuid.NAMESPACE_URL, f"uid:{self.uid}").urn


def changed_at(items: Iterable[Item]) -> datetime:
    """When the newest of them changed."""
    return max((item.updated for item in items), default=_NEVER)


# --- three ways of writing the same ------------------------------------------------------------------------------


def render_atom(channel: Channel, items: Sequence[Item]) -> bytes:
    """RFC 4287."""
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": LANGUAGE})
    _add(feed, "id", channel.source)
    _add(feed, "title", channel.name)
    _add(feed, "updated", _rfc3339(changed_at(items)))
    _add(feed, "link", rel="self", type="application/atom+xml", href=channel.source)
    _add(feed, "link", rel="alternate", type="text/html", href=channel.page)
    _add(feed, "link", rel="alternate", type="text/calendar", href=channel.calendar)
    _add(feed, "generator", "Fab Lab Mesh")
    for item in items:
        entry = _add(feed, "entry")
        _add(entry, "id", item.id)
        _add(entry, "title", item.title)
        _add(entry, "link", rel="alternate", type="text/html", href=item.url)
        _add(entry, "published", _rfc3339(item.published))
        _add(entry, "updated", _rfc3339(item.updated))
        author = _add(entry, "author")
        _add(author, "name", item.author)
        _add(author, "uri", item.author_url)
        for tag in item.tags:
            _add(entry, "category", term=tag)
        _add(entry, "content", item.html, type="html")
    return _write(feed)


def render_rss(channel: Channel, items: Sequence[Item]) -> bytes:
    """RSS 2.0, with the names of authors by Dublin Core: its own element asks for a mail address."""
    rss = ET.Element("rss", {"version": "2.0", "xmlns:atom": _ATOM, "xmlns:dc": _DUBLIN})
    told = _add(rss, "channel")
    _add(told, "title", channel.name)
    _add(told, "link", channel.page)
    _add(told, "description", channel.description)
    _add(told, "language", LANGUAGE)
    _add(told, "lastBuildDate", format_datetime(changed_at(items).astimezone(UTC), usegmt=True))
    _add(told, "ttl", "60")
    _add(told, "atom:link", rel="self", type="application/rss+xml", href=channel.source)
    for item in items:
        entry = _add(told, "item")
        _add(entry, "title", item.title)
        _add(entry, "link", item.url)
        _add(entry, "guid", item.id, isPermaLink="false")
        _add(entry, "pubDate", format_datetime(item.published.astimezone(UTC), usegmt=True))
        _add(entry, "atom:updated", _rfc3339(item.updated))
        _add(entry, "dc:creator", item.author)
        for tag in item.tags:
            _add(entry, "category", tag)
        _add(entry, "description", item.html)
    return _write(rss)


def render_json(channel: Channel, items: Sequence[Item]) -> bytes:
    """JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.name,
        "home_page_url": channel.page,
        "feed_url": channel.source,
        "language": LANGUAGE,
        "items": [
            {
                "id": item.id,
                "url": item.url,
                "title": item.title,
                "content_html": _clean(item.html),
                "date_published": _rfc3339(item.published),
                "date_modified": _rfc3339(item.updated),
                "authors": [{"name": item.author, "url": item.author_url}],
                "tags": list(item.tags),
                "language": item.language,
            }
            for item in items
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode() + b"\n"


class Format(NamedTuple):
    """How it is named to those who read it, and how it is written."""

    media_type: str
    render: Callable[[Channel, Sequence[Item]], bytes]


FORMATS = {
    "atom": Format("application/atom+xml; charset=utf-8", render_atom),
    "rss": Format("application/rss+xml; charset=utf-8", render_rss),
    "json": Format("application/feed+json; charset=utf-8", render_json),
}


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, name, {key: _clean(value) for key, value in attributes.items()})
    child.text = _clean(text) or None
    return child


def _write(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    return bytes(ET.tostring(root, "utf-8", xml_declaration=True)) + b"\n"


def _rfc3339(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("", text)
