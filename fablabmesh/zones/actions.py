"""Writes of territories. Whoever changes a composition gets the polygons redrawn; nobody else draws them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select, update

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import session
from fablabmesh.zones.models import Department, Programme, Zone, ZoneCoordinator, ZoneDepartment
from fablabmesh.zones.rules import Standing


def put_programme(*, slug: str, name: str, position: int) -> Programme:
    """The programme of that slug, made or brought up to date."""
    programme = session.scalar(select(Programme).where(Programme.slug == slug))
    if programme is None:
        programme = Programme(slug=slug)
        session.add(programme)
    programme.name, programme.position = name, position
    session.flush()
    return programme


def put_zone(programme: Programme, *, slug: str, name: str, colour: str, position: int, is_overseas: bool) -> Zone:
    """The zone of that slug, made or brought up to date; its polygon is drawn by `compose`."""
    zone = session.scalar(select(Zone).where(Zone.programme_id == programme.id, Zone.slug == slug))
    if zone is None:
        zone = Zone(programme_id=programme.id, slug=slug)
        session.add(zone)
    zone.name, zone.colour, zone.position, zone.is_overseas = name, colour, position, is_overseas
    session.flush()
    return zone


def compose(zone: Zone, departments: Iterable[str], *, standing: Standing, reason: str) -> int:
    """Put these departments into the zone, out of whatever zone of the programme they were in.

    Returns how many statements changed. Places follow at once, since their zone is their department's; the polygons
    of the zones that won or lost a department are redrawn.
    """
    changed, redraw = 0, set()
    for code in sorted(set(departments)):
        part = session.get(ZoneDepartment, (zone.programme_id, code))
        before = (part.zone_id, part.standing, part.reason) if part else None
        if part is None:
            part = ZoneDepartment(programme_id=zone.programme_id, department_code=code)
            session.add(part)
        elif part.zone_id != zone.id:
            redraw.add(part.zone_id)
        if before == (zone.id, standing, reason):
            continue
        if before is None or before[0] != zone.id:
            redraw.add(zone.id)
        part.zone_id, part.standing, part.reason = zone.id, standing, reason
        changed += 1
    session.flush()
    draw_polygons(sorted(redraw))
    return changed


def draw_polygons(zone_ids: Iterable[int]) -> None:
    """A zone's polygon is the union of its departments; none for a zone without departments."""
    for zone_id in zone_ids:
        union = (
            select(func.ST_Multi(func.ST_Union(Department.geom)))
            .join(ZoneDepartment, ZoneDepartment.department_code == Department.code)
            .where(ZoneDepartment.zone_id == zone_id)
            .scalar_subquery()
        )
        session.execute(
            update(Zone).where(Zone.id == zone_id).values(geom=union).execution_options(synchronize_session=False)
        )
    session.flush()


def grant_coordination(zone: Zone, account: Account, *, by: Account | None, now: datetime) -> None:
    """Let a person coordinate a zone. They may do so from their next page on."""
    if session.get(ZoneCoordinator, (zone.id, account.id)) is None:
        given = by.id if by is not None else None
        session.add(ZoneCoordinator(zone_id=zone.id, account_id=account.id, granted_by_id=given, granted_at=now))
        session.flush()
        session.refresh(account, ["zone_ids", "department_codes"])


def withdraw_coordination(zone: Zone, account: Account) -> None:
    """Let them coordinate it no longer."""
    link = session.get(ZoneCoordinator, (zone.id, account.id))
    if link is not None:
        session.delete(link)
        session.flush()
        session.refresh(account, ["zone_ids", "department_codes"])
