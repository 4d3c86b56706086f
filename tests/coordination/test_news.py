"""News of a pole for programs."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from fablabmesh.coordination.news import author_of, to_item, to_linked_data

AT = datetime(2026, 6, 1, 8, tzinfo=UTC)
ZONE = SimpleNamespace(name="Ouest")


@pytest.fixture(autouse=True)
def words(pages):
    with pages.test_request_context("/"):
        yield


def news(**given):
    values = {"id": 7, "title": "Un titre", "text": "Des **mots**.", "published_at": AT, "changed_at": AT}
    return SimpleNamespace(**(values | {"is_demo": False, "zone": ZONE} | given))


def test_the_pole_of_the_zone_is_the_author():
    assert author_of(ZONE) == "Pôle de la zone Ouest"


def test_an_item_keeps_its_name_whatever_its_title_becomes():
    first = to_item(news(), address="https://a.test/1", zone_address="https://a.test")
    second = to_item(news(title="Autre"), address="https://a.test/1", zone_address="https://a.test")

    assert first.id == second.id
    assert first.html == "<p>Des <strong>mots</strong>.</p>\n"


def test_what_is_invented_says_so_in_its_title():
    item = to_item(news(is_demo=True), address="https://a.test/1", zone_address="https://a.test")

    assert item.title == "Un titre (exemple inventé)"


def test_search_engines_are_told_who_writes_and_when():
    assert to_linked_data(news(), address="https://a.test/1", zone_address="https://a.test") == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": "https://a.test/1",
        "url": "https://a.test/1",
        "headline": "Un titre",
        "datePublished": "2026-06-01T08:00:00+00:00",
        "dateModified": "2026-06-01T08:00:00+00:00",
        "author": {"@type": "Organization", "name": "Pôle de la zone Ouest", "url": "https://a.test"},
        "about": {"@id": "https://a.test"},
    }
