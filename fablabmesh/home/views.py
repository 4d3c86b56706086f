"""The front page: the map, and the list beside it that says the same and needs no script."""

import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.directory import facet_queries, facets, wording
from fablabmesh.directory import queries as directory
from fablabmesh.directory.exports import FORMATS
from fablabmesh.directory.filters import OFFERED_RADII, Search, Sort
from fablabmesh.directory.moments import HOME
from fablabmesh.directory.queries import Asked, Found
from fablabmesh.feeds.slices import RADII, USUAL_RADIUS
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.web import anyone, read_page
from fablabmesh.maps.data_views import map_plan, map_reach
from fablabmesh.places import queries as places
from fablabmesh.search import queries as finder
from fablabmesh.zones import queries as zones

bp = Blueprint("home", __name__)

PAGE_SIZE = 60
_HALFWAY_ROUND_KM = 20_100


@dataclass(frozen=True)
class Ways:
    """Out of an empty list: the words put right; around a spot the nearest place, and the circle that reaches it unless
    it is wider than any that may be asked for."""

    mended: Search | None = None
    mended_count: int = 0
    nearest: Found | None = None
    wider: Search | None = None


@bp.get("/")
@anyone
@does(Act.SITE_READ)
def index() -> str | Answer:
    """Every place that the filter in the address lets through; the address is in its one spelling."""
    now = clock.now()
    asked = directory.read_asked(request.args.to_dict(flat=False), now=now)
    if asked.search.unknown or len(asked.towns) > 1 or _is_canonical(asked.search):
        return render_template("home/index.html", **_page_of(asked, now))
    return redirect(search_path(asked.search, page=_asked_page()), 302)


def _asked_page() -> str | None:
    """Only a number is written again: the address goes into a header."""
    text = request.args.get("page", "")
    return text if text.isascii() and text.isdecimal() and len(text) < 7 else None


def _is_canonical(search: Search) -> bool:
    """By its values and not by its bytes, which others on the way may spell as they like."""
    query = search.to_query(page=_asked_page())
    return parse_qsl(query) == parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True)


def _page_of(asked: Asked, now: datetime) -> dict[str, Any]:
    search = asked.search
    today = now.astimezone(ZoneInfo(HOME)).date()
    programmes = zones.list_programmes()
    shown = next((programme for programme in programmes if programme.slug == search.programme), None)
    counted = facet_queries.count_facets(search, now=now)
    page = read_page(request.args, counted.total, PAGE_SIZE)
    names = directory.map_names(search, shown)
    chips = facets.list_chips(search, names, today)
    # The map draws what is beside its view too.
    on_map = counted.total if search.view is None else directory.count_found(search.filter, now=now)
    return {
        "search": search,
        "towns": asked.towns[1:],
        "lost": asked.lost,
        "meant": _town_meant(asked.lost),
        "town": asked.towns[0] if asked.towns else None,
        "now": now,
        "today": today,
        "programmes": programmes,
        "shown": shown,
        "page": page,
        "found": directory.list_found(search, now=now, limit=page.size, offset=page.offset),
        "ways": _ways_on(search, now) if not counted.total else Ways(),
        "plan": map_plan(search.filter, on_map),
        "reach": map_reach(search.filter, on_map),
        "zone_of": zones.map_departments_to_zones(),
        "zone_counts": places.count_by_zone(),
        "names": names,
        "counts": counted.of,
        "used": counted.used,
        "groups": facets.list_groups(search, counted.of, counted.used, names),
        "moments": facets.list_moments(search, counted.of["ouvert"], today),
        "event_periods": facets.list_event_periods(search, counted.of["evenements"]),
        "update_periods": facets.list_update_periods(search, counted.of["maj"]),
        "holiday": facets.tell_holiday(search, today),
        "chips": chips,
        "kinds": facets.list_kinds(search, counted.of["genre"], names["genre"]),
        "radius": search.around.km if search.around else USUAL_RADIUS,
        "radii": sorted({*OFFERED_RADII, search.around.km if search.around else USUAL_RADIUS}),
        "sorts": [sort for sort in Sort if search.around or sort is not Sort.DISTANCE],
        # What is chosen and would leave the calendar of these places as it is.
        "passing": [chip.words for chip in chips if _is_passing(chip.without, search)],
        "files": FORMATS,
    }


def _town_meant(lost: str) -> str:
    """The nearest name that a commune bears; empty where there is none."""
    text = finder.mend(lost) if lost else ""
    return next((town.name for town in zones.list_towns_called(text, limit=1)), "") if text else ""


def _ways_on(search: Search, now: datetime) -> Ways:
    """For who found nothing: only what leads to something."""
    ways = Ways()
    text = finder.mend(search.text) if search.text else ""
    if text:
        mended = replace(search, place=replace(search.place, text=text))
        ways = Ways(mended, directory.count_found(mended, now=now))
    nearest = _find_nearest(search, now)
    if nearest is not None and search.around:
        km = max(search.around.km, math.ceil((nearest.metres or 0) / 1000))
        wider = replace(search, view=None, around=replace(search.around, km=km)) if km in RADII else None
        ways = replace(ways, nearest=nearest, wider=wider)
    return ways if ways.mended_count else replace(ways, mended=None)


def _find_nearest(search: Search, now: datetime) -> Found | None:
    """However far, in circles that grow: what is near is found without measuring the whole world."""
    if search.around is None:
        return None
    for km in (*(each for each in OFFERED_RADII if each >= search.around.km), 1000, _HALFWAY_ROUND_KM):
        wider = replace(search, view=None, sort=Sort.DISTANCE, around=replace(search.around, km=km))
        found = directory.list_found(wider, now=now, limit=1)
        if found:
            return found[0]
    return None


def _is_passing(fewer: Search, search: Search) -> bool:
    return fewer.lasting == search.lasting and fewer.with_closed == search.with_closed


@bp.app_template_global()
def file_path(search: Search, ending: str) -> str:
    """The places of a search as a file."""
    query = search.to_query()
    return url_for("directory.export", ending=ending) + (f"?{query}" if query else "")


@bp.app_template_global()
def search_path(search: Search, **more: object) -> str:
    """The front page of a search, in the language of this page."""
    query = search.to_query(**more)
    return url_for("home.index") + (f"?{query}" if query else "")


for _name in ("tell_opening", "tell_distance", "tell_notation", "is_closed"):
    bp.add_app_template_filter(getattr(wording, _name), _name)
