"""Writes of what zones let through at once."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Conflict
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.zones import rule_queries
from fablabmesh.zones.models import Zone, ZoneRule
from fablabmesh.zones.moderation import DEFAULTS, Thing, Whose

Rules = Mapping[tuple[Thing, Whose], bool]


def set_rules(zone: Zone, rules: Rules, *, seen: Rules, is_demo: bool, by: Account, now: datetime) -> bool:
    """Say what is published at once; says whether anything changed. `seen`: what held when the person chose.

    What is as everywhere is not kept: it follows what the whole changes. What waits already goes on waiting.
    """
    session.execute(select(Zone.id).where(Zone.id == zone.id).with_for_update())
    held = rule_queries.map_rules(zone.id, is_demo=is_demo)
    if dict(seen) != held:
        raise Conflict(_("Quelqu’un d’autre vient de changer ces règles."))
    wanted = {key: rules[key] for key in DEFAULTS}
    if wanted == held:
        return False
    session.execute(delete(ZoneRule).where(ZoneRule.zone_id == zone.id, ZoneRule.is_demo == is_demo))
    for (thing, whose), is_trusted in wanted.items():
        if is_trusted != DEFAULTS[thing, whose]:
            session.add(
                ZoneRule(
                    zone_id=zone.id, thing=thing, whose=whose, is_demo=is_demo, is_trusted=is_trusted,
                    set_by_id=by.id, set_at=now,
                )
            )  # fmt: skip
    session.flush()
    return True
