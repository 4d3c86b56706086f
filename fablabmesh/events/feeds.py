"""Events as calendars see them: titles of feeds, and how an event becomes an entry. The bytes are kit.ical's."""

from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from fablabmesh.events.rules import EventStatus
from fablabmesh.kit import ical
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language


def render_feed(name: str, events: Iterable[Any], *, address_of: Callable[[Any], str], page: str, source: str) -> bytes:
    """The calendar of some events. `page`: the same for people; `source`: where the feed itself stands."""
    entries = [to_entry(event, address_of(event)) for event in events]
    return ical.render_calendar(
        name,
        entries,
        description=_("Agenda publié par Fab Lab Mesh. Les événements annulés y restent, marqués comme tels."),
        url=page,
        source=source,
        language=language(),
    )


def to_entry(event: Any, address: str) -> ical.Entry:
    """An event with its place loaded."""
    zone = ZoneInfo(event.timezone)
    first, last = event.starts_local, event.ends_local
    place = event.place
    return ical.Entry(
        uid=event.uid,
        title=event.title,
        start=first.date() if event.is_all_day else first.replace(tzinfo=zone),
        end=last.date() if event.is_all_day else last.replace(tzinfo=zone),
        changed_at=event.changed_at,
        created_at=event.created_at,
        revision=event.sequence,
        cancelled=event.status is EventStatus.CANCELLED,
        description=_description(event, address),
        place=_whereabouts(place),
        latitude=place.latitude,
        longitude=place.longitude,
        url=address,
        contact=place.name,
        categories=(event.category.label,),
    )


def _description(event: Any, address: str) -> str:
    """The address comes last in the text as well: several calendar programs show no URL property."""
    parts = []
    if event.status is EventStatus.CANCELLED:
        parts.append(_("Annulé : %(reason)s", reason=event.cancel_reason) if event.cancel_reason else _("Annulé"))
    if event.place.is_demo:
        parts.append(_("Exemple inventé : cet événement fait partie de la démonstration."))
    parts += [event.description, address]
    return "\n\n".join(filter(None, parts))


def _whereabouts(place: Any) -> str:
    town = " ".join(filter(None, (place.postcode, place.commune)))
    return ", ".join(filter(None, (place.name, place.address, town)))
