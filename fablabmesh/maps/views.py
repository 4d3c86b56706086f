"""The composed script, the land and the zones. The places are in `data_views`; the links are the projects room's."""

import gzip
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for

from fablabmesh.accounts.rights import Act
from fablabmesh.directory import queries as directory
from fablabmesh.directory.wording import is_closed
from fablabmesh.events import queries as events
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.config import Settings
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.hours_wording import read_hours
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language, without_language
from fablabmesh.kit.packing import pack
from fablabmesh.kit.static_files import choose_encoding
from fablabmesh.kit.web import conditional, json_answer, shared
from fablabmesh.maps import composition
from fablabmesh.maps.insets import Inset, draw_inset
from fablabmesh.maps.queries import OVERSEAS
from fablabmesh.places import queries as places
from fablabmesh.places.rules import PlaceKind
from fablabmesh.zones import queries as zones
from fablabmesh.zones.rules import timezone_of_department

bp = Blueprint("maps", __name__)

LAND = Path(__file__).parent.parent / "opendata" / "data" / "departments-light.geojson.gz"
A_YEAR = 31_536_000


@cache
def _land_as(encoding: str) -> bytes:
    """The outlines, packed in one way or not at all; brotli makes them a third smaller."""
    packed, _digest = _land()
    if encoding == "gzip":
        return packed
    body = gzip.decompress(packed)
    return pack(body, encoding) if encoding else body


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
        addresses = composition.Addresses(
            departments=url_for("maps.departments", version=_land()[1]),
            zones=url_for("maps.zone_data"),
            # One address for all languages: what stands in names does not depend on them.
            places=without_language(root) + "/carte",
            tiles=without_language(root) + "/tuiles",
            links=url_for("projects.links"),
        )
        body = composition.render_script(addresses, _words(), _backgrounds(settings)).encode()
        made[root] = body, hashlib.sha256(body).hexdigest()[:12]
    return made[root]


def _backgrounds(settings: Settings) -> list[composition.Background]:
    """The operator's tiles: by way of this server, or of their own, which the visitor is asked about."""
    is_english = language() == "en"
    root = without_language(request.script_root)
    return [
        composition.Background(
            url=f"{root}/fonds/{layer.code}/{{z}}/{{x}}/{{y}}" if layer.proxy else layer.url,
            attribution=layer.credit,
            host=layer.host,
            max_zoom=layer.max_zoom,
            code=layer.code,
            name=layer.name_en if is_english else layer.name_fr,
            is_overlay=layer.is_overlay,
            opacity=layer.opacity,
            legend=layer.legend_en if is_english else layer.legend_fr,
        )
        for layer in settings.layers
    ]


