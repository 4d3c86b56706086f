"""Reads of pages that may be of one place: those near, of the same commune or of the same site, compared one by one.

Blocks keep it from comparing all with all: within a few hundred metres, in one commune, under one site. Few of the
places that are imported tell their commune's code: it is known by its name or postcode, too, among its department's.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, literal_column, null, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import joinedload
from sqlalchemy.types import Integer

from fablabmesh.curation.models import PlaceTwin
from fablabmesh.curation.rules import Scope
from fablabmesh.curation.twins import NEAR_METRES, WORTH_A_LOOK, Likeness, Page, compare, town_key, web_key
from fablabmesh.events.models import Event
from fablabmesh.imports.models import CalendarSource
from fablabmesh.kit import geo
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.text import fold
from fablabmesh.places.models import (
    Laureate,
    Machine,
    Place,
    PlaceFact,
    PlaceManager,
    PlacePerson,
    PlacePicture,
    PoleRole,
)
from fablabmesh.projects.models import Partnership, Project
from fablabmesh.zones import queries as zones
from fablabmesh.zones.models import ZoneDepartment

_COLUMNS = "name, commune, address, web_key, phone, kind"
# As `town_key` makes it.
_TOWN_KEY = "regexp_replace(fold_words({}.commune), ' cedex.*', '')"
# Only what is a little alike by name, or has a site or a house in common, is worth comparing.
_PAIRS = text(
    f"""
SELECT a.id AS mine, b.id AS theirs, similarity(a.folded_name, b.folded_name) AS likeness,
       CASE WHEN 'commune' NOT IN (a.precision, b.precision) THEN ST_Distance(a.location, b.location) END AS metres,
       {", ".join(f"a.{name.strip()} AS a_{name.strip()}" for name in _COLUMNS.split(","))},
       {", ".join(f"b.{name.strip()} AS b_{name.strip()}" for name in _COLUMNS.split(","))}
