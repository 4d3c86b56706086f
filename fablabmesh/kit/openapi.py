"""Manners of the API. `@describe` stands on every /api view: what it takes is checked, what it gives is documented.

The OpenAPI document is read off the routes; apispec writes it. Answers are JSON Schema, made by `record` and `array`.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar
from urllib.parse import urlencode

from apispec import APISpec
from flask import Flask, request, url_for
from werkzeug.datastructures import MultiDict

from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import public_url

P = ParamSpec("P")
R = TypeVar("R")
Schema = dict[str, Any]
Query = dict[str, tuple[Schema, str]]

GEOJSON: Final = "application/geo+json"


@dataclass(frozen=True)
class Description:
    """What the document says of one view. `schema` is a JSON Schema; `query` maps a parameter to (schema, text)."""

    summary: str
    schema: Schema
    media_type: str = "application/json"
    query: Query = field(default_factory=dict)
    errors: tuple[int, ...] = ()
    # What is sent, and the status of success, for what writes; the scope that its token must have.
    body: Schema | None = None
    status: int = 200
    scope: str = ""
    headers: Query = field(default_factory=dict)


def describe(
    summary: str,
    schema: Schema,
    *,
    media_type: str = "application/json",
    query: Query | None = None,
    errors: tuple[int, ...] = (),
    **written: Any,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say what an /api view takes and gives, and refuse a request that the description does not allow (400).

    Put it below the access mark. `errors`: statuses beside 400, and 404 where the path names something. `written`: of
    what writes, `body`, `status`, `scope` and `headers` (see `Description`).
    """
    description = Description(summary, schema, media_type, query or {}, errors, **written)

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            check_query(request.args, description.query)
            return view(*args, **kwargs)

        checked.description = description  # type: ignore[attr-defined]
        return checked

    return mark


# --- schemas -----------------------------------------------------------------------------------------------------

TEXT: Final[Schema] = {"type": "string"}
TEXT_OR_NULL: Final[Schema] = {"type": ["string", "null"]}
NUMBER: Final[Schema] = {"type": "number"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
COUNT_OR_NULL: Final[Schema] = {"type": ["integer", "null"]}
TRUTH: Final[Schema] = {"type": "boolean"}
DAY: Final[Schema] = {"type": "string", "format": "date"}
DAY_OR_NULL: Final[Schema] = {"type": ["string", "null"], "format": "date"}
MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}
MOMENT_OR_NULL: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
ADDRESS: Final[Schema] = {"type": "string", "format": "uri"}
ADDRESS_OR_NULL: Final[Schema] = {"type": ["string", "null"], "format": "uri"}
TEXTS: Final[Schema] = {"type": "array", "items": TEXT}


def record(title: str, /, **properties: Schema) -> Schema:
    """An object whose properties are all there, always; the document names its schema by the title."""
    return {"type": "object", "title": title, "required": list(properties), "properties": properties}


def array(items: Schema) -> Schema:
    """A list of such things."""
    return {"type": "array", "items": items}


def choice(values: Iterable[str], *, or_null: bool = False) -> Schema:
    """One of these words, or null."""
    if or_null:
        return {"type": ["string", "null"], "enum": [*map(str, values), None]}
    return {"type": "string", "enum": [*map(str, values)]}


def feature(title: str, geometry: Schema, properties: Schema) -> Schema:
    """A GeoJSON Feature (RFC 7946 §3.2)."""
    return record(title, type=choice(["Feature"]), geometry=geometry, properties=properties)


POINT_OR_NULL: Final[Schema] = {
    "type": ["object", "null"],
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"type": "string", "enum": ["Point"]},
        "coordinates": {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2},
    },
    "description": "Longitude, latitude (WGS 84); null where no point is known.",
}
POLYGONS_OR_NULL: Final[Schema] = {
    "type": ["object", "null"],
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"type": "string", "enum": ["MultiPolygon"]},
        "coordinates": {"type": "array"},
    },
}
PROBLEM: Final = record("Problem", title=TEXT, status={"type": "integer"}, detail=TEXT)
# What is wrong with what was sent, by member: `starts_local`, `price.amount`.
INVALID: Final = record(
    "Invalid",
    title=TEXT,
    status={"type": "integer"},
    detail=TEXT,
    errors={"type": "object", "additionalProperties": TEXTS},
)


