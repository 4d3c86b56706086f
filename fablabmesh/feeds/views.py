"""Calendars over HTTP: any part of the agenda at its one address, told « you have it already » before any work."""

import json
from collections.abc import Callable
from functools import partial
from typing import Protocol

from flask import Blueprint, Response, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.events.models import Event
from fablabmesh.feeds import queries, slices
from fablabmesh.feeds.agenda_queries import list_news
from fablabmesh.feeds.answers import Kept, NotAcceptable, TooManyStreams, answer
from fablabmesh.feeds.composition import (
    Cover,
    Piece,
    compose,
    cover_of,
    file_name_at,
    file_name_of,
    keep_news,
    tag_of,
)
from fablabmesh.feeds.front import ENDINGS, Memory
from fablabmesh.feeds.slices import BadFilter, Slice
from fablabmesh.kit import clock, db
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.headers import security_headers
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import without_language
from fablabmesh.kit.news import FORMATS, Channel
from fablabmesh.kit.web import public_url, shared
from fablabmesh.publication.news import to_item

bp = Blueprint("feeds", __name__)

RETRY_AFTER = 60
MOST_ITEMS = 50
MOST_DATES = 3
READ_BY_OTHERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
# The one address of what is asked for, and what brings it.
Found = tuple[str, Callable[[Memory], Kept]]
STALE = [("Warning", '110 - "Response is Stale"')]


class ReadPieces(Protocol):
    """What a calendar is made of, with the texts or only with what tells whether they are still the same."""

    def __call__(self, *, with_text: bool) -> list[Piece]: ...


# Beside calendars, what tells of the same to those who have none.
_NEWS = f"<any({', '.join(FORMATS)}):ending>"


@bp.get("/agenda.ics", defaults={"ending": "ics"})
@bp.get(f"/agenda.{_NEWS}")
@shared
@does(Act.EVENT_READ)
def agenda(ending: str) -> Answer:
    """Every event, or those of a filter."""
    return _serve(_read_filter, ending)


@bp.get("/lieux/<slug>/agenda.ics", defaults={"ending": "ics"})
@bp.get(f"/lieux/<slug>/agenda.{_NEWS}")
@shared
@does(Act.EVENT_READ)
def place(slug: str, ending: str) -> Answer:
    """The events of a place."""
    return _serve(lambda: slices.of_place(slug), ending)


@bp.get("/zones/<programme>/<slug>/agenda.ics", defaults={"ending": "ics"})
@bp.get(f"/zones/<programme>/<slug>/agenda.{_NEWS}")
@shared
@does(Act.EVENT_READ)
def zone(programme: str, slug: str, ending: str) -> Answer:
    """The events of the places whose department is in the zone."""
    return _serve(lambda: slices.of_zone(programme, slug), ending)


@bp.get("/evenements/<slug>.ics", defaults={"ending": "ics"})
@bp.get(f"/evenements/<slug>.{_NEWS}")
@shared
@does(Act.EVENT_READ)
def event(slug: str, ending: str) -> Answer:
    """One event, to be put into a calendar or followed."""
    return _serve(lambda: slices.of_event(slug), ending)


@bp.after_request
def answer_preflight(response: Response) -> Response:
    """A script of another site must ask before it may send the tag that it has (Fetch, CORS-preflight)."""
    if request.method == "OPTIONS" and request.path.endswith(ENDINGS):
        response.status_code = 204
        response.headers.update(READ_BY_OTHERS)
        response.headers["Allow"] = response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response


@bp.app_template_global("calendar_path")
def calendar_path(wanted: Slice, ending: str = "ics") -> str:
    """Where a calendar stands, in all languages."""
    return without_language(request.script_root) + wanted.to_path(ending)


for of in (slices.of_place, slices.of_zone, slices.of_project, slices.of_event):
    bp.add_app_template_global(of, f"calendar_{of.__name__}")
bp.add_app_template_global(Slice, "calendar_of")


def _read_filter() -> Slice:
    args = request.args.to_dict(flat=False)
    if not args:
        return Slice()
    return slices.read_slice(args, zones=queries.map_zones(), categories=queries.list_category_slugs())


def _serve(read: Callable[[], Slice], ending: str) -> Answer:
    def find() -> Found:
        wanted = read()
        bring_it = bring if ending == "ics" else partial(bring_news, ending=ending)
        return wanted.to_path(ending), lambda memory: bring_it(memory, wanted)

    try:
        return serve(find)
    except NotFound:
        wanted = read()
        now = queries.follow_moved(wanted)
        if now == wanted:
            raise
        return _moved(now.to_path(ending))


