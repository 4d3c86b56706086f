"""Where coordinators write."""

import re

import pytest
from sqlalchemy import func, select

from fablabmesh.coordination import queries
from fablabmesh.kit.db import session
from fablabmesh.mails.models import Mail
from fablabmesh.notices import actions as notices
from fablabmesh.notices.rules import Frequency, Kind
from tests.coordination.conftest import typed
from tests.coordination.test_actions import news_of
from tests.factories import NOW, make_account, make_coordinator, make_place, make_series, make_zone

ZONE = "/zones/fablab/ouest"
EDIT, NEW = f"{ZONE}/pole/modifier", f"{ZONE}/actualites/nouvelle"
NEWS = {"title": "Une nouvelle", "on_date": "2026-06-01", "text": "Des mots."}


@pytest.mark.parametrize("path", [EDIT, NEW])
def test_it_is_for_those_who_coordinate_the_zone(client, as_person, zone, path):
    other = make_coordinator(make_zone(slug="est", name="Est", position=2))

    assert client.get(path).status_code == 303
    assert as_person(make_account()).get(path).status_code == 403
    assert as_person(other).get(path).status_code == 403


def test_a_page_is_written_with_its_contacts(desk, zone):
    version = typed(desk.get(EDIT).get_data(as_text=True), "version")
    given = {"presentation": "Nous aidons.", "contacts-0-role": "Réseau", "contacts-0-email": "pole@exemple.fr"}

    answer = desk.post(EDIT, data=given | {"version": version, "act": "save"})

    page = queries.find_page(zone, is_demo=False)
    assert answer.status_code == 303
    assert (page.presentation, [each.email for each in page.contacts]) == ("Nous aidons.", ["pole@exemple.fr"])
    assert "pole@exemple.fr" in desk.get(EDIT).get_data(as_text=True)


def test_one_more_contact_is_asked_for_without_losing_what_was_typed(desk, zone):
    answer = desk.post(EDIT, data={"presentation": "À moitié", "contacts-0-role": "Réseau", "act": "add-contact"})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 200
    assert page.count('name="contacts-1-role"') == 1
    assert "À moitié" in page
    assert queries.find_page(zone, is_demo=False) is None


def test_what_is_wrong_is_said_and_nothing_is_lost(desk, zone):
    answer = desk.post(EDIT, data={"presentation": "Nous", "version": "0", "contacts-0-email": "pole@exemple.fr"})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert "Écrivez le rôle ou le sujet de ce contact." in page
    assert "pole@exemple.fr" in page


def test_who_writes_at_the_same_time_is_shown_both(desk, zone):
    desk.post(EDIT, data={"presentation": "Le premier", "version": "0"})

    late = desk.post(EDIT, data={"presentation": "Le second", "version": "0"})
    page = late.get_data(as_text=True)

    assert late.status_code == 409
    assert ("Le premier" in page, "Le second" in page) == (True, True)
    again = desk.post(EDIT, data={"presentation": "Le second", "version": typed(page, "version")})
    assert (again.status_code, queries.find_page(zone, is_demo=False).presentation) == (303, "Le second")


def test_an_empty_contact_has_nothing_to_take_away(desk, zone):
    assert "Retirer ce contact" not in desk.get(EDIT).get_data(as_text=True)

    contact = {"contacts-0-role": "Accueil", "version": "0"}
    desk.post(EDIT, data=contact)
    assert desk.get(EDIT).get_data(as_text=True).count("Retirer ce contact") == 1
    more = desk.post(EDIT, data=contact | {"act": "add-contact"}).get_data(as_text=True)
    assert (more.count('name="contacts-1-role"'), more.count("Retirer ce contact")) == (1, 1)


def test_news_are_published_with_their_meeting_and_place(desk, client, zone, lab):
    event = make_series(lab)
    linked = {"event": f"https://mesh.test/evenements/{event.slug}", "place": f"/lieux/{lab.slug}"}

    answer = desk.post(NEW, data=NEWS | linked | {"act": "publish"})
    page = client.get(answer.location).get_data(as_text=True)

    assert answer.status_code == 303
    assert (f'href="/evenements/{event.slug}"' in page, f'href="/lieux/{lab.slug}"' in page) == (True, True)


def test_a_page_that_is_not_there_is_not_linked(desk, zone):
    answer = desk.post(NEW, data=NEWS | {"event": "rien", "place": "rien"})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert page.count('aria-invalid="true"') == 2
    assert queries.count_news(zone, hidden_of=False) == 0


def test_news_without_a_title_are_not_taken(desk, zone):
    assert desk.post(NEW, data=NEWS | {"title": " "}).status_code == 422


def test_a_draft_is_published_later_and_taken_back(desk, client, zone, coordinator):
    path = desk.post(NEW, data=NEWS | {"act": "draft"}).location
    assert client.get(path).status_code == 404

    for act, status in (("publish", 200), ("draft", 404)):
        version = typed(desk.get(f"{path}/modifier").get_data(as_text=True), "version")
        assert desk.post(f"{path}/modifier", data=NEWS | {"act": act, "version": version}).status_code == 303
        assert client.get(path).status_code == status


def test_who_edits_news_at_the_same_time_is_shown_both(desk, zone, coordinator):
    news = news_of(zone, coordinator, "Du premier")
    path = f"{ZONE}/actualites/{news.slug}/modifier"

    late = desk.post(path, data=NEWS | {"title": "Du second", "version": "0"})
    page = late.get_data(as_text=True)

    assert late.status_code == 409
    assert ("Du premier" in page, "Du second" in page) == (True, True)
    assert re.findall(r"<dt>([^<]+)</dt>", page) == [
        *("Titre", "Date", "Texte", "Lien (facultatif)", "Événement (facultatif)", "Lieu (facultatif)", "État")
    ]
    assert desk.post(path, data=NEWS | {"text": "", "version": "1"}).status_code == 422


def test_news_are_deleted_once_they_were_read_as_they_are(desk, client, zone, coordinator):
    news = news_of(zone, coordinator)
    path = f"{ZONE}/actualites/{news.slug}"

    assert desk.post(f"{path}/supprimer", data={"version": "9"}).status_code == 409
    assert desk.post(f"{path}/supprimer", data={"version": "1"}).status_code == 303
    assert client.get(path).status_code == 404


def test_invented_people_do_not_write_what_is_real(as_person, zone, coordinator):
    news = news_of(zone, coordinator)
    browser = as_person(make_coordinator(zone, is_demo=True))

    assert browser.get(f"{ZONE}/actualites/{news.slug}/modifier").status_code == 404


def test_news_are_brought_to_the_teams_after_a_look(desk, zone, coordinator):
    ana = make_account(name="Ana")
    make_place(managers=(ana,))
    notices.choose(ana, {Kind.ZONE_NEWS: Frequency.AT_ONCE}, now=NOW)
    path = f"{ZONE}/actualites/{news_of(zone, coordinator).slug}/envoyer"

    assert "Envoyer à 1 personne<" in desk.get(path).get_data(as_text=True)
    assert [desk.post(path).status_code, desk.post(path).status_code] == [303, 422]
    assert session.scalar(select(func.count()).select_from(Mail)) == 1
