"""Places as GeoJSON, with the filters of the map's page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request, url_for

from fablabmesh.accounts.rights import Act
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.hours_wording import read_hours
from fablabmesh.kit.openapi import (
    ADDRESS,
    ADDRESS_OR_NULL,
    COUNT,
    COUNT_OR_NULL,
    DAY,
    DAY_OR_NULL,
    GEOJSON,
    MOMENT,
    MOMENT_OR_NULL,
    POINT_OR_NULL,
    SLICED,
    SLICES,
    TEXT,
    TEXT_OR_NULL,
    TEXTS,
    TRUTH,
    Query,
    array,
    check_known,
    choice,
    describe,
    feature,
    read_slice,
    record,
    told_slice,
)
from fablabmesh.kit.web import json_answer, public_url, shared
from fablabmesh.places import queries
from fablabmesh.places.filters import LAUREATE, read_filter
from fablabmesh.places.models import Machine, Place
from fablabmesh.places.rules import Confidence, FactSubject, PlaceKind, Precision, Training
from fablabmesh.zones import queries as zones
from fablabmesh.zones.models import Department, Zone
from fablabmesh.zones.rules import FoundBy, Standing, timezone_of_department

bp = Blueprint("places_api", __name__, url_prefix="/api/v1")

_ZONE = record("ZoneOfPlace", programme=TEXT, slug=TEXT, name=TEXT, url=ADDRESS)
_PARTS: dict[str, Any] = {
    "slug": TEXT,
    "name": TEXT,
    "kind": choice(PlaceKind),
    "url": ADDRESS,
    "address": TEXT,
    "address_extra": TEXT,
    "postcode": TEXT,
    "commune": TEXT,
    "insee": TEXT_OR_NULL,
    "precision": choice(Precision) | {"description": "What the point stands for."},
    "department": {"anyOf": [record("Department", code=TEXT, name=TEXT, region=TEXT), {"type": "null"}]},
    "department_found_by": choice(FoundBy) | {"description": "What told the department."},
    "zones": array(_ZONE) | {"description": "The zone of each programme, from the department."},
    "website": ADDRESS_OR_NULL,
    "calendar": ADDRESS | {"description": "The place's events, as an iCalendar feed."},
    "calls": TEXTS | {"description": "The calls for projects that chose the place."},
    "source": TEXT,
    "source_licence": TEXT,
    "source_updated_on": DAY_OR_NULL,
    "changed_at": MOMENT,
    "is_demo": TRUTH | {"description": "Invented for the demonstration: there is no such place."},
}
_DETAILS: dict[str, Any] = {
    "description": TEXT | {"description": "Markdown"},
    "phone": TEXT,
    "opening_hours": TEXT | {"description": "OpenStreetMap notation"},
    "services": TEXTS | {"description": "Codes, as in the other lists: the terms of this site."},
    "audiences": TEXTS,
    "accessibility": TEXTS,
    "labels": TEXTS,
    "fees": TEXTS,
    "support": TEXTS,
    "summary": TEXT | {"description": "One or two sentences."},
    "how_to_come": TEXT,
    "appointment_url": ADDRESS_OR_NULL,
    "accessibility_url": ADDRESS_OR_NULL,
    "opening_state": {
        "anyOf": [
            record(
                "OpeningState",
                state=choice(["open", "closed", "depends"]),
                words=TEXT | {"description": "The same as people say it, in the language of the address."},
                week=array(record("OpeningDay", date=DAY, hours=TEXT, note=TEXT)),
            ),
            {"type": "null"},
        ],
        "description": "Now and this week; null without opening hours that can be read.",
    },
    "closed_on": DAY_OR_NULL | {"description": "The day it closes, or closed, for good."},
    "confirmed_at": MOMENT_OR_NULL | {"description": "When somebody who knows last said that all this is right."},
    "machines": array(
        record(
            "Machine",
            type=TEXT | {"description": "Code of a term of the vocabulary `machine`."},
            model=TEXT,
            quantity=COUNT,
            size=TEXT,
            materials=TEXTS | {"description": "Codes of the vocabulary `material`."},
            training=choice(Training) | {"description": "What one must have learnt before using it."},
            price=TEXT,
            note=TEXT,
            is_working=TRUTH,
        )
    ),
    "machine_types": TEXTS | {"description": "Codes of the types of its machines and of what is broader."},
    "people": array(
        record("PublicRole", role=TEXT, name=TEXT_OR_NULL | {"description": "With its bearer’s consent, or null."})
    ),
    "pictures": array(record("PictureOfPlace", url=ADDRESS, text=TEXT, credit=TEXT)),
    "poster": ADDRESS | {"description": "One page of A4 for its door, as PDF."},
    "department_distance_m": COUNT_OR_NULL,
    "facts": array(
        record(
            "Fact",
            subject=choice(FactSubject),
            statement=TEXT,
            source=TEXT,
            confidence=choice(Confidence, or_null=True),
        )
    ),
    "laureates": array(
        record(
            "Laureate",
            call=TEXT,
            call_name=TEXT,
            year={"type": "integer"},
            project_name=TEXT,
            holder=TEXT,
            source=TEXT,
            confidence=choice(Confidence, or_null=True),
        )
    ),
    "pole_of": array(
        record(
            "PoleOf",
            programme=TEXT,
            slug=TEXT,
            name=TEXT,
            standing=choice(Standing),
            confidence=choice(Confidence, or_null=True),
            reason=TEXT,
        )
    ),
}
PLACE = feature("Place", POINT_OR_NULL, record("PlaceProperties", **_PARTS))
PLACE_IN_FULL = feature("PlaceInFull", POINT_OR_NULL, record("PlaceInFullProperties", **_PARTS, **_DETAILS))
PLACES = record("Places", type=choice(["FeatureCollection"]), **SLICED, features=array(PLACE))
FILTER: Query = {
    "programme": (TEXT, "The programme that `zone` belongs to: see /api/v1/zones. Without it, `fablab`."),
    "zone": (TEXT, "A zone of the programme."),
    "genre": (array(choice([*PlaceKind, LAUREATE])), "Kinds of place, several if wished; `laureat`: chosen by a call."),
    "q": ({"type": "string", "maxLength": 100}, "Words of the name, of the commune or of the postcode."),
}


@bp.get("/lieux")
@shared
@does(Act.PLACE_READ)
@describe("Places", PLACES, media_type=GEOJSON, query=FILTER | SLICES)
def index() -> Response:
    """The places that the filter lets through: laureates first, then poles and labs, then by name."""
    known = {programme.slug: {zone.slug for zone in programme.zones} for programme in zones.list_programmes()}
    wanted = read_filter(request.args.to_dict(flat=False), zones=known)
    check_known("programme", request.args.get("programme"), known)
    check_known("zone", request.args.get("zone"), known.get(wanted.programme, set()))
    limit, offset = read_slice()
    departments = {department.code: department for department in zones.list_departments()}
    by_department = zones.map_departments_to_zones()
    found = queries.list_places(wanted, limit=limit, offset=offset)
    return json_answer(
        {
            "type": "FeatureCollection",
            **told_slice(queries.count_places(wanted), limit, offset),
            "features": [
                _feature(
                    place,
                    _properties(
                        place,
                        departments.get(place.department_code or ""),
                        by_department.get(place.department_code or "", {}),
                    ),
                )
                for place in found
            ],
        },
        GEOJSON,
    )


@bp.get("/lieux/<slug>")
@shared
@does(Act.PLACE_READ)
@describe("One place, with its sources", PLACE_IN_FULL, media_type=GEOJSON)
def show(slug: str) -> Response:
    """All that is known of a place."""
    place = queries.get_listed(slug)
    in_zones = {zone.programme.slug: zone for zone in zones.list_zones_of_department(place.department_code)}
    told = _properties(place, place.department, in_zones) | _details(place) | _told_now(place, clock.now())
    return json_answer(_feature(place, told), GEOJSON)


def _feature(place: Place, properties: dict[str, Any]) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [place.longitude, place.latitude]} if place.latitude is not None else None
    return {"type": "Feature", "geometry": point, "properties": properties}


def _properties(place: Place, department: Department | None, in_zones: Mapping[str, Zone]) -> dict[str, Any]:
    return {
        "slug": place.slug,
        "name": place.name,
        "kind": place.kind.value,
        "url": public_url(url_for("places.show", slug=place.slug)),
        "address": place.address,
        "address_extra": place.address_extra,
        "postcode": place.postcode,
        "commune": place.commune,
        "insee": place.insee,
        "precision": place.precision.value,
        "department": department
        and {"code": department.code, "name": department.name, "region": department.region_name},
        "department_found_by": place.department_found_by.value,
        "zones": [_zone(zone) for zone in sorted(in_zones.values(), key=_order)],
        "website": place.website or None,
        "calendar": public_url(url_for("feeds.place", slug=place.slug)),
        "calls": [laureate.call.slug for laureate in place.laureates],
        "source": place.source,
        "source_licence": place.source_licence,
        "source_updated_on": place.source_updated_on and place.source_updated_on.isoformat(),
        "changed_at": place.changed_at.isoformat(),
        "is_demo": place.is_demo,
    }


def _details(place: Place) -> dict[str, Any]:
    return {
        "description": place.description,
        "phone": place.phone,
        "opening_hours": place.opening_hours,
        "services": place.services,
        "audiences": place.audiences,
        "accessibility": place.accessibility,
        "labels": place.labels,
        "fees": place.fees,
        "support": place.support,
        "summary": place.summary,
        "how_to_come": place.how_to_come,
        "appointment_url": place.appointment_url or None,
        "accessibility_url": place.accessibility_url or None,
        "closed_on": place.closed_on and place.closed_on.isoformat(),
        "confirmed_at": place.confirmed_at and place.confirmed_at.isoformat(),
        "machines": [_machine(machine) for machine in place.machines],
        "machine_types": place.machine_types,
        "people": [
            {"role": person.role, "name": (person.consented_on and person.name) or None} for person in place.people
        ],
        "department_distance_m": place.department_distance_m,
        **_claims(place),
    }


def _claims(place: Place) -> dict[str, Any]:
    """What somebody says of it, with how far that may be trusted."""
    return {
        "facts": [
            {
                "subject": fact.subject.value,
                "statement": fact.statement,
                "source": fact.source,
                "confidence": fact.confidence and fact.confidence.value,
            }
            for fact in place.facts
        ],
        "laureates": [
            {
                "call": laureate.call.slug,
                "call_name": laureate.call.name,
                "year": laureate.call.year,
                "project_name": laureate.project_name,
                "holder": laureate.holder,
                "source": laureate.source,
                "confidence": laureate.confidence and laureate.confidence.value,
            }
            for laureate in place.laureates
        ],
        "pole_of": [
            {
                "programme": role.zone.programme.slug,
                "slug": role.zone.slug,
                "name": role.zone.name,
                "standing": role.standing.value,
                "confidence": role.confidence and role.confidence.value,
                "reason": role.reason,
            }
            for role in place.pole_roles
        ],
    }


def _told_now(place: Place, now: datetime) -> dict[str, Any]:
    """What changes with the hour, and what has an address."""
    reading = read_hours(
        place.opening_hours, timezone_of_department(place.department_code), now, department=place.department_code
    )
    is_closed = place.closed_on is not None and place.closed_on <= now.date()
    state = None
    if reading is not None and not is_closed:
        hours = reading.hours
        state = {
            "state": {True: "open", False: "closed", None: "depends"}[hours.is_open],
            "words": hours.now,
            "week": [{"date": day.date.isoformat(), "hours": day.hours, "note": day.note} for day in hours.week],
        }
    pictures = [
        {
            "url": public_url(url_for("images.large", digest=picture.image_digest)),
            "text": picture.text,
            "credit": picture.credit,
        }
        for picture in place.pictures
    ]
    poster = public_url(url_for("posters.poster", slug=place.slug))
    return {"opening_state": state, "pictures": pictures, "poster": poster}


def _machine(machine: Machine) -> dict[str, Any]:
    return {
        "type": machine.type.code,
        "model": machine.model,
        "quantity": machine.quantity,
        "size": machine.size,
        "materials": machine.materials,
        "training": machine.training.value,
        "price": machine.price,
        "note": machine.note,
        "is_working": machine.is_working,
    }


def _order(zone: Zone) -> tuple[int, int]:
    return zone.programme.position, zone.id


def _zone(zone: Zone) -> dict[str, Any]:
    return {
        "programme": zone.programme.slug,
        "slug": zone.slug,
        "name": zone.name,
        "url": public_url(url_for("zones.show", programme=zone.programme.slug, slug=zone.slug)),
    }
