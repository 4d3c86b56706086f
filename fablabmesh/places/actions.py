"""Writes of places, of who looks after them, of calls and their laureates."""

import enum
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from fablabmesh.accounts.models import Account
from fablabmesh.kit import geo
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.text import fold, free_slug
from fablabmesh.places import queries
from fablabmesh.places.models import FundingCall, Laureate, Place, PlaceFact, PlaceManager, PlaceVersion, PoleRole
from fablabmesh.places.opening_actions import count_out
from fablabmesh.places.rules import Confidence, FactSubject, ManagerRole, PlaceDeed, Precision
from fablabmesh.zones import queries as zones
from fablabmesh.zones.models import Zone
from fablabmesh.zones.moderation import Thing
from fablabmesh.zones.queries import Whereabouts
from fablabmesh.zones.rules import Standing

# What a form or an importer may set; the rest (slug, department, version, demo mark…) is ours.
EDITABLE = frozenset(
    [
        "name",
        "kind",
        "summary",
        "description",
        "address",
        "address_extra",
        "postcode",
        "commune",
        "insee",
        "latitude",
        "longitude",
        "precision",
        "phone",
        "website",
        "opening_hours",
        "how_to_come",
        "appointment_url",
        "accessibility_url",
        "services",
        "audiences",
        "accessibility",
        "fees",
        "support",
        "labels",
        "closed_on",
        "source_licence",
        "source_updated_on",
    ]
)


class Outcome(enum.StrEnum):
    """What an importer's row did."""

    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"


def create_place(
    values: Mapping[str, Any],
    *,
    now: datetime,
    is_demo: bool = False,
    source: str = "",
    source_id: str | None = None,
    by: Account | None = None,
    counts_out: bool = True,
) -> Place:
    """A new place with a free slug and its department found. `values`: see EDITABLE.

    Whoever makes many counts out their hours together, and says so: `counts_out`.
    """
    name = str(values["name"])
    commune = str(values.get("commune") or "")
    wanted = name if not commune or fold(commune) in fold(name) else f"{name} {commune}"
    place = Place(
        slug=free_slug(wanted, queries.is_slug_taken),
        source=source,
        source_id=source_id,
        is_demo=is_demo,
        created_at=now,
        changed_at=now,
        facts=[],
        laureates=[],
        pole_roles=[],
        managers=[],
        machines=[],
        people=[],
        pictures=[],
        edited_fields=[],
    )
    _assign(place, values)
    relocate(place)
    if source and not is_demo:
        place.moderation = queries.state_of_imported(place, Thing.PLACE)
    session.add(place)
    session.flush()
    if place.opening_hours and counts_out:
        count_out([place], now=now)
    _write_line(place, PlaceDeed.CREATED, {}, by=by, now=now, source=source)
    return place


def update_place(
    place: Place,
    values: Mapping[str, Any],
    *,
    now: datetime,
    by: Account | None = None,
    source: str = "",
    deed: PlaceDeed = PlaceDeed.EDITED,
) -> bool:
    """Bring a place up to date, and write so into its history; says whether anything changed."""
    before = _hours(place)
    changed = _assign(place, values)
    if not changed:
        return False
    relocate(place)
    place.changed_at = now
    session.flush()
    if _hours(place) != before:
        count_out([place], now=now)
    remember(place, deed, changed, by=by, now=now, source=source)
    return True


def _hours(place: Place) -> tuple[object, ...]:
    """What the times that a place is open follow from."""
    return place.opening_hours, place.department_code, place.closed_on


def edit_place(
    place: Place,
    values: Mapping[str, Any],
    *,
    now: datetime,
    version: int,
    by: Account | None = None,
    deed: PlaceDeed = PlaceDeed.EDITED,
) -> bool:
    """What a person writes on a place's page; importers keep off these columns from then on.

    `version`: the one the person's form was made of. A new commune or postcode looks its INSEE code up again, unless
    it is given; a new point is that of the address, unless `precision` says of what.
    """
    check_version(place, version)
    changed = {name: value for name, value in values.items() if getattr(place, name) != value}
    if changed.keys() & {"commune", "postcode"} and "insee" not in values:
        commune = changed.get("commune", place.commune)
        changed["insee"] = zones.find_insee(commune, changed.get("postcode", place.postcode))
    if changed.keys() & {"latitude", "longitude"} and "precision" not in values:
        changed["precision"] = Precision.UNKNOWN if changed.get("latitude", 0) is None else Precision.ADDRESS
    place.edited_fields = sorted({*place.edited_fields, *changed})
    return update_place(place, changed, now=now, by=by, deed=deed)


def check_version(place: Place, version: int) -> None:
    """Conflict unless the person's form was made of the place as it stands."""
    if version != place.version:
        raise Conflict(_("Cette fiche a été modifiée par quelqu’un d’autre entre-temps."))


# --- history -------------------------------------------------------------------------------------------------------


def remember(
    place: Place,
    deed: PlaceDeed,
    changed: Mapping[str, list[Any]],
    *,
    by: Account | None,
    now: datetime,
    source: str = "",
) -> PlaceVersion:
    """Write a line. `changed`: by column (or `machines`, `people`, `pictures`), what was before and after.

    What one person does at one instant is one line.
    """
    plain = {name: [to_plain(value) for value in pair] for name, pair in changed.items()}
    by_id = by.id if by is not None else None
    last = session.scalar(
        select(PlaceVersion).where(PlaceVersion.place_id == place.id).order_by(PlaceVersion.id.desc()).limit(1)
    )
    if last is not None and (last.at, last.by_id, last.source, last.deed) == (now, by_id, source, deed):
        last.changed = {**last.changed, **plain}
        session.flush()
        return last
    return _write_line(place, deed, plain, by=by, now=now, source=source)


