"""An event in the words of schema.org (https://schema.org/Event), for search engines. Pure."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fablabmesh.events.dates import key_of
from fablabmesh.events.rules import EventStatus, OnlineAccess, PriceKind, where_of
from fablabmesh.events.wording import price, spelled_out
from fablabmesh.kit import recurrence

_SCHEMA = "https://schema.org/"
_LETTERS = {"DAILY": "D", "WEEKLY": "W", "MONTHLY": "M", "YEARLY": "Y"}
_WEEKDAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
# What a Schedule has words for; a rule that says more is told by its dates alone.
_SCHEDULED = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST"}

AddressOf = Callable[[Any], str]


def to_linked_data(
    event: Any,
    *,
    address: str,
    address_of: AddressOf,
    dates: Sequence[Any] = (),
    image: str = "",
    former: datetime | None = None,
) -> dict[str, Any]:
    """An event with its places loaded, as JSON-LD. Moments bear the offset of the place's clocks; whole days are dates.

    `address`: its page; `address_of`: the page of a place; `dates`: the next ones of a series; `former`: when it had
    been announced for, if it was moved.
    """
    data = {"@context": "https://schema.org"} | _told(event, None, address, address_of, image)
    if former is not None and event.status is EventStatus.CONFIRMED:
        data |= {"eventStatus": f"{_SCHEMA}EventRescheduled", "previousStartDate": _moment(event, former)}
    if event.is_recurring:
        data["eventSchedule"] = _schedule(event)
        data["subEvent"] = [_sub_event(date, address, address_of) for date in dates]
    return {name: value for name, value in data.items() if value}


def to_linked_date(date: Any, *, address: str, address_of: AddressOf, image: str = "") -> dict[str, Any]:
    """One date of a series, with its event and what differs about it. `address`: the page of the series."""
    event = date.event
    data = {"@context": "https://schema.org"} | _told(event, date, address, address_of, image)
    data["superEvent"] = {"@type": "Event", "@id": address, "url": address, "name": event.title}
    return {name: value for name, value in data.items() if value}


def _told(event: Any, date: Any, address: str, address_of: AddressOf, image: str) -> dict[str, Any]:
    change = date.change if date else None
    organizers = [event.place, *event.partners]
    return {
        "@type": "Event",
        **_identity(event, date, address),
        "name": date.title if date else event.title,
        "description": (change.description if change else "") or event.description,
        "image": [image] if image else [],
        **_when(event, date),
        "eventAttendanceMode": f"{_SCHEMA}{'Offline' if _is_on_site(event) else 'Mixed'}EventAttendanceMode",
        "location": _location(event, change, address, address_of),
        "organizer": [{"@type": "Organization", "name": place.name, "url": address_of(place)} for place in organizers],
        "offers": _offers(event, address),
        "isAccessibleForFree": event.price_kind is PriceKind.FREE,
        "inLanguage": event.language,
        "maximumAttendeeCapacity": event.capacity,
        "audience": {"@type": "Audience", "audienceType": event.audience} if event.audience else None,
        "keywords": [event.category.label, *event.tags],
    }


def _identity(event: Any, date: Any, address: str) -> dict[str, str]:
    page = f"{address}?date={key_of(event, date.recurrence_local)}" if date else address
    return {"@id": page, "url": page}


def _sub_event(date: Any, address: str, address_of: AddressOf) -> dict[str, Any]:
    event, change = date.event, date.change
    data: dict[str, Any] = {
        "@type": "Event",
        **_identity(event, date, address),
        "name": date.title,
        **_when(event, date),
        "location": _location(event, change, address, address_of),
    }
    return data


def _when(event: Any, date: Any) -> dict[str, Any]:
    """Of a date that is called off or moved, as well when it had been announced for."""
    shown = date or event
    data = {"startDate": _moment(event, shown.starts_local), "endDate": _moment(event, shown.ends_local)}
    if shown.status is EventStatus.CANCELLED:
        return data | {"eventStatus": f"{_SCHEMA}EventCancelled"}
    if date is not None and event.is_recurring and date.is_moved:
        former = _moment(event, date.recurrence_local)
        return data | {"eventStatus": f"{_SCHEMA}EventRescheduled", "previousStartDate": former}
    return data | {"eventStatus": f"{_SCHEMA}EventScheduled"}


def _moment(event: Any, wall: datetime) -> str:
    if event.is_all_day:
        return wall.date().isoformat()
    return wall.replace(tzinfo=ZoneInfo(event.timezone)).isoformat()


def _schedule(event: Any) -> dict[str, Any] | None:
    """How it comes again, where https://schema.org/Schedule has words for it."""
    if not event.rrule:
        return None
    parts = spelled_out(recurrence.parts_of(event.rrule), event.starts_local)
    if set(parts) - _SCHEDULED:
        return None
    first, last = event.starts_local, event.ends_local
    until = recurrence.until_of(event.rrule, event.timezone)
    data = {
        "@type": "Schedule",
        "repeatFrequency": f"P{parts.get('INTERVAL', '1')}{_LETTERS[parts['FREQ']]}",
        "byDay": [_weekday(day) for day in parts.get("BYDAY", "").split(",") if day],
        "byMonthDay": _numbers(parts, "BYMONTHDAY"),
        "byMonth": _numbers(parts, "BYMONTH"),
        "repeatCount": int(parts["COUNT"]) if "COUNT" in parts else None,
        "startDate": first.date().isoformat(),
        "endDate": until.date().isoformat() if until else None,
        "scheduleTimezone": event.timezone,
        "exceptDate": [_moment(event, wall) for wall in event.exdates],
    }
    if not event.is_all_day:
        data |= {"startTime": first.time().isoformat(), "duration": f"PT{(last - first).total_seconds() / 60:.0f}M"}
    return {name: value for name, value in data.items() if value}


