"""The places of a search as files need them: rows, or GeoJSON that the database writes by itself."""

import json
from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import ColumnElement, Date, Text, cast, func, literal, literal_column, select

from fablabmesh.directory.exports import Row
from fablabmesh.directory.filters import Search
from fablabmesh.directory.queries import fits
from fablabmesh.kit.db import UNDECODED, session
from fablabmesh.places.models import FundingCall, Laureate, Place, PlaceFeature

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
    kept = func.coalesce(PlaceFeature.feature, func.feature_of(literal_column("place")))
    calls = func.coalesce(cast(func.array_to_json(_calls.c.slugs), Text), "[]")
    # A slug is of letters, digits and hyphens: nothing in it is to be escaped.
    tail = literal(',"url":' + json.dumps(base)[:-1]).concat(Place.slug).concat('"}}')
    told = kept.concat(literal(',"calls":')).concat(calls).concat(tail)
    features = (
        select(told.label("feature"))
        .select_from(Place)
        .outerjoin(PlaceFeature, PlaceFeature.place_id == Place.id)
        .outerjoin(_calls, _calls.c.place_id == Place.id)
        .where(*fits(search, now=now))
        .order_by(Place.id)
        .limit(MOST + 1)
        .subquery()
    )
    whole = select(func.count(), func.string_agg(features.c.feature, literal(",\n"))).select_from(features)
    count, written = session.execute(whole.execution_options(**UNDECODED)).one()
    return count, written or b""
