"""The agenda as JSON, with the filters of its page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, request, url_for

from fablabmesh.accounts.rights import Act
from fablabmesh.events import queries
from fablabmesh.events.filters import read_agenda_filter
from fablabmesh.events.models import Event, EventDate, Image
from fablabmesh.events.rules import EventStatus, OnlineAccess, PriceKind, image_path, where_of
from fablabmesh.kit import clock, openapi
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.openapi import (
    ADDRESS,
    ADDRESS_OR_NULL,
    COUNT,
    COUNT_OR_NULL,
    MOMENT,
    TEXT,
    TEXT_OR_NULL,
    TEXTS,
    TRUTH,
    array,
    choice,
    describe,
    record,
)
from fablabmesh.kit.web import json_answer, public_url, shared
from fablabmesh.places.filters import LAUREATE
from fablabmesh.places.rules import PlaceKind
from fablabmesh.zones import queries as zones

bp = Blueprint("events_api", __name__, url_prefix="/api/v1")

_DAY: Final = {"type": "string", "format": "date"}
_DEGREES: Final = {"type": ["number", "null"]}
# Of a series, so many dates are told one by one; its rule and its calendar tell all.
MOST_DATES = 10
_WALL: Final = {"type": "string", "description": "Wall time in `timezone`; a date for an all-day event."}
_CATEGORY: Final = {"type": "string", "description": "A word of the vocabulary: `/agenda` lists them."}

EVENT: Final = record(
    "Event",
    uid=TEXT,
    slug=TEXT,
    title=TEXT,
    description={"type": "string", "description": "Markdown"},
    category=_CATEGORY,
    status=choice(EventStatus),
    cancel_reason=TEXT,
    is_all_day=TRUTH,
    timezone={"type": "string", "description": "IANA name"},
    starts_local=_WALL,
    ends_local={"type": "string", "description": "Wall time; for an all-day event its last day, included."},
    starts_at=MOMENT,
    ends_at=MOMENT,
    rrule={"type": "string", "description": "RRULE value of RFC 5545 §3.3.10; empty for what has no rule."},
    rdates=array({**_WALL, "description": "Starts that come in addition (RDATE)."}),
    exdates=array({**_WALL, "description": "Starts that the rule gives and that do not take place (EXDATE)."}),
    next_dates=array(
        record(
            "EventDate",
            recurrence_local={**_WALL, "description": "The start that the series gives it: its name, also when moved."},
            starts_local=_WALL,
            ends_local=_WALL,
            starts_at=MOMENT,
            ends_at=MOMENT,
            status=choice(EventStatus),
            title=TEXT,
        )
    ),
    changed_at=MOMENT,
    url=ADDRESS,
    calendar=ADDRESS,
    tags=TEXTS,
    language={"type": "string", "description": "Language that is spoken there (BCP 47)."},
    audience=TEXT,
    accessibility=TEXT,
    capacity=COUNT_OR_NULL,
    price=record("EventPrice", kind=choice(PriceKind), amount={"type": ["number", "null"], "description": "In euros."}),
    registration_url=ADDRESS_OR_NULL,
    online=record(
        "EventOnline",
        access=choice(OnlineAccess),
        url={**ADDRESS_OR_NULL, "description": "Null where only those who register are given it."},
    ),
    where=record(
        "EventWhere",
        place={"type": ["string", "null"], "description": "Slug of a place; null for an address in words."},
        text={"type": "string", "description": "Name of the place, or the address."},
        latitude=_DEGREES,
        longitude=_DEGREES,
    ),
    partners=array(record("EventPartner", slug=TEXT, name=TEXT, url=ADDRESS)),
    image={
        **record("EventImage", url=ADDRESS, small_url=ADDRESS, width=COUNT, height=COUNT, text=TEXT),
        "type": ["object", "null"],
    },
    is_demo=TRUTH,
    place=record(
        "EventPlace",
        slug=TEXT,
        name=TEXT,
        kind=choice(PlaceKind),
        commune=TEXT,
        department=TEXT_OR_NULL,
        latitude=_DEGREES,
        longitude=_DEGREES,
        url=ADDRESS,
    ),
)
EVENTS: Final = record("Events", **openapi.SLICED, events=array(EVENT))
QUERY: Final[openapi.Query] = {
    "programme": (TEXT, "Programme of the zone."),
    "zone": (TEXT, "A zone of the programme."),
    "genre": (array(choice([*PlaceKind, LAUREATE])), "Kinds of place; places chosen by a call."),
    "categorie": (array(TEXT), "Categories, by the word that an event’s `category` says."),
    "du": (_DAY, "First day. Without a period: what is not over."),
    "au": (_DAY, "Last day, included."),
    "passes": (choice(["oui"]), "Past events, the latest first."),
    **openapi.SLICES,
}


@bp.get("/evenements")
@shared
@does(Act.EVENT_READ)
@describe("Events, cancelled ones too", EVENTS, query=QUERY)
def index() -> Response:
    """The events that the filter lets through."""
    known = {programme.slug: {zone.slug for zone in programme.zones} for programme in zones.list_programmes()}
    categories = {category.slug for category in queries.list_categories(with_retired=True)}
    wanted = read_agenda_filter(request.args.to_dict(flat=False), zones=known, categories=categories)
    if wanted.unknown:
        # A page leaves a stale word out and says so; a program must not take everything for a part of it.
        raise Refused(_("Valeurs de filtre inconnues : %(values)s", values=", ".join(wanted.unknown)))
    now = clock.now()
    limit, offset = openapi.read_slice()
    total = queries.count_events(wanted, now=now)
    events = queries.list_events(wanted, now=now, limit=limit, offset=offset)
    dates = queries.list_next_dates([event.id for event in events], after=now, most=MOST_DATES)
    told = openapi.told_slice(total, limit, offset)
    return json_answer({**told, "events": [to_json(event, dates[event.id]) for event in events]})


def to_json(event: Event, dates: Sequence[EventDate]) -> dict[str, Any]:
    """An event with its places and its image loaded, and the next of its dates."""
    place = event.place
    return {
        "uid": event.uid,
        "slug": event.slug,
        "title": event.title,
        "description": event.description,
        "category": event.category_slug,
        "status": event.status.value,
        "cancel_reason": event.cancel_reason,
        "is_all_day": event.is_all_day,
        "timezone": event.timezone,
        "starts_local": _local(event, event.starts_local),
        "ends_local": _local(event, event.ends_local),
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "rrule": event.rrule,
        "rdates": [_local(event, wall) for wall in event.rdates],
        "exdates": [_local(event, wall) for wall in event.exdates],
        "next_dates": [_date(event, date) for date in dates],
        "changed_at": event.changed_at.isoformat(),
        "url": public_url(url_for("events.show", slug=event.slug)),
        "calendar": public_url(url_for("feeds.event", slug=event.slug)),
        **_practical(event),
        "partners": [
            {"slug": each.slug, "name": each.name, "url": public_url(url_for("places.show", slug=each.slug))}
            for each in event.partners
        ],
        "image": _image(event.image, event.image_text),
        "is_demo": place.is_demo,
        "place": {
            "slug": place.slug,
            "name": place.name,
            "kind": place.kind.value,
            "commune": place.commune,
            "department": place.department_code,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "url": public_url(url_for("places.show", slug=place.slug)),
        },
    }


def _practical(event: Event) -> dict[str, Any]:
    where, is_open = where_of(event), event.online_access is OnlineAccess.PUBLIC
    amount = event.price_amount
    return {
        "tags": event.tags,
        "language": event.language,
        "audience": event.audience,
        "accessibility": event.accessibility,
        "capacity": event.capacity,
        "price": {"kind": event.price_kind.value, "amount": None if amount is None else float(amount)},
        "registration_url": event.registration_url or None,
        "online": {"access": event.online_access.value, "url": (event.online_url if is_open else "") or None},
        "where": {
            "place": where.place.slug if where.place else None,
            "text": where.place.name if where.place else where.text,
            "latitude": where.latitude,
            "longitude": where.longitude,
        },
    }


def _date(event: Event, date: EventDate) -> dict[str, Any]:
    return {
        "recurrence_local": _local(event, date.recurrence_local),
        "starts_local": _local(event, date.starts_local),
        "ends_local": _local(event, date.ends_local),
        "starts_at": date.starts_at.isoformat(),
        "ends_at": date.ends_at.isoformat(),
        "status": date.status.value,
        "title": (date.change.title if date.change else "") or event.title,
    }


def _image(image: Image | None, text: str) -> dict[str, Any] | None:
    if image is None:
        return None
    return {
        "url": public_url(image_path(image.digest)),
        "small_url": public_url(image_path(image.digest, is_small=True)),
        "width": image.width,
        "height": image.height,
        "text": text,
    }


def _local(event: Event, moment: datetime) -> str:
    return moment.date().isoformat() if event.is_all_day else moment.isoformat()
