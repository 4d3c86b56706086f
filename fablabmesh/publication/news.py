"""An event as news tell of it: what it is, when it is next, whether it was called off. Pure; kit.news writes it."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from fablabmesh.events.rules import EventStatus, OnlineAccess
from fablabmesh.events.wording import when
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language_name
from fablabmesh.kit.markdown import render_markdown
from fablabmesh.kit.news import LANGUAGE, Item
from fablabmesh.publication.entries import practical_lines, whereabouts


def to_item(event: Any, dates: Sequence[Any], *, address: str, place_address: str) -> Item:
    """An event with its place, venue, partners and changes; `dates`: the next of them."""
    off = event.status is EventStatus.CANCELLED or event.deleted_at is not None
    return Item(
        uid=event.uid,
        title=_("Annulé : %(title)s", title=event.title) if off else event.title,
        url=address,
        html=str(_tell(event, dates, off)),
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
    if event.deleted_at is not None:
        # Its words may be why it was deleted.
        return Markup("\n").join([*parts, _paragraph(when(event))])
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
