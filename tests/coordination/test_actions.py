"""Writing what a pole says, and letters to and from it."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from fablabmesh.coordination import actions, queries
from fablabmesh.coordination.actions import TooMany
from fablabmesh.coordination.models import PoleContact, PoleRequest
from fablabmesh.coordination.rules import MOST_PER_NETWORK, NETWORK_WINDOW, Contact
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.mails.models import Mail
from fablabmesh.notices import actions as notices
from fablabmesh.notices.rules import Frequency, Kind
from tests.factories import NOW, make_account, make_coordinator, make_place

WORDS = {"presentation": "Le **pôle**.", "seeks": "Un lieu à Vitré."}
CONTACT = Contact("Réseau", "Maxence Roux", date(2026, 5, 1), "Le mardi", "pole@exemple.fr", "02 99 00 00 00")


def news_of(zone, by, title="Une nouvelle", *, is_published=True, now=NOW):
    told = {"title": title, "text": "Des mots.", "on_date": date(2026, 6, 1)}
    news = actions.create_news(zone, told, by=by, now=now, is_published=is_published)
    # An answer of 400 or more takes back what was not kept before it.
    session.commit()
    return news


def test_a_page_is_written_and_written_again(zone, coordinator):
    first = actions.write_page(zone, WORDS, [CONTACT], by=coordinator, now=NOW, version=0)
    page = queries.find_page(zone, is_demo=False)
    same = actions.write_page(zone, WORDS, [CONTACT], by=coordinator, now=NOW, version=page.version)
    other = Contact("Collectivités", url="https://exemple.fr/")
    changed = actions.write_page(zone, WORDS, [other, CONTACT], by=coordinator, now=NOW, version=page.version)

    assert (first, same, changed) == (True, False, True)
    assert [each.told for each in queries.find_page(zone, is_demo=False).contacts] == [other, CONTACT]
    assert session.scalar(select(func.count()).select_from(PoleContact)) == 2


def test_who_read_an_older_page_does_not_write_over_the_newer(zone, coordinator):
    actions.write_page(zone, WORDS, [], by=coordinator, now=NOW, version=0)

    with pytest.raises(Conflict):
        actions.write_page(zone, WORDS | {"seeks": ""}, [], by=coordinator, now=NOW, version=0)


def test_invented_people_write_beside_the_real_page(zone, coordinator):
    invented = make_coordinator(zone, is_demo=True)
    actions.write_page(zone, WORDS, [], by=coordinator, now=NOW, version=0)
    actions.write_page(zone, {"presentation": "Inventé", "seeks": ""}, [], by=invented, now=NOW, version=0)

    assert [(page.is_demo, page.presentation) for page in queries.list_pages(zone)] == [
        (False, "Le **pôle**."),
        (True, "Inventé"),
    ]


def test_the_same_news_sent_twice_are_told_once_and_others_of_the_name_have_their_own_address(zone, coordinator):
    first, again = news_of(zone, coordinator), news_of(zone, coordinator)
    told = {"title": "Une nouvelle", "text": "D’autres mots.", "on_date": date(2026, 6, 1)}
    other = actions.create_news(zone, told, by=coordinator, now=NOW, is_published=True)

    assert first is again
    assert (first.slug, other.slug) == ("2026-06-01-une-nouvelle", "2026-06-01-une-nouvelle-2")


def test_news_keep_the_day_of_their_first_publication(zone, coordinator):
    news = news_of(zone, coordinator, is_published=False)
    assert news.published_at is None

    later, last = NOW + timedelta(days=1), NOW + timedelta(days=2)
    actions.edit_news(news, {}, now=later, version=news.version, is_published=True)
    actions.edit_news(news, {}, now=last, version=news.version, is_published=False)
    actions.edit_news(news, {"title": "Mieux"}, now=last, version=news.version, is_published=True)

    assert (news.is_published, news.published_at, news.changed_at) == (True, later, last)
    assert actions.edit_news(news, {"title": "Mieux"}, now=last, version=news.version, is_published=True) is False


def test_two_who_edit_news_at_once_are_told(zone, coordinator):
    news = news_of(zone, coordinator)
    seen = news.version
    actions.edit_news(news, {"title": "Autre"}, now=NOW, version=seen, is_published=True)

    with pytest.raises(Conflict):
        actions.edit_news(news, {"title": "Encore"}, now=NOW, version=seen, is_published=True)
    with pytest.raises(Conflict):
        actions.delete_news(news, version=seen)
    actions.delete_news(news, version=news.version)
    assert queries.count_news(zone, hidden_of=False) == 0


def write(zone, **given):
    values = {"name": "Ana", "email": "ana@exemple.fr", "network": "192.0.2.7", "now": NOW}
    return actions.write_to_pole(zone, "Bonjour.", path="/zones/fablab/ouest", **(values | given))


def test_a_letter_to_the_pole_goes_to_each_coordinator_in_their_language(zone, coordinator):
    other = make_coordinator(zone, name="Ruth")
    other.language = "en"

    assert write(zone) == 2
    letters = session.scalars(select(Mail).order_by(Mail.id)).all()
    assert [letter.to_address for letter in letters] == [coordinator.email, other.email]
    addresses = [re.search(r"https?://[^/]+(/\S*)", letter.text)[1] for letter in letters]
    assert addresses == ["/zones/fablab/ouest", "/en/zones/fablab/ouest"]
    assert [letter.text.count("ana@exemple.fr") for letter in letters] == [1, 1]


def test_one_network_writes_so_often_and_no_more(zone, coordinator):
    for _turn in range(MOST_PER_NETWORK):
        write(zone)
    with pytest.raises(TooMany):
        write(zone)

    assert write(zone, network="192.0.2.8") == 1
    assert write(zone, now=NOW + NETWORK_WINDOW) == 1


def test_networks_are_forgotten_once_they_count_no_more(zone, coordinator):
    write(zone)

    assert actions.forget_old(NOW + timedelta(minutes=5)) == 0
    assert actions.forget_old(NOW + NETWORK_WINDOW) == 1
    assert session.scalar(select(func.count()).select_from(PoleRequest)) == 0


def test_news_are_brought_to_the_teams_once_and_as_each_chose(zone, coordinator):
    now_, never, weekly = (make_account(name=name) for name in ("Ana", "Bob", "Chloé"))
    away = make_account(name="Dan", is_demo=True)
    make_place(name="Un", managers=(now_, never, weekly))
    make_place(name="Deux", managers=(now_,))
    make_place(name="Inventé", managers=(away,), is_demo=True)
    notices.choose(now_, {Kind.ZONE_NEWS: Frequency.AT_ONCE}, now=NOW)
    notices.choose(never, {Kind.ZONE_NEWS: Frequency.NONE}, now=NOW)
    news = news_of(zone, coordinator)

    count = actions.tell_teams(news, by=coordinator, path="/zones/fablab/ouest/actualites/x", now=NOW)

    letters = session.scalars(select(Mail)).all()
    assert count == 3
    assert [(letter.to_address, letter.kind) for letter in letters] == [(now_.email, actions.TO_TEAMS)]
    with pytest.raises(Refused):
        actions.tell_teams(news, by=coordinator, path="/", now=NOW)


def test_a_draft_is_brought_to_nobody(zone, coordinator):
    with pytest.raises(Refused):
        actions.tell_teams(news_of(zone, coordinator, is_published=False), by=coordinator, path="/", now=NOW)


def test_who_is_erased_is_no_contact_any_more(zone, coordinator):
    theirs = Contact("Réseau", coordinator.name, date(2026, 5, 1), email=coordinator.email)
    actions.write_page(zone, WORDS, [theirs, CONTACT], by=coordinator, now=NOW, version=0)
    actions.forget_person(coordinator, NOW)

    told = [(each.name, each.email) for each in queries.find_page(zone, is_demo=False).contacts]
    assert told == [("", ""), ("", CONTACT.email)]
    assert coordinator.name == CONTACT.name