def _weekday(day: str) -> str:
    """« Tuesday » as a thing of schema.org; « 2SA » as RFC 5545 spells it, which `byDay` takes too."""
    return _SCHEMA + _WEEKDAYS[day] if day in _WEEKDAYS else day


def _numbers(parts: dict[str, str], name: str) -> list[int]:
    return [int(number) for number in parts.get(name, "").split(",") if number]


def _is_on_site(event: Any) -> bool:
    return bool(event.online_access is OnlineAccess.NONE)


def _location(event: Any, change: Any, address: str, address_of: AddressOf) -> Any:
    """The place; beside it, for those who join from afar, the link if everybody may have it, else where to ask."""
    where = where_of(event, change)
    if where.place is None:
        here = {"@type": "Place", "name": where.text, "address": where.text} | _geo(where)
    else:
        here = _place(where.place, address_of(where.place))
    if _is_on_site(event):
        return here
    is_public = event.online_access is OnlineAccess.PUBLIC and event.online_url
    link = event.online_url if is_public else event.registration_url or address
    return [here, {"@type": "VirtualLocation", "url": link}]


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
    return data | _geo(place)


def _geo(point: Any) -> dict[str, Any]:
    if point.latitude is None or point.longitude is None:
        return {}
    return {"geo": {"@type": "GeoCoordinates", "latitude": point.latitude, "longitude": point.longitude}}


def _offers(event: Any, address: str) -> dict[str, Any] | None:
    if event.price_kind is PriceKind.UNSAID:
        return None
    offer = {"@type": "Offer", "name": price(event), "url": event.registration_url or address}
    if event.price_kind is PriceKind.FREE:
        return offer | {"price": "0", "priceCurrency": "EUR"}
    if event.price_kind is PriceKind.AMOUNT and event.price_amount is not None:
        return offer | {"price": f"{event.price_amount:.2f}", "priceCurrency": "EUR"}
    return offer


def to_item_list(dates: Sequence[tuple[Any, str]], address_of: AddressOf) -> dict[str, Any]:
    """Dates with their events, each with the page of its event, as one list."""
    elements = []
    for number, (each, address) in enumerate(dates, 1):
        told = _told(each.event, each if each.event.is_recurring else None, address, address_of, "")
        item = {name: value for name, value in told.items() if value}
        elements.append({"@type": "ListItem", "position": number, "item": item})
    return {"@context": "https://schema.org", "@type": "ItemList", "itemListElement": elements}
