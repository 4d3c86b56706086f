"""Calendars in memory are doubted when what they are made of was written, and by nothing else that is sent here."""

import pytest

from fablabmesh.events import actions
from fablabmesh.kit import db as kit_db
from fablabmesh.projects import actions as projects
from fablabmesh.zones import actions as zones
from fablabmesh.zones.rules import Standing
from tests.factories import NOW, make_account, make_department, make_event, make_place, make_project, make_zone


@pytest.fixture
def alice(db):
    return make_account()


@pytest.fixture
def event(alice):
    return make_event(make_place(managers=(alice,)))


@pytest.fixture
def memory(app):
    return app.extensions["feeds"]


def test_whoever_writes_here_sees_it_at_once(as_person, alice, event, memory):
    browser = as_person(alice)
    before = memory.news

    answer = browser.post(f"/evenements/{event.slug}/annuler", data={"version": event.version, "reason": "Panne"})

    assert (answer.status_code, memory.news) == (303, before + 1)


@pytest.mark.parametrize(
    ("path", "typed", "status"),
    [
        ("/evenements/inconnu/annuler", {}, 404),
        ("/evenements/atelier-decoupe-laser/annuler", {"reason": "x" * 5000}, 422),
        ("/evenements/atelier-decoupe-laser/annuler", {"version": "0", "reason": "Panne"}, 409),
        ("/evenements/atelier-decoupe-laser/modifier", {"act": "look"}, 200),
    ],
)
def test_what_writes_nothing_leaves_calendars_right(as_person, alice, event, memory, path, typed, status):
    browser = as_person(alice)
    before = memory.news

    answer = browser.post(path, data=typed)

    assert (answer.status_code, memory.news) == (status, before)


def test_a_stranger_cannot_have_calendars_doubted(client, event, memory):
    before = memory.news

    statuses = [
        client.post(path, data={"email": "bob@exemple.test", "password": "faux"}).status_code
        for path in ("/connexion", f"/evenements/{event.slug}/annuler", "/agenda.ics", "/lettres/nouvelle")
    ]

    assert max(statuses) < 500
    assert memory.news == before


def test_what_changes_calendars_without_an_event_being_written_counts_too(db, event, memory):
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.8))
    zone, lead, other = make_zone("35"), make_place(name="A"), make_place(name="B")
    project = make_project(lead)
    db.commit()
    counts = []
    for write in (
        lambda: zones.compose(zone, ["44"], standing=Standing.HYPOTHESIS, reason="pour un essai"),
        lambda: projects.ask_to_join(project, other, message="Un tour.", by=None, now=NOW),
    ):
        before = memory.news
        write()
        db.commit()
        counts.append(memory.news - before)

    assert counts == [1, 1]


def test_what_was_undone_is_no_news_and_neither_is_what_is_not_yet_there_for_all(db, event, memory):
    before = memory.news
    actions.cancel_event(event, reason="Panne", now=NOW, version=event.version)
    kit_db.session.rollback()
    kit_db.session.commit()
    undone = memory.news - before

    with kit_db.session.begin_nested():
        make_place(name="Autre")
    within = memory.news - before
    kit_db.session.commit()

    assert (undone, within, memory.news - before) == (0, 0, 1)
