"""The places of the map as data: all at once, or tile by tile when they are many. The server chooses by their count.

An address names the version of what it tells and may be kept for a year; that of an old version tells of the present,
for a moment. Filters that look at the clock or at the agenda have no version: `NO_VERSION` stands in their addresses.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, current_app, request

from fablabmesh.accounts.rights import Act
from fablabmesh.directory.filters import Search
from fablabmesh.directory.queries import find_centre, fits, read_asked
from fablabmesh.feeds.answers import NotAcceptable, answer
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.config import Settings
from fablabmesh.kit.errors import NotFound, Refused
from fablabmesh.kit.geo import box_around
from fablabmesh.kit.headers import security_headers
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import json_answer, shared
from fablabmesh.maps import actions, queries
from fablabmesh.maps.front import Memory, pack
from fablabmesh.maps.grid import EXTENT, Tile, read_tile
from fablabmesh.maps.queries import Conditions, Mark
from fablabmesh.maps.views import A_YEAR, bp
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.queries import get_place
from fablabmesh.zones.models import Zone

__all__ = ["bp"]

NO_VERSION = "0"
A_MOMENT = 60
# Marks that stand out of any crowd are sent together, whatever the zoom; nobody has so many.
MOST_CHOSEN = 5_000
# Of the plane, for sums are nothing to a browser: 16 units are 60 cm.
COARSE = 16
_JSON = "application/json"
_MVT = "application/vnd.mapbox-vector-tile"


@dataclass(frozen=True)
class Wanted:
    """A filter as the map uses it. `version`: of all that it tells; `is_known`: may an answer be kept under it?"""

    conditions: Conditions
    version: str
    is_known: bool


def map_plan(search: Search, total: int) -> str:
    """« lieux/version?filter » or « tuiles/version?filter »: how a map of so many places gets its data."""
    settings: Settings = current_app.config["SETTINGS"]
    kind = "lieux" if total <= settings.map_rows else "tuiles"
    plain = _of_map(search)
    query = plain.to_query()
    return f"{kind}/{_version_of(plain)}" + (f"?{query}" if query else "")


@dataclass(frozen=True)
class Reach:
    """Where a map looks first: west, south, east, north; and the circle that is searched: latitude, longitude, km."""

    box: str = ""
    circle: str = ""


def map_reach(search: Search, total: int, *, with_overseas: bool = False) -> Reach:
    """Where the filter is. Nothing for the whole, for a zone, whose outline the map has, and for more than a map is
    sent at once, which is nearly everywhere."""
    settings: Settings = current_app.config["SETTINGS"]
    centre = find_centre(search.around) if search.around else None
    if search.around and centre:
        circle = (centre.latitude, centre.longitude, search.around.km)
        return Reach(_spelled(box_around(centre, search.around.km)), _spelled(circle))
    is_of_zone = bool(search.zone) and not search.departments and not with_overseas
    if search.is_everything or is_of_zone or not 0 < total <= settings.map_rows:
        return Reach()
    box = queries.find_reach(fits(search.filter, now=clock.now()), with_overseas=with_overseas)
    return Reach(_spelled(box)) if box else Reach()


def _spelled(numbers: Iterable[float]) -> str:
    return ",".join(f"{number:.4f}".rstrip("0").rstrip(".") for number in numbers)


def map_plan_of(zone: Zone | None = None) -> str:
    """The same for a small map of a zone, or of the whole."""
    search = Search(PlaceFilter(zone.programme.slug, zone.slug)) if zone else Search()
    return _plan(search)


def _plan(search: Search) -> str:
    actions.bring_up_to_date(clock.now(), most=actions.MOST_BY_THE_WAY)
    settings: Settings = current_app.config["SETTINGS"]
    return map_plan(search, queries.count_marks(_conditions(search), most=settings.map_rows + 1))


bp.add_app_template_global(map_plan)
bp.add_app_template_global(map_reach)
bp.add_app_template_global(map_plan_of)


@bp.get("/carte/plan.json")
@shared
@does(Act.PLACE_READ)
def plan() -> Response:
    """The same for who has only the filter."""
    return json_answer({"plan": _plan(_read())}, max_age=0)


@bp.get("/carte/lieux.json", defaults={"version": ""})
@bp.get("/carte/lieux-<version>.json")
@shared
@does(Act.PLACE_READ)
def rows(version: str) -> Response:
    """Every mark that the filter leaves, column by column. Without a version, as it is now and for a moment."""
    wanted = _settle()
    return _tell(wanted, version, _JSON, lambda: _dumps(_told(queries.list_marks(wanted.conditions), wanted)))


@bp.get("/carte/reperes-<version>.json")
@shared
@does(Act.PLACE_READ)
def chosen(version: str) -> Response:
    """Of a map in tiles, the marks that no tile tells: laureates and poles."""
    wanted = _settle()

    def make() -> bytes:
        return _dumps(_told(queries.list_marks(wanted.conditions, only_chosen=True, limit=MOST_CHOSEN), wanted))

    return _tell(wanted, version, _JSON, make)


@bp.get("/carte/bouts.json")
@shared
@does(Act.PLACE_READ)
def linked() -> Response:
    """Which places at the ends of links the filter leaves, for a map that knows only what it shows."""
    return json_answer({"slugs": queries.list_linked(_conditions(_read()))}, max_age=A_MOMENT)


@bp.get("/carte/reperes/<slug>.json")
@shared
@does(Act.PLACE_READ)
def mark(slug: str) -> Response:
    """One place, for a map that did not draw it."""
    _settle()
    found = queries.find_mark(slug)
    if found is None:
        get_place(slug)  # a former address leads on
        raise NotFound(_("Ce lieu n’est pas sur la carte."))
    return json_answer({"scale": COARSE, "columns": _columns([found])}, max_age=A_MOMENT)


@bp.get("/tuiles/<version>/<zoom>/<x>/<y>.json")
@shared
@does(Act.PLACE_READ)
def tile(version: str, zoom: str, x: str, y: str) -> Response:
    """One square: cells of several places, and places that are alone."""
    asked = _read_tile(zoom, x, y)
    wanted = _settle()

    def make() -> bytes:
        cells, marks = queries.read_tile(asked, wanted.conditions)
        told = [[*_within(asked, cell.x, cell.y), cell.count] for cell in cells]
        return _dumps({"extent": EXTENT, "cells": told, "columns": _columns(marks, asked)})

    return _tell(wanted, version, _JSON, make)


@bp.get("/tuiles/<version>/<zoom>/<x>/<y>.mvt", defaults={"is_whole": False})
@bp.get("/tuiles/<version>/<zoom>/<x>/<y>-complet.mvt", defaults={"is_whole": True})
@shared
@does(Act.PLACE_READ)
def vector_tile(version: str, zoom: str, x: str, y: str, is_whole: bool) -> Response:
    """One square as a Mapbox vector tile: each place, lean or with all that a mark shows."""
    asked = _read_tile(zoom, x, y)
    wanted = _settle()
    return _tell(wanted, version, _MVT, lambda: queries.read_vector_tile(asked, wanted.conditions, is_whole=is_whole))


# --- what is asked for -------------------------------------------------------------------------------------------


def _read() -> Search:
    args = request.args.to_dict(flat=False)
    return _of_map(read_asked(args, now=clock.now()).search) if args else Search()


def _of_map(search: Search) -> Search:
    """Without what is the list's alone: its order, its part in view. A programme alone colours marks and picks none."""
    found = search.filter
    return found if found.zone else replace(found, place=replace(found.place, programme="fablab"))