def serve(find: Callable[[], Found]) -> Answer:
    """A calendar, at its one address; also for rooms above. While the database is away, the one in memory or none."""
    memory: Memory = current_app.extensions["feeds"]
    query = request.query_string.decode("latin-1")
    asked = request.path + (f"?{query}" if query else "")
    more: list[tuple[str, str]] = []
    try:
        address, bring_it = find()
        if asked != address or without_language(request.script_root) != request.script_root:
            return _moved(address)
        kept = bring_it(memory)
    except BadFilter as error:
        return _refuse(error)
    except db.Unreachable:
        db.session.rollback()
        found = memory.find(asked)
        if found is None:
            return _away()
        kept, more = found, STALE
    return _send(kept, more)


def _send(kept: Kept, more: list[tuple[str, str]]) -> Answer:
    try:
        status, headers, body = answer(
            kept,
            request.method,
            request.headers.get("Accept-Encoding", ""),
            request.headers.get("If-None-Match", ""),
            more,
        )
    except NotAcceptable:
        return _problem(406, _("Ce calendrier n’existe pas dans cet encodage"), accepted="gzip, identity")
    except TooManyStreams:
        return _away()
    return Answer(body, status, headers, content_type=None if status[0] == "2" else "", direct_passthrough=True)


def bring(memory: Memory, wanted: Slice) -> Kept:
    """The calendar as it is now."""
    cover = cover_of(wanted, queries.find_names(wanted), public_url(""))
    read = partial(queries.list_pieces, wanted)
    return bring_pieces(memory, wanted.to_path(), cover, read, file_name_of(wanted))


def bring_pieces(memory: Memory, address: str, cover: Cover, read: ReadPieces, file_name: str) -> Kept:
    """The calendar of these pieces: the one in memory when its tag is still right, else put together anew."""
    news = memory.news
    kept = memory.find(address)
    if kept is None or kept.tag != tag_of(cover, read(with_text=False)):
        # One statement gives both the texts and their digests: a change in between cannot part them.
        kept = compose(cover, read(with_text=True), _headers_of(file_name))
    memory.keep(address, kept, news)
    return kept


def bring_news(memory: Memory, wanted: Slice, ending: str) -> Kept:
    """What is announced or has changed, as it is now. It is short, and what is to come changes with the hour: it is
    written whenever nobody can vouch for what is in memory."""
    cover = cover_of(wanted, queries.find_names(wanted), public_url(""))
    return bring_news_of(memory, wanted, cover, wanted.to_path(ending), ending)


def bring_news_of(memory: Memory, part: queries.Part, cover: Cover, address: str, ending: str) -> Kept:
    """The same of any part of the agenda; `cover`: that of its calendar."""
    news = memory.news
    told = _("Ce qui est annoncé ou qui change : %(name)s", name=cover.name)
    channel = Channel(cover.name, told, cover.page, public_url(address), cover.source)
    found = list_news(part, now=clock.now(), most=MOST_ITEMS, dates=MOST_DATES)
    items = [to_item(each, dates, **_addresses_of(each)) for each, dates in found]
    kept = keep_news(channel, items, ending, _headers_of(file_name_at(address, ending)))
    memory.keep(address, kept, news)
    return kept


def _addresses_of(each: Event) -> dict[str, str]:
    return {
        "address": public_url(url_for("events.show", slug=each.slug)),
        "place_address": public_url(url_for("places.show", slug=each.place.slug)),
    }


def _headers_of(file_name: str) -> list[tuple[str, str]]:
    given = security_headers(current_app.config["SETTINGS"]) | READ_BY_OTHERS
    return [("Content-Disposition", f'inline; filename="{file_name}"'), *given.items()]


def _moved(address: str) -> Answer:
    """To the one spelling of this filter, so that caches meet."""
    moved = redirect(without_language(request.script_root) + address, 301)
    moved.headers["Cache-Control"] = "public, max-age=86400"
    moved.headers.update(READ_BY_OTHERS)
    return moved


def _refuse(error: BadFilter) -> Answer:
    detail = {"detail": error.message, "parameter": error.parameter, "allowed": error.allowed}
    return _problem(400, _("Cette demande n’est pas lisible"), **detail)


def _away() -> Answer:
    """Never an empty calendar: those who follow it would lose everything."""
    problem = _problem(503, _("Service momentanément indisponible"))
    problem.headers["Retry-After"] = str(RETRY_AFTER)
    return problem


def _problem(status: int, title: str, **more: object) -> Answer:
    body = json.dumps({"title": title, "status": status, **more}, ensure_ascii=False)
    problem = Response(body, status, mimetype="application/problem+json")
    problem.headers["Cache-Control"] = "no-store"
    problem.headers.update(READ_BY_OTHERS)
    return problem