FROM place a CROSS JOIN LATERAL (
    SELECT * FROM place near WHERE ST_DWithin(near.location, a.location, :metres)
    UNION SELECT * FROM place town WHERE town.insee = a.insee AND similarity(town.folded_name, a.folded_name) > 0.3
    UNION SELECT * FROM place same WHERE same.department_code = a.department_code
        AND similarity(same.folded_name, a.folded_name) > 0.3
        AND (same.postcode = a.postcode AND same.postcode <> '' OR {_TOWN_KEY.format("same")} = {_TOWN_KEY.format("a")})
    UNION SELECT * FROM place site WHERE site.web_key = a.web_key AND site.web_key <> ''
        AND site.department_code IS NOT DISTINCT FROM a.department_code
) b
WHERE a.id = ANY(:ids) AND b.id <> a.id AND b.is_demo = a.is_demo
"""  # noqa: S608 - names of columns, written above
).bindparams(bindparam("ids", type_=ARRAY(Integer)), metres=NEAR_METRES)


@dataclass(frozen=True)
class Pair:
    """Two places, the smaller id first, and how they are alike."""

    place_id: int
    other_id: int
    likeness: Likeness


def list_pairs(ids: Collection[int]) -> list[Pair]:
    """The pairs worth a look of these places with any, each once."""
    found: dict[tuple[int, int], Likeness] = {}
    for row in session.execute(_PAIRS, {"ids": list(ids)}).mappings():
        likeness = compare(_page(row, "a_"), _page(row, "b_"), similarity=row["likeness"], metres=row["metres"])
        if likeness.score >= WORTH_A_LOOK:
            first, second = sorted((row["mine"], row["theirs"]))
            found[first, second] = likeness
    return [Pair(first, second, likeness) for (first, second), likeness in sorted(found.items())]


def _page(row: Any, prefix: str) -> Page:
    return Page(**{name.strip(): row[prefix + name.strip()] or "" for name in _COLUMNS.split(",")})


@dataclass(frozen=True)
class Like:
    """A place that is there already, and how it is like one that is proposed."""

    place: Place
    likeness: Likeness


def list_like(values: dict[str, Any], *, is_demo: bool = False, limit: int = 5, but: int | None = None) -> list[Like]:
    """Places that may be the one described, the likeliest first. `values`: by column."""
    name, web = fold(str(values.get("name") or "")), web_key(str(values.get("website") or ""))
    latitude, longitude = values.get("latitude"), values.get("longitude")
    blocks: list[Any] = []
    likeness = func.similarity(Place.folded_name, name)
    metres: Any = null()
    if latitude is not None and longitude is not None:
        here = geo.Point(latitude, longitude)
        metres = geo.distance(Place.location, here)
        blocks.append(geo.within(Place.location, here, NEAR_METRES))
    blocks += [block & (likeness > 0.25) for block in _of_one_town(values)]
    if web:
        blocks.append(Place.web_key == web)
    if not blocks:
        return []
    statement = select(Place, likeness, Place.web_key, metres)
    statement = statement.where(or_(*blocks), Place.is_demo == is_demo, Place.id != (but or 0))
    mine = Page(
        str(values.get("name") or ""), str(values.get("commune") or ""), str(values.get("address") or ""), web,
        str(values.get("phone") or ""), str(values.get("kind") or ""),
    )  # fmt: skip
    found = []
    for place, similarity, key, away in session.execute(statement.order_by(likeness.desc(), Place.id).limit(50)):
        theirs = Page(place.name, place.commune, place.address, key, place.phone, place.kind.value)
        # A point at a town hall says nothing of how near two places are.
        near = away if values.get("precision") != "commune" and place.precision != "commune" else None
        compared = compare(mine, theirs, similarity=similarity, metres=near)
        if compared.score >= WORTH_A_LOOK - 20:
            found.append(Like(place, compared))
    return sorted(found, key=lambda like: (-like.likeness.score, like.place.id))[:limit]


def _of_one_town(values: dict[str, Any]) -> list[Any]:
    """By its code; where a place has none, by name or postcode among those of its department."""
    insee, postcode = values.get("insee"), values.get("postcode")
    alike: list[Any] = [Place.insee == insee] if insee else []
    department = zones.locate(insee=insee, postcode=postcode, point=None).department_code
    if department is None:
        return alike
    same = [Place.postcode == postcode] if postcode else []
    if values.get("commune"):
        same.append(literal_column(_TOWN_KEY.format("place")) == town_key(values["commune"]))
    return [*alike, (Place.department_code == department) & or_(*same)] if same else alike


# --- what was found ----------------------------------------------------------------------------------------------


def _waiting(scope: Scope) -> Any:
    statement = select(PlaceTwin).join(Place, Place.id == PlaceTwin.place_id)
    statement = statement.where(PlaceTwin.dismissed_at.is_(None))
    if scope.is_admin and not scope.is_demo:
        return statement
    mine = select(ZoneDepartment.department_code).where(ZoneDepartment.zone_id.in_(scope.zone_ids))
    return statement.where(Place.department_code.in_(mine), Place.is_demo == scope.is_demo)


def list_twins(scope: Scope, *, limit: int, offset: int = 0) -> Sequence[PlaceTwin]:
    """The pairs that somebody may decide about, the likeliest first, with both places."""
    statement = _waiting(scope).options(joinedload(PlaceTwin.place), joinedload(PlaceTwin.other))
    order = (PlaceTwin.score.desc(), PlaceTwin.place_id, PlaceTwin.other_id)
    return list(session.scalars(statement.order_by(*order).limit(limit).offset(offset)))


def count_twins(scope: Scope) -> int:
    """How many they are."""
    return session.scalar(_waiting(scope).with_only_columns(func.count())) or 0


def find_twin(place_id: int, other_id: int) -> PlaceTwin | None:
    """What is known of the pair, whichever comes first."""
    return session.get(PlaceTwin, tuple(sorted((place_id, other_id))))


def get_pair(slugs: Iterable[str]) -> list[Place]:
    """Both places of a pair, in the order asked for."""
    asked = list(slugs)
    found = {place.slug: place for place in session.scalars(select(Place).where(Place.slug.in_(asked)))}
    if len(set(asked)) != 2 or len(found) != 2:
        raise NotFound(_("L’une de ces fiches n’existe plus : elle a peut-être déjà été fusionnée."))
    return [found[slug] for slug in asked]


def count_what_hangs(place_id: int) -> dict[str, int]:
    """What moves with a place, by kind; nothing of what there is none of."""
    counted: dict[str, Any] = {
        "events": select(func.count()).where(or_(Event.place_id == place_id, Event.venue_id == place_id)),
        "projects": select(func.count()).where(Project.lead_id == place_id),
        "partnerships": select(func.count()).where(Partnership.place_id == place_id),
        "managers": select(func.count()).where(PlaceManager.place_id == place_id),
        "laureates": select(func.count()).where(Laureate.place_id == place_id),
        "poles": select(func.count()).where(PoleRole.place_id == place_id),
        "machines": select(func.count()).where(Machine.place_id == place_id),
        "people": select(func.count()).where(PlacePerson.place_id == place_id),
        "pictures": select(func.count()).where(PlacePicture.place_id == place_id),
        "facts": select(func.count()).where(PlaceFact.place_id == place_id),
        "calendars": select(func.count()).where(CalendarSource.place_id == place_id),
    }
    row = session.execute(select(*(each.scalar_subquery().label(name) for name, each in counted.items()))).one()
    return {name: count for name, count in row._mapping.items() if count}
