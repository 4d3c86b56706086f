"""What people, and programs, are answered when something cannot be done: in words, with what to do next."""

import logging
from contextlib import suppress
from typing import Any

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask import session as browser_session
from werkzeug.exceptions import HTTPException

from fablabmesh.kit import db, web
from fablabmesh.kit.errors import Conflict, Moved, Refusal, Refused
from fablabmesh.kit.i18n import gettext as _

# Seconds after which it is worth asking again: a database is back sooner than that.
RETRY_AFTER = 3
_log = logging.getLogger("fablabmesh")


def _answer(status: int, title: str, detail: str) -> tuple[Response | str, int]:
    if request.path.startswith(("/api/", "/caldav/")):
        problem = web.json_answer({"title": title, "status": status, "detail": detail}, "application/problem+json")
        problem.headers["Cache-Control"] = "no-store"
        return problem, status
    return render_template("error.html", status=status, title=title, detail=detail), status


def _lead_on(error: Moved) -> Any:
    """To where it stands now, when that is what was asked for."""
    given = request.view_args or {}
    if given.get("slug") != error.former or request.endpoint is None:
        return _answer(error.status, _titles()[error.status], error.message)
    # The view was left before it could ask for any right.
    g.is_led_away = True
    query = request.query_string.decode("latin-1")
    address = url_for(request.endpoint, **{**given, "slug": error.now}) + (f"?{query}" if query else "")
    # A form that was open meanwhile is sent again as it is: RFC 9110 §15.4.9.
    answer = redirect(address, 301 if request.method in ("GET", "HEAD") else 308)
    if request.path.startswith("/api/"):
        answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def install(app: Flask) -> None:
    """Have the application answer errors by pages, or by problem+json where programs ask."""
    _answer_refusals(app)
    _answer_crossings(app)
    _answer_failures(app)
    _keep_unsent(app)


def _answer_refusals(app: Flask) -> None:
    @app.errorhandler(Refusal)
    def refusal(error: Refusal) -> Any:
        # It was well readable: what it asks for is not possible as things stand.
        title = _("Ce n’est pas possible ainsi") if error.status == Refused.status else _titles()[error.status]
        return _answer(error.status, title, error.message)

    app.register_error_handler(Moved, _lead_on)

    app.register_error_handler(HTTPException, _answer_http)


def _answer_crossings(app: Flask) -> None:
    """Two who write at once: one is told."""

    @app.errorhandler(db.Stale)
    def stale(_error: db.Stale) -> Any:
        db.session.rollback()
        return _answer(Conflict.status, _titles()[409], _("Quelqu’un d’autre vient de modifier cette page."))

    @app.errorhandler(db.OperationalError)
    def crossed(error: db.OperationalError) -> Any:
        if not db.has_crossed(error):
            return _answer_away(error)
        db.session.rollback()
        browser_session.pop("_flashes", None)  # the view may have told of a success before the commit
        if fields := web.unsent_fields():
            return _unsent(fields, Conflict.status, is_crossed=True)
        detail = _("Quelqu’un d’autre enregistrait au même instant : rien n’a été changé, envoyez à nouveau.")
        return _answer(Conflict.status, _titles()[409], detail)

    for away in db.Unreachable:
        if away is not db.OperationalError:
            app.register_error_handler(away, _answer_away)


def _answer_away(error: Exception) -> Any:
    """The database is away, too slow or without room: nothing was written, and that is said; it may go well soon."""
    with suppress(*db.Unreachable):
        db.session.rollback()
    browser_session.pop("_flashes", None)
    # Who asks cannot be looked up now, and their page needs to know: it is the one of a visitor.
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
    _log.error("the database did not take a request for %s: %s", request.endpoint, db.reason(error))
    again = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    if fields := web.unsent_fields():
        return (*_unsent(fields, 503, is_away=True)[:2], again)
    return (*_answer(503, _titles()[503], _("La base de données ne répond pas. Réessayez dans un instant.")), again)


def _answer_http(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:
        return error
    details = {
        400: _("Revenez à la page d’avant : ce que vous avez écrit y est encore. Corrigez-le, puis recommencez."),
        413: web.too_much() if status == 413 else "",
    }
    detail = details.get(status, "") if request.method == "POST" else ""
    refusal = _answer(status, _titles().get(status, _("Cette demande ne peut pas aboutir")), detail)
    # RFC 9110 §15.5.6: who is refused a method is told the others.
    allowed = getattr(error, "valid_methods", None)
    return (*refusal, {"Allow": ", ".join(sorted(allowed))}) if allowed else refusal


def _answer_failures(app: Flask) -> None:
    @app.errorhandler(Exception)
    def failure(error: Exception) -> Any:
        db.session.rollback()
        if app.testing:
            raise error
        _log.exception("unexpected error on %s", request.endpoint)
        return _answer(500, _titles()[500], _("L’incident est noté. Réessayez dans un instant."))


def _keep_unsent(app: Flask) -> None:
    """What was written is not lost to a session that ended, or to a page that was open for long."""

    @app.errorhandler(web.SignedOut)
    @app.errorhandler(web.CSRFError)
    def keep_typed(error: web.SignedOut | web.CSRFError) -> Any:
        fields, is_signed_out = web.unsent_fields(), isinstance(error, web.SignedOut)
        if not fields:
            detail = _("Cette page était ouverte depuis longtemps. Ouvrez-la de nouveau, puis recommencez.")
            return _answer(400, _titles()[400], detail)
        return _unsent(fields, 403 if is_signed_out else 400, is_signed_out=is_signed_out)


def _unsent(fields: list[tuple[str, str]], status: int, **why: bool) -> tuple[str, int, dict[str, str]]:
    given = {"is_signed_out": False, "is_crossed": False, "is_away": False} | why
    return render_template("unsent.html", fields=fields, **given), status, {"Cache-Control": "no-store"}


def _titles() -> dict[int, str]:
    return {
        400: _("Cette demande n’est pas lisible"),
        403: _("Accès refusé"),
        404: _("Page introuvable"),
        405: _("Cette demande n’est pas lisible"),
        409: _("Deux modifications se croisent"),
        410: _("Cette page a été retirée"),
        413: _("L’envoi est trop gros"),
        429: _("Trop de demandes"),
        500: _("Quelque chose s’est mal passé"),
        503: _("Service momentanément indisponible"),
    }
