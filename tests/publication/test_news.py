"""News of an agenda in three ways of writing, read by others than those who wrote them."""

import gzip
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fablabmesh.events.rules import EventStatus, OnlineAccess, PriceKind
from fablabmesh.feeds.composition import keep_news
from fablabmesh.kit.news import FORMATS, Channel, Item, render_atom, render_json, render_rss
from fablabmesh.publication.news import to_item

GOLDEN = Path(__file__).parent / "golden"
CHANNEL = Channel(
    "Agenda – L’Établi & Cie",
    "Ce qui est annoncé ou qui change : Agenda – L’Établi & Cie",
    "https://exemple.test/lieux/etabli",
    "https://exemple.test/lieux/etabli/agenda.atom",
    "https://exemple.test/lieux/etabli/agenda.ics",
)


@pytest.fixture(autouse=True)
def speaking(pages):
    with pages.test_request_context("/"):
        yield


def lab(name="L’Établi", **values):
    given = {"name": name, "address": "1 rue du Port", "postcode": "35000", "commune": "Rennes", "is_demo": False}
    return SimpleNamespace(**given | values)


def make(**values):
    given = {
        "uid": "5e0c1b64-6b2f-4a5e-9a37-2f3a4c1d7b10",
        "title": "Découpe laser",
        "description": "Apportez **votre** bois.\n\n<script>alert(1)</script>",
        "category": SimpleNamespace(slug="atelier", label="Atelier"),
        "tags": ["bois", "Atelier"],
        "status": EventStatus.CONFIRMED,
        "cancel_reason": "",
        "deleted_at": None,
        "place": lab(),
        "venue": None,
        "venue_text": "",
        "partners": [],
        "changes": [],
        "timezone": "Europe/Paris",
        "is_all_day": False,
        "starts_local": datetime(2026, 6, 10, 18),  # noqa: DTZ001 - a wall time
        "ends_local": datetime(2026, 6, 10, 20),  # noqa: DTZ001
        "is_recurring": False,
        "language": "fr",
        "audience": "tout le monde",
        "price_kind": PriceKind.FREE,
        "price_amount": None,
        "capacity": 8,
        "accessibility": "",
        "registration_url": "",
        "contact": "",
        "online_access": OnlineAccess.NONE,
        "online_url": "",
        "created_at": datetime(2026, 3, 1, 9, tzinfo=UTC),
        "published_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
        "changed_at": datetime(2026, 3, 3, 9, 30, tzinfo=UTC),
    }
    return SimpleNamespace(**given | values)


def date_of(event, day: int, *, is_cancelled=False):
    start = event.starts_local.replace(day=day)
    return SimpleNamespace(
        starts_local=start, ends_local=start.replace(hour=20), is_all_day=False, is_cancelled=is_cancelled
    )


def item(event, *dates) -> Item:
    return to_item(
        event,
        dates,
        address="https://exemple.test/evenements/decoupe-laser",
        place_address="https://exemple.test/lieux/etabli",
    )


def all_items() -> list[Item]:
    series = make(
        uid="un-nom-d-ailleurs@agenda.exemple",
        title="Couture <entre> nous & vous",
        description="",
        is_recurring=True,
        language="br",
        partners=[lab("La Fabrique")],
        online_access=OnlineAccess.PUBLIC,
        online_url="https://visio.exemple.test/salle?a=1&b=2",
        changes=[SimpleNamespace(changed_at=datetime(2026, 3, 5, 8, tzinfo=UTC))],
    )
    return [
        item(series, date_of(series, 10), date_of(series, 17, is_cancelled=True), date_of(series, 24)),
        item(make(status=EventStatus.CANCELLED, cancel_reason="Panne d’électricité", place=lab(is_demo=True))),
    ]


@pytest.mark.parametrize("ending", sorted(FORMATS))
def test_what_is_written_is_what_was_reviewed(ending):
    written = FORMATS[ending].render(CHANNEL, all_items())
    golden = GOLDEN / f"news.{ending}"

    assert written == golden.read_bytes()


