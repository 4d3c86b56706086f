"""An event as calendars see it: the series, and an entry for each date that differs. Pure; the bytes are kit.ical's."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fablabmesh.events.dates import list_starts
from fablabmesh.events.rules import EventStatus, OnlineAccess, where_of
from fablabmesh.events.wording import price
from fablabmesh.kit.clock_changes import tell_changes
from fablabmesh.kit.entries import Entry
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.text import fold

# The language of the calendars: a title in another one says so.
FEED_LANGUAGE = "fr"


def to_entries(event: Any, address: str, image: str = "") -> list[Entry]:
    """An event with its place, venue, partners and changes loaded. `address`: its page; `image`: that of its image.

    What is deleted is told as cancelled: a calendar that only lost an event would go on showing it. Of its words only
    the title is told still: the others may be why it was deleted, and its page is gone.
    """
    off = event.status is EventStatus.CANCELLED or event.deleted_at is not None
    entries = [_series(event, address, image, off)]
    if not event.is_recurring:
        return entries
    entries += [_change(event, change, address, image, off) for change in event.changes]
    return tell_changes(entries, lambda since, until: list_starts(event, since=since, until=until))


def _series(event: Any, address: str, image: str, off: bool) -> Entry:
    return Entry(
        start=_moment(event, event.starts_local),
        end=_moment(event, event.ends_local),
        title=event.title,
        revision=event.sequence,
        changed_at=event.changed_at,
        cancelled=off,
        description=_description(event, event.description, event.cancel_reason if off else "", off, address),
        rrule=event.rrule,
        rdates=tuple(_moment(event, wall) for wall in event.rdates),
        exdates=tuple(_moment(event, wall) for wall in event.exdates),
        **_where(event, None),
        **_shared(event, address, image),
    )


def _change(event: Any, change: Any, address: str, image: str, off: bool) -> Entry:
    cancelled = off or change.is_cancelled
    reason = change.cancel_reason if change.is_cancelled else event.cancel_reason
    return Entry(
        recurrence_id=_moment(event, change.recurrence_local),
        start=_moment(event, change.starts_local),
        end=_moment(event, change.ends_local),
        title=change.title or event.title,
        revision=event.sequence + change.sequence,
        changed_at=max(event.changed_at, change.changed_at),
        cancelled=cancelled,
        description=_description(
            event, change.description or event.description, reason if cancelled else "", cancelled, address
        ),
        **_where(event, change),
        **_shared(event, address, image),
    )


def _moment(event: Any, wall: datetime) -> datetime | date:
    return wall.date() if event.is_all_day else wall.replace(tzinfo=ZoneInfo(event.timezone))


def _shared(event: Any, address: str, image: str) -> dict[str, Any]:
    """What the series and its changes have in common."""
    names = [event.place.name, *(partner.name for partner in event.partners)]
    is_public = event.online_access is OnlineAccess.PUBLIC
    told = {
        "uid": event.uid,
        "created_at": event.created_at,
        "contact": ", ".join(names),
        "categories": (event.category.label,),
        "language": "" if event.language == FEED_LANGUAGE else event.language,
    }
    if event.deleted_at is not None:
        return told
    return told | {
        "url": address,
        "tags": tuple(event.tags),
        "image": image,
        "image_label": event.image_text if image else "",
        "conference": event.online_url if is_public else "",
        "conference_label": _("Participer en ligne") if is_public and event.online_url else "",
    }


def _where(event: Any, change: Any) -> dict[str, Any]:
    where = where_of(event, change)
    place = where.text if where.place is None else whereabouts(where.place)
    return {"place": place, "latitude": where.latitude, "longitude": where.longitude}


def to_search_text(event: Any) -> str:
    """All that free text finds an event by, folded: its words, those of its changed dates, its places and partners."""
    places = [event.place, *event.partners, *filter(None, [event.venue])]
    words = [event.title, event.description, *event.tags, event.venue_text, event.audience]
    words += [word for place in places for word in (place.name, place.commune)]
    words += [word for change in event.changes for word in (change.title, change.description, change.venue_text)]
    return " ".join(fold(" ".join(filter(None, words))).split())


def whereabouts(place: Any) -> str:
    """« LabFab, 19 rue Hoche, 35000 Rennes »."""
    town = " ".join(filter(None, (place.postcode, place.commune)))
    return ", ".join(filter(None, (place.name, place.address, town)))


def _description(event: Any, text: str, reason: str, off: bool, address: str) -> str:
    """The address comes last in the text as well: several calendar programs show no URL property."""
    parts = []
    if off:
        parts.append(_("Annulé : %(reason)s", reason=reason) if reason else _("Annulé"))
    if event.place.is_demo:
        parts.append(_("Exemple inventé : cet événement fait partie de la démonstration."))
    if event.deleted_at is None:
        parts += [text, *practical_lines(event), address]
    return "\n\n".join(filter(None, parts))


def practical_lines(event: Any) -> list[str]:
    """What someone who comes must know, a sentence each; nothing for what is not said."""
    lines = []
    if event.audience:
        lines.append(_("Pour qui : %(audience)s", audience=event.audience))
    if price(event):
        lines.append(_("Prix : %(price)s", price=price(event)))
    if event.capacity:
        lines.append(_("Nombre de places : %(count)s", count=event.capacity))
    if event.accessibility:
        lines.append(_("Accessibilité : %(text)s", text=event.accessibility))
    if event.registration_url:
        lines.append(_("Inscription : %(address)s", address=event.registration_url))
    if event.contact:
        lines.append(_("Contact : %(contact)s", contact=event.contact))
    if event.online_access is OnlineAccess.ON_REQUEST:
        lines.append(_("En ligne aussi : le lien est envoyé aux personnes inscrites."))
    return lines
