"""An event in the words of schema.org (https://schema.org/Event), for search engines. Pure."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fablabmesh.events.rules import EventStatus

_STATUS = {
    EventStatus.CONFIRMED: "https://schema.org/EventScheduled",
    EventStatus.CANCELLED: "https://schema.org/EventCancelled",
}


def to_linked_data(event: Any, *, address: str, place_address: str) -> dict[str, Any]:
    """An event with its place loaded, as JSON-LD. Moments bear the offset of the place's clocks; whole days are dates.

    `address` and `place_address`: the pages of the event and of its place.
    """
    data = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": address,
        "url": address,
        "name": event.title,
        "description": event.description,
        "startDate": _moment(event, event.starts_local),
        "endDate": _moment(event, event.ends_local),
        "eventStatus": _STATUS[event.status],
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": _place(event.place, place_address),
        "organizer": {"@type": "Organization", "name": event.place.name, "url": place_address},
    }
    return {name: value for name, value in data.items() if value}


def _moment(event: Any, wall: datetime) -> str:
    if event.is_all_day:
        return wall.date().isoformat()
    return wall.replace(tzinfo=ZoneInfo(event.timezone)).isoformat()


def _place(place: Any, address: str) -> dict[str, Any]:
    postal = {
        "@type": "PostalAddress",
        "streetAddress": place.address,
        "postalCode": place.postcode,
        "addressLocality": place.commune,
        "addressCountry": "FR",
    }
    data: dict[str, Any] = {
        "@type": "Place",
        "name": place.name,
        "url": address,
        "address": {name: value for name, value in postal.items() if value},
    }
    if place.latitude is not None:
        data["geo"] = {"@type": "GeoCoordinates", "latitude": place.latitude, "longitude": place.longitude}
    return data
