"""Calendars over HTTP, as the programs that follow them ask and read."""

import gzip
import sys
from datetime import UTC, datetime

import brotli
import feedparser
import icalendar
import pytest
from sqlalchemy.exc import OperationalError

from fablabmesh.events import actions
from fablabmesh.feeds import queries
from tests import factories, icaljs
from tests.events.test_views import typed
from tests.factories import make_account, make_department, make_place, make_zone

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def make_event(*args, **values):
    """Published: in calendars from the commit on."""
    event = factories.make_event(*args, **values)
    queries.session.commit()
    return event


@pytest.fixture
def alice(db):
    return make_account(name="Alice")


@pytest.fixture
def lab(alice):
    return make_place(managers=(alice,))


def read_by_icalendar(body: bytes) -> list[tuple[str, str, str, int]]:
    calendar = icalendar.Calendar.from_ical(body)
    return [
        (str(event["SUMMARY"]), event["DTSTART"].dt.isoformat(), str(event["STATUS"]), event["SEQUENCE"])
        for event in calendar.events
    ]


def read_by_icaljs(body: bytes) -> list[tuple[str, str, str, int]]:
    return [
        (event["summary"], event["start"]["wall"], event["status"], event["sequence"])
        for event in icaljs.read(body)["events"]
    ]


def test_the_feed_of_a_zone_gives_an_event_its_change_and_its_cancellation(client, as_person, alice, lab):
    make_zone("35")
    browser, feed = as_person(alice), "/zones/fablab/ouest/agenda.ics"

    browser.post("/evenements/nouveau", data=typed(lab))
    posted = client.get(feed).data
    browser.post("/evenements/initiation-a-la-brodeuse/modifier", data=typed(lab, version="1", first_hour="19:00"))
    moved = client.get(feed).data
    browser.post("/evenements/initiation-a-la-brodeuse/annuler", data={"version": "2", "reason": "Panne"})
    cancelled = client.get(feed).data

    title = "Initiation à la brodeuse"
    assert read_by_icalendar(posted) == [(title, "2090-06-10T18:00:00+02:00", "CONFIRMED", 0)]
    assert read_by_icalendar(moved) == [(title, "2090-06-10T19:00:00+02:00", "CONFIRMED", 1)]
    assert read_by_icalendar(cancelled) == [(title, "2090-06-10T19:00:00+02:00", "CANCELLED", 2)]
    assert read_by_icaljs(posted) == [(title, "2090-06-10T18:00:00", "CONFIRMED", 0)]
    assert read_by_icaljs(moved) == [(title, "2090-06-10T19:00:00", "CONFIRMED", 1)]
    assert read_by_icaljs(cancelled) == [(title, "2090-06-10T19:00:00", "CANCELLED", 2)]
    uids = {icaljs.read(body)["events"][0]["uid"] for body in (posted, moved, cancelled)}
    assert len(uids) == 1


def test_each_feed_holds_its_own_events(client, lab):
    make_zone("35")
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.8))
    make_event(lab, title="Ici", starts="2013-05-01T10:00", ends="2013-05-01T12:00")
    make_event(make_place(name="Nantes", department="44", insee="44109"), title="Ailleurs")

    def titles(address: str) -> list[str]:
        return [event[0] for event in read_by_icaljs(client.get(address).data)]

    assert titles("/agenda.ics") == ["Ici", "Ailleurs"]
    assert titles(f"/lieux/{lab.slug}/agenda.ics") == ["Ici"]
    assert titles("/zones/fablab/ouest/agenda.ics") == ["Ici"]
    assert titles("/evenements/ailleurs.ics") == ["Ailleurs"]


def test_a_feed_without_events_is_a_whole_calendar(client, lab):
    answer = client.get(f"/lieux/{lab.slug}/agenda.ics")

    assert icaljs.read(answer.data) == {"name": "Agenda – LabFab", "zones": ["Europe/Paris"], "events": []}


@pytest.mark.parametrize("address", ["/lieux/rien/agenda.ics", "/zones/fablab/rien/agenda.ics", "/evenements/rien.ics"])
def test_a_feed_of_nothing_is_not_found(client, address):
    assert client.get(address).status_code == 404


def test_the_headers_are_those_that_calendar_programs_want(client, lab):
    make_event(lab)

    headers = client.get(f"/lieux/{lab.slug}/agenda.ics").headers

    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert headers["Content-Disposition"] == f'inline; filename="lieux-{lab.slug}.ics"'
    assert headers["Cache-Control"] == "public, max-age=300, stale-if-error=604800"
    assert headers["Last-Modified"] == "Mon, 02 Mar 2026 09:00:00 GMT"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["ETag"]
    assert "Set-Cookie" not in headers
    assert "Cookie" not in headers.get("Vary", "")


