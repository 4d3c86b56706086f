"""Reads of what a place has beside its columns, as values: machines, people in public roles; and of its history."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, undefer

from fablabmesh.events.models import Image
from fablabmesh.kit import geo
from fablabmesh.kit.db import session
from fablabmesh.kit.images import Picture
from fablabmesh.places.models import Machine, Place, PlacePerson, PlacePicture, PlaceVersion
from fablabmesh.sheets.details import Holder, Tool
from fablabmesh.zones import queries as zones
from fablabmesh.zones.models import Commune, Department


def list_tools(place_id: int) -> list[Tool]:
    """The machines of a place, in its order."""
    statement = select(Machine).where(Machine.place_id == place_id).options(joinedload(Machine.type))
    return [
        Tool(
            type=machine.type.code,
            model=machine.model,
            quantity=machine.quantity,
            size=machine.size,
            materials=tuple(machine.materials),
            training=machine.training,
            price=machine.price,
            note=machine.note,
            is_working=machine.is_working,
        )
        for machine in session.scalars(statement.order_by(Machine.position, Machine.id))
    ]


def list_holders(place_id: int) -> list[Holder]:
    """The public roles of a place, in its order."""
    statement = select(PlacePerson).where(PlacePerson.place_id == place_id)
    rows = session.scalars(statement.order_by(PlacePerson.position, PlacePerson.id))
    return [Holder(person.role, person.name, person.consented_on) for person in rows]


def list_pictures(place_id: int) -> list[PlacePicture]:
    """The photographs of a place, in its order."""
    statement = select(PlacePicture).where(PlacePicture.place_id == place_id)
    return list(session.scalars(statement.order_by(PlacePicture.position, PlacePicture.id)))


def tell_pictures(pictures: Sequence[PlacePicture]) -> list[dict[str, str]]:
    """For a line of the history, from which they can come back while the images are kept."""
    return [{"digest": each.image_digest, "text": each.text, "credit": each.credit} for each in pictures]


def count_versions(place_id: int) -> int:
    """How many lines the history of a place has."""
    return session.scalar(select(func.count()).where(PlaceVersion.place_id == place_id)) or 0


def list_versions(place_id: int, *, limit: int, offset: int = 0) -> list[PlaceVersion]:
    """The lines of a place's history with who wrote them, the latest first."""
    statement = select(PlaceVersion).where(PlaceVersion.place_id == place_id).options(joinedload(PlaceVersion.by))
    return list(session.scalars(statement.order_by(PlaceVersion.id.desc()).limit(limit).offset(offset)))


def find_version(place_id: int, version_id: int) -> PlaceVersion | None:
    """One line of the history of this place."""
    statement = select(PlaceVersion).where(PlaceVersion.place_id == place_id, PlaceVersion.id == version_id)
    return session.scalar(statement.options(joinedload(PlaceVersion.by)))


def find_disagreement(place: Place) -> Department | None:
    """The department that the point of a place lies in, where its postcode or commune say another one."""
    if place.latitude is None or place.longitude is None:
        return None
    point = geo.Point(place.latitude, place.longitude)
    found = zones.locate(insee=place.insee, postcode=place.postcode, point=point)
    return zones.find_department(found.contradiction) if found.contradiction else None


def find_town(commune: str, postcode: str) -> Commune | None:
    """The commune of the gazetteer that an address is in, by both; by the name alone if it is the only one."""
    insee = zones.find_insee(commune, postcode)
    if insee:
        return zones.find_commune(insee)
    found = zones.list_towns_called(f"{postcode} {commune}".strip(), limit=2)
    return found[0] if len(found) == 1 else None


def find_picture(digest: str) -> Picture | None:
    """A picture that is kept already, by the name of its content."""
    row = session.get(Image, digest, options=[undefer(Image.content), undefer(Image.small)]) if digest else None
    if row is None:
        return None
    return Picture(row.digest, row.content, row.width, row.height, row.small, row.small_width, row.small_height)
