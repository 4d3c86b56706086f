"""Who answers for a lab is told who would join, and what was answered."""

import pytest
import sqlalchemy as sa

from fablabmesh.mails.models import Mail
from fablabmesh.places import actions as places
from fablabmesh.places.rules import ManagerRole
from fablabmesh.projects import actions as projects
from tests.factories import NOW, make_account, make_place, make_project


@pytest.fixture
def told(db):
    return lambda: [
        (mail.to_address, mail.subject.replace("\xa0", " ")) for mail in db.scalars(sa.select(Mail).order_by(Mail.id))
    ]


def test_the_managers_of_the_lead_are_told_of_a_request_and_those_who_asked_of_the_answer(db, told):
    alice, bob, eve = make_account(name="Alice"), make_account(name="Bob"), make_account(name="Eve")
    lead, other = make_place(managers=(alice,)), make_place(name="Autre lab", managers=(bob,))
    places.grant(lead, eve, ManagerRole.EDITOR)
    project = make_project(lead, title="Fraiseuse")

    projects.ask_to_join(project, other, message="Un tour.", by=bob, now=NOW)
    projects.accept(project, other, answer="Bienvenue.", by=alice, now=NOW)

    assert told() == [
        (alice.email, "Autre lab voudrait rejoindre « Fraiseuse »"),
        (bob.email, "Autre lab participe à « Fraiseuse »"),
    ]
    texts = db.scalars(sa.select(Mail.text).order_by(Mail.id)).all()
    assert [text.splitlines()[0] for text in texts] == ["Un tour.", "Bienvenue."]


def test_a_refusal_is_told_with_its_reason_and_nobody_of_what_they_did_themselves(told):
    alice = make_account(name="Alice")
    lead, other = make_place(managers=(alice,)), make_place(name="Autre lab", managers=(alice,))
    project = make_project(lead, title="Fraiseuse")

    projects.ask_to_join(project, other, message="", by=alice, now=NOW)
    projects.decline(project, other, answer="Complet.", by=make_account(), now=NOW)

    assert told() == [(alice.email, "Autre lab ne participera pas à « Fraiseuse »")]
