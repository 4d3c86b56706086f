"""The composed script and the data of the map's layers. The links layer's data are the projects room's."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, request, url_for

from fablabmesh.kit.config import Settings
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import ngettext
from fablabmesh.kit.web import conditional, json_answer, shared
from fablabmesh.maps import composition
from fablabmesh.places import queries as places
from fablabmesh.places.filters import read_filter
from fablabmesh.places.rules import PlaceKind
from fablabmesh.zones import queries as zones

bp = Blueprint("maps", __name__, url_prefix="/carte")

LAND = Path(__file__).parent.parent / "opendata" / "data" / "departments-light.geojson.gz"
A_YEAR = 31_536_000
FIELDS = ["slug", "name", "kind", "laureate", "latitude", "longitude", "zone", "commune", "demo"]


@cache
def _land() -> tuple[bytes, str]:
    """The outlines as they are kept, compressed, and their digest."""
    packed = LAND.read_bytes()
    return packed, hashlib.sha256(packed).hexdigest()[:12]


def _script() -> tuple[bytes, str]:
    """The composed script in the page's language, and its digest."""
    made: dict[str, tuple[bytes, str]] = current_app.extensions.setdefault("map_scripts", {})
    root = request.script_root
    if root not in made:
        settings: Settings = current_app.config["SETTINGS"]
        tiles = composition.Tiles(settings.tiles_url, settings.tiles_attribution) if settings.tiles_url else None
        addresses = composition.Addresses(
            departments=url_for("maps.departments", version=_land()[1]),
            zones=url_for("maps.zone_data"),
            places=url_for("maps.place_data"),
            links=url_for("projects.links"),
        )
        body = composition.render_script(addresses, _words(), tiles).encode()
        made[root] = body, hashlib.sha256(body).hexdigest()[:12]
    return made[root]


def _words() -> dict[str, str]:
    return {
        "cluster": _("{count} lieux : agrandir"),
        "close": _("Fermer"),
        "zoom_in": _("Agrandir"),
        "zoom_out": _("Réduire"),
        "pole": _("Pôle :"),
        "failure": _("Une partie de la carte n’a pas pu être chargée. La liste, elle, est complète."),
    }


@bp.app_template_global()
def map_script_address() -> str:
    """Where the composed script of this language is: a new address when it changes."""
    return url_for("maps.script", digest=_script()[1])


@bp.app_template_global()
def map_scripts() -> tuple[str, ...]:
    """Static scripts that the composed one needs, in order."""
    return composition.SCRIPTS


@bp.app_template_global()
def map_styles() -> tuple[str, ...]:
    """Static styles of the map."""
    return composition.STYLES


@bp.get("/<digest>.js")
@shared
def script(digest: str) -> Response:
    """The composition, good for a year at this address. An old address gets the present one, for a moment."""
    body, current = _script()
    return conditional(body, "text/javascript", max_age=A_YEAR if digest == current else 60)


@bp.get("/departements-<version>.json")
@shared
def departments(version: str) -> Response:
    """Light outlines of the departments, sent as they are kept, compressed, to whom can read that."""
    packed, current = _land()
    if version != current:
        raise NotFound(_("Cette version des contours n’existe plus."))
    reads_gzip = request.accept_encodings.quality("gzip") > 0
    body = packed if reads_gzip else gzip.decompress(packed)
    response = conditional(body, "application/geo+json", max_age=A_YEAR, etag=current)
    response.vary.add("Accept-Encoding")
    if reads_gzip and response.status_code == 200:
        response.headers["Content-Encoding"] = "gzip"
    return response


@bp.get("/zones.json")
@shared
def zone_data() -> Response:
    """For each programme: its zones, and the zone of each department."""
    programmes = zones.list_programmes()
    counts = places.count_by_zone()
    poles: dict[int, list[str]] = {}
    for role in places.list_pole_roles([zone.id for programme in programmes for zone in programme.zones]):
        poles.setdefault(role.zone_id, []).append(role.place.name)
    found: dict[str, Any] = {p.slug: {"zones": {}, "departments": {}} for p in programmes}
    for code, by_programme in zones.map_departments_to_zones().items():
        for slug, zone in by_programme.items():
            found[slug]["departments"][code] = zone.slug
    for programme in programmes:
        for zone in programme.zones:
            found[programme.slug]["zones"][zone.slug] = {
                "slug": zone.slug,
                "name": zone.name,
                "colour": zone.colour,
                "overseas": zone.is_overseas,
                "url": url_for("zones.show", programme=programme.slug, slug=zone.slug),
                "poles": poles.get(zone.id, []),
                "counts": _say_counts(counts.get(zone.id, {})),
            }
    return json_answer({"programmes": found}, max_age=60)


def _say_counts(count: dict[str, int]) -> str:
    return " · ".join(
        (
            ngettext("%(num)d lauréat", "%(num)d lauréats", count.get("laureat", 0)),
            ngettext("%(num)d Fab Lab", "%(num)d Fab Labs", count.get("fablab", 0)),
            ngettext("%(num)d EPN ou lieu de médiation", "%(num)d EPN et lieux de médiation", count.get("epn", 0)),
        )
    )


@bp.get("/lieux.json")
@shared
def place_data() -> Response:
    """Compact rows of the places that the page's filter lets through; a place without a point has nulls for it."""
    programmes = zones.list_programmes()
    known = {programme.slug: {zone.slug for zone in programme.zones} for programme in programmes}
    wanted = read_filter(request.args.to_dict(flat=False), zones=known)
    zone_of = {
        code: by_programme[wanted.programme].slug
        for code, by_programme in zones.map_departments_to_zones().items()
        if wanted.programme in by_programme
    }
    rows = [
        [
            m.slug,
            m.name,
            m.kind,
            m.year or 0,
            m.latitude,
            m.longitude,
            zone_of.get(m.department, ""),
            m.commune,
            int(m.is_demo),
        ]
        for m in places.list_markers(wanted)
    ]
    shown = next((programme.zones for programme in programmes if programme.slug == wanted.programme), [])
    answer = {
        "fields": FIELDS,
        "rows": rows,
        "base": url_for("places.show", slug="_").removesuffix("_"),
        "kinds": {kind.value: kind.label for kind in PlaceKind},
        "laureate": _("Lauréat"),
        "demo": _("Exemple inventé"),
        "zones": {
            zone.slug: {
                "name": zone.name,
                "colour": zone.colour,
                "url": url_for("zones.show", programme=wanted.programme, slug=zone.slug),
            }
            for zone in shown
        },
    }
    return json_answer(answer, max_age=60)
