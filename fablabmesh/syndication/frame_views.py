"""A map and a list of places in frames of other sites: any filter of the front page, nothing of the site around it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response, render_template, request, url_for

from fablabmesh.accounts.rights import Act
from fablabmesh.directory import queries as directory
from fablabmesh.directory.filters import Search
from fablabmesh.events.rules import HOME_ZONE
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.web import conditional, framed, public_url, read_page
from fablabmesh.syndication.embed_views import bp
from fablabmesh.syndication.embedding import Look, Shown, read_look
from fablabmesh.syndication.queries import find_names
from fablabmesh.syndication.titles import title_of
from fablabmesh.zones import queries as zones

PATHS = {Shown.MAP: "/integrer/carte", Shown.LIST: "/integrer/liste"}


@bp.get(PATHS[Shown.MAP])
@framed
@does(Act.SITE_READ)
def map_frame() -> Response:
    """The map of what fits; what is on it is in the list to which it leads."""
    now = clock.now()
    search, look = read_places(now)
    page = render_template(
        "syndication/map_frame.html",
        search=search,
        look=look,
        title=title_of(search, find_names(search)),
        total=directory.count_found(search, now=now),
        whole=whole_page(search),
    )
    return conditional(page.encode(), "text/html")


@bp.get(PATHS[Shown.LIST])
@framed
@does(Act.SITE_READ)
def list_frame() -> Response:
    """So many places, and the others on the pages that follow."""
    now = clock.now()
    search, look = read_places(now)
    page = read_page(request.args, directory.count_found(search, now=now), look.most)
    shown = render_template(
        "syndication/list_frame.html",
        search=search,
        look=look,
        title=title_of(search, find_names(search)),
        page=page,
        found=directory.list_found(search, now=now, limit=page.size, offset=page.offset),
        today=now.astimezone(ZoneInfo(HOME_ZONE)).date(),
        zone_of=zones.map_departments_to_zones(),
        whole=whole_page(search),
        turned=[_turned(search, look, number) for number in (page.previous, page.next)],
    )
    return conditional(shown.encode(), "text/html")


def read_places(now: datetime) -> tuple[Search, Look]:
    """What an address asks for. A frame on the page of others never fails for a word that is no more."""
    asked = directory.read_asked(request.args.to_dict(flat=False), now=now)
    return asked.search.filter if asked.search.view else asked.search, read_look(request.args)


def places_frame_path(shown: Shown, search: Search, look: Look, page: int | None = None) -> str:
    """The address of a frame, below the root of the language."""
    more = look.to_pairs()
    if shown is Shown.MAP:
        search, more = search.filter, {"theme": more["theme"]}
    query = search.to_query(**more, page=page)
    return PATHS[shown] + (f"?{query}" if query else "")


def whole_page(search: Search) -> str:
    """The same on the front page."""
    query = search.to_query()
    return public_url(url_for("home.index") + (f"?{query}" if query else ""))


def _turned(search: Search, look: Look, number: int | None) -> str | None:
    if number is None:
        return None
    return request.script_root + places_frame_path(Shown.LIST, search, look, number if number > 1 else None)