def _conditions(search: Search) -> Conditions:
    return () if search.is_everything else fits(search, now=clock.now())


def _version_of(search: Search) -> str:
    if search.open or search.has_events or search.seeks_partners or search.updated:
        return NO_VERSION
    number = queries.find_number()
    return f"{number}-{queries.find_composition_mark()}" if search.zone else str(number)


def _read_tile(zoom: str, x: str, y: str) -> Tile:
    found = read_tile(zoom, x, y)
    if found is None:
        raise Refused(_("Cette tuile n’existe pas : zoom de 0 à 17, puis la colonne et la ligne de ce zoom."))
    return found


def _settle() -> Wanted:
    """The filter of the address, once the map is up to date; where too much changed for that, nothing is to be kept."""
    is_current = actions.bring_up_to_date(clock.now(), most=actions.MOST_BY_THE_WAY) is not None
    search = _read()
    version = _version_of(search)
    return Wanted(_conditions(search), version, is_current and version != NO_VERSION)


def _tell(wanted: Wanted, version: str, mimetype: str, make: Callable[[], bytes]) -> Response:
    """`make`: the bytes. Kept for a year only if the address named the version before and after they were read."""
    body = make()
    is_right = wanted.is_known and version == wanted.version and _is_still(wanted)
    # A version to come must not be found with what is told now, by then.
    is_to_come = version.partition("-")[0].rjust(20, "0") > wanted.version.partition("-")[0].rjust(20, "0")
    headers = _headers(mimetype, A_YEAR if is_right else 0 if is_to_come and wanted.is_known else A_MOMENT)
    accepted, known = request.headers.get("Accept-Encoding", ""), request.headers.get("If-None-Match", "")
    if not is_right and "gzip" not in accepted:
        # Nobody will have it packed: to pack it would take longer than to make it.
        return Response(body, 200, [*headers, ("Vary", "Accept-Encoding")])
    packed = pack(body, headers)
    if is_right:
        query = request.query_string.decode("latin-1")
        memory: Memory = current_app.extensions["map_memory"]
        memory.keep(request.path + (f"?{query}" if query else ""), packed)
    try:
        status, headers, sent = answer(packed, request.method, accepted, known)
    except NotAcceptable:
        status, headers, sent = answer(packed, request.method, "", known)
    return Response(sent, status, headers, content_type=None if status[0] == "2" else "")


