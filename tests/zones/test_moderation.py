import pytest

from fablabmesh.zones import moderation
from fablabmesh.zones.moderation import DEFAULTS, ModerationState, Thing, Whose


@pytest.mark.parametrize("thing", Thing)
def test_who_coordinates_a_zone_waits_for_nobody_and_strangers_always_do(thing):
    assert moderation.is_trusted(thing, Whose.COORDINATOR, [False])
    assert not moderation.is_trusted(thing, Whose.STRANGER, [True])


@pytest.mark.parametrize(("said", "trusted"), [([], True), ([True], True), ([False], False), ([True, False], False)])
def test_the_strictest_of_the_zones_holds_and_the_default_where_none_says(said, trusted):
    assert moderation.is_trusted(Thing.EVENT, Whose.MANAGER, said) is trusted


def test_a_zone_may_trust_more_than_others():
    assert not moderation.is_trusted(Thing.PLACE, Whose.MEMBER)
    assert moderation.is_trusted(Thing.PLACE, Whose.MEMBER, [True])


def test_states_and_rules_have_words_and_three_states_are_hidden():
    assert [state.value for state in ModerationState if state.is_hidden] == ["draft", "pending", "refused"]
    assert all(each.label for kind in (ModerationState, Thing, Whose) for each in kind)
    assert all(not moderation.is_settled(*key) for key in DEFAULTS)
