"""Every route, method by method, asked by eight people, about what is theirs and what is not: tests/access.txt.

`script/rights` measures the table anew; the difference is what a reviewer reads.
"""

import pytest

from tests.access.table import HEAD, head, key_of, measure, outcomes_of, read_golden
from tests.access.world import ARGUMENTS, NoRecipe, addresses_of

REVIEWED = read_golden()
NEWER = "a route was added or taken away: run script/rights, and read what changed in tests/access.txt"


def test_every_route_has_its_row(doors):
    assert sorted(doors) == sorted(REVIEWED), NEWER


@pytest.mark.parametrize("key", REVIEWED)
def test_who_may_open_it_is_what_was_reviewed(world, doors, key):
    assert measure(world, doors[key]) == REVIEWED[key]


def test_nobody_without_a_tie_gets_more_than_a_visitor_but_what_is_of_an_account(doors):
    """A member to whom nothing is tied opens no door that is closed to visitors, but those of their own account."""
    wider = set()
    for key, lines in REVIEWED.items():
        for line in lines:
            outcomes = outcomes_of(line)
            if outcomes and outcomes[0] != "ok" and outcomes[1] == "ok":
                wider.add(doors[key].acts)

    # Of what is their own, one thing of the world: the invitation that was sent to them.
    assert wider == {"account.use", "own.use"}


def test_nothing_is_led_to_the_sign_in_page_but_visitors():
    for lines in REVIEWED.values():
        for line in lines:
            if " site.sign_in " in line:
                continue  # the steps of signing in lead back to the first
            assert "sign-in" not in outcomes_of(line)[1:]


def test_a_route_nobody_said_anything_about_says_what_to_add():
    with pytest.raises(NoRecipe, match=r"/lieux/<slug>/robots/<robot>: say in tests/access/world.py .* for <robot>"):
        addresses_of("/lieux/<slug>/robots/<robot>", {"lab": "le-lab"})


def test_the_longest_beginning_tells_the_thing():
    things = {"lab": "le-lab", "event": "e", "draft": "d", "deleted": "x", "date": "2090-06-10"}

    assert addresses_of("/lieux/<slug>/modifier", things) == [("", "/lieux/le-lab/modifier")]
    assert addresses_of("/evenements/<slug>/dates/<key>", things) == [
        ("shown", "/evenements/e/dates/2090-06-10"),
        ("draft", "/evenements/d/dates/2090-06-10"),
        ("deleted", "/evenements/x/dates/2090-06-10"),
    ]
    assert ("/evenements/", "slug") in ARGUMENTS


def test_a_line_says_which_door_it_is_of():
    assert key_of("GET /lieux/<slug> [x]      place.read   ok") == "GET /lieux/<slug>"
    assert head().startswith(HEAD)
