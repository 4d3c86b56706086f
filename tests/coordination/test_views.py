"""What everybody reads of a pole, and the letter to it."""

import json
import re
from datetime import timedelta

import feedparser
import pytest
from sqlalchemy import func, select

from fablabmesh.coordination import actions
from fablabmesh.coordination.rules import Contact
from fablabmesh.kit import clock
from fablabmesh.kit.db import session
from fablabmesh.mails.models import Mail
from tests.coordination.test_actions import news_of
from tests.factories import NOW, make_account, make_coordinator

ZONE = "/zones/fablab/ouest"


def test_the_zone_shows_who_the_pole_is_whom_to_ask_and_its_last_news(client, zone, coordinator):
    contact = Contact("Animation du réseau", email="pole@exemple.fr", phone="02 99 00 00 00")
    words = {"presentation": "Nous **aidons**. <script>alert(1)</script>", "seeks": "Un lieu à Vitré."}
    actions.write_page(zone, words, [contact], by=coordinator, now=NOW, version=0)
    for number in range(4):
        news_of(zone, coordinator, f"Nouvelle {number}")

    page = client.get(ZONE).get_data(as_text=True)

    assert "Nous <strong>aidons</strong>." in page
    assert "&lt;script&gt;alert(1)" in page
    assert 'href="mailto:pole@exemple.fr"' in page
    assert 'href="tel:0299000000"' in page
    assert re.findall(r">(Nouvelle \d)</a>", page) == ["Nouvelle 3", "Nouvelle 2", "Nouvelle 1"]
    graph = json.loads(re.search(r'ld\+json">(.*?)</script>', page, re.S)[1])["@graph"]
    assert graph[-1]["contactPoint"] == [
        {
            "@type": "ContactPoint",
            "contactType": "Animation du réseau",
            "email": "pole@exemple.fr",
            "telephone": "02 99 00 00 00",
        }
    ]


def test_what_is_invented_is_told_to_no_search_engine(client, zone):
    invented = make_coordinator(zone, is_demo=True)
    actions.write_page(
        zone, {"presentation": "Rien de vrai", "seeks": ""}, [Contact("Réseau")], by=invented, now=NOW, version=0
    )
    news = news_of(zone, invented)

    assert "ContactPoint" not in client.get(ZONE).get_data(as_text=True)
    page = client.get(f"{ZONE}/actualites/{news.slug}").get_data(as_text=True)
    assert "NewsArticle" not in page
    assert "Exemple inventé." in page


def test_a_draft_exists_for_nobody_else(client, desk, zone, coordinator):
    draft = news_of(zone, coordinator, "Pas encore", is_published=False)

    assert client.get(f"{ZONE}/actualites/{draft.slug}").status_code == 404
    assert "Pas encore" not in client.get(f"{ZONE}/actualites").get_data(as_text=True)
    assert desk.get(f"{ZONE}/actualites/{draft.slug}").status_code == 200
    assert "Pas encore" in desk.get(f"{ZONE}/actualites").get_data(as_text=True)


@pytest.mark.parametrize("ending", ["atom", "rss"])
def test_readers_of_news_understand_the_feed(client, zone, coordinator, ending):
    news = news_of(zone, coordinator, "Une & deux")
    news_of(zone, coordinator, "Brouillon", is_published=False)

    answer = client.get(f"{ZONE}/actualites.{ending}")
    read = feedparser.parse(answer.get_data())

    assert read.bozo == 0
    assert [(entry.title, entry.link.partition("/zones")[2]) for entry in read.entries] == [
        ("Une & deux", f"/fablab/ouest/actualites/{news.slug}")
    ]
    again = client.get(f"{ZONE}/actualites.{ending}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_feed_in_json_says_the_same(client, zone, coordinator):
    news_of(zone, coordinator)

    told = client.get(f"{ZONE}/actualites.json").get_json(force=True)

    assert [item["title"] for item in told["items"]] == ["Une nouvelle"]
    assert told["feed_url"].endswith(f"{ZONE}/actualites.json")


def test_lists_take_the_same_number_of_queries_however_long(client, zone, coordinator, count_queries):
    news_of(zone, coordinator)
    with count_queries() as few:
        client.get(f"{ZONE}/actualites")
    for number in range(5):
        news_of(zone, coordinator, f"Nouvelle {number}")
    with count_queries() as many:
        client.get(f"{ZONE}/actualites")

    assert len(few) == len(many)


TYPED = {"name": "Ana", "email": "ana@exemple.fr", "text": "Bonjour, un lieu s’ouvre."}


def send(client, zone, **given):
    stamp = actions.stamp(clock.now() - timedelta(minutes=1))
    return client.post(f"{ZONE}/ecrire", data={"stamp": stamp} | TYPED | given)


def letters():
    return session.scalar(select(func.count()).select_from(Mail))


def test_anybody_writes_to_the_pole_and_sees_no_address(client, zone, coordinator):
    answer = send(client, zone)

    assert (answer.status_code, letters()) == (303, 1)
    assert coordinator.email not in client.get(answer.location).get_data(as_text=True)
    assert coordinator.email not in client.get(f"{ZONE}/ecrire").get_data(as_text=True)


def test_robots_are_thanked_and_not_heard(client, zone, coordinator):
    assert (send(client, zone, site="https://spam.test").status_code, letters()) == (303, 0)


def test_who_was_too_fast_sends_again_what_they_typed(client, zone, coordinator):
    answer = send(client, zone, stamp=actions.stamp(clock.now()))

    assert (answer.status_code, letters()) == (422, 0)
    assert TYPED["text"] in answer.get_data(as_text=True)


def test_what_is_missing_is_said(client, zone, coordinator):
    assert send(client, zone, email="ana").status_code == 422


def test_too_many_letters_from_a_network_wait(client, zone, coordinator):
    codes = [send(client, zone).status_code for _turn in range(6)]

    assert codes == [303, 303, 303, 303, 303, 429]


def test_a_zone_that_nobody_coordinates_says_so(client, zone):
    assert "Personne ne coordonne encore cette zone" in client.get(f"{ZONE}/ecrire").get_data(as_text=True)
    assert (send(client, zone).status_code, letters()) == (422, 0)


def test_who_has_an_account_writes_in_their_own_name(as_person, zone, coordinator):
    alice = make_account(name="Alice")

    answer = send(as_person(alice), zone, name="Le préfet", email="prefet@exemple.fr")

    told = session.scalars(select(Mail.text)).one()
    assert answer.status_code == 303
    assert [word in told for word in ("Alice", alice.email, "préfet", "prefet@")] == [True, True, False, False]
