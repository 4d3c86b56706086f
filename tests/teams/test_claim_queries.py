"""Which claims wait for whom, and how many places share a site."""

from datetime import timedelta

import pytest

from fablabmesh.accounts.rules import Role
from fablabmesh.kit.errors import NotFound
from fablabmesh.places.rules import ManagerRole
from fablabmesh.teams import claim_actions, claim_queries
from fablabmesh.teams.claim_actions import Claimant
from tests.factories import NOW, make_account, make_coordinator, make_place, make_zone


@pytest.fixture
def claimed(db):
    """`claimed(place)`: a claim by somebody with an account."""

    def make(place, name="Léa"):
        lea = make_account(name=name)
        lea.email_confirmed_at = NOW
        return claim_actions.ask(place, Claimant(name, lea.email, by=lea), now=NOW)

    return make


def test_a_site_is_shared_by_places_that_give_its_host_or_a_page_of_it(db, zone):
    for website in (
        "https://ville.test",
        "http://www.ville.test/lab",
        "https://ville.test.fr",
        "https://autre-ville.test",
        "",
    ):
        make_place(website=website)

    assert [claim_queries.count_sharing(host) for host in ("ville.test", "autre-ville.test", "x.test")] == [2, 1, 0]


def test_claims_are_answered_by_managers_coordinators_and_who_runs_the_site(lab, alice, bob, coordinator, claimed):
    claim = claimed(lab)
    far = make_coordinator(make_zone(slug="sud", name="Sud", position=2))
    people = (alice, coordinator, make_account(role=Role.ADMIN), bob, far)

    assert [[each.id for each in claim_queries.list_claims(person)] for person in people] == [
        [claim.id],
        [claim.id],
        [claim.id],
        [],
        [],
    ]
    assert [claim_queries.count_claims(person) for person in people] == [1, 1, 1, 0, 0]


def test_an_editor_answers_no_claim(staffed, bob, claimed):
    claimed(staffed)

    assert claim_queries.count_claims(bob) == 0


def test_those_that_were_answered_are_apart(db, lab, alice, claimed):
    claim = claimed(lab)
    claim_actions.accept(claim, by=alice, now=NOW, version=claim.version, role=ManagerRole.EDITOR)

    assert claim_queries.count_claims(alice) == 0
    assert [each.id for each in claim_queries.list_claims(alice, is_open=False)] == [claim.id]


def test_ones_own_are_listed_until_they_are_answered(lab, alice, claimed):
    claim = claimed(lab)
    lea = claim.account

    assert [each.id for each in claim_queries.list_own(lea.id)] == [claim.id]
    assert claim_queries.find_own(lea.id, lab.id).id == claim.id
    claim_actions.refuse(claim, reason="Non.", by=alice, now=NOW, version=claim.version)
    assert claim_queries.list_own(lea.id) == []


def test_the_coordinators_list_is_of_their_departments_and_of_what_is_due(lab, claimed):
    claimed(lab)
    free = claimed(make_place(name="Libre"))

    found = [claim_queries.list_claims_in(codes, False, now=NOW) for codes in (["35"], None, ["22"])]

    assert [[claim.id for claim in claims] for claims in found] == [[free.id], [free.id], []]
    assert claim_queries.count_claims_in(["35"], True, now=NOW) == 0
    assert claim_queries.count_claims_in(["35"], None, now=NOW + timedelta(days=14)) == 2


def test_a_list_asks_as_many_questions_for_one_claim_as_for_three(db, lab, alice, claimed, count_queries):
    def ask():
        db.expire_all()
        with count_queries() as seen:
            for claim in claim_queries.list_claims(alice):
                assert claim.lines == []
                assert claim.place.name
                assert claim.account.name
        return len(seen)

    alice.name  # noqa: B018 - loaded anew
    claimed(lab)
    first = ask()
    claimed(lab, "Zoé")
    claimed(lab, "Ada")

    assert ask() == first


def test_what_was_never_confirmed_is_nobodys_business(db, lab):
    claim = claim_actions.ask(lab, Claimant("Léa", "lea@exemple.test"), now=NOW)

    with pytest.raises(NotFound):
        claim_queries.get_claim(claim.id)
