"""The OpenAPI document of the whole API, and what browsers of other sites must be told to read it."""

from importlib.metadata import version

from flask import Blueprint, Response, current_app, request

from fablabmesh.accounts.rights import Act
from fablabmesh.kit.acts import does
from fablabmesh.kit.openapi import describe, document
from fablabmesh.kit.web import json_answer, public_url, shared

bp = Blueprint("api_home", __name__)

TEXT = (
    "Read access to all that is public: places, zones, events and projects. No key, any origin. "
    "Answers carry an ETag; send it back in If-None-Match. "
    "A request that does not fit gets an application/problem+json (RFC 9457) that says what does, "
    "in English below /en. Credit the source and keep to the licence that each place states."
)


@bp.get("/api/openapi.json")
@shared
@does(Act.SITE_READ)
@describe("This document", {"type": "object"})
def openapi() -> Response:
    """What the API takes and gives."""
    return json_answer(
        document(current_app, title="Fab Lab Mesh", version=version("fablabmesh"), server=public_url(""), text=TEXT)
    )


@bp.after_app_request
def welcome_other_origins(response: Response) -> Response:
    """Answer the question that a browser asks before it sends If-None-Match from another site."""
    if request.method == "OPTIONS" and request.path.startswith("/api/"):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response