def _words() -> dict[str, Any]:
    return {
        "cluster": _("{count} lieux : agrandir"),
        "here": _("{count} lieux ici"),
        "more": _("Et {count} autres : la liste les dit tous."),
        "close": _("Fermer"),
        "zoom_in": _("Agrandir"),
        "zoom_out": _("Réduire"),
        "map": _("carte"),
        "help": _("Entrée : aller aux repères ; flèches : de l’un à l’autre ; Échap : revenir à la carte."),
        "laureate": _("Lauréat"),
        "demo": _("Exemple inventé"),
        "kinds": {kind.value: kind.label for kind in PlaceKind},
        "place": url_for("places.show", slug="_").removesuffix("_"),
        "about": url_for("maps.place_popup", slug="_").removesuffix("_"),
        "ask": _("Afficher le fond de carte de {host}"),
        "warn": _("Votre navigateur lui enverra votre adresse IP."),
        "stop": _("Ne plus afficher le fond de carte de {host}"),
        "layers": _("Fonds de carte"),
        "bases": _("Fond"),
        "overlays": _("Par-dessus"),
        "land": _("Les départements seulement"),
        "tells": _("{host} recevra votre adresse IP"),
        "kept": _("Votre choix est gardé dans ce navigateur, et nulle part ailleurs."),
        "failure": _("Une partie de la carte n’a pas pu être chargée. La liste, elle, est complète."),
        "lost": _("Ce lieu n’a pas pu être trouvé sur la carte."),
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
def map_preloads(plan: str) -> tuple[str, ...]:
    """What the map of this plan reads at first: asked for before its scripts are there to ask."""
    kind, _slash, rest = plan.partition("/")
    version, _mark, query = rest.partition("?")
    name = f"{'lieux' if kind == 'lieux' else 'reperes'}-{version}.json"
    places = f"{without_language(request.script_root)}/carte/{name}" + (f"?{query}" if query else "")
    return url_for("maps.zone_data"), places, url_for("maps.departments", version=_land()[1])


@bp.app_template_global()
@cache
def map_insets() -> tuple[Inset, ...]:
    """The overseas departments in outline."""
    features = json.loads(gzip.decompress(LAND.read_bytes()))["features"]
    told = {each["properties"]["code"]: each for each in features}
    return tuple(draw_inset(code, told[code]["properties"]["name"], told[code]["geometry"]) for code in OVERSEAS)


@bp.app_template_global()
def map_styles() -> tuple[str, ...]:
    """Static styles of the map."""
    return composition.STYLES


@bp.get("/carte/<digest>.js")
@shared
@does(Act.SITE_READ)
def script(digest: str) -> Response:
    """The composition, good for a year at this address. An old address gets the present one, for a moment."""
    body, current = _script()
    return conditional(body, "text/javascript", max_age=A_YEAR if digest == current else 60)


@bp.get("/carte/departements-<version>.json")
@shared
@does(Act.ZONE_READ)
def departments(version: str) -> Response:
    """Light outlines of the departments, sent as they are kept, compressed, to whom can read that."""
    _packed, current = _land()
    if version != current:
        raise NotFound(_("Cette version des contours n’existe plus."))
    encoding = choose_encoding()
    body = _land_as(encoding)
    response = conditional(body, "application/geo+json", max_age=A_YEAR, etag=f"{current}-{encoding}")
    response.vary.add("Accept-Encoding")
    if encoding and response.status_code == 200:
        response.headers["Content-Encoding"] = encoding
    return response


@bp.get("/carte/zones.json")
@shared
@does(Act.ZONE_READ)
def zone_data() -> Response:
    """For each programme: its zones, and the zone of each department."""
    programmes = zones.list_programmes()
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
                "panel": url_for("maps.zone_panel", programme=programme.slug, slug=zone.slug),
            }
    return json_answer({"programmes": found}, max_age=60)


@bp.get("/carte/lieux/<slug>")
@shared
@does(Act.PLACE_READ)
def place_popup(slug: str) -> Response:
    """What the popup of a place says of it beside its name: a piece of a page, for the script of the map."""
    place, now = places.get_place(slug), clock.now()
    if place.moderation.is_hidden:
        raise NotFound(_("Ce lieu n’existe pas, ou n’existe plus."))
    department = place.department_code
    reading = read_hours(place.opening_hours, timezone_of_department(department), now, department=department)
    told = render_template(
        "maps/place.html",
        place=place,
        is_closed=is_closed(place.closed_on, now.date()),
        today=reading.hours.today if reading and not is_closed(place.closed_on, now.date()) else "",
        coming=directory.find_next_events([place.id], now).get(place.id),
    )
    return conditional(told.encode(), "text/html", max_age=60)


@bp.get("/carte/zones/<programme>/<slug>")
@shared
@does(Act.ZONE_READ)
def zone_panel(programme: str, slug: str) -> Response:
    """What a zone's panel says of it: a piece of a page, for the script of the map."""
    zone = zones.get_zone(programme, slug)
    panel = render_template(
        "maps/zone.html",
        zone=zone,
        poles=[role.place for role in places.list_pole_roles([zone.id])],
        counts=places.count_by_zone().get(zone.id, {}),
        agenda=events.list_upcoming_in_zone(zone, after=clock.now(), limit=3),
    )
    return conditional(panel.encode(), "text/html", max_age=60)
