"""The door: what is refused before any view is asked, and before the database could stumble over it.

Junk (NUL, bytes that are no UTF-8, broken percent signs, malformed forms and JSON, control characters in headers) is
answered by 400, too much of anything by 413, 414 or 431, and what another site has a browser send by 403.
"""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from flask import current_app, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, RequestHeaderFieldsTooLarge, RequestURITooLarge

from fablabmesh.kit.errors import Forbidden
from fablabmesh.kit.i18n import gettext as _

LONGEST_QUERY = 8_192
LONGEST_HEADER = 16_384
DEEPEST_JSON = 32
READS = frozenset({"GET", "HEAD", "OPTIONS"})
_BROKEN_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_FORM, _FILES = "application/x-www-form-urlencoded", "multipart/form-data"


def refuse_junk_before_body() -> None:
    """Headers and address; nothing of the body is read yet."""
    for name, value in request.environ.items():
        if not name.startswith("HTTP_") and name not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            continue
        if len(value) > LONGEST_HEADER:
            raise RequestHeaderFieldsTooLarge
        if _CONTROL.search(value):
            raise BadRequest
    query = request.query_string
    if len(query) > LONGEST_QUERY:
        raise RequestURITooLarge
    _refuse_undecodable(query)
    path = request.environ["PATH_INFO"].encode("latin-1")
    # Encoded twice is no accident; and the mark of a byte that could not be read is no letter.
    if b"%00" in path or "\ufffd" in request.path:
        raise BadRequest
    _refuse_unreadable(path)


def refuse_junk_in_body() -> None:
    """The form or JSON document that is sent, within the limits that hold for this view."""
    if request.method in READS:
        return
    if request.mimetype == _FORM:
        # Kept, so that the form is read of it in a moment.
        sent = request.get_data(cache=True)
        if len(sent) > (request.max_form_memory_size or 0) or sent.count(b"&") >= (request.max_form_parts or 0):
            raise RequestEntityTooLarge
        _refuse_undecodable(sent)
    elif request.mimetype == _FILES:
        texts = [*request.form, *(text for texts in request.form.listvalues() for text in texts), *request.files]
        # A form of which nothing can be read was cut, or never was one.
        if request.content_length and not texts:
            raise BadRequest
        if any(text is None or "\x00" in text or "\ufffd" in text for text in texts):
            raise BadRequest
    elif request.is_json:
        read_json(request.get_data(cache=True))


def _refuse_undecodable(encoded: bytes) -> None:
    if _BROKEN_PERCENT.search(encoded):
        raise BadRequest
    _refuse_unreadable(unquote_to_bytes(encoded))


def _refuse_unreadable(octets: bytes) -> None:
    """Strictly: neither overlong forms nor halves of surrogate pairs."""
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest from error
    if b"\x00" in octets:
        raise BadRequest


def read_json(body: bytes) -> Any:
    """The document, or BadRequest: no name twice, no NaN, no half characters, not too deep."""
    try:
        found = json.loads(body.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest from error
    level: list[Any] = [found]
    for _depth in range(DEEPEST_JSON):
        level = [child for value in level for child in _within(value)]
        if not level:
            return found
    raise BadRequest


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice")
    return made


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _within(value: Any) -> Iterable[Any]:
    """What a value holds; texts that no database takes are refused on the way."""
    if isinstance(value, str):
        if "\x00" in value or not _is_whole(value):
            raise BadRequest
        return ()
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else ()


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def refuse_foreign_origin() -> None:
    """Beside the CSRF token: a browser that says it was sent by another site is not answering one of our forms.

    Browsers say so in three ways, the oldest of which is the least sure; programs that say nothing have no session.
    """
    if request.method in READS:
        return
    if getattr(current_app.view_functions.get(request.endpoint or ""), "is_by_secret_link", False):
        return
    sent_by = request.headers.get("Sec-Fetch-Site")
    if sent_by not in (None, "same-origin", "none"):
        raise _foreign()
    origin, referrer = request.headers.get("Origin"), request.headers.get("Referer")
    if origin == "null" and sent_by == "same-origin":
        return  # of a page that tells nobody its address
    if origin is not None:
        if not _is_ours(origin):
            raise _foreign()
    elif referrer and not _is_ours(referrer):
        raise _foreign()


def _is_ours(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:  # « http://[ »
        return False
    schemes = ("https",) if current_app.config["SETTINGS"].is_https else ("http", "https")
    return parts.scheme in schemes and parts.netloc == request.host


def _foreign() -> Forbidden:
    return Forbidden(_("Ce formulaire vient d’un autre site : ouvrez la page ici et recommencez."))
