"""A place in the words of schema.org (https://schema.org/LocalBusiness), for search engines. Pure.

A LocalBusiness is there both an organisation, which has a telephone and gives services, and a place, which has hours
and events; libraries and community workshops are among its kinds.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fablabmesh.kit.hours_wording import Piece

_SCHEMA = "https://schema.org/"
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_A_DAY = 24 * 60
# The term of the national schema for what costs nobody anything.
_FREE = "gratuit"


def to_linked_data(
    place: Any,
    *,
    address: str,
    calendar: str,
    pictures: Sequence[str],
    week: Sequence[tuple[Piece, ...]],
    events: Iterable[tuple[Any, str]],
    services: Iterable[str],
    machines: Iterable[str],
) -> dict[str, Any]:
    """A place with its calls loaded, as JSON-LD.

    `week`: its usual one; `events`: dates with their pages; `services`, `machines`: in words.
    """
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "LocalBusiness",
        "@id": address,
        "url": address,
        "name": place.name,
        "description": place.summary,
        "image": list(pictures),
        "address": _postal(place),
        "geo": _geo(place),
        "telephone": place.phone,
        "sameAs": [place.website] if place.website else [],
        "openingHoursSpecification": list(_hours(week)) if place.closed_on is None else [],
        "dissolutionDate": place.closed_on.isoformat() if place.closed_on else None,
        "isAccessibleForFree": True if place.fees == [_FREE] else None,
        "amenityFeature": [{"@type": "LocationFeatureSpecification", "name": name, "value": True} for name in machines],
        "makesOffer": [{"@type": "Offer", "itemOffered": {"@type": "Service", "name": name}} for name in services],
        "award": [f"{laureate.call.name} {laureate.call.year}" for laureate in place.laureates],
        "event": [_event(date, page, address, place.name) for date, page in events],
        "subjectOf": {"@type": "CreativeWork", "encodingFormat": "text/calendar", "url": calendar},
    }
    return {name: value for name, value in data.items() if value not in (None, "", [], {})}


def _postal(place: Any) -> dict[str, str]:
    data = {
        "streetAddress": " ".join(filter(None, (place.address, place.address_extra))),
        "postalCode": place.postcode,
        "addressLocality": place.commune,
        "addressRegion": place.department.region_name if place.department else "",
    }
    told = {name: value for name, value in data.items() if value}
    return {"@type": "PostalAddress", **told, "addressCountry": "FR"} if told else {}


def _geo(place: Any) -> dict[str, Any]:
    if place.latitude is None or place.longitude is None:
        return {}
    return {"@type": "GeoCoordinates", "latitude": place.latitude, "longitude": place.longitude}


def _hours(week: Sequence[tuple[Piece, ...]]) -> Iterable[dict[str, Any]]:
    """Those that are sure; days with the same hours together. A night ends after midnight, as schema.org has it."""
    days: dict[tuple[str, str], list[str]] = {}
    for name, pieces in zip(_WEEKDAYS, week, strict=False):
        for piece in pieces:
            if piece.is_sure:
                days.setdefault((_clock(piece.start), _clock(piece.end)), []).append(_SCHEMA + name)
    for (opens, closes), names in sorted(days.items()):
        yield {"@type": "OpeningHoursSpecification", "dayOfWeek": names, "opens": opens, "closes": closes}


def _clock(minute: int) -> str:
    # The end of a day is its last minute: 24:00 is no time of schema.org, and 00:00 would be before it began.
    if minute == _A_DAY:
        return "23:59"
    hour, rest = divmod(minute % _A_DAY, 60)
    return f"{hour:02}:{rest:02}"


def _event(date: Any, page: str, address: str, name: str) -> dict[str, Any]:
    status = "EventCancelled" if date.status == "cancelled" else "EventScheduled"
    return {
        "@type": "Event",
        "url": page,
        "name": date.title,
        "startDate": _moment(date, date.starts_local),
        "endDate": _moment(date, date.ends_local),
        "eventStatus": _SCHEMA + status,
        "location": {"@type": "Place", "@id": address, "name": name},
    }


def _moment(date: Any, wall: datetime) -> str:
    return wall.date().isoformat() if date.is_all_day else wall.replace(tzinfo=ZoneInfo(date.timezone)).isoformat()