# --- a long list, slice by slice ---------------------------------------------------------------------------------

LONGEST_SLICE: Final = 1000
SLICES: Final[Query] = {
    "limit": (
        {"type": "integer", "minimum": 1, "maximum": LONGEST_SLICE, "default": LONGEST_SLICE},
        "How many at most.",
    ),
    "offset": ({"type": "integer", "minimum": 0, "maximum": 10_000_000, "default": 0}, "How many to leave out first."),
}
SLICED: Final[dict[str, Schema]] = {
    "total": {"type": "integer", "minimum": 0, "description": "How many the filter lets through, on all slices."},
    "limit": COUNT,
    "offset": COUNT,
    "next": {"type": ["string", "null"], "format": "uri", "description": "Address of the next slice, if any."},
}


def read_slice() -> tuple[int, int]:
    """(limit, offset) of the request, whose parameters `describe` has checked."""
    return request.args.get("limit", LONGEST_SLICE, type=int), request.args.get("offset", 0, type=int)


def told_slice(total: int, limit: int, offset: int) -> dict[str, Any]:
    """What an answer says of the slice it is: see SLICED."""
    following = None
    if offset + limit < total:
        kept = [(name, value) for name, value in request.args.items(multi=True) if name != "offset" and value]
        query = urlencode(sorted([*kept, ("offset", str(offset + limit))]))
        following = public_url(f"{url_for(request.endpoint or '', **(request.view_args or {}))}?{query}")
    return {"total": total, "limit": limit, "offset": offset, "next": following}


# --- what comes in -----------------------------------------------------------------------------------------------


def check_query(args: MultiDict[str, str], query: Query) -> None:
    """Refuse a parameter that the description does not have, one given twice, a value that its schema refuses.

    An empty value stands for an absent one: a form sends it so.
    """
    for name in args:
        if name not in query:
            allowed = ", ".join(sorted(query)) or _("aucun")
            raise Refused(
                _("Paramètre inconnu : %(name)s. Paramètres admis : %(allowed)s.", name=name, allowed=allowed)
            )
    for name, (schema, _text) in query.items():
        values = [value for value in args.getlist(name) if value]
        is_list = schema.get("type") == "array"
        if len(values) > 1 and not is_list:
            raise Refused(_("Le paramètre %(name)s ne se donne qu’une fois.", name=name))
        for value in values:
            expected = _expected(schema["items"] if is_list else schema, value)
            if expected:
                raise _refused(name, value, expected)


def check_known(name: str, value: str | None, allowed: Collection[str]) -> None:
    """Refuse a value that is not one of the words that the data hold now. Empty or absent is fine."""
    if value and value not in allowed:
        raise _refused(name, value, _one_of(allowed))


def _refused(name: str, value: str, expected: str) -> Refused:
    return Refused(
        _(
            "Paramètre %(name)s : « %(value)s » ne convient pas. Attendu : %(expected)s.",
            name=name,
            value=value if len(value) <= 60 else f"{value[:60]}…",
            expected=expected,
        )
    )


def _expected(schema: Schema, value: str) -> str | None:
    """What the schema wants in words, if this is not it."""
    if "enum" in schema:
        return None if value in schema["enum"] else _one_of(schema["enum"])
    if schema["type"] == "integer":
        return _expected_integer(schema, value)
    if schema.get("format") == "date":
        return None if _is_date(value) else _("une date, comme 2026-03-14")
    longest = schema.get("maxLength")
    if longest and len(value) > longest:
        return _("%(count)s caractères au plus", count=longest)
    return None


def _expected_integer(schema: Schema, value: str) -> str | None:
    lowest, highest = schema.get("minimum"), schema.get("maximum")
    if re.fullmatch(r"-?[0-9]{1,9}", value):
        number = int(value)
        if (lowest is None or number >= lowest) and (highest is None or number <= highest):
            return None
    if lowest is not None and highest is not None:
        return _("un nombre entier de %(lowest)s à %(highest)s", lowest=lowest, highest=highest)
    if lowest is not None:
        return _("un nombre entier à partir de %(lowest)s", lowest=lowest)
    return _("un nombre entier")


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _one_of(words: Iterable[Any]) -> str:
    return _("une valeur parmi %(words)s", words=", ".join(sorted(map(str, words))))


