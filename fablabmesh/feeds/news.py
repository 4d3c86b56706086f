"""What is announced or has changed, for those who follow an agenda without a calendar: Atom, RSS and JSON Feed. Pure.

Stamps are those of the rows: what has not changed is written byte for byte the same.
"""

import json
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from markupsafe import Markup, escape

from fablabmesh.events.rules import EventStatus, OnlineAccess
from fablabmesh.events.wording import when
from fablabmesh.feeds.answers import Header, Kept
from fablabmesh.feeds.composition import CACHING
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language_name
from fablabmesh.kit.markdown import render_markdown
from fablabmesh.kit.splice import deflate_chunk, gzip_of
from fablabmesh.publication.entries import practical_lines, whereabouts

LANGUAGE = "fr"
MOST_ITEMS = 50
MOST_DATES = 3
# Of a channel that never told anything.
_NEVER = datetime(2026, 1, 1, tzinfo=UTC)
_ATOM = "http://www.w3.org/2005/Atom"
_DUBLIN = "http://purl.org/dc/elements/1.1/"
# What XML 1.0 cannot hold, escaped or not.
_UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Channel:
    """What is followed: its name, the page that shows the same, its own address, that of its calendar."""

    name: str
    page: str
    source: str
    calendar: str


@dataclass(frozen=True)
class Item:
    """One event, as it is now. `html`: clean."""

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
        """The same wherever the site stands and whatever becomes of the event."""
        try:
            return uuid.UUID(self.uid).urn
        except ValueError:
            return uuid.uuid5(uuid.NAMESPACE_URL, f"uid:{self.uid}").urn


def to_item(event: Any, dates: Sequence[Any], *, address: str, place_address: str) -> Item:
    """An event with its place, venue, partners and changes; `dates`: the next of them."""
    off = event.status is EventStatus.CANCELLED or event.deleted_at is not None
    return Item(
        uid=event.uid,
        title=_("Annulé : %(title)s", title=event.title) if off else event.title,
        url=address,
        html=_clean(str(_tell(event, dates, off))),
        published=event.published_at or event.created_at,
        updated=max([event.changed_at, *(change.changed_at for change in event.changes)]),
        author=", ".join(place.name for place in (event.place, *event.partners)),
        author_url=place_address,
        tags=tuple(dict.fromkeys([event.category.label, *event.tags])),
        language=event.language,
    )


def _tell(event: Any, dates: Sequence[Any], off: bool) -> Markup:
    parts: list[Markup] = []
    if off:
        reason = event.cancel_reason
        told = _("Annulé : %(reason)s", reason=reason) if reason else _("Annulé")
        parts.append(Markup("<p><strong>{}</strong></p>").format(told))
    if event.place.is_demo:
        parts.append(_paragraph(_("Exemple inventé : cet événement fait partie de la démonstration.")))
    parts += [_tell_dates(event, dates), _paragraph(_where(event)), render_markdown(event.description)]
    if event.language != LANGUAGE:
        parts.append(_paragraph(_("Langue : %(language)s", language=language_name(event.language))))
    parts += map(_paragraph, practical_lines(event))
    if event.online_access is OnlineAccess.PUBLIC and event.online_url:
        link = Markup('<p><a href="{}">{}</a></p>')
        parts.append(link.format(event.online_url, _("Participer en ligne")))
    return Markup("\n").join(part for part in parts if part)


def _tell_dates(event: Any, dates: Sequence[Any]) -> Markup:
    if not event.is_recurring or not dates:
        return _paragraph(when(event))
    lines = []
    for date in dates:
        off = date.is_cancelled and event.status is not EventStatus.CANCELLED
        line = Markup("<s>{}</s> ({})").format(when(date), _("annulé")) if off else escape(when(date))
        lines.append(Markup("<li>{}</li>").format(line))
    return Markup("<p>{}</p>\n<ul>{}</ul>").format(_("Prochaines dates :"), Markup().join(lines))


def _where(event: Any) -> str:
    return event.venue_text if event.venue_text and event.venue is None else whereabouts(event.venue or event.place)


def _paragraph(text: str) -> Markup:
    return Markup("<p>{}</p>").format(text)


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("", text)


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
    _add(told, "description", _("Ce qui est annoncé ou qui change : %(name)s", name=channel.name))
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
                "content_html": item.html,
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


def keep(channel: Channel, items: Sequence[Item], ending: str, headers: Sequence[Header]) -> Kept:
    """Ready to be sent, as calendars are."""
    body = FORMATS[ending].render(channel, items)
    own = [
        ("Content-Type", FORMATS[ending].media_type),
        ("Cache-Control", CACHING),
        ("Last-Modified", format_datetime(changed_at(items).astimezone(UTC), usegmt=True)),
    ]
    return Kept(sha256(body).hexdigest()[:32], gzip_of([deflate_chunk(body)]), len(body), [*own, *headers])


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, name, {key: _clean(value) for key, value in attributes.items()})
    child.text = _clean(text) or None
    return child


def _write(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    return bytes(ET.tostring(root, "utf-8", xml_declaration=True)) + b"\n"


def _rfc3339(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
