"""The agenda in a frame of another site, and the script that gives frames their height.

The address is that of the agenda, and beside it whatever the directory alone knows of places: « machine=… ».
"""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, render_template, request, url_for

from fablabmesh.accounts.rights import Act
from fablabmesh.directory import queries as directory
from fablabmesh.directory.calendar_queries import part_of
from fablabmesh.directory.filters import LISTS, Search, Sort
from fablabmesh.events.rules import HOME_ZONE
from fablabmesh.events.wording import by_month_and_day
from fablabmesh.feeds import agenda_queries as queries
from fablabmesh.feeds.agenda import View, Wanted, weeks_of
from fablabmesh.feeds.agenda_queries import Asked, read_asked
from fablabmesh.feeds.composition import title_of
from fablabmesh.feeds.queries import Part
from fablabmesh.feeds.slices import Slice
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.web import conditional, framed, public_url, shared
from fablabmesh.syndication.embedding import Look, part_zone, read_look
from fablabmesh.syndication.queries import find_names
from fablabmesh.syndication.titles import parts_of

bp = Blueprint("syndication", __name__)

FRAME = "/agenda/integrer"
MOST_IN_A_DAY = 4
# What the agenda has no words for; the rest of a search it reads by itself.
BEYOND = (*LISTS, "cherche-partenaires", "maj", "ouvert")
_DAY = 86_400


@bp.get(FRAME)
@framed
@does(Act.SITE_READ)
def frame() -> Response:
    """The next dates, or a month, without anything of the site around them."""
    now = clock.now()
    today = now.astimezone(ZoneInfo(HOME_ZONE)).date()
    asked, look = read_agenda(today)
    wanted, beyond = asked.wanted, read_beyond(now)
    part = part_shown(wanted, beyond, now)
    shown: dict[str, object] = {"days": {}, "months": []}
    if wanted.view is View.MONTH:
        first, _last = wanted.days(today)
        weeks = weeks_of(first)
        shown |= {"first": first, "weeks": weeks, "steps": [_step(wanted, beyond, way, look, today) for way in (-1, 1)]}
        shown["days"] = queries.list_days(part, weeks[0][0], weeks[-1][-1], most=MOST_IN_A_DAY)
    else:
        shown["months"] = by_month_and_day(queries.list_coming(part, now=now, limit=look.most))
    page = render_template(
        "syndication/frame.html",
        wanted=wanted,
        look=look,
        title=title_shown(asked, beyond),
        today=today,
        is_whole=not asks_beyond(beyond),
        whole=whole_agenda(wanted, beyond),
        **shown,
    )
    return conditional(page.encode(), "text/html")


@bp.get("/integrer.js")
@bp.get("/agenda/integrer.js")
@shared
@does(Act.SITE_READ)
def script() -> Response:
    """What gives a frame the height of what it holds. Its address is on the pages of others, and stays."""
    body = Path(current_app.static_folder or "", "syndication", "host.js").read_bytes()
    answer = conditional(body, "text/javascript", max_age=_DAY)
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def read_agenda(today: date) -> tuple[Asked, Look]:
    """A frame shows what comes or a month, and never a period that is over when somebody looks at it."""
    args = request.args.to_dict(flat=False)
    asked = read_asked({name: values for name, values in args.items() if name not in ("au", "passes")}, today=today)
    wanted = asked.wanted
    if wanted.view is not View.MONTH:
        wanted = Wanted(wanted.slice, unknown=wanted.unknown)
    return Asked(wanted, asked.names, asked.towns), read_look(request.args)


def read_beyond(now: datetime) -> Search:
    """What the same address asks of the places that the agenda does not know how to ask."""
    args = request.args.to_dict(flat=False)
    return directory.read_asked({name: args[name] for name in BEYOND if name in args}, now=now).search


def asks_beyond(beyond: Search) -> bool:
    """Is anything asked that the agenda has no words for?"""
    return beyond.to_query() != ""


def part_shown(wanted: Wanted, beyond: Search, now: datetime) -> Part:
    """The events that the frame shows."""
    if not asks_beyond(beyond):
        return wanted.slice
    return part_of(beyond, now=now, wanted=wanted.slice)


def title_shown(asked: Asked, beyond: Search) -> str:
    """What the frame is called."""
    title = title_of(asked.wanted.slice, asked.names)
    return " – ".join([title, *parts_of(beyond, find_names(beyond))])


def whole_agenda(wanted: Wanted, beyond: Search) -> str:
    """The page with the same and more: the agenda, or else the places with their next events."""
    if not asks_beyond(beyond):
        return public_url(request.script_root + Wanted(wanted.slice).to_path())
    return public_url(url_for("home.index") + f"?{_same_places(wanted.slice, beyond).to_query()}")


def _same_places(wanted: Slice, beyond: Search) -> Search:
    """The places of the first choice, those with the next event first."""
    given: dict[str, list[str]] = {}
    for name, value in wanted.choices[0].to_pairs() if wanted.choices else []:
        if name in ("autour", "genre", "rayon", "zone"):
            given.setdefault(name, []).append(value)
    shared = directory.read_asked(part_zone(given), now=clock.now()).search
    return replace(beyond, place=shared.place, around=shared.around, sort=Sort.NEXT_EVENT)


def agenda_frame_path(wanted: Wanted, beyond: Search, look: Look) -> str:
    """The address of the frame, below the root of the language."""
    path, query = wanted.to_path(FRAME, **look.to_pairs()), beyond.to_query()
    return path + (("&" if "?" in path else "?") + query if query else "")


def _step(wanted: Wanted, beyond: Search, way: int, look: Look, today: date) -> str | None:
    near = wanted.moved(way, today)
    return request.script_root + agenda_frame_path(near, beyond, look) if near else None
