"""At the door of the API that writes: a good token for what is asked, not used too often; else a problem in JSON."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import Response, g, request

from fablabmesh.accounts.actions import digest
from fablabmesh.kit import clock, db
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import json_answer
from fablabmesh.tokens import actions as tokens
from fablabmesh.tokens import queries
from fablabmesh.tokens.event_json import Problems
from fablabmesh.tokens.models import ApiToken
from fablabmesh.tokens.rules import Scope, is_good, read_bearer

P = ParamSpec("P")


class Problem(Exception):
    """A refusal with a status of its own; `errors` by member of what was sent."""

    def __init__(self, status: int, title: str, detail: str, *, errors: Problems | None = None, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.errors, self.headers = status, title, detail, errors, headers


def tell_problem(problem: Problem) -> tuple[Response, int]:
    """RFC 9457, with what RFC 6750 wants of a token that will not do."""
    body: dict[str, Any] = {"title": problem.title, "status": problem.status, "detail": problem.detail}
    if problem.errors is not None:
        body["errors"] = problem.errors
    answer = json_answer(body, "application/problem+json")
    answer.headers["Cache-Control"] = "no-store"
    for name, value in problem.headers.items():
        answer.headers[name.replace("_", "-")] = value
    return answer, problem.status


def with_token(scope: Scope) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Let a view be called by who holds a good token for this, so many times a minute."""

    def wrap(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> Response:
            g.token = _read_token(scope)
            # The journal names the person whose program it is.
            g.actor_by_token = g.token.account_id
            answer = view(*args, **kwargs)
            answer.headers["Cache-Control"] = "no-store"
            return answer

        return checked

    return wrap


def _read_token(scope: Scope) -> ApiToken:
    words = read_bearer(request.headers.get("Authorization", ""))
    now = clock.now()
    token = queries.find_token(digest(words)) if words else None
    if token is None or not is_good(token, now):
        told = 'Bearer realm="fablabmesh"' + (', error="invalid_token"' if "Authorization" in request.headers else "")
        raise Problem(
            401,
            _("Jeton d’accès attendu"),
            _("Envoyez un jeton valable : Authorization: Bearer flm_… Créez-en un dans votre espace."),
            WWW_Authenticate=told,
        )
    wait = tokens.count_use(token, now=now)
    # Counted also where the answer is an error, and before it takes its time.
    db.keep()
    if wait:
        detail = _("Ce jeton a trop servi : attendez %(seconds)s secondes.", seconds=wait)
        raise Problem(429, _("Trop de demandes"), detail, Retry_After=str(wait))
    if scope not in token.scopes:
        raise Problem(
            403,
            _("Accès refusé"),
            _("Ce jeton ne permet pas cela : créez-en un autre dans votre espace."),
            WWW_Authenticate=f'Bearer realm="fablabmesh", error="insufficient_scope", scope="{scope}"',
        )
    return token
