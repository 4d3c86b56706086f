"""News of a pole for programs: as feeds tell them, and in the words of schema.org. Pure."""

from typing import Any

from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.markdown import render_markdown
from fablabmesh.kit.news import LANGUAGE, Item


def author_of(zone: Any) -> str:
    """Who tells the news of a zone."""
    return _("Pôle de la zone %(name)s", name=zone.name)


def to_item(news: Any, *, address: str, zone_address: str) -> Item:
    """Published news for those who follow them. What is invented says so."""
    title = _("%(title)s (exemple inventé)", title=news.title) if news.is_demo else news.title
    return Item(
        uid=f"pole-news-{news.id}",
        title=title,
        url=address,
        html=str(render_markdown(news.text)),
        published=news.published_at,
        updated=news.changed_at,
        author=author_of(news.zone),
        author_url=zone_address,
        tags=(),
        language=LANGUAGE,
    )


def to_linked_data(news: Any, *, address: str, zone_address: str) -> dict[str, Any]:
    """https://schema.org/NewsArticle"""
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": address,
        "url": address,
        "headline": news.title,
        "datePublished": news.published_at.isoformat(),
        "dateModified": news.changed_at.isoformat(),
        "author": {"@type": "Organization", "name": author_of(news.zone), "url": zone_address},
        "about": {"@id": zone_address},
    }
