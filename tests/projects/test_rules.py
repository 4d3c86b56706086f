"""Who may do what between a project and a lab, and when."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from fablabmesh.accounts.rules import Role, Visitor
from fablabmesh.projects.rules import (
    PartnershipStatus,
    ProjectState,
    Step,
    ask_problem,
    can_end,
    can_lead,
    can_see,
    is_possible,
    licence_name,
    licence_names,
    status_label,
)
from fablabmesh.zones.moderation import ModerationState
from tests.people import make_lab, make_person

ALICE = make_person(1)
BOB = make_person(2)
CHARLIE = make_person(3)
ADMIN = make_person(4, Role.ADMIN)
ASKED, ACCEPTED, DECLINED, WITHDRAWN = PartnershipStatus


def make_project(*, state=ProjectState.SEEKING, is_demo=False):
    return SimpleNamespace(
        lead_id=10, lead=make_lab(10, ALICE, is_demo=is_demo), state=state, moderation=ModerationState.PUBLISHED
    )


def make_partnership(status, *, answered_at=None):
    return SimpleNamespace(project=make_project(), place=make_lab(20, BOB), status=status, answered_at=answered_at)


@pytest.mark.parametrize(
    ("person", "allowed"), [(ALICE, True), (ADMIN, True), (BOB, False), (CHARLIE, False), (Visitor(), False)]
)
def test_the_lead_lab_leads(person, allowed):
    assert can_lead(person, make_project()) is allowed


@pytest.mark.parametrize(
    ("step", "possible"),
    [
        (Step.ASK, {None, WITHDRAWN}),
        (Step.ACCEPT, {ASKED, DECLINED}),
        (Step.DECLINE, {ASKED}),
        (Step.WITHDRAW, {ASKED, ACCEPTED}),
    ],
)
def test_each_step_has_its_beginnings(step, possible):
    assert {status for status in (None, *PartnershipStatus) if is_possible(step, status)} == possible


@pytest.mark.parametrize("status", PartnershipStatus)
def test_a_request_is_the_business_of_the_two_labs_and_a_partner_is_public(status):
    seen_by = [can_see(person, make_partnership(status)) for person in (ALICE, BOB, ADMIN, CHARLIE, Visitor())]

    assert seen_by == [True, True, True, status is ACCEPTED, status is ACCEPTED]


@pytest.mark.parametrize(
    ("status", "may"),
    [
        (ASKED, [False, True, False]),
        (ACCEPTED, [True, True, False]),
        (DECLINED, [False, False, False]),
        (WITHDRAWN, [False, False, False]),
    ],
)
def test_the_lab_withdraws_at_any_time_and_the_lead_ends_what_it_accepted(status, may):
    assert [can_end(person, make_partnership(status)) for person in (ALICE, BOB, CHARLIE)] == may


@pytest.mark.parametrize(
    ("project", "lab", "status", "beginning"),
    [
        (make_project(), make_lab(20, BOB), None, None),
        (make_project(), make_lab(20, BOB), WITHDRAWN, None),
        (make_project(state=ProjectState.UNDER_WAY), make_lab(20, BOB), None, None),
        (make_project(is_demo=True), make_lab(20, BOB, is_demo=True), None, None),
        (make_project(), make_lab(10, ALICE), None, "Ce lieu porte déjà le projet"),
        (make_project(), make_lab(20, BOB, is_demo=True), None, "Un lieu inventé"),
        (make_project(is_demo=True), make_lab(20, BOB), None, "Ce projet est un exemple inventé"),
        (make_project(state=ProjectState.FINISHED), make_lab(20, BOB), None, "Ce projet est terminé"),
        (make_project(), make_lab(20, BOB), ASKED, "Ce lieu a déjà demandé"),
        (make_project(), make_lab(20, BOB), ACCEPTED, "Ce lieu est déjà partenaire"),
        (make_project(), make_lab(20, BOB), DECLINED, "Le porteur du projet a décliné"),
    ],
)
def test_a_lab_is_told_why_it_cannot_ask(project, lab, status, beginning):
    problem = ask_problem(project, lab, status)

    assert (problem and problem.startswith(beginning)) == (beginning and True)


def test_a_request_taken_back_and_a_partnership_ended_are_said_differently():
    answered = datetime(2026, 3, 2, tzinfo=UTC)

    assert status_label(make_partnership(WITHDRAWN)) == "Demande retirée"
    assert status_label(make_partnership(WITHDRAWN, answered_at=answered)) == "Partenariat terminé"
    assert status_label(make_partnership(ACCEPTED, answered_at=answered)) == "Partenaire"


def test_a_licence_that_is_not_in_the_list_is_shown_by_its_identifier():
    assert licence_name("MIT") == licence_names()["MIT"]
    assert licence_name("WTFPL") == "WTFPL"
    assert licence_name("") == ""
