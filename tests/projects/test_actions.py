"""Writing projects and the steps between a project and a lab."""

from datetime import timedelta

import pytest

from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.projects import actions, queries
from fablabmesh.projects.rules import PartnershipStatus, ProjectState
from tests.factories import NOW, make_account, make_place, make_project

LATER = NOW + timedelta(days=1)


@pytest.fixture
def project(db):
    return make_project(make_place(name="Porteur"))


@pytest.fixture
def lab(db):
    return make_place(name="Un lab")


def ask(project, lab, message="Un tour."):
    return actions.ask_to_join(project, lab, message=message, by=None, now=NOW)


def test_a_new_project_looks_for_partners(db):
    alice = make_account()
    made = actions.create_project(make_place(), {"title": "Banc d’essai", "summary": "Ensemble."}, by=alice, now=NOW)

    assert (made.slug, made.state, made.licence, made.version) == ("banc-d-essai", ProjectState.SEEKING, "", 1)
    assert (made.created_by_id, made.created_at, made.changed_at) == (alice.id, NOW, NOW)


def test_the_same_form_sent_twice_makes_one_project(db):
    lab = make_place()
    first = make_project(lab)

    assert make_project(lab) == first
    assert make_project(lab, summary="Tout autre chose.") != first
    assert make_project(make_place()) != first


def test_nobody_sets_what_is_ours(project):
    with pytest.raises(ValueError, match="lead_id"):
        actions.edit_project(project, {"lead_id": 1}, now=LATER, version=1)


def test_an_edit_makes_a_version_and_nothing_new_makes_none(project):
    assert actions.edit_project(project, {"title": project.title}, now=LATER, version=1) is False
    assert actions.edit_project(project, {"title": "Autre titre"}, now=LATER, version=1) is True
    assert (project.slug, project.version, project.changed_at) == ("une-fraiseuse-en-plans-ouverts", 2, LATER)


def test_an_edit_of_an_old_version_writes_nothing(project):
    actions.edit_project(project, {"title": "Le premier"}, now=LATER, version=1)

    with pytest.raises(Conflict):
        actions.edit_project(project, {"title": "Le second"}, now=LATER, version=1)

    assert queries.get_project(project.slug).title == "Le premier"


def test_a_step_of_a_lab_leaves_the_version_of_the_project_alone(project, lab):
    ask(project, lab)
    actions.accept(project, lab, answer="", by=None, now=LATER)

    assert actions.edit_project(project, {"title": "Autre titre"}, now=LATER, version=1) is True


def test_a_lab_asks_and_is_taken_in(project, lab):
    alice, bob = make_account(), make_account()

    actions.ask_to_join(project, lab, message="Un tour.", by=bob, now=NOW)
    actions.accept(project, lab, answer="Bienvenue !", by=alice, now=LATER)

    (found,) = queries.get_project(project.slug).partnerships
    assert (found.status, found.message, found.answer) == (PartnershipStatus.ACCEPTED, "Un tour.", "Bienvenue !")
    assert (found.asked_by_id, found.asked_at, found.answered_by_id, found.answered_at) == (
        bob.id,
        NOW,
        alice.id,
        LATER,
    )
    assert queries.get_project(project.slug).partners == [lab]


def test_a_declined_lab_does_not_ask_again_but_the_lead_may_change_its_mind(project, lab):
    ask(project, lab)
    actions.decline(project, lab, answer="Plus tard.", by=None, now=NOW)

    with pytest.raises(Refused, match="décliné"):
        ask(project, lab)
    actions.accept(project, lab, answer="Finalement, oui.", by=None, now=LATER)

    assert queries.get_project(project.slug).partners == [lab]


def test_a_lab_that_left_may_come_back_and_begins_anew(project, lab):
    ask(project, lab)
    actions.accept(project, lab, answer="Bienvenue !", by=None, now=NOW)
    actions.withdraw(project, lab)
    before = queries.find_partnership(project.id, lab.id).answered_at

    again = ask(project, lab, message="Nous revoilà.")

    assert before == NOW
    assert (again.status, again.message, again.answer, again.answered_at) == (
        PartnershipStatus.ASKED,
        "Nous revoilà.",
        "",
        None,
    )


def test_a_double_click_changes_nothing(project, lab):
    ask(project, lab)
    actions.accept(project, lab, answer="Bienvenue !", by=None, now=NOW)

    actions.accept(project, lab, answer="", by=None, now=LATER)

    found = queries.find_partnership(project.id, lab.id)
    assert (found.answer, found.answered_at) == ("Bienvenue !", NOW)


def test_two_answers_that_cross_are_a_conflict(project, lab):
    ask(project, lab)
    actions.withdraw(project, lab)

    with pytest.raises(Conflict, match="Demande retirée"):
        actions.accept(project, lab, answer="", by=None, now=LATER)


def test_a_lab_that_never_asked_has_nothing_to_be_answered(project, lab):
    with pytest.raises(Refused):
        actions.accept(project, lab, answer="", by=None, now=NOW)


@pytest.mark.parametrize("is_demo", [True, False])
def test_invented_and_real_labs_do_not_mix(db, is_demo):
    project = make_project(make_place(is_demo=is_demo))

    with pytest.raises(Refused, match="inventé"):
        ask(project, make_place(is_demo=not is_demo))

    assert queries.get_project(project.slug).partnerships == []


def test_the_lead_does_not_join_itself_and_nobody_asks_twice(project, lab):
    ask(project, lab)

    with pytest.raises(Refused, match="déjà demandé"):
        ask(project, lab)
    with pytest.raises(Refused, match="porte déjà"):
        ask(project, project.lead)
