"""The places of a search as files, in the same words as the page that shows them."""

import gzip
import hashlib
import json
import threading
from collections import OrderedDict
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, request, url_for

from fablabmesh.accounts.rights import Act
from fablabmesh.directory import export_queries, queries
from fablabmesh.directory.exports import FORMATS, Cover
from fablabmesh.directory.filters import Search
from fablabmesh.directory.moments import HOME
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import number
from fablabmesh.kit.web import public_url, shared

bp = Blueprint("directory", __name__)

MAX_AGE = 300


class Shelf:
    """Files that are ready to be sent, packed, each good for one number of changes; the oldest goes first."""

    def __init__(self, most_bytes: int = 32 * 1024 * 1024) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def find(self, tag: str) -> bytes | None:
        """The file of that tag."""
        return self._kept.get(tag)

    def keep(self, tag: str, packed: bytes) -> None:
        """Put a file there, if there is room for it at all."""
        if len(packed) > self._most:
            return
        with self._lock:
            self._bytes += len(packed) - len(self._kept.pop(tag, b""))
            self._kept[tag] = packed
            while self._bytes > self._most:
                _tag, old = self._kept.popitem(last=False)
                self._bytes -= len(old)


@bp.get("/lieux.<any(geojson, csv, kml, gpx):ending>")
@shared
@does(Act.PLACE_READ)
def export(ending: str) -> Response:
    """All that fits, each place with its source and licence."""
    now = clock.now()
    asked = queries.read_asked(request.args.to_dict(flat=False), now=now)
    if asked.search.unknown:
        raise Refused(_("Ce filtre n’existe pas : %(values)s.", values=", ".join(asked.search.unknown)))
    search, today = asked.search, now.astimezone(ZoneInfo(HOME)).date()
    tag = _tag(search, ending, queries.find_number(), today) if search.is_timeless else ""
    return _answer(search, ending, tag, now, today)


def _tag(search: Search, ending: str, number: int, today: date) -> str:
    """Of what the bytes follow from: the filter, the data, the day and the address of the site."""
    parts = queries.list_departments_of(search)
    told = f"{public_url('')} {request.script_root} {ending} {search.to_query()} {number} {today} {parts}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _answer(search: Search, ending: str, tag: str, now: datetime, today: date) -> Response:
    reads_gzip = request.accept_encodings.quality("gzip") > 0
    shelf: Shelf = current_app.extensions["directory_shelf"]
    if tag and tag in request.if_none_match.as_set(include_weak=True):
        response = Response(status=304)
    else:
        packed = shelf.find(tag) if tag else None
        body = packed or _render(search, ending, now, today)
        if packed is None and reads_gzip:
            # A file of some megabytes packs in a moment at the first level, and hardly smaller at the last.
            packed = gzip.compress(body, 1, mtime=0)
            if tag:
                shelf.keep(tag, packed)
        elif packed is not None and not reads_gzip:
            body = gzip.decompress(packed)
        response = Response(packed if packed is not None and reads_gzip else body)
        if packed is not None and reads_gzip:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Type"] = f"{FORMATS[ending].media_type}; charset=utf-8"
        response.headers["Content-Disposition"] = f'attachment; filename="lieux.{ending}"'
    if tag:
        response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}" if tag else "public, max-age=60"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.vary.add("Accept-Encoding")
    return response


def _render(search: Search, ending: str, now: datetime, today: date) -> bytes:
    query = search.to_query()
    cover = Cover(
        title=_("Lieux du réseau"),
        page=public_url(url_for("home.index")) + (f"?{query}" if query else ""),
        base=public_url(url_for("places.show", slug="_")).removesuffix("_"),
        on=today,
    )
    render = FORMATS[ending].render
    if render is not None:
        _hold_to_most(queries.count_found(search, now=now))
        return "".join(render(cover, export_queries.list_rows(search, now=now))).encode()
    head = {"type": "FeatureCollection", "title": cover.title, "page": cover.page, "exported_on": today.isoformat()}
    told = json.dumps(head | {"credit": cover.credit}, ensure_ascii=False, separators=(",", ":"))
    count, features = export_queries.render_features(search, cover.base, now=now)
    if count > export_queries.MOST:
        _hold_to_most(queries.count_found(search, now=now))
    return b"".join((told[:-1].encode(), b',"features":[\n', features, b"\n]}\n"))


def _hold_to_most(total: int) -> None:
    if total > export_queries.MOST:
        raise Refused(
            _(
                "Ce filtre garde %(count)s lieux et un fichier en contient %(most)s au plus : choisissez une zone, un"
                " département ou un genre de lieu.",
                count=number(total),
                most=number(export_queries.MOST),
            )
        )