def _is_still(wanted: Wanted) -> bool:
    return wanted.version.split("-")[0] == str(queries.find_number())


def _headers(mimetype: str, seconds: int) -> list[tuple[str, str]]:
    settings: Settings = current_app.config["SETTINGS"]
    lasting = {0: "no-store", A_YEAR: f"public, max-age={A_YEAR}, immutable"}
    return [
        ("Content-Type", mimetype),
        ("Cache-Control", lasting.get(seconds, f"public, max-age={seconds}")),
        *(security_headers(settings) | {"Cross-Origin-Resource-Policy": "cross-origin"}).items(),
        ("Access-Control-Allow-Origin", "*"),
    ]


# --- what is told --------------------------------------------------------------------------------------------------


def _dumps(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _told(marks: list[Mark], wanted: Wanted) -> dict[str, Any]:
    return {"scale": COARSE, "overseas": queries.count_overseas(wanted.conditions), "columns": _columns(marks)}


def _within(tile: Tile, x: int, y: int) -> tuple[int, int]:
    return (x - tile.west) * EXTENT // tile.side, (y - tile.north) * EXTENT // tile.side


def _columns(marks: Iterable[Mark], tile: Tile | None = None) -> dict[str, list[Any]]:
    """Neighbours in the alphabet are neighbours in the file, which packs smaller for it."""
    ordered = sorted(marks, key=lambda mark: (mark.department, mark.commune, mark.slug))
    spots = [_within(tile, each.x, each.y) if tile else (each.x // COARSE, each.y // COARSE) for each in ordered]
    return {
        "x": [x for x, _y in spots],
        "y": [y for _x, y in spots],
        "slug": [each.slug for each in ordered],
        "name": [each.name for each in ordered],
        "kind": [each.kind for each in ordered],
        "year": [each.year for each in ordered],
        "department": [each.department for each in ordered],
        "commune": [each.commune for each in ordered],
        "demo": [int(each.is_demo) for each in ordered],
    }
