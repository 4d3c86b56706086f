"""The places of a search as files need them: rows, or GeoJSON that the database writes by itself."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Text, case, cast, func, literal, select

from fablabmesh.directory.exports import Row
from fablabmesh.directory.filters import Search
from fablabmesh.directory.queries import fits
from fablabmesh.kit.db import UNDECODED, session
from fablabmesh.places.models import FundingCall, Laureate, Place

# No file is longer: it is put together in memory before it is sent.
MOST = 100_000

_calls = (
    select(Laureate.place_id, func.array_agg(FundingCall.slug).label("slugs"))
    .join(FundingCall, FundingCall.id == Laureate.call_id)
    .group_by(Laureate.place_id)
    .subquery()
)

_CONFIRMED_ON: ColumnElement[date | None] = cast(Place.confirmed_at, Date)


def list_rows(search: Search, *, now: datetime) -> Iterator[Row]:
    """In the order of ids, as they are read."""
    statement = (
        select(
            Place.slug,
            Place.name,
            Place.kind,
            Place.address,
            Place.address_extra,
            Place.postcode,
            Place.commune,
            func.coalesce(Place.insee, ""),
            func.coalesce(Place.department_code, ""),
            Place.latitude,
            Place.longitude,
            Place.phone,
            Place.website,
            Place.opening_hours,
            Place.labels,
            Place.services,
            Place.machine_types,
            Place.audiences,
            Place.accessibility,
            Place.fees,
            Place.support,
            func.coalesce(_calls.c.slugs, []),
            Place.closed_on,
            Place.source,
            Place.source_licence,
            Place.source_updated_on,
            _CONFIRMED_ON,
            Place.is_demo,
        )
        .outerjoin(_calls, _calls.c.place_id == Place.id)
        .where(*fits(search, now=now))
        .order_by(Place.id)
        .limit(MOST)
    )
    for slug, name, kind, *rest in session.execute(statement.execution_options(yield_per=2_000)):
        yield Row(slug, name, kind.value, *rest)


def render_features(search: Search, base: str, *, now: datetime) -> tuple[int, bytes]:
    """How many, and the features of a GeoJSON collection, parted by commas: one query, and no row for Python to touch.

    Of more than `MOST`, one more: who asks is to refuse.

    `base`: what the address of a place begins with.
    """
    pair: list[Any] = [cast(Place.longitude, Text), literal(","), cast(Place.latitude, Text)]
    point = _joined([literal('{"type":"Point","coordinates":['), *pair, literal("]}")])
    parts: list[Any] = [literal('{"type":"Feature","geometry":'), case((Place.latitude.is_(None), "null"), else_=point)]
    parts += [literal(',"properties":{"slug":"'), Place.slug, literal('"')]
    for name, value in _properties(base).items():
        parts += [literal(f',"{name}":'), value]
    features = (
        select(_joined([*parts, literal("}}")]).label("feature"))
        .select_from(Place)
        .outerjoin(_calls, _calls.c.place_id == Place.id)
        .where(*fits(search, now=now))
        .order_by(Place.id)
        .limit(MOST + 1)
        .subquery()
    )
    whole = select(func.count(), func.string_agg(features.c.feature, literal(",\n"))).select_from(features)
    count, told = session.execute(whole.execution_options(**UNDECODED)).one()
    return count, told or b""


def _joined(parts: Sequence[Any]) -> Any:
    """One after the other, half with half: joined from the left, each text is copied again for all that follow it."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return _joined(parts[:middle]).concat(_joined(parts[middle:]))


def _properties(base: str) -> dict[str, ColumnElement[str]]:
    """Name → JSON text."""
    texts = ("name", "address", "postcode", "commune", "phone", "website", "opening_hours", "source", "source_licence")
    lists = ("labels", "services", "machine_types", "audiences", "accessibility", "fees", "support")
    found: dict[str, ColumnElement[str]] = {name: _json(getattr(Place, name)) for name in texts}
    # Codes of our own and digits: nothing in them is to be escaped.
    found["kind"] = literal('"').concat(cast(Place.kind, Text)).concat('"')
    found["insee"] = func.coalesce(_json(Place.insee), "null")
    found["department"] = func.coalesce(_json(Place.department_code), "null")
    found["url"] = literal(json.dumps(base)[:-1]).concat(Place.slug).concat('"')
    for name in lists:
        column = getattr(Place, name)
        found[name] = case((func.cardinality(column) == 0, "[]"), else_=cast(func.array_to_json(column), Text))
    found["calls"] = func.coalesce(cast(func.array_to_json(_calls.c.slugs), Text), "[]")
    for name in ("closed_on", "source_updated_on"):
        found[name] = func.coalesce(_json(getattr(Place, name)), "null")
    found["confirmed_on"] = func.coalesce(_json(_CONFIRMED_ON), "null")
    found["is_demo"] = cast(Place.is_demo, Text)
    return found


def _json(value: Any) -> ColumnElement[str]:
    return cast(func.to_json(value), Text)
