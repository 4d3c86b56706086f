"""A person's own page, and the pages that explain the site."""

import re
from datetime import timedelta

import pytest

from fablabmesh.accounts.rules import Role
from fablabmesh.curation import actions as curation
from fablabmesh.curation.rules import LATE_AFTER, ProposalKind
from fablabmesh.imports.models import CalendarSource
from fablabmesh.kit import clock
from fablabmesh.teams import actions as teams
from tests.factories import (
    make_account,
    make_coordinator,
    make_department,
    make_event,
    make_place,
    make_project,
    make_zone,
)


def test_alice_finds_her_place_what_comes_and_what_waits(as_person, db):
    alice, bob = make_account(name="Alice"), make_account(name="Bob")
    hers, his = make_place(name="Lab d’Alice", managers=(alice,)), make_place(name="Lab de Bob", managers=(bob,))
    make_event(hers, title="Initiation")
    make_event(his, title="Chez Bob")
    make_project(hers, title="Projet d’Alice")

    page = as_person(alice).get("/mon-espace").get_data(as_text=True)

    assert [text in page for text in ("Lab d’Alice", "Initiation", "Projet d’Alice")] == [True] * 3
    assert "Chez Bob" not in page


def test_somebody_without_a_place_is_told_what_to_do(as_person, db):
    page = as_person(make_account()).get("/mon-espace").get_data(as_text=True)

    assert "Vous ne vous occupez encore d’aucun lieu." in page


def test_who_runs_the_site_sees_the_followed_calendars_that_answer_no_more(as_person, db):
    alice = make_account(name="Alice")
    place = make_place(name="Lab d’Alice", managers=(alice,))
    for name, days in (("Mort", 3000), ("En retard", 1)):
        values = {"url": f"https://{days}.exemple.test/a.ics", "category_slug": "atelier", "every_minutes": 60}
        at = clock.now() - timedelta(days=days)
        source = CalendarSource(place_id=place.id, name=name, created_at=at, next_fetch_at=at, **values)
        source.failing_since = at
        db.add(source)
    db.flush()

    heading = "Agendas suivis qui ne répondent plus depuis une semaine ou davantage"
    admin, hers = (
        as_person(person).get("/mon-espace").get_data(as_text=True) for person in (make_account(role=Role.ADMIN), alice)
    )

    assert (heading in admin, "Mort – Lab d’Alice" in admin, "En retard" in admin) == (True, True, False)
    assert heading not in hers


@pytest.mark.parametrize("path", ["/a-propos", "/api/", "/en/a-propos", "/en/api/"])
def test_the_pages_that_explain_are_open_to_all(client, path):
    assert client.get(path).status_code == 200


def test_who_coordinates_a_zone_is_led_to_what_they_write_for_it(as_person, db):
    zone = make_zone()
    page = as_person(make_coordinator(zone)).get("/mon-espace").get_data(as_text=True)

    found = re.findall(r'href="(/zones/fablab/ouest[^"]*)"', page)
    assert found == [
        "/zones/fablab/ouest",
        "/zones/fablab/ouest/pole/modifier",
        "/zones/fablab/ouest/actualites",
        "/zones/fablab/ouest/actualites/nouvelle",
        "/zones/fablab/ouest/bilan",
    ]


def test_who_coordinates_none_is_told_of_none(as_person, alice):
    assert "Mes zones" not in as_person(alice).get("/mon-espace").get_data(as_text=True)


def test_who_coordinates_a_zone_sees_what_waits_there_and_what_comes_next(as_person, db):
    make_department()
    person = make_coordinator(make_zone("35"))
    event, alice = make_event(make_place(name="Lab de la zone"), title="Bientôt ici"), make_account(name="Alice")
    teams.leave(make_place(name="Quitté", managers=(alice,)), alice, now=clock.now(), nobody_follows=True)
    old = clock.now() - LATE_AFTER - timedelta(hours=1)
    for at in (old, clock.now()):
        note = curation.Note(
            message="La rampe est en travaux.", contact="", by=None, network="192.0.2.1", language="fr"
        )
        curation.report(event.place, ProposalKind.OTHER, {}, note, version=event.place.version, now=at)
    db.commit()

    page = as_person(person).get("/mon-espace").get_data(as_text=True)

    assert "2 propositions attendent votre décision" in page
    assert '<a href="/moderation?retard=oui">une en retard</a>' in page
    assert "Lieux sans responsable (1)" in page
    assert f'href="/evenements/{event.slug}"' in page
    assert "Mes lieux" not in page
    assert page.index('id="mes-zones"') < page.index('id="compte"')


def test_account_links_come_after_places(as_person, alice):
    page = as_person(alice).get("/mon-espace").get_data(as_text=True)

    assert re.findall(r'<h2 id="([^"]+)"', page) == ["lieux", "agenda", "projets", "compte"]
