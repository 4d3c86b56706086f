"""The page of a followed calendar: its state, its settings, its end."""

from datetime import timedelta

import pytest

from fablabmesh.imports import queries, source_actions
from fablabmesh.kit import clock
from tests.factories import make_account, make_place

HOST = "agenda.test"


@pytest.fixture
def source(lab, alice):
    return source_actions.follow(
        lab,
        f"https://{HOST}/secret-abc.ics",
        name="Agenda du lab",
        category_slug="atelier",
        language="fr",
        every_minutes=60,
        ignored_uids=(),
        by=alice,
        now=clock.now(),
    )


@pytest.fixture
def address(lab, source):
    return f"/lieux/{lab.slug}/agendas-suivis/{source.id}"


@pytest.fixture
def browser(as_person, alice, source, db):
    db.commit()
    return as_person(alice)


def test_the_page_tells_how_it_does(browser, address):
    page = browser.get(address).get_data(as_text=True)

    assert [text in page for text in ("Agenda du lab", "secret-abc.ics", "Prochaine lecture", "Cesser de suivre")] == [
        True
    ] * 4


def test_a_calendar_that_does_not_answer_is_told_on_the_page_of_the_lab_and_on_the_dashboard(
    browser, client, lab, source, address, db
):
    source.failing_since, source.failure = clock.now() - timedelta(days=9), "Le site ne répond pas."
    db.commit()

    for path in (f"/lieux/{lab.slug}", "/mon-espace", address):
        page = browser.get(path).get_data(as_text=True)
        assert ("L’agenda suivi ne répond plus depuis" in page, "Le site ne répond pas." in page) == (True, True)
    assert "Voilà plus d’une semaine." in browser.get(address).get_data(as_text=True)
    public = client.get(f"/lieux/{lab.slug}").get_data(as_text=True)
    assert ("ne répond plus" in public, HOST in public) == (False, False)


def test_settings_are_saved(browser, address, lab, source):
    answer = browser.post(address, data={"every_minutes": "1440", "category": "formation", "language": "br"})

    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    assert (source.every_minutes, source.category_slug, source.language) == (1440, "formation", "br")


def test_settings_that_there_are_not_are_refused(browser, address, source):
    assert browser.post(address, data={"every_minutes": "1", "category": "x", "language": "fr"}).status_code == 422
    assert source.every_minutes == 60


def test_it_is_paused_and_resumed(browser, address, source):
    browser.post(f"{address}/pause")
    assert source.is_paused
    assert "Reprendre le suivi" in browser.get(address).get_data(as_text=True)

    browser.post(f"{address}/reprise")
    assert not source.is_paused
    assert source.next_fetch_at <= clock.now()


def test_what_is_held_is_shown_and_confirmed(browser, address, source, db):
    source.held_since, source.held_digest, source.held_titles = clock.now(), "vu", ["Atelier bois", "Couture"]
    db.commit()
    page = browser.get(address).get_data(as_text=True)
    assert [text in page for text in ("2 événements à venir ont disparu", "<li>Couture</li>", 'value="vu"')] == [
        True
    ] * 3

    assert browser.post(f"{address}/confirmer", data={"seen": "autre"}).status_code == 409
    assert browser.post(f"{address}/confirmer", data={"seen": "vu"}).status_code == 303
    assert source.accepted_digest == "vu"


def test_it_is_followed_no_more(browser, address, lab):
    assert browser.post(f"{address}/retirer", data={}).status_code == 422
    answer = browser.post(f"{address}/retirer", data={"events": "keep"})

    assert answer.headers["Location"] == f"/lieux/{lab.slug}/importer"
    assert queries.list_sources(lab.id) == []
    assert browser.get(address).status_code == 404


def test_the_people_of_another_lab_are_refused(as_person, address, db):
    bob = make_account(name="Bob")
    other = make_place(name="Autre lab", managers=(bob,))
    stranger = as_person(bob)

    assert stranger.get(address).status_code == 404
    for deed in ("", "/pause", "/reprise", "/confirmer", "/retirer"):
        assert stranger.post(address + deed).status_code == 404
    assert stranger.get(address.replace("labfab", other.slug)).status_code == 404
