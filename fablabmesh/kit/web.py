"""HTTP manners shared by all views: who may see a view, safe redirects, headers, conditional answers, paging.

A view without an access mark answers 403: forgetting one is safe and loud.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from flask import Blueprint, Flask, Request, Response, current_app, g, redirect, request, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import RequestRedirect

from fablabmesh.kit import acts, watch
from fablabmesh.kit.config import Settings
from fablabmesh.kit.door import refuse_foreign_origin, refuse_junk_before_body, refuse_junk_in_body
from fablabmesh.kit.errors import Forbidden
from fablabmesh.kit.headers import security_headers
from fablabmesh.kit.i18n import LANGUAGES, root_of, without_language
from fablabmesh.kit.i18n import gettext as _

P = ParamSpec("P")
R = TypeVar("R")

# Beside what is defined here: raised before a view, and answered by `app`.
__all__ = ["CSRFError"]

csrf = CSRFProtect()
# The keys of Flask-WTF and Flask-Login in the session.
_FORM_WORD, _SIGNED_IN = "csrf_token", "_user_id"


class SignedOut(Forbidden):
    """Something was written by somebody whose session has ended meanwhile."""


def anyone(view: Callable[P, R]) -> Callable[P, R]:
    """Mark: the whole world may call this view."""
    view.access = "anyone"  # type: ignore[attr-defined]
    return view


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Mark: only people with an account; others are led to the sign-in page and back."""
    view.access = "signed_in"  # type: ignore[attr-defined]
    return view


def fresh(view: Callable[P, R]) -> Callable[P, R]:
    """Mark, beside `signed_in`: who proved long ago who they are is asked again before. What they typed is kept."""
    view.is_fresh = True  # type: ignore[attr-defined]
    return view


def shared(view: Callable[P, R]) -> Callable[P, R]:
    """Mark: open to anyone and the same for everyone. No cookie is read or written, no `Vary: Cookie` is sent."""
    view.access = "anyone"  # type: ignore[attr-defined]
    view.is_shared = True  # type: ignore[attr-defined]
    return view


def by_secret_link(view: Callable[P, R]) -> Callable[P, R]:
    """Mark: whoever has the address may post to it, from anywhere and without a cookie. The address is the secret."""
    view.is_by_secret_link = True  # type: ignore[attr-defined]
    csrf.exempt(view)
    return view


def by_token(view: Callable[P, R]) -> Callable[P, R]:
    """Mark: for programs, which say who they act for by a token in Authorization, from anywhere. No cookie is read."""
    view.is_by_token = True  # type: ignore[attr-defined]
    return shared(by_secret_link(view))


def framed(view: Callable[P, R]) -> Callable[P, R]:
    """Mark: shared, and other sites may show it in a frame of theirs."""
    view.is_framed = True  # type: ignore[attr-defined]
    return shared(view)


def _is_framed() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "is_framed", False)


def _is_shared() -> bool:
    if request.endpoint is None or request.endpoint == "static":
        return True
    return getattr(current_app.view_functions.get(request.endpoint), "is_shared", False)