def test_a_feed_is_the_same_for_a_person_who_has_signed_in(client, as_person, alice, lab):
    make_event(lab)

    answer = as_person(alice).get("/agenda.ics")

    assert answer.data == client.get("/agenda.ics").data
    assert answer.headers["Cache-Control"] == "public, max-age=300, stale-if-error=604800"
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers["Vary"]


def test_head_says_the_same_without_the_body(client, lab):
    make_event(lab)

    head, whole = client.head("/agenda.ics"), client.get("/agenda.ics")

    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == whole.headers["ETag"]


def test_each_encoding_holds_the_same_and_bears_its_own_tag(client, lab):
    make_event(lab, description="Une longue phrase qui se répète. " * 50)
    readers = {"identity": bytes, "gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstd.decompress}

    answers = {name: client.get("/agenda.ics", headers={"Accept-Encoding": name}) for name in readers}

    assert len({readers[name](answer.data) for name, answer in answers.items()}) == 1
    assert len({answer.headers["ETag"] for answer in answers.values()}) == 4
    assert {name: answer.headers.get("Content-Encoding", "identity") for name, answer in answers.items()} == {
        name: name for name in readers
    }


def test_nobody_packs_anew_what_was_asked_for_unpacked(client, lab):
    make_event(lab, description="Une longue phrase qui se répète. " * 50)

    answer = client.get("/agenda.ics", headers={"Accept-Encoding": "gzip;q=0.5, identity;q=0.9"})

    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.data.endswith(b"END:VCALENDAR\r\n")


def test_what_cannot_be_sent_as_it_is_asked_for_is_refused(client, lab):
    answer = client.get("/agenda.ics", headers={"Accept-Encoding": "deflate, identity;q=0"})

    assert (answer.status_code, answer.mimetype) == (406, "application/problem+json")
    assert answer.json["accepted"] == "gzip, identity"


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br", "zstd"])
def test_who_has_it_already_is_told_so(client, lab, encoding):
    make_event(lab)
    accepts = {"Accept-Encoding": encoding}

    first = client.get("/agenda.ics", headers=accepts)
    again = client.get("/agenda.ics", headers=accepts | {"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_the_tag_of_one_encoding_is_good_for_the_other(client, lab):
    make_event(lab)
    packed = client.get("/agenda.ics", headers={"Accept-Encoding": "gzip"})

    plain = client.get("/agenda.ics")
    again = client.get("/agenda.ics", headers={"If-None-Match": packed.headers["ETag"]})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert again.status_code == 304


def test_a_change_is_a_new_tag(client, as_person, alice, lab):
    event = make_event(lab)
    before = client.get("/agenda.ics").headers["ETag"]

    as_person(alice).post(f"/evenements/{event.slug}/annuler", data={"version": "1", "reason": "Panne"})
    after = client.get("/agenda.ics", headers={"If-None-Match": before})

    assert after.status_code == 200
    assert after.headers["ETag"] != before


def test_a_date_alone_does_not_hide_an_event_that_went_elsewhere(client, lab):
    make_event(lab)

    answer = client.get("/agenda.ics", headers={"If-Modified-Since": "Mon, 02 Mar 2099 09:00:00 GMT"})

    assert answer.status_code == 200


def test_a_calendar_has_one_address_in_all_languages(client, lab):
    make_event(lab)

    answer = client.get("/en/agenda.ics")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/agenda.ics")
    assert "/agenda.ics" in client.get("/en/agenda").get_data(as_text=True)
    assert "/en/agenda.ics" not in client.get("/en/agenda").get_data(as_text=True)


def test_a_filter_has_one_spelling(client, lab):
    answer = client.get("/agenda.ics?q=Laser&lieu=labfab&categorie=formation&categorie=atelier")

    assert answer.status_code == 301
    assert answer.headers["Location"] == "/agenda.ics?categorie=atelier&categorie=formation&lieu=labfab&q=laser"
    alone = client.get("/agenda.ics?lieu=labfab")
    assert alone.headers["Location"] == "/lieux/labfab/agenda.ics"


def test_a_filter_that_cannot_be_says_what_can(client, lab):
    answer = client.get("/agenda.ics?categorie=zumba")

    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.json["parameter"] == "categorie"
    assert "atelier" in answer.json["allowed"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_drafts_are_in_no_calendar_and_what_is_deleted_is_cancelled(client, db, lab):
    event = make_event(lab, title="Parti")
    actions.delete_event(event, now=datetime.now(UTC), version=event.version)
    draft = make_event(lab, title="Brouillon")
    draft.is_draft = True
    db.commit()

    assert [(title, status) for title, _start, status, _n in read_by_icaljs(client.get("/agenda.ics").data)] == [
        ("Parti", "CANCELLED")
    ]
    assert client.get(f"/evenements/{draft.slug}.ics").status_code == 404


def test_a_database_that_is_away_costs_nobody_a_calendar(client, app, lab, monkeypatch):
    make_event(lab)
    seen = client.get("/agenda.ics")

    def away(*_args, **_more):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(queries, "find_names", away)
    stale = client.get("/agenda.ics")
    unknown = client.get("/agenda.ics?q=inconnu")

    assert (stale.status_code, stale.data) == (200, seen.data)
    assert "Stale" in stale.headers["Warning"]
    assert (unknown.status_code, unknown.headers["Retry-After"]) == (503, "60")
    assert b"BEGIN" not in unknown.data


# --- for those who have no calendar ------------------------------------------------------------------------------

NEWS = ["atom", "rss", "json"]


def titles_of(answer) -> list[str]:
    if answer.mimetype == "application/feed+json":
        return [item["title"] for item in answer.json["items"]]
    read = feedparser.parse(answer.data)
    assert not read.bozo, read.get("bozo_exception")
    return [entry.title for entry in read.entries]


@pytest.mark.parametrize("ending", NEWS)
def test_news_tell_of_what_is_to_come_the_last_change_first(client, db, lab, ending):
    make_event(lab, title="Passé", starts="2013-05-01T10:00", ends="2013-05-01T12:00")
    first = make_event(lab, title="Premier")
    make_event(lab, title="Second")
    gone = make_event(lab, title="Parti")
    actions.cancel_event(first, reason="Panne", by=None, now=datetime(2026, 3, 4, tzinfo=UTC), version=first.version)
    actions.delete_event(gone, now=datetime(2026, 3, 3, tzinfo=UTC), version=gone.version)
    make_event(lab, title="Brouillon").is_draft = True
    db.commit()

    expected = ["Annulé\u00a0: Premier", "Second"]
    found = titles_of(client.get(f"/lieux/{lab.slug}/agenda.{ending}"))

    assert [title for title in found if "Parti" not in title] == expected
    assert titles_of(client.get(f"/evenements/{first.slug}.{ending}")) == expected[:1]


MEDIA = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}


@pytest.mark.parametrize(("ending", "media"), MEDIA.items())
def test_news_are_served_as_calendars_are(client, lab, ending, media):
    make_event(lab)
    address = f"/lieux/{lab.slug}/agenda.{ending}"

    whole = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    again = client.get(address, headers={"If-None-Match": whole.headers["ETag"]})
    head = client.head(address)

    assert whole.headers["Content-Type"] == f"{media}; charset=utf-8"
    assert whole.headers["Cache-Control"] == "public, max-age=300, stale-if-error=604800"
    assert whole.headers["Content-Disposition"] == f'inline; filename="lieux-{lab.slug}.{ending}"'
    assert whole.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in whole.headers
    assert gzip.decompress(packed.data) == whole.data == client.get(address).data
    assert (again.status_code, again.data) == (304, b"")
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", whole.headers["ETag"])


@pytest.mark.parametrize("ending", NEWS)
def test_news_have_the_one_address_of_their_calendar(client, lab, ending):
    moved = client.get(f"/en/agenda.{ending}?lieu={lab.slug}")

    assert (moved.status_code, moved.headers["Location"]) == (301, f"/lieux/{lab.slug}/agenda.{ending}")
    assert client.get(f"/agenda.{ending}?categorie=zumba").status_code == 400
    assert client.get(f"/lieux/rien/agenda.{ending}").status_code == 404


@pytest.mark.parametrize("ending", NEWS)
def test_a_database_that_is_away_costs_nobody_the_news(client, lab, monkeypatch, ending):
    make_event(lab)
    seen = client.get(f"/agenda.{ending}")

    def away(*_args, **_more):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(queries, "find_names", away)
    stale, unknown = client.get(f"/agenda.{ending}"), client.get(f"/agenda.{ending}?q=inconnu")

    assert (stale.status_code, stale.data) == (200, seen.data)
    assert "Stale" in stale.headers["Warning"]
    assert (unknown.status_code, unknown.headers["Retry-After"]) == (503, "60")


def test_news_ask_as_much_for_three_events_as_for_one(client, lab, count_queries):
    make_event(lab)
    with count_queries() as one:
        client.get("/agenda.atom")
    for _ in range(2):
        event = make_event(make_place(name="Autre"))
        queries.session.refresh(event, ["partners"])
        event.partners = [lab]
    queries.session.commit()

    with count_queries() as three:
        client.get("/agenda.atom")

    assert len(titles_of(client.get("/agenda.atom"))) == 3
    assert len(three) == len(one)


def test_a_script_of_another_site_may_ask_whether_anything_changed(client, lab):
    make_event(lab)

    asked = client.options("/agenda.ics", headers={
        "Origin": "https://ailleurs.exemple", "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    })  # fmt: skip

    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert asked.headers["Access-Control-Allow-Headers"] == "If-None-Match, If-Modified-Since"
    assert asked.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert asked.data == b""


def test_what_may_not_be_done_to_a_calendar_is_said(client, lab):
    answer = client.post("/agenda.ics")

    assert answer.status_code == 405
    assert {word.strip() for word in answer.headers["Allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}