def _write_line(
    place: Place, deed: PlaceDeed, changed: dict[str, Any], *, by: Account | None, now: datetime, source: str
) -> PlaceVersion:
    by_id = by.id if by is not None else None
    line = PlaceVersion(place_id=place.id, at=now, by_id=by_id, source=source, deed=deed, changed=changed)
    session.add(line)
    session.flush()
    return line


def to_plain(value: Any) -> Any:
    """As JSON holds it."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value.value if isinstance(value, enum.Enum) else value


# --- what importers bring -------------------------------------------------------------------------------------------


def put_place(source: str, source_id: str, values: Mapping[str, Any], *, now: datetime) -> tuple[Place, Outcome]:
    """The place of that row of that source, made or brought up to date; one that was merged is left as it is."""
    place = queries.find_by_source(source, source_id)
    if place is None and (merged := queries.find_merged(source, source_id)) is not None:
        return merged, Outcome.SAME
    if place is None:
        return create_place(values, now=now, source=source, source_id=source_id), Outcome.CREATED
    return place, renew_place(place, values, now=now)


def renew_place(place: Place, values: Mapping[str, Any], *, now: datetime) -> Outcome:
    """Bring a place up to its source: identical values change nothing, what a person has written here since stays."""
    theirs = {name: value for name, value in values.items() if name not in place.edited_fields}
    is_new = update_place(place, theirs, now=now, source=place.source, deed=PlaceDeed.IMPORTED)
    return Outcome.CHANGED if is_new else Outcome.SAME


def _assign(place: Place, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    stranger = set(values) - EDITABLE
    if stranger:
        raise ValueError(f"not for outsiders to set: {sorted(stranger)}")
    changed: dict[str, list[Any]] = {}
    for name, value in values.items():
        before = getattr(place, name, None)
        if before != value:
            changed[name] = [before, value]
            setattr(place, name, value)
    place.folded_name = fold(place.name)
    return changed


def relocate(place: Place) -> Whereabouts:
    """Find the department anew from code, postcode or point, and keep how it was found."""
    point = None
    if place.latitude is not None and place.longitude is not None:
        point = geo.Point(place.latitude, place.longitude)
    found = zones.locate(insee=place.insee, postcode=place.postcode, point=point)
    place.department_code = found.department_code
    place.department_found_by = found.found_by
    place.department_distance_m = found.distance_m
    return found


def set_facts(place: Place, facts: Sequence[tuple[FactSubject, str, str, Confidence | None]]) -> bool:
    """Replace the sourced statements: (subject, statement, source, confidence). Says whether anything changed."""
    before = [(fact.subject, fact.statement, fact.source, fact.confidence) for fact in place.facts]
    if before == list(facts):
        return False
    place.facts.clear()
    session.flush()
    for position, (subject, statement, source, confidence) in enumerate(facts):
        place.facts.append(
            PlaceFact(position=position, subject=subject, statement=statement, source=source, confidence=confidence)
        )
    session.flush()
    return True


def grant(place: Place, account: Account, role: ManagerRole = ManagerRole.MANAGER) -> None:
    """Let a person look after a place. Invented people look after invented places, real ones after real ones."""
    if place.is_demo != account.is_demo:
        raise Refused(_("Un compte de démonstration ne s’occupe que de lieux de démonstration."))
    link = session.get(PlaceManager, (place.id, account.id))
    if link is None:
        session.add(PlaceManager(place_id=place.id, account_id=account.id, role=role))
    else:
        link.role = role
    session.flush()


def put_pole_role(place: Place, zone: Zone, *, standing: Standing, confidence: Confidence | None, reason: str) -> bool:
    """Say that a place supports a zone, and how that is known. Says whether anything changed."""
    role = session.get(PoleRole, (place.id, zone.id))
    told = (standing, confidence, reason)
    if role is not None and (role.standing, role.confidence, role.reason) == told:
        return False
    if role is None:
        role = PoleRole(place_id=place.id, zone_id=zone.id)
        session.add(role)
    role.standing, role.confidence, role.reason = told
    session.flush()
    return True


def put_call(slug: str, **values: Any) -> FundingCall:
    """The call of that address (name, year, body, description, file_count, source), made or brought up to date."""
    call = queries.find_call(slug)
    if call is None:
        call = FundingCall(slug=slug)
        session.add(call)
    for name, value in values.items():
        if getattr(call, name) != value:
            setattr(call, name, value)
    session.flush()
    return call


def put_laureate(
    call: FundingCall,
    place: Place,
    *,
    project_name: str,
    holder: str = "",
    source: str = "",
    confidence: Confidence | None = None,
) -> bool:
    """Say that a call chose a place. Says whether anything changed."""
    if place.is_demo:
        raise Refused(_("Un lieu inventé ne peut pas être lauréat d’un appel à projets."))
    laureate = session.get(Laureate, (call.id, place.id))
    told = (project_name, holder, source, confidence)
    if laureate is not None and (laureate.project_name, laureate.holder, laureate.source, laureate.confidence) == told:
        return False
    if laureate is None:
        laureate = Laureate(call_id=call.id, place_id=place.id)
        session.add(laureate)
    laureate.project_name, laureate.holder, laureate.source, laureate.confidence = told
    session.flush()
    return True


def remove_laureate(call: FundingCall, place: Place) -> None:
    """Take back a mistaken entry."""
    laureate = session.get(Laureate, (call.id, place.id))
    if laureate is not None:
        session.delete(laureate)
        session.flush()


def remove_demo_places() -> int:
    """Delete the invented places with all that hangs on them."""
    places = queries.list_demo_places()
    for place in places:
        session.expire(place)
        session.delete(queries.get_place(place.slug))
    session.flush()
    return len(places)
