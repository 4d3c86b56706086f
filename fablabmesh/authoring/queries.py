"""What the form of an event looks for by name: places of the mesh, communes of the gazetteer."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from fablabmesh.authoring.whereabouts import Choice, Town, read_town
from fablabmesh.events.models import Event
from fablabmesh.events.rules import EventStatus
from fablabmesh.kit.db import session
from fablabmesh.kit.text import search_words, word_pattern
from fablabmesh.places.models import Place
from fablabmesh.places.queries import IS_LISTED
from fablabmesh.zones import queries as zones
from fablabmesh.zones.models import Commune
from fablabmesh.zones.rules import timezone_of_department

MOST_FOUND = 12


def list_behind_holidays(zone: str, known: str, *, limit: int) -> list[str]:
    """The UIDs of series that leave the holidays of a zone out and do not know of all that is `known`, as spelled."""
    conditions = (
        Event.school_holidays.startswith(f"{zone}:"),
        Event.school_holidays.collate("C") < known,
        Event.rrule != "",
        Event.deleted_at.is_(None),
        Event.status == EventStatus.CONFIRMED,
    )
    return list(session.scalars(select(Event.uid).where(*conditions).order_by(Event.id).limit(limit)))


def search_places(text: str, *, chosen: Sequence[int] = (), is_demo: bool) -> list[Choice]:
    """The places chosen before, then those in whose name, commune or postcode all words stand.

    Invented events are held in invented places, and real ones in real ones.
    """
    found = [to_choice(place) for place in list_places(chosen, is_demo=is_demo)]
    words = search_words(text)
    if not words:
        return found
    rank = func.array_position(["fablab", "pole", "epn"], Place.kind)
    statement = select(Place).where(IS_LISTED, Place.is_demo.is_(is_demo), Place.id.not_in(chosen))
    for word in words:
        statement = statement.where(Place.name_text.like(word_pattern(word)))
    rows = session.scalars(statement.order_by(rank, Place.folded_name, Place.id).limit(MOST_FOUND))
    return [*found, *map(to_choice, rows)]


def list_places(ids: Sequence[int], *, is_demo: bool) -> list[Place]:
    """By name, with those who look after them; ids of nothing, or of the other world, are left out."""
    if not ids:
        return []
    statement = select(Place).where(Place.id.in_(ids), Place.is_demo.is_(is_demo))
    return list(session.scalars(statement.options(selectinload(Place.managers)).order_by(Place.name, Place.id)))


def to_choice(place: Place) -> Choice:
    """A place as a form offers it."""
    town = " ".join(filter(None, (place.postcode, place.commune)))
    return Choice(place.id, place.name, timezone_of_department(place.department_code), town, place.is_demo)


def search_towns(text: str, *, chosen: str = "") -> list[Town]:
    """The commune chosen before, then those whose name or postcode begins so, the most peopled first."""
    before = zones.find_commune(chosen) if chosen else None
    found = [to_town(before, text)] if before else []
    communes = zones.search_communes(text, limit=MOST_FOUND) if text else []
    return found + [to_town(commune, text) for commune in communes if commune.insee != chosen]


def find_town(address: str) -> Town | None:
    """The commune at the end of an address."""
    _street, postcode, name = read_town(address)
    insee = zones.find_insee(name, postcode) if postcode else None
    commune = zones.find_commune(insee) if insee else None
    return to_town(commune, postcode) if commune else None


def to_town(commune: Commune, wanted: str = "") -> Town:
    """With the postcode that was asked for, if it is one of its own."""
    postcode = wanted if wanted in commune.postcodes else next(iter(commune.postcodes), "")
    timezone = timezone_of_department(commune.department_code)
    return Town(commune.insee, commune.name, postcode, timezone, commune.latitude, commune.longitude)