# --- the document ------------------------------------------------------------------------------------------------


def document(app: Flask, *, title: str, version: str, server: str, text: str) -> Schema:
    """The whole document: every route below /api with its description."""
    spec = APISpec(
        title=title,
        version=version,
        openapi_version="3.1.0",
        info={
            "description": text,
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        servers=[{"url": server}],
    )
    named: dict[str, Schema] = {}
    _by_name(PROBLEM, named)
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer", "description": _BEARER})
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        description = getattr(app.view_functions[rule.endpoint], "description", None)
        if description is not None:
            path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
            operation = _operation(rule.endpoint, rule.arguments, description, named)
            methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            spec.path(path=path, operations={method.lower(): operation for method in methods})
    for name, schema in sorted(named.items()):
        spec.components.schema(name, schema)
    return dict(spec.to_dict())


_BEARER: Final = "A token that you make in your account and send in Authorization; no cookie is read."
_STATUSES: Final = {
    400: "A parameter or what was sent cannot be read",
    401: "There is no token, or it is not good (any more)",
    403: "The token, or its person, may not do this",
    404: "There is no such thing",
    409: "Its state does not allow this",
    412: "It was changed meanwhile: the ETag of If-Match is an old one",
    415: "What is sent is not JSON",
    422: "What was sent does not fit: `errors` says what, member by member",
    428: "If-Match is missing",
    429: "Too many requests: Retry-After says when to go on",
}


def _operation(endpoint: str, arguments: set[str], description: Description, named: dict[str, Schema]) -> Schema:
    parameters: list[Schema] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in sorted(arguments)
    ]
    for where, given in (("query", description.query), ("header", description.headers)):
        parameters += [
            {"name": name, "in": where, "schema": schema, "description": text} for name, (schema, text) in given.items()
        ]
    operation: Schema = {
        "operationId": endpoint.replace(".", "_"),
        "summary": description.summary,
        "tags": [endpoint.split(".")[0].removesuffix("_api").removeprefix("api_")],
        "parameters": parameters,
        "responses": _responses(bool(arguments), description, named),
    }
    if description.body is not None:
        body = {"schema": _by_name(description.body, named)}
        operation["requestBody"] = {"required": True, "content": {"application/json": body}}
    if description.scope:
        operation["security"] = [{"token": []}]
        operation["description"] = f"Scope of the token: `{description.scope}`."
    return operation


def _responses(is_of_one: bool, description: Description, named: dict[str, Schema]) -> Schema:
    """By status. Who may be refused for want of a token may be for its rate, too."""
    tag = {"ETag": {"schema": TEXT, "description": "Send it back in If-None-Match, or in If-Match to change it."}}
    content = {description.media_type: {"schema": _by_name(description.schema, named)}}
    success: Schema = {"description": "OK"} if description.status == 204 else {
        "description": "OK", "headers": tag, "content": content
    }  # fmt: skip
    found: Schema = {str(description.status): success}
    if not description.scope:
        found["304"] = {"description": "Not modified since the ETag of If-None-Match"}
    by_token = {401, 403, 429} if description.scope else set()
    for status in sorted({400, *description.errors} | by_token | ({404} if is_of_one else set())):
        problem = _by_name(INVALID if status == 422 else PROBLEM, named)
        found[str(status)] = {
            "description": _STATUSES.get(status, "Problem"),
            "content": {"application/problem+json": {"schema": problem}},
        }
    return found


def _by_name(schema: Any, named: dict[str, Schema]) -> Any:
    """The schema with every titled part replaced by a reference; the parts are gathered in `named`."""
    if isinstance(schema, list):
        return [_by_name(item, named) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _by_name(value, named) for key, value in schema.items()}
    if schema.get("type") != "object" or not isinstance(schema.get("title"), str):
        return plain
    name = schema["title"]
    if named.setdefault(name, plain) != plain:
        raise ValueError(f"two different schemas are called {name}")
    return {"$ref": f"#/components/schemas/{name}"}
