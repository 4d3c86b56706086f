"""The page where a zone says what it publishes at once."""

import pytest

from fablabmesh.zones import rule_queries
from fablabmesh.zones.moderation import DEFAULTS, Thing, Whose
from tests.factories import make_account, make_coordinator
from tests.moderation.conftest import hidden

PATH = "/zones/fablab/ouest/regles"
ALL = [f"{thing.value}.{whose.value}" for (thing, whose), trusted in DEFAULTS.items() if trusted]


@pytest.fixture
def desk(as_person, coordinator):
    return as_person(coordinator)


def test_a_coordinator_says_that_events_wait(desk, zone):
    seen = hidden(desk.get(PATH).get_data(as_text=True), "vu")
    given = {"vu": seen, "aussitot": [key for key in ALL if not key.startswith("event.")]}

    assert desk.post(PATH, data=given).status_code == 303
    assert not rule_queries.is_trusted("35", Thing.EVENT, Whose.MANAGER, is_demo=False)
    assert "propre à cette zone" in desk.get(PATH).get_data(as_text=True)


def test_who_rules_at_the_same_time_is_shown_both(desk, zone):
    seen = hidden(desk.get(PATH).get_data(as_text=True), "vu")
    desk.post(PATH, data={"vu": seen, "aussitot": []})

    late = desk.post(PATH, data={"vu": seen, "aussitot": ALL})

    assert late.status_code == 409
    assert "(enregistré : attend)".replace(" :", "\u00a0:") in late.get_data(as_text=True)


def test_it_is_for_those_who_coordinate_the_zone(client, as_person, zone):
    assert client.get(PATH).status_code == 303
    assert as_person(make_account()).get(PATH).status_code == 403
    assert as_person(make_account()).post(PATH).status_code == 403


def test_invented_people_rule_what_is_invented(as_person, zone):
    desk = as_person(make_coordinator(zone, is_demo=True))

    desk.post(PATH, data={"vu": hidden(desk.get(PATH).get_data(as_text=True), "vu"), "aussitot": []})

    told = [rule_queries.is_trusted("35", Thing.EVENT, Whose.MANAGER, is_demo=is_demo) for is_demo in (True, False)]
    assert told == [False, True]
