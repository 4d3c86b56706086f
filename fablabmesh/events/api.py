"""The agenda as JSON, with the filters of its page."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from fablabmesh.events import queries
from fablabmesh.events.filters import read_agenda_filter
from fablabmesh.events.models import Event
from fablabmesh.events.rules import Category
from fablabmesh.kit import clock
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.openapi import describe
from fablabmesh.kit.web import json_answer, public_url, read_page, shared
from fablabmesh.places.rules import PlaceKind
from fablabmesh.zones import queries as zones

bp = Blueprint("events_api", __name__, url_prefix="/api/v1")

PAGE_SIZE = 100
_TEXT = {"type": "string"}
_DAY = {"type": "string", "format": "date"}
_MOMENT = {"type": "string", "format": "date-time"}

EVENT = {
    "type": "object",
    "required": [
        "uid",
        "slug",
        "title",
        "category",
        "status",
        "starts_at",
        "ends_at",
        "timezone",
        "is_all_day",
        "place",
    ],
    "properties": {
        "uid": _TEXT,
        "slug": _TEXT,
        "title": _TEXT,
        "description": {"type": "string", "description": "Markdown"},
        "category": {"type": "string", "enum": [category.slug for category in Category]},
        "status": {"type": "string", "enum": ["confirmed", "cancelled"]},
        "cancel_reason": _TEXT,
        "is_all_day": {"type": "boolean"},
        "timezone": {"type": "string", "description": "IANA"},
        "starts_local": {"type": "string", "description": "Wall time in `timezone`; a date for an all-day event."},
        "ends_local": {"type": "string", "description": "Wall time; for an all-day event its last day, included."},
        "starts_at": _MOMENT,
        "ends_at": _MOMENT,
        "changed_at": _MOMENT,
        "url": {"type": "string", "format": "uri"},
        "calendar": {"type": "string", "format": "uri"},
        "is_demo": {"type": "boolean"},
        "place": {
            "type": "object",
            "required": ["slug", "name", "url"],
            "properties": {
                "slug": _TEXT,
                "name": _TEXT,
                "kind": {"type": "string", "enum": [kind.value for kind in PlaceKind]},
                "commune": _TEXT,
                "department": {"type": ["string", "null"]},
                "latitude": {"type": ["number", "null"]},
                "longitude": {"type": ["number", "null"]},
                "url": {"type": "string", "format": "uri"},
            },
        },
    },
}
EVENTS = {
    "type": "object",
    "required": ["total", "page", "pages", "events"],
    "properties": {
        "total": {"type": "integer"},
        "page": {"type": "integer"},
        "pages": {"type": "integer"},
        "events": {"type": "array", "items": EVENT},
    },
}
QUERY: dict[str, tuple[dict[str, Any], str]] = {
    "programme": (_TEXT, "Programme: `fablab` or `epn`."),
    "zone": (_TEXT, "A zone of the programme."),
    "genre": ({"type": "array", "items": {"type": "string"}}, "Kinds of place: `fablab`, `epn`, `pole`, `laureat`."),
    "categorie": ({"type": "array", "items": {"type": "string", "enum": [c.slug for c in Category]}}, "Categories."),
    "du": (_DAY, "First day. Without a period: what is not over."),
    "au": (_DAY, "Last day, included."),
    "passes": ({"type": "string", "enum": ["oui"]}, "Past events, the latest first."),
    "page": ({"type": "integer", "minimum": 1}, f"Page of {PAGE_SIZE} events."),
}


@bp.get("/evenements")
@shared
@describe("Events, cancelled ones too", EVENTS, query=QUERY, errors=(400,))
def index() -> Response:
    """The events that the filter lets through."""
    known = {programme.slug: {zone.slug for zone in programme.zones} for programme in zones.list_programmes()}
    wanted = read_agenda_filter(request.args.to_dict(flat=False), zones=known)
    if wanted.unknown:
        # A page leaves a stale word out and says so; a program must not take everything for a part of it.
        raise Refused(_("Valeurs de filtre inconnues : %(values)s", values=", ".join(wanted.unknown)))
    now = clock.now()
    page = read_page(request.args, queries.count_events(wanted, now=now), PAGE_SIZE)
    events = queries.list_events(wanted, now=now, limit=page.size, offset=page.offset)
    return json_answer(
        {
            "total": page.total,
            "page": page.number,
            "pages": page.count,
            "events": [to_json(event) for event in events],
        }
    )


def to_json(event: Event) -> dict[str, Any]:
    """An event with its place loaded."""
    place = event.place
    return {
        "uid": event.uid,
        "slug": event.slug,
        "title": event.title,
        "description": event.description,
        "category": event.category.slug,
        "status": event.status.value,
        "cancel_reason": event.cancel_reason,
        "is_all_day": event.is_all_day,
        "timezone": event.timezone,
        "starts_local": _local(event, event.starts_local),
        "ends_local": _local(event, event.ends_local),
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "changed_at": event.changed_at.isoformat(),
        "url": public_url(url_for("events.show", slug=event.slug)),
        "calendar": public_url(url_for("events.event_feed", slug=event.slug)),
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


def _local(event: Event, moment: Any) -> str:
    return str(moment.date().isoformat() if event.is_all_day else moment.isoformat())
