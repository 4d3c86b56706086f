"""Claiming a place: by an address of its own domain, by its own people, by who coordinates there."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.accounts import queries as accounts
from fablabmesh.kit.errors import Conflict, NotFound, Refused
from fablabmesh.places.rules import ManagerRole
from fablabmesh.teams import actions, claim_actions, claim_queries
from fablabmesh.teams.claim_actions import Claimant
from fablabmesh.teams.models import Claim
from fablabmesh.teams.rules import MANAGERS_FIRST, ClaimState, Proof
from tests.factories import NOW, make_account, make_place
from tests.teams.conftest import link_in, roles

LATER = NOW + timedelta(hours=1)
LEA = "lea@labfab.test"


@pytest.fixture
def free(zone):
    """A lab that nobody looks after, with a site of its own."""
    return make_place(website="https://www.labfab.test/")


@pytest.fixture
def ask(letters):
    """`ask(place)`: the word of the link in the letter."""

    def send(place, email=LEA, *, name="Léa", by=None, now=NOW, **more):
        claim_actions.ask(place, Claimant(name, email, by=by, network="192.0.2.1", **more), now=now)
        return link_in(letters("teams/claim")[-1][2], "s-en-occuper")

    return send


@pytest.fixture
def wait(db, ask):
    """`wait(place)`: a claim whose address is proven and which waits."""

    def send(place, email="lea@ailleurs.test", **more):
        found = claim_actions.look(ask(place, email, **more), now=LATER)
        claim_actions.confirm(found, now=LATER)
        return claim_queries.get_claim(found.id)

    return send


# --- by the place's own domain -----------------------------------------------------------------------------------


def test_an_address_of_the_places_domain_opens_it_at_once_and_the_coordinator_is_told(
    db, free, ask, coordinator, letters
):
    made = claim_actions.confirm(claim_actions.look(ask(free), now=LATER), now=LATER)

    assert roles(db, free) == {"Léa": "manager"}
    assert (made.email, made.email_confirmed_at, made.password_hash) == (LEA, LATER, None)
    to, _subject, text = letters("teams/claim")[-1]
    assert (to, "au nom de domaine du lieu" in text) == (coordinator.email, True)
    claim = db.scalar(sa.select(Claim))
    assert (claim.state, claim.proof, claim.email) == (ClaimState.ACCEPTED, Proof.DOMAIN, "")


def test_who_has_an_account_of_that_address_is_let_in_and_none_is_made(db, free, ask):
    lea = make_account(name="Léa", email=LEA)
    lea.email_confirmed_at = None

    assert claim_actions.confirm(claim_actions.look(ask(free), now=LATER), now=LATER) is None

    assert roles(db, free) == {"Léa": "manager"}
    assert lea.email_confirmed_at == LATER


def test_a_site_that_two_places_give_proves_nothing(db, free, ask):
    make_place(name="Autre", website="http://labfab.test/autre")

    claim_actions.confirm(claim_actions.look(ask(free), now=LATER), now=LATER)

    assert roles(db, free) == {}
    assert db.scalar(sa.select(Claim.state)) is ClaimState.PENDING


def test_the_domain_opens_nothing_where_somebody_manages_already(db, lab, ask, alice, letters):
    claim_actions.confirm(claim_actions.look(ask(lab), now=LATER), now=LATER)

    assert roles(db, lab) == {"Alice": "manager"}
    assert letters("teams/claim")[-1][0] == alice.email


def test_signed_in_with_the_places_address_needs_no_letter(db, free, letters):
    lea = make_account(name="Léa", email=LEA)
    lea.email_confirmed_at = NOW

    claim_actions.ask(free, Claimant("Léa", LEA, by=lea), now=NOW)

    assert roles(db, free) == {"Léa": "manager"}
    assert letters() == []


def test_an_address_that_was_never_confirmed_is_proven_first(db, free, ask):
    lea = make_account(name="Léa", email=LEA)
    lea.email_confirmed_at = None

    ask(free, by=lea)

    assert roles(db, free) == {}


def test_signed_in_one_proves_by_the_places_address_and_keeps_ones_account(db, free, ask):
    lea = make_account(name="Léa", email="lea@perso.test")

    claim_actions.confirm(claim_actions.look(ask(free, LEA, by=lea), now=LATER), now=LATER)

    assert roles(db, free) == {"Léa": "manager"}
    assert accounts.find_by_email(LEA) is None


def test_the_link_of_who_asked_first_does_not_serve_who_asked_next(db, free, ask):
    """Somebody else, signed in, types the same address: the letter that was there already must not let them in."""
    first = ask(free)
    mallory = make_account(name="Mallory")

    claim_actions.ask(free, Claimant("Mallory", LEA, by=mallory), now=LATER)

    with pytest.raises(NotFound):
        claim_actions.look(first, now=LATER)


# --- links -------------------------------------------------------------------------------------------------------


def test_a_link_serves_once_and_not_for_long(db, free, ask):
    word = ask(free)
    with pytest.raises(NotFound):
        claim_actions.look(word, now=NOW + timedelta(days=3))

    claim_actions.confirm(claim_actions.look(word, now=LATER), now=LATER)

    with pytest.raises(NotFound):
        claim_actions.look(word, now=LATER)
    with pytest.raises(NotFound):
        claim_actions.look("x", now=LATER)


def test_the_site_writes_three_times_a_day_to_one_address_and_says_nothing_of_it(db, free, ask, letters):
    for _turn in range(5):
        claim_actions.ask(free, Claimant("Léa", LEA, network="192.0.2.1"), now=NOW)

    assert len(letters("teams/claim")) == 3
    assert db.scalar(sa.select(sa.func.count(Claim.id))) == 1


def test_one_network_asks_only_so_often(free):
    for number in range(10):
        claim_actions.ask(free, Claimant("x", f"p{number}@exemple.test", network="192.0.2.1"), now=NOW)

    with pytest.raises(actions.TooMany):
        claim_actions.ask(free, Claimant("x", "p@exemple.test", network="192.0.2.1"), now=NOW)


def test_nobody_has_the_site_write_to_a_crowd_by_being_signed_in(free, letters):
    lea = make_account(name="Léa")
    for number in range(10):
        claim_actions.ask(free, Claimant("x", f"p{number}@exemple.test", by=lea, network="192.0.2.1"), now=NOW)

    with pytest.raises(actions.TooMany):
        claim_actions.ask(free, Claimant("x", "p@exemple.test", by=lea, network="192.0.2.1"), now=NOW)
    assert len(letters("teams/claim")) == 10


def test_the_account_of_who_was_shut_out_does_not_come_back_by_a_claim(db, free, ask):
    lea = make_account(name="Léa", email=LEA)
    lea.is_active = False
    word = ask(free)

    with pytest.raises(Refused):
        claim_actions.confirm(claim_actions.look(word, now=LATER), now=LATER)

    assert roles(db, free) == {}


def test_nobody_real_looks_after_what_is_invented(db, zone, letters):
    lab = make_place(is_demo=True)

    with pytest.raises(Refused):
        claim_actions.ask(lab, Claimant("Léa", "lea@exemple.fr"), now=NOW)
    with pytest.raises(Refused):
        claim_actions.ask(lab, Claimant("Léa", "lea@x.test", by=make_account()), now=NOW)

    assert letters() == []


# --- by the word of others ---------------------------------------------------------------------------------------


def test_a_place_without_anybody_is_the_coordinators_to_give(db, free, wait, coordinator, letters):
    claim = wait(free, message="J’anime l’atelier.")

    assert letters("teams/claim")[-1][0] == coordinator.email
    assert [each.id for each in claim_queries.list_claims_in(["35"], False, now=LATER)] == [claim.id]

    claim_actions.accept(claim, by=coordinator, now=LATER, version=claim.version)

    to, _subject, text = letters("teams/invitation")[-1]
    assert to == "lea@ailleurs.test"
    assert link_in(text, "invitations")
    assert (claim.state, claim.email, claim.decided_by_id) == (ClaimState.ACCEPTED, "", coordinator.id)


def test_who_has_an_account_is_in_the_team_as_soon_as_it_is_accepted(db, free, wait, coordinator, letters):
    make_account(name="Léa", email="lea@ailleurs.test").language = "en"
    claim = wait(free)

    claim_actions.accept(claim, by=coordinator, now=LATER, version=claim.version, role=ManagerRole.EDITOR)

    assert roles(db, free) == {"Léa": "editor"}
    assert letters("teams/claim")[-1][0] == "lea@ailleurs.test"


def test_the_places_own_people_answer_first_and_the_coordinator_after_a_fortnight(
    db, lab, wait, alice, coordinator, letters
):
    claim = wait(lab)
    assert letters("teams/claim")[-1][0] == alice.email
    assert claim_queries.count_claims_in(["35"], False, now=LATER) == 0
    assert claim_actions.tell_coordinators(LATER) == 0

    late = LATER + MANAGERS_FIRST
    assert claim_queries.count_claims_in(["35"], False, now=late) == 1
    assert claim_actions.tell_coordinators(late) == 1
    assert claim_actions.tell_coordinators(late) == 0
    assert letters("teams/claim")[-1][0] == coordinator.email
    assert claim.state is ClaimState.PENDING


def test_a_claim_whose_managers_leave_goes_to_the_coordinator_at_once(db, lab, wait, alice, coordinator):
    wait(lab)

    actions.leave(lab, alice, now=LATER, nobody_follows=True)

    assert claim_queries.count_claims_in(["35"], False, now=LATER) == 1
    assert claim_actions.tell_coordinators(LATER) == 1


def test_a_refusal_tells_why_and_forgets_the_address(db, free, wait, coordinator, letters):
    claim = wait(free)

    claim_actions.refuse(claim, reason="Désolé·e, le lieu dit non.", by=coordinator, now=LATER, version=claim.version)

    to, _subject, text = letters("teams/claim")[-1]
    assert (to, "le lieu dit non" in text) == ("lea@ailleurs.test", True)
    assert (claim.state, claim.email) == (ClaimState.REFUSED, "")
    assert roles(db, free) == {}


def test_a_question_is_answered_by_a_link_and_the_claim_waits_again(db, free, wait, coordinator, letters):
    claim = wait(free)
    claim_actions.ask_back(claim, question="Quel jour ?", by=coordinator, now=LATER, version=claim.version)
    word = link_in(letters("teams/claim")[-1][2], "s-en-occuper")

    claim_actions.answer(claim_actions.look(word, now=LATER), "Le jeudi.", now=LATER)

    found = claim_queries.get_claim(claim.id)
    assert (found.state, [line.words for line in found.lines]) == (ClaimState.PENDING, ["Quel jour ?", "Le jeudi."])
    assert letters("teams/claim")[-1][0] == coordinator.email
    with pytest.raises(NotFound):
        claim_actions.look(word, now=LATER)


def test_two_who_decide_at_once_do_not_both(db, free, wait, coordinator):
    claim = wait(free)
    seen = claim.version
    claim_actions.refuse(claim, reason="Non.", by=coordinator, now=LATER, version=seen)

    with pytest.raises(Conflict):
        claim_actions.accept(claim, by=coordinator, now=LATER, version=seen)

    assert roles(db, free) == {}


# --- what is forgotten -------------------------------------------------------------------------------------------


def test_what_was_never_proven_is_forgotten_after_three_days_and_what_is_over_after_three_months(
    db, free, ask, wait, coordinator
):
    ask(free)
    claim = wait(free)
    claim_actions.refuse(claim, reason="Non.", by=coordinator, now=LATER, version=claim.version)

    assert claim_actions.forget_old(NOW + timedelta(days=2)) == 0
    assert claim_actions.forget_old(NOW + timedelta(days=4)) == 1
    assert claim_actions.forget_old(NOW + timedelta(days=92)) == 1


def test_a_claim_goes_on_for_as_long_as_nobody_decides(db, free, wait):
    wait(free)

    assert claim_actions.forget_old(NOW + timedelta(days=400)) == 0


def test_words_of_strangers_stay_words_in_letters(db, free, wait, coordinator):
    wait(free, name="<img src=x>", message='<script>"</script>')

    html = db.scalar(sa.text("SELECT html FROM mail WHERE kind = 'teams/claim' ORDER BY id DESC LIMIT 1"))
    assert "<img" not in html
    assert "<script" not in html
