"""A zone says what it publishes at once: kept as far as it differs, for the real and the invented apart."""

import pytest
import sqlalchemy as sa

from fablabmesh.kit.errors import Conflict
from fablabmesh.zones import rule_actions, rule_queries
from fablabmesh.zones.models import ZoneRule
from fablabmesh.zones.moderation import DEFAULTS, Thing, Whose
from tests.factories import NOW, make_account, make_department, make_zone

MANAGER = (Thing.EVENT, Whose.MANAGER)


@pytest.fixture
def zone(db):
    make_department()
    return make_zone("35")


def test_what_differs_is_kept_and_what_is_as_everywhere_is_not(db, zone):
    said = {"is_demo": False, "by": make_account(), "now": NOW}

    assert rule_actions.set_rules(zone, DEFAULTS | {MANAGER: False}, seen=DEFAULTS, **said)

    assert db.execute(sa.select(ZoneRule.thing, ZoneRule.whose, ZoneRule.is_trusted)).all() == [(*MANAGER, False)]
    assert not rule_queries.is_trusted("35", *MANAGER, is_demo=False)
    assert rule_queries.is_trusted("35", *MANAGER, is_demo=True)
    assert rule_queries.is_trusted("75", *MANAGER, is_demo=False)
    held = rule_queries.map_rules(zone.id, is_demo=False)
    assert not rule_actions.set_rules(zone, held, seen=held, **said)
    assert rule_actions.set_rules(zone, DEFAULTS, seen=held, **said)
    assert db.scalar(sa.select(sa.func.count()).select_from(ZoneRule)) == 0


def test_two_who_rule_at_once_are_told_of_each_other(zone):
    said = {"is_demo": False, "by": make_account(), "now": NOW}
    rule_actions.set_rules(zone, DEFAULTS | {MANAGER: False}, seen=DEFAULTS, **said)

    with pytest.raises(Conflict):
        rule_actions.set_rules(zone, DEFAULTS, seen=DEFAULTS, **said)


def test_the_strictest_of_two_programmes_holds(zone):
    other = make_zone("35", programme="epn", slug="bretagne", name="Bretagne")

    rule_actions.set_rules(other, DEFAULTS | {MANAGER: False}, seen=DEFAULTS, is_demo=False, by=make_account(), now=NOW)

    assert not rule_queries.is_trusted("35", *MANAGER, is_demo=False)
