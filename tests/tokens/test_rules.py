"""How tokens are spelled, and for how long they wait."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from fablabmesh.accounts.rights import Tie
from fablabmesh.tokens.rules import MOST_IN_WINDOW, WINDOW, is_good, read_bearer, ties_by, wait_of
from tests.factories import NOW
from tests.people import make_lab, make_person

WORDS = "flm_" + "aB3_-" * 8 + "xyz"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f"Bearer {WORDS}", WORDS),
        (f"bearer  {WORDS} ", WORDS),
        (WORDS, None),
        (f"Basic {WORDS}", None),
        (f"Bearer {WORDS}x", None),
        ("Bearer flm_", None),
        ("", None),
    ],
)
def test_only_what_is_spelled_as_ours_is_looked_for(header, found):
    assert read_bearer(header) == found


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({}, True),
        ({"revoked_at": NOW}, False),
        ({"expires_at": NOW}, False),
        ({"account": SimpleNamespace(is_active=False)}, False),
    ],
)
def test_a_token_is_good_until_it_ends_or_its_person_does(changes, good):
    given = {"revoked_at": None, "expires_at": NOW + timedelta(days=1), "account": SimpleNamespace(is_active=True)}

    assert is_good(SimpleNamespace(**(given | changes)), NOW) is good


def test_a_token_ties_its_person_to_its_places_alone():
    person = make_person(1)
    token = SimpleNamespace(account=person, place_ids=[10])

    assert ties_by(token, make_lab(10, person)) == {Tie.VISITOR, Tie.MEMBER, Tie.MANAGER}
    assert ties_by(token, make_lab(11, person)) == {Tie.VISITOR}
    assert ties_by(token, make_lab(10)) == {Tie.VISITOR, Tie.MEMBER}


def test_one_waits_until_the_minute_is_over():
    assert wait_of(NOW, MOST_IN_WINDOW, NOW) == 0
    assert wait_of(NOW, MOST_IN_WINDOW + 1, NOW + timedelta(seconds=20)) == 41
    assert wait_of(NOW, MOST_IN_WINDOW + 1, NOW + WINDOW) == 0