@pytest.mark.parametrize("render", [render_atom, render_rss])
def test_a_reader_of_feeds_finds_all_of_it(render):
    read = feedparser.parse(render(CHANNEL, all_items()))

    assert not read.bozo, read.get("bozo_exception")
    assert read.feed.title == "Agenda – L’Établi & Cie"
    assert read.feed.link == "https://exemple.test/lieux/etabli"
    assert [entry.title for entry in read.entries] == ["Couture <entre> nous & vous", "Annulé\u00a0: Découpe laser"]
    assert [entry.id for entry in read.entries] == [
        "urn:uuid:3fa02d3f-07bf-5189-a31b-e82847cd93b8",
        "urn:uuid:5e0c1b64-6b2f-4a5e-9a37-2f3a4c1d7b10",
    ]
    assert {entry.link for entry in read.entries} == {"https://exemple.test/evenements/decoupe-laser"}
    assert [entry.author for entry in read.entries] == ["L’Établi, La Fabrique", "L’Établi"]
    assert [tag.term for tag in read.entries[0].tags] == ["Atelier", "bois"]
    assert [entry.updated_parsed[:5] for entry in read.entries] == [(2026, 3, 5, 8, 0), (2026, 3, 3, 9, 30)]
    assert [entry.published_parsed[:3] for entry in read.entries] == [(2026, 3, 2), (2026, 3, 2)]


RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def check_json_feed(text: bytes) -> dict:
    """What https://www.jsonfeed.org/version/1.1/ asks of a feed."""
    feed = json.loads(text)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    assert feed["title"]
    assert set(feed) <= {"version", "title", "home_page_url", "feed_url", "language", "items"}
    ids = [entry["id"] for entry in feed["items"]]
    assert len(set(ids)) == len(ids)
    for entry in feed["items"]:
        assert isinstance(entry["id"], str)
        assert entry["id"]
        assert entry["content_html"]
        assert entry["url"].startswith(("http://", "https://"))
        assert RFC3339.fullmatch(entry["date_published"])
        assert RFC3339.fullmatch(entry["date_modified"])
        assert all(author["name"] for author in entry["authors"])
        assert all(isinstance(tag, str) for tag in entry["tags"])
    return feed


def test_the_json_feed_keeps_to_its_rules():
    feed = check_json_feed(render_json(CHANNEL, all_items()))

    assert [entry["title"] for entry in feed["items"]] == ["Couture <entre> nous & vous", "Annulé\u00a0: Découpe laser"]


def test_what_people_type_is_cleaned_and_nothing_of_it_runs():
    html = item(make(description="[lien](javascript:alert(1)) <img src=x onerror=alert(1)>\n\n## Titre")).html

    assert "<img" not in html
    assert "href" not in html
    assert "<h4>Titre</h4>" in html


@pytest.mark.parametrize("render", [render_atom, render_rss, render_json])
def test_a_feed_of_nothing_is_a_feed(render):
    written = render(CHANNEL, [])

    if render is render_json:
        assert check_json_feed(written)["items"] == []
    else:
        read = feedparser.parse(written)
        assert (read.bozo, read.feed.title, read.entries) == (False, "Agenda – L’Établi & Cie", [])


@given(st.text(max_size=40))
def test_any_text_can_be_told(text):
    event = make(title=text, description=text, tags=[text], venue_text=text, contact=text)

    for render in (render_atom, render_rss):
        assert not feedparser.parse(render(CHANNEL, [item(event)])).bozo
    check_json_feed(render_json(CHANNEL, [item(event)]))


def test_the_same_is_kept_under_the_same_tag_and_a_change_under_another():
    same = [keep_news(CHANNEL, all_items(), "atom", []) for _ in range(2)]
    other = keep_news(CHANNEL, all_items()[:1], "atom", [])

    assert same[0].tag == same[1].tag != other.tag
    assert gzip.decompress(same[0].packed) == render_atom(CHANNEL, all_items())
    assert dict(same[0].headers)["Last-Modified"] == "Thu, 05 Mar 2026 08:00:00 GMT"


def test_what_is_deleted_is_told_as_cancelled_without_its_words():
    gone = item(make(description="Chez Untel", deleted_at=datetime(2026, 3, 4, tzinfo=UTC)))

    assert gone.title == "Annulé\u00a0: Découpe laser"
    assert "<strong>Annulé</strong>" in gone.html
    assert [word for word in ("Untel", "tout le monde") if word in gone.html] == []
