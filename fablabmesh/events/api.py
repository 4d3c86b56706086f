"""The agenda as JSON, with the filters of its page."""

from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, request, url_for

from fablabmesh.events import queries
from fablabmesh.events.filters import read_agenda_filter
from fablabmesh.events.models import Event
from fablabmesh.events.rules import EventStatus
from fablabmesh.kit import clock, openapi
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.openapi import ADDRESS, MOMENT, TEXT, TEXT_OR_NULL, TRUTH, array, choice, describe, record
from fablabmesh.kit.web import json_answer, public_url, shared
from fablabmesh.places.filters import LAUREATE
from fablabmesh.places.rules import PlaceKind
from fablabmesh.zones import queries as zones

bp = Blueprint("events_api", __name__, url_prefix="/api/v1")

_DAY: Final = {"type": "string", "format": "date"}
_DEGREES: Final = {"type": ["number", "null"]}
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
    starts_local={"type": "string", "description": "Wall time in `timezone`; a date for an all-day event."},
    ends_local={"type": "string", "description": "Wall time; for an all-day event its last day, included."},
    starts_at=MOMENT,
    ends_at=MOMENT,
    changed_at=MOMENT,
    url=ADDRESS,
    calendar=ADDRESS,
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
    told = openapi.told_slice(total, limit, offset)
    return json_answer({**told, "events": [to_json(event) for event in events]})


def to_json(event: Event) -> dict[str, Any]:
    """An event with its place loaded."""
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
        "changed_at": event.changed_at.isoformat(),
        "url": public_url(url_for("events.show", slug=event.slug)),
        "calendar": public_url(url_for("feeds.event", slug=event.slug)),
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


def _local(event: Event, moment: datetime) -> str:
    return moment.date().isoformat() if event.is_all_day else moment.isoformat()
