"""Reads of what zones let through at once."""

from sqlalchemy import select

from fablabmesh.kit.db import session
from fablabmesh.zones import moderation
from fablabmesh.zones.models import ZoneDepartment, ZoneRule
from fablabmesh.zones.moderation import Thing, Whose


def is_trusted(department_code: str | None, thing: Thing, whose: Whose, *, is_demo: bool) -> bool:
    """Is such a thing published at once there?"""
    statement = (
        select(ZoneRule.is_trusted)
        .join(ZoneDepartment, ZoneDepartment.zone_id == ZoneRule.zone_id)
        .where(
            ZoneDepartment.department_code == department_code,
            ZoneRule.thing == thing,
            ZoneRule.whose == whose,
            ZoneRule.is_demo == is_demo,
        )
    )
    return moderation.is_trusted(thing, whose, list(session.scalars(statement)))


def map_rules(zone_id: int, *, is_demo: bool) -> dict[tuple[Thing, Whose], bool]:
    """What holds in a zone, of all that it may say."""
    statement = select(ZoneRule).where(ZoneRule.zone_id == zone_id, ZoneRule.is_demo == is_demo)
    said = {(rule.thing, rule.whose): rule.is_trusted for rule in session.scalars(statement)}
    return moderation.DEFAULTS | said
