"""Is the process alive, is it ready to serve? For whoever starts, watches and replaces it."""

import json
from functools import cache

from flask import Blueprint, Response

from fablabmesh.accounts.rights import Act
from fablabmesh.kit import db, migrations
from fablabmesh.kit.acts import does
from fablabmesh.kit.web import shared

bp = Blueprint("health", __name__)

RETRY_SECONDS = 5


@bp.get("/healthz")
@shared
@does(Act.SITE_READ)
def healthz() -> Response:
    """The process answers. Nothing else is asked, so that a slow database does not have healthy processes killed."""
    return _answer({"status": "ok"})


@bp.get("/readyz")
@shared
@does(Act.SITE_READ)
def readyz() -> Response:
    """The database answers, and its schema is the one this code was written for."""
    if not db.is_alive():
        return _unready("database does not answer")
    if db.current_revision() != _head():
        return _unready("schema is not at head")
    return _answer({"status": "ready"})


@cache
def _head() -> str:
    return migrations.head()


def _unready(reason: str) -> Response:
    answer = _answer({"status": "not ready", "reason": reason}, 503)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _answer(value: dict[str, str], status: int = 200) -> Response:
    answer = Response(json.dumps(value), status, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