def takes(most_bytes: int, most_parts: int | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark: people with an account may send this view so much, and so many fields, more than any other."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.most_bytes, view.most_parts = most_bytes, most_parts  # type: ignore[attr-defined]
        return view

    return mark


def too_much() -> str:
    """What somebody is told whose request was refused for its weight: the limit of the page it was sent to."""
    most, sent = request.max_content_length or 0, request.content_length or 0
    if sent > most:
        return _("Cette page prend %(count)s Mo au plus : allégez votre envoi et recommencez.", count=most // 1024**2)
    return _("Les textes d’un formulaire prennent 1 Mo au plus : raccourcissez-les et recommencez.")


class _Cookies(SecureCookieSessionInterface):
    """A visitor gets no cookie, forms or not. What Flask-WTF would keep in one to know its own forms by is the same for
    all of them: with no session there is nothing to ride on, and that a form is of this site is asked of the browser
    (`door.refuse_foreign_origin`).

    Shared answers are left alone: Flask-Login looks into the session after every request, which would mark them.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        session = super().open_session(app, request)
        if session is None:
            return None
        word = hmac.digest(str(app.secret_key).encode(), b"a form for visitors", "sha256").hex()
        if not session:
            # Past the session's own method, which would take it for something to be sent.
            dict.__setitem__(session, _FORM_WORD, word)
        elif _SIGNED_IN in session and session.get(_FORM_WORD) == word:
            del session[_FORM_WORD]  # known to everybody
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not _is_shared():
            super().save_session(app, session, response)


def require(allowed: bool) -> None:
    """Refuse unless allowed. For what is beside the right itself, which `acts.hold_to` asks for."""
    if not allowed:
        raise Forbidden(acts.refusal())


def guard() -> Any:
    """Before each request: refuse junk at the door, then hold the view to its access mark."""
    if isinstance(request.routing_exception, SecurityError):
        # No page: under a name that is not ours, no address of ours can be written.
        return Response(_("Ce site ne répond pas à ce nom."), 400, mimetype="text/plain")
    refuse_junk_before_body()
    _open_wider()
    refuse_junk_in_body()
    refuse_foreign_origin()
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions[request.endpoint]
    access = getattr(view, "access", None)
    if access == "anyone":
        acts.check_person(view, lambda: current_user)
        return None
    if access != "signed_in":
        raise Forbidden(_("Cette page n’est ouverte à personne."))
    if not current_user.is_authenticated:
        if unsent_fields():
            raise SignedOut
        here = request.script_root + request.full_path.rstrip("?") if request.method == "GET" else None
        g.is_led_away = True
        return redirect(url_for("accounts.sign_in_form", suite=here), 303)
    acts.check_person(view, lambda: current_user)
    return None


def _open_wider() -> None:
    """Before anything reads the form: the checks do, and what is read then is held to the limit of then."""
    view = current_app.view_functions.get(request.endpoint or "")
    most = getattr(view, "most_bytes", None)
    if most is not None and current_user.is_authenticated:
        request.max_content_length = most
        request.max_form_parts = getattr(view, "most_parts", None) or request.max_form_parts


def unsent_fields() -> list[tuple[str, str]]:
    """What was written in a form that cannot be taken now, to be sent again.

    Nothing unless the browser says that the form is one of ours: what another site made up is not to be kept ready.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "POST" or getattr(view, "access", None) != "signed_in" or "Origin" not in request.headers:
        return []
    return [(name, text) for name, texts in request.form.lists() for text in texts if name != "csrf_token"]


def local_path(target: str | None, fallback: str) -> str:
    """`target` when it is a path of this site, else the fallback: no open redirect."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return fallback
    # Before it is taken apart, which leaves control characters out: « /<tab>/x » would be the address of a site.
    if any(ord(char) < 33 for char in target):
        return fallback
    return target


def _without_host(address: str) -> str:
    """Where the router sends to (a slash too many): it writes the Host that was asked for, whoever's it is."""
    parts = urlsplit(address)
    return "/" + parts.path.lstrip("/\\") + (f"?{parts.query}" if parts.query else "")


def install(app: Flask, settings: Settings) -> None:
    """Put the guard, the headers and the CSRF check on the application."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=500,
        TRUSTED_HOSTS=settings.hosts or None,
        SESSION_COOKIE_NAME="__Host-session" if settings.is_https else "session",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # the door asks who sent it, and knows more ways to tell
    )
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    app.session_interface = _Cookies()
    app.before_request(guard)
    csrf.init_app(app)
    strict, open_to_frames = security_headers(settings), security_headers(settings, is_framed=True)
    app.jinja_env.globals.update(
        asset=asset,
        with_query=with_query,
        canonical_address=canonical_address,
        same_in_all_languages=same_in_all_languages,
    )

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in (open_to_frames if _is_framed() else strict).items():
            response.headers.setdefault(name, value)
        if isinstance(request.routing_exception, RequestRedirect):
            response.headers["Location"] = _without_host(response.headers["Location"])
        if not _is_shared() and current_user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        if response.status_code in watch.EVENTS:
            _note(response.status_code)
        return response


def _note(status: int) -> None:
    # Where a request was refused before anybody asked who sends it, nobody is asked now.
    account = getattr(g.get("_login_user"), "id", None) or None
    address = request.remote_addr or ""
    watch.note_answer(status, view=request.endpoint, method=request.method, account=account, address=address)


# --- addresses ---------------------------------------------------------------------------------------------------


def public_url(path: str) -> str:
    """The address to write in feeds and letters: from configuration, never from a request's Host."""
    base: str = current_app.config["BASE_URL"]
    return base + path


@cache
def _digest(folder: str, name: str) -> str:
    return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """Address of a static file with its content's digest: cached for a year, fresh at once when it changes."""
    folder = current_app.static_folder
    if folder is None:
        raise RuntimeError("the application has no static folder")
    # Below the site's root and not below /en: one cached copy for both languages.
    return f"{current_app.static_url_path}/{name}?v={_digest(folder, name)}"


def canonical_address(query: str = "", page: object = None, *, root: str | None = None) -> str:
    """This page's one address in the world: no parameter but those of its canonical query, and its page in a list."""
    path = quote((request.script_root if root is None else root) + request.path, safe="/:@!$&'()*+,;=~-._")
    paged = f"page={page.number}" if isinstance(page, Page) and page.number > 1 else ""
    return public_url(path) + "".join(
        f"{mark}{part}" for mark, part in zip("?&", filter(None, (query, paged)), strict=False)
    )


def same_in_all_languages(query: str = "", page: object = None) -> list[tuple[str, str]]:
    """(code, this page's one address in that language), and the one for all others under `x-default`."""
    base = without_language(request.script_root)
    found = [(code, canonical_address(query, page, root=base + root_of(code))) for code in LANGUAGES]
    return [*found, ("x-default", found[0][1])]


def with_query(**changes: Any) -> str:
    """This page's address with some parameters changed; None removes one. The order is canonical."""
    values: dict[str, list[str]] = {name: request.args.getlist(name) for name in request.args}
    for name, value in changes.items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = [str(value)]
    query = urlencode(sorted(values.items()), doseq=True)
    return url_for(request.endpoint or "home.index", **(request.view_args or {})) + (f"?{query}" if query else "")


# --- answers -----------------------------------------------------------------------------------------------------


def conditional(body: bytes, mimetype: str, *, max_age: int = 300, etag: str | None = None) -> Response:
    """An answer that a cache may keep: content-based ETag, 304 to whom has it already, no cookie.

    The ETag is weak because the same calendar is sent plain or compressed: RFC 9110 §8.8.1 lets both share a weak one.
    """
    response = Response(body, mimetype=mimetype)
    response.set_etag(etag or hashlib.sha256(body).hexdigest()[:32], weak=True)
    response.headers["Cache-Control"] = f"public, max-age={max_age}"
    response.make_conditional(request)
    return response


def json_answer(value: Any, mimetype: str = "application/json", *, max_age: int = 300) -> Response:
    """Compact JSON in UTF-8, conditional, readable from any origin."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=False).encode()
    response = conditional(body, mimetype, max_age=max_age)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


# --- pages of a list ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """Where one stands in a long list. Numbers begin at 1."""

    number: int
    size: int
    total: int

    @property
    def count(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.count else None


def read_page(args: Mapping[str, str], total: int, size: int) -> Page:
    """The page asked for by `?page=`, brought back into the list where it points outside."""
    text = args.get("page", "1")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
    last = max(1, -(-total // size))
    return Page(min(max(number, 1), last), size, total)


def register(app: Flask, blueprints: list[Blueprint]) -> None:
    """Put the rooms' pages on the application, and see that each asks for the right to do what it does."""
    acts.install(app)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
