"""The OpenAPI document, read off the routes: `@describe` stands on every /api view, apispec writes the document."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from apispec import APISpec
from flask import Flask

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Description:
    """What the document says of one view. `schema` is a JSON Schema; `query` maps a parameter to (schema, text)."""

    summary: str
    schema: dict[str, Any]
    media_type: str = "application/json"
    query: dict[str, tuple[dict[str, Any], str]] = field(default_factory=dict)
    errors: tuple[int, ...] = ()


def describe(
    summary: str,
    schema: dict[str, Any],
    *,
    media_type: str = "application/json",
    query: dict[str, tuple[dict[str, Any], str]] | None = None,
    errors: tuple[int, ...] = (),
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say what an /api view takes and gives. An undescribed one fails a test."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.description = Description(summary, schema, media_type, query or {}, errors)  # type: ignore[attr-defined]
        return view

    return mark


PROBLEM = {
    "type": "object",
    "required": ["title", "status"],
    "properties": {"title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}},
}


def document(app: Flask, *, title: str, version: str, server: str, text: str) -> dict[str, Any]:
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
    spec.components.schema("Problem", PROBLEM)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        description = getattr(app.view_functions[rule.endpoint], "description", None)
        if description is not None:
            path = rule.rule.replace("<", "{").replace(">", "}")
            spec.path(path=path, operations={"get": _operation(rule.endpoint, rule.arguments, description)})
    return dict(spec.to_dict())


def _operation(endpoint: str, arguments: set[str], description: Description) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in sorted(arguments)
    ]
    parameters += [
        {"name": name, "in": "query", "schema": schema, "description": text}
        for name, (schema, text) in description.query.items()
    ]
    responses: dict[str, Any] = {
        "200": {"description": "OK", "content": {description.media_type: {"schema": description.schema}}},
        "304": {"description": "Not Modified"},
    }
    for status in description.errors:
        responses[str(status)] = {
            "description": "Problem",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return {
        "operationId": endpoint.replace(".", "_"),
        "summary": description.summary,
        "parameters": parameters,
        "responses": responses,
    }
