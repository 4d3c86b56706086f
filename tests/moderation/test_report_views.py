"""What anybody may say is wrong, without an account and without robots."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.curation.models import Proposal
from fablabmesh.curation.rules import write_stamp
from fablabmesh.kit import clock
from tests.factories import make_event, make_project


@pytest.fixture
def stamp(app):
    key = app.config["SETTINGS"].secret_key.encode()
    return write_stamp(key, clock.now() - timedelta(minutes=1))


def said(db):
    return [(each.kind.value, each.message) for each in db.scalars(sa.select(Proposal).order_by(Proposal.id))]


def test_an_event_and_a_project_are_reported(db, client, lab, stamp):
    event, project = make_event(lab), make_project(lab)
    for path in (f"/evenements/{event.slug}", f"/projets/{project.slug}"):
        assert f"{path}/signaler" in client.get(path).get_data(as_text=True)
        assert client.get(f"{path}/signaler").status_code == 200
        given = {"what": "abuse", "message": "<b>Non</b>", "stamp": stamp}
        assert client.post(f"{path}/signaler", data=given).status_code == 303

    assert said(db) == [("abuse", "<b>Non</b>"), ("abuse", "<b>Non</b>")]


def test_a_robot_is_thanked_and_nothing_is_kept(db, client, lab, stamp):
    path = f"/evenements/{make_event(lab).slug}/signaler"
    given = {"what": "abuse", "message": "Achetez", "stamp": stamp}

    assert client.post(path, data=given | {"site": "https://spam.test"}).status_code == 303
    hasty = client.post(path, data=given | {"stamp": "1-x"})

    assert (hasty.status_code, said(db)) == (422, [])
    assert "Achetez" in hasty.get_data(as_text=True)


def test_what_is_missing_is_said_and_nothing_typed_is_lost(db, client, lab, stamp):
    path = f"/evenements/{make_event(lab).slug}/signaler"

    answer = client.post(path, data={"message": "Mauvais horaire", "stamp": stamp})

    assert (answer.status_code, said(db)) == (422, [])
    assert "Mauvais horaire" in answer.get_data(as_text=True)


def test_a_network_is_stopped_in_words(client, lab, stamp):
    path = f"/evenements/{make_event(lab).slug}/signaler"
    given = {"what": "other", "message": "Encore", "stamp": stamp}

    statuses = [client.post(path, data=given).status_code for _ in range(11)]

    assert statuses == [303] * 10 + [429]


def test_what_is_hidden_cannot_be_reported(client, pending, pending_project):
    event = pending()

    for path in (f"/evenements/{event.slug}/signaler", f"/projets/{pending_project.slug}/signaler"):
        assert (client.get(path).status_code, client.post(path).status_code) == (404, 404)


def test_a_hostile_report_is_text_on_the_desk(client, as_person, coordinator, lab, stamp):
    hostile = "<img src=x onerror=alert(1)>"
    path = f"/evenements/{make_event(lab, title=hostile).slug}/signaler"
    client.post(path, data={"what": "other", "message": hostile, "known_by": hostile, "stamp": stamp})

    desk = as_person(coordinator)
    queue = desk.get("/moderation").get_data(as_text=True)
    number = re.search(r"/moderation/dossiers/(\d+)", queue)[1]
    page = desk.get(f"/moderation/dossiers/{number}").get_data(as_text=True)

    assert [hostile in text for text in (queue, page)] == [False, False]
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") >= 4
