"""Reads of what a place has beside its columns, as values: machines, people in public roles; and of its history."""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from fablabmesh.kit.db import session
from fablabmesh.places.models import Machine, PlacePerson, PlacePicture, PlaceVersion
from fablabmesh.sheets.details import Holder, Tool


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
