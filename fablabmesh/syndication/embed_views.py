"""The agenda in a frame of another site, and the script that gives frames their height."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, render_template, request

from fablabmesh.accounts.rights import Act
from fablabmesh.events.rules import HOME_ZONE
from fablabmesh.events.wording import by_month_and_day
from fablabmesh.feeds import agenda_queries as queries
from fablabmesh.feeds.agenda import View, Wanted, weeks_of
from fablabmesh.feeds.agenda_queries import Asked, read_asked
from fablabmesh.feeds.composition import title_of
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.web import conditional, framed, public_url, shared
from fablabmesh.syndication.embedding import Look, read_look

bp = Blueprint("syndication", __name__)

FRAME = "/agenda/integrer"
MOST_IN_A_DAY = 4
_DAY = 86_400


@bp.get(FRAME)
@framed
@does(Act.SITE_READ)
def frame() -> Response:
    """The next dates, or a month, without anything of the site around them."""
    now = clock.now()
    today = now.astimezone(ZoneInfo(HOME_ZONE)).date()
    asked, look = read_agenda(today)
    wanted = asked.wanted
    shown: dict[str, object] = {"days": {}, "months": []}
    if wanted.view is View.MONTH:
        first, _last = wanted.days(today)
        weeks = weeks_of(first)
        shown |= {"first": first, "weeks": weeks, "steps": [_step(wanted, way, look, today) for way in (-1, 1)]}
        shown["days"] = queries.list_days(wanted.slice, weeks[0][0], weeks[-1][-1], most=MOST_IN_A_DAY)
    else:
        shown["months"] = by_month_and_day(queries.list_dates(wanted, now=now, limit=look.most))
    page = render_template(
        "syndication/frame.html",
        wanted=wanted,
        look=look,
        title=title_of(wanted.slice, asked.names),
        today=today,
        whole=public_url(request.script_root + Wanted(wanted.slice).to_path()),
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


def agenda_frame_path(wanted: Wanted, look: Look) -> str:
    """The address of the frame, below the root of the language."""
    return wanted.to_path(FRAME, **look.to_pairs())


def _step(wanted: Wanted, way: int, look: Look, today: date) -> str | None:
    near = wanted.moved(way, today)
    return request.script_root + agenda_frame_path(near, look) if near else None
