"""CalDAV over HTTP: every feed as a collection that tells what changed, for reading only."""

from io import BytesIO

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.caldav import protocol, queries
from fablabmesh.caldav.addresses import HOME, href_of, path_of, read_path
from fablabmesh.caldav.fence import look
from fablabmesh.feeds.answers import is_known
from fablabmesh.feeds.slices import Slice
from fablabmesh.kit import db
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import without_language
from fablabmesh.kit.web import shared

bp = Blueprint("caldav", __name__)

METHODS = ["GET", "OPTIONS", "PROPFIND", "REPORT"]
RETRY_AFTER = 60
_ABILITIES = {"DAV": "1, 3, calendar-access", "Allow": "GET, HEAD, OPTIONS, PROPFIND, REPORT"}


@bp.route("/.well-known/caldav", methods=METHODS, provide_automatic_options=False)
@shared
@does(Act.EVENT_READ)
def well_known() -> Answer:
    """Where programs look that were told the name of the site alone: RFC 6764 §5."""
    return redirect(f"{_root()}/caldav/", 301)


@bp.route("/caldav/", defaults={"path": ""}, methods=METHODS, provide_automatic_options=False)
@bp.route("/caldav/<path:path>", methods=METHODS, provide_automatic_options=False)
@shared
@does(Act.EVENT_READ)
def resource(path: str) -> Answer:
    """The root, a home, a collection or one of its items."""
    if request.method == "OPTIONS":
        return Response(headers=_ABILITIES)
    if request.script_root != _root():  # a collection has one address in all languages
        return redirect(f"{_root()}{request.path}", 301)
    try:
        return _read(path) if request.method in ("GET", "HEAD") else _ask(path)
    except NotFound:
        now = queries.find_moved(path)
        if now is None:
            raise
        return redirect(_root() + now, 301)
    except db.Unreachable:
        db.session.rollback()
        return _away()


@bp.app_template_global("caldav_path")
def caldav_path(wanted: Slice) -> str:
    """Where the same events stand for programs that speak CalDAV."""
    return _root() + href_of(path_of(wanted))


def _root() -> str:
    return without_language(request.script_root)


def _read(path: str) -> Answer:
    """An item as it is. A collection cannot be read in one piece, but its feed can."""
    if path.strip("/") in ("", HOME):
        return redirect(f"{_root()}/agenda", 302)
    address = read_path(path, queries.read_filter)
    if address is None:
        raise NotFound(_("Cet agenda n’existe pas, ou n’existe plus."))
    if not address.uid:
        return redirect(_root() + address.wanted.to_path(), 302)
    answer = _answer(path, b"")
    known = request.headers.get("If-None-Match", "")
    tag, _is_weak = answer.get_etag()
    if tag and known and is_known(tag, known):
        answer.status_code = 304
        answer.set_data(b"")
        for name in ("Content-Type", "Content-Encoding", "Content-Length"):
            answer.headers.pop(name, None)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _ask(path: str) -> Answer:
    if request.headers.get("Depth", "").strip().lower() == "infinity":
        error = '<?xml version="1.0" encoding="utf-8"?>\n<error xmlns="DAV:"><propfind-finite-depth/></error>'
        return Response(error, 403, mimetype="application/xml")
    answer = _answer(path, request.get_data(cache=False))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _answer(path: str, body: bytes) -> Answer:
    """What Radicale says. It is told what is asked, and nothing of who asks."""
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": f"{_root()}/caldav",
        "PATH_INFO": f"/{path}",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_DEPTH": request.headers.get("Depth", "0").strip(),
        "HTTP_ACCEPT_ENCODING": request.headers.get("Accept-Encoding", ""),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": request.environ["wsgi.errors"],
    }
    asked = look(request.method, body)
    status, headers, parts = protocol.answer(environ, protocol.Visit(asked, queries))
    answer = Response(parts, status, headers)
    answer.headers["Vary"] = "Accept-Encoding"
    if "DAV" in answer.headers:
        answer.headers["DAV"] = _ABILITIES["DAV"]
    return answer


def _away() -> Answer:
    """Never an empty collection: those who follow it would lose everything."""
    answer = Response(_("Service momentanément indisponible"), 503, mimetype="text/plain")
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    answer.headers["Cache-Control"] = "no-store"
    return answer
