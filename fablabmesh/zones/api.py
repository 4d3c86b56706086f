"""Zones as JSON, with their departments, poles and counts; one zone as GeoJSON, with its polygon."""

import json
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request, url_for

from fablabmesh.accounts.rights import Act
from fablabmesh.kit.acts import does
from fablabmesh.kit.openapi import (
    ADDRESS,
    COUNT,
    GEOJSON,
    POLYGONS_OR_NULL,
    TEXT,
    TEXT_OR_NULL,
    TRUTH,
    array,
    check_known,
    choice,
    describe,
    feature,
    record,
)
from fablabmesh.kit.web import json_answer, public_url, shared
from fablabmesh.places import queries as places
from fablabmesh.zones import queries
from fablabmesh.zones.models import Zone
from fablabmesh.zones.rules import Standing

bp = Blueprint("zones_api", __name__, url_prefix="/api/v1")

KINDS = ("fablab", "epn", "pole", "laureat")

ZONE = record(
    "Zone",
    programme=TEXT,
    programme_name=TEXT,
    slug=TEXT,
    name=TEXT,
    colour={"type": "string", "pattern": "^#[0-9a-f]{6}$"},
    is_overseas=TRUTH,
    url=ADDRESS,
    calendar=ADDRESS | {"description": "The events of the zone, as an iCalendar feed."},
    departments=array(
        record(
            "ZoneDepartment",
            code=TEXT,
            name=TEXT,
            region=TEXT | {"description": "As before 2016."},
            standing=choice(Standing) | {"description": "Does a source say that the department is in the zone?"},
            reason=TEXT,
        )
    ),
    poles=array(
        record(
            "Pole",
            slug=TEXT,
            name=TEXT,
            url=ADDRESS,
            standing=choice(Standing),
            confidence=TEXT_OR_NULL,
            reason=TEXT,
        )
    ),
    places=record("PlaceCounts", **dict.fromkeys(KINDS, COUNT)),
)
ZONES = record("Zones", total=COUNT, zones=array(ZONE))


@bp.get("/zones")
@shared
@does(Act.ZONE_READ)
@describe("Zones of the programmes", ZONES, query={"programme": (TEXT, "Only the zones of this programme.")})
def index() -> Response:
    """All zones, in the order of the programmes."""
    programme = request.args.get("programme", "")
    if programme:
        check_known("programme", programme, [known.slug for known in queries.list_programmes()])
    zones = queries.list_composed_zones(programme)
    poles: dict[int, list[Any]] = {}
    for role in places.list_pole_roles([zone.id for zone in zones]):
        poles.setdefault(role.zone_id, []).append(role)
    counts = places.count_by_zone()
    return json_answer(
        {
            "total": len(zones),
            "zones": [_properties(zone, poles.get(zone.id, []), counts.get(zone.id, {})) for zone in zones],
        }
    )


@bp.get("/zones/<programme>/<slug>")
@shared
@does(Act.ZONE_READ)
@describe("One zone, with its polygon", feature("ZoneFeature", POLYGONS_OR_NULL, ZONE), media_type=GEOJSON)
def show(programme: str, slug: str) -> Response:
    """A zone; its polygon is the union of its departments, simplified."""
    zone = queries.get_zone(programme, slug)
    shape = queries.find_zone_shape(zone.id)
    roles = places.list_pole_roles([zone.id])
    return json_answer(
        {
            "type": "Feature",
            "geometry": json.loads(shape) if shape else None,
            "properties": _properties(zone, roles, places.count_by_zone().get(zone.id, {})),
        },
        GEOJSON,
    )


def _properties(zone: Zone, roles: Sequence[Any], counts: dict[str, int]) -> dict[str, Any]:
    programme = zone.programme.slug
    return {
        "programme": programme,
        "programme_name": zone.programme.name,
        "slug": zone.slug,
        "name": zone.name,
        "colour": zone.colour,
        "is_overseas": zone.is_overseas,
        "url": public_url(url_for("zones.show", programme=programme, slug=zone.slug)),
        "calendar": public_url(url_for("feeds.zone", programme=programme, slug=zone.slug)),
        "departments": [
            {
                "code": part.department_code,
                "name": part.department.name,
                "region": part.department.region_name,
                "standing": part.standing.value,
                "reason": part.reason,
            }
            for part in zone.parts
        ],
        "poles": [
            {
                "slug": role.place.slug,
                "name": role.place.name,
                "url": public_url(url_for("places.show", slug=role.place.slug)),
                "standing": role.standing.value,
                "confidence": role.confidence and role.confidence.value,
                "reason": role.reason,
            }
            for role in roles
        ],
        "places": {kind: counts.get(kind, 0) for kind in KINDS},
    }
