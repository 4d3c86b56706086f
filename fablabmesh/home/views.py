"""The front page: the map, and the list beside it that says the same and needs no script."""

from flask import Blueprint, render_template, request

from fablabmesh.directory.filters import Search
from fablabmesh.kit.web import anyone, read_page
from fablabmesh.maps.data_views import map_plan
from fablabmesh.places import queries as places
from fablabmesh.places.filters import LAUREATE, read_filter
from fablabmesh.places.rules import PlaceKind
from fablabmesh.zones import queries as zones

bp = Blueprint("home", __name__)

PAGE_SIZE = 60


@bp.get("/")
@anyone
def index() -> str:
    """Every place that the filter in the address lets through."""
    programmes = zones.list_programmes()
    known = {programme.slug: {zone.slug for zone in programme.zones} for programme in programmes}
    wanted = read_filter(request.args.to_dict(flat=False), zones=known)
    page = read_page(request.args, places.count_places(wanted), PAGE_SIZE)
    shown = next((programme for programme in programmes if programme.slug == wanted.programme), None)
    return render_template(
        "home/index.html",
        programmes=programmes,
        shown=shown,
        wanted=wanted,
        page=page,
        plan=map_plan(Search(wanted), page.total),
        places=places.list_places(wanted, limit=page.size, offset=page.offset),
        zone_of=zones.map_departments_to_zones(),
        department_names={department.code: department.name for department in zones.list_departments()},
        kind_counts=places.count_kinds(wanted),
        zone_counts=places.count_by_zone(),
        kinds=list(PlaceKind),
        LAUREATE=LAUREATE,
    )
