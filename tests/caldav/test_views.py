"""The protocol by raw HTTP: what programs may ask, what they are told, and what they are refused."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from sqlalchemy.exc import OperationalError

from fablabmesh.caldav import fence, queries
from fablabmesh.caldav.addresses import href_of, path_of
from fablabmesh.events import actions, date_actions
from fablabmesh.events.rules import When
from fablabmesh.feeds.slices import Choice, Slice, of_event
from fablabmesh.zones import actions as zones
from fablabmesh.zones.rules import Standing
from tests.caldav.conftest import body_of, props
from tests.factories import NOW, make_department, make_event, make_place, make_zone

LATER = NOW + timedelta(hours=1)
LAB = "/caldav/lieux/labfab-rennes/"
EXPAND = '<C:expand start="20900101T000000Z" end="20901231T000000Z"/>'


@pytest.fixture
def lab(db):
    return make_place()


def edited(event, lab, values, *, at=LATER, place=None):
    when = When(event.starts_local, event.ends_local, event.timezone)
    actions.edit_event(event, place or lab, values, when, now=at, version=event.version)
    queries.session.commit()


def within(start: str, end: str) -> str:
    span = f'<C:time-range start="{start}" end="{end}"/>'
    return filtered(f'<C:comp-filter name="VEVENT">{span}</C:comp-filter>')


def filtered(inside: str) -> str:
    return f'<C:filter><C:comp-filter name="VCALENDAR">{inside}</C:comp-filter></C:filter>'


# --- discovery ---------------------------------------------------------------------------------------------------


def test_who_knows_the_site_alone_is_led_to_a_home_with_the_whole_and_the_zones(reader, lab):
    make_zone("35")

    led = reader.ask("PROPFIND", "/.well-known/caldav", body_of("D:propfind", props("D:current-user-principal")))
    root = reader.find("/caldav/", "D:current-user-principal", "D:resourcetype")[0]
    principal = reader.find(root["current-user-principal"], "C:calendar-home-set", "D:resourcetype")[0]
    home = reader.find(principal["calendar-home-set"], "D:displayname", "D:resourcetype", depth="1")

    assert (led.status_code, led.headers["Location"]) == (301, "/caldav/")
    assert (root["resourcetype"], principal["resourcetype"]) == (["collection"], ["principal", "collection"])
    assert [(each["href"], each.get("displayname")) for each in home if "calendar" in each["resourcetype"]] == [
        ("/caldav/agenda/", "Agenda des Fab Labs"),
        ("/caldav/zones/fablab/ouest/", "Agenda de la zone Ouest"),
    ]


def test_a_collection_says_what_it_is(reader, lab):
    make_event(lab)
    asked = ("D:displayname", "D:resourcetype", "C:supported-calendar-component-set", "D:current-user-privilege-set",
             "CS:getctag", "D:sync-token", "D:owner", "C:calendar-timezone")  # fmt: skip

    told = reader.find(LAB, *asked)[0]

    assert (told["href"], told["displayname"]) == (LAB, "Agenda – LabFab")
    assert (told["resourcetype"], told["supported-calendar-component-set"]) == (["calendar", "collection"], ["VEVENT"])
    assert told["current-user-privilege-set"] == ["privilege", "privilege"]
    assert told["sync-token"] == "data:," + told["getctag"].strip('"')
    assert told["owner"] is None
    assert "TZID:Europe/Paris" in told["calendar-timezone"]


def test_whatever_can_be_filtered_can_be_followed(reader, lab):
    event = make_event(lab, uid="é/1@ici")
    edited(event, lab, {"tags": ["Bois & métal"]})
    make_event(lab, uid="u2")
    wanted = Slice((Choice(tags=("bois & métal",), zones=()), Choice(words="rien de tel")))

    found = reader.find(href_of(path_of(wanted)), "D:getetag", depth="1")
    alone = reader.find(href_of(path_of(of_event(event.slug))), "D:getetag", depth="1")

    assert [each["href"] for each in found] == [
        "/caldav/filtre/etiquette%3Dbois%2520%2526%2520m%25C3%25A9tal%262.q%3Drien%2520de%2520tel/",
        "/caldav/filtre/etiquette%3Dbois%2520%2526%2520m%25C3%25A9tal%262.q%3Drien%2520de%2520tel/%25C3%25A9%252F1%40ici.ics",
    ]
    assert [each["getetag"] for each in alone[1:]] == [found[1]["getetag"]]
    assert reader.ask("GET", found[1]["href"]).headers["ETag"] == found[1]["getetag"]


def test_a_page_of_a_feed_gives_its_address(app, client, lab):
    with app.test_request_context("/en/agenda", environ_overrides={"SCRIPT_NAME": "/en", "PATH_INFO": "/agenda"}):
        path = app.jinja_env.globals["caldav_path"](Slice((Choice(places=(lab.slug,)),)))

    assert path == LAB


# --- reading -----------------------------------------------------------------------------------------------------


def test_an_item_is_read_as_it_stands_in_the_feed(reader, lab):
    make_event(lab, uid="u1")

    item = reader.ask("GET", f"{LAB}u1.ics")
    head = reader.ask("HEAD", f"{LAB}u1.ics")
    packed = reader.ask("GET", f"{LAB}u1.ics", **{"Accept-Encoding": "gzip"})
    known = reader.ask("GET", f"{LAB}u1.ics", **{"If-None-Match": item.headers["ETag"]})

    feed = icalendar.Calendar.from_ical(reader.client.get("/agenda.ics").data)
    assert [each.to_ical() for each in icalendar.Calendar.from_ical(item.data).walk("VEVENT")] == [
        each.to_ical() for each in feed.walk("VEVENT")
    ]
    assert item.content_type == "text/calendar; charset=utf-8"
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(item.data))
    assert (packed.headers["Content-Encoding"], packed.headers["ETag"]) == ("gzip", item.headers["ETag"])
    assert (known.status_code, known.data, known.headers["ETag"]) == (304, b"", item.headers["ETag"])
    assert "Content-Security-Policy" in item.headers


def test_who_reads_a_collection_in_one_piece_is_led_to_its_feed(reader, lab):
    found = [reader.ask("GET", path) for path in (LAB, "/caldav/filtre/q=bois/", "/caldav/", "/caldav/agendas/")]

    assert [(each.status_code, each.headers["Location"]) for each in found] == [
        (302, "/lieux/labfab-rennes/agenda.ics"), (302, "/agenda.ics?q=bois"), (302, "/agenda"), (302, "/agenda"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "status"),
    [("lieux/nulle-part/", 404), ("autre/", 404), ("lieux/labfab-rennes/inconnu.ics", 404), ("filtre/zone=x/", 400),
     ("filtre/q=b&etiquette=x/", 404), ("filtre/genre=x/", 400), ("filtre/zone=fablab:x/", 400)],
)  # fmt: skip
def test_what_there_is_not_is_not_found(reader, lab, path, status):
    make_zone("35")

    found = reader.ask("PROPFIND", f"/caldav/{path}", depth="1")

    assert found.status_code == status


def test_an_item_of_another_lab_is_not_in_this_one(reader, lab):
    make_event(make_place(name="Ailleurs"), uid="u2")

    assert reader.ask("GET", f"{LAB}u2.ics").status_code == 404
    assert reader.ask("GET", "/caldav/agenda/u2.ics").status_code == 200


def test_all_languages_have_one_address(reader, lab):
    led = reader.ask("PROPFIND", "/en" + LAB, depth="1")

    assert (led.status_code, led.headers["Location"]) == (301, LAB)


def test_many_items_are_fetched_at_once_and_the_missing_are_named(reader, lab):
    make_event(lab, uid="u1")
    make_event(lab, uid="u2")
    hrefs = [f"<D:href>{LAB}{name}.ics</D:href>" for name in ("u1", "u2", "u3")]

    found = reader.report(LAB, "C:calendar-multiget", *hrefs, names=("D:getetag", "C:calendar-data"))

    assert sorted((each["href"], each["gone"]) for each in found) == [
        (f"{LAB}u1.ics", False), (f"{LAB}u2.ics", False), (f"{LAB}u3.ics", True),
    ]  # fmt: skip
    texts = [each["calendar-data"] for each in found if not each["gone"]]
    assert sorted(str(icalendar.Calendar.from_ical(text).events[0]["UID"]) for text in texts) == ["u1", "u2"]


def test_events_are_found_by_time_by_kind_and_by_what_they_say(reader, lab):
    make_event(lab, uid="u1", title="Bois")
    make_event(lab, uid="u2", starts="2091-06-10T18:00", ends="2091-06-10T20:00")
    start = datetime(2090, 6, 1, 10)  # noqa: DTZ001
    weekly = When(start, start + timedelta(hours=1), "Europe/Paris", rrule="FREQ=WEEKLY;COUNT=3")
    actions.create_event(lab, {"title": "Série", "category_slug": "atelier"}, weekly, by=None, now=NOW, uid="s")
    queries.session.commit()
    word = '<C:prop-filter name="SUMMARY"><C:text-match>Bois</C:text-match></C:prop-filter>'

    def found(inside: str) -> list[str]:
        hrefs = [each["href"] for each in reader.report(LAB, "C:calendar-query", inside)]
        return [href.removeprefix(LAB).removesuffix(".ics") for href in hrefs]

    assert found(within("20900610T000000Z", "20900611T000000Z")) == ["u1"]
    assert found(within("20900615T000000Z", "20900616T000000Z")) == ["s"]
    assert found(filtered('<C:comp-filter name="VEVENT"/>')) == ["u1", "u2", "s"]
    assert found(filtered('<C:comp-filter name="VTODO"/>')) == []
    assert found(filtered(f'<C:comp-filter name="VEVENT">{word}</C:comp-filter>')) == ["u1"]


def test_the_dates_of_a_series_are_counted_out_for_who_asks(reader, lab):
    start = datetime(2090, 6, 1, 10)  # noqa: DTZ001
    weekly = When(start, start + timedelta(hours=1), "Europe/Paris", rrule="FREQ=WEEKLY;COUNT=3")
    actions.create_event(lab, {"title": "Série", "category_slug": "atelier"}, weekly, by=None, now=NOW, uid="s")
    queries.session.commit()
    body = body_of(
        "C:calendar-query",
        f"<D:prop><C:calendar-data>{EXPAND}</C:calendar-data></D:prop>",
        within("20900101T000000Z", "20901231T000000Z"),
    )

    found, _token = reader.read(reader.ask("REPORT", LAB, body))

    dates = icalendar.Calendar.from_ical(found[0]["calendar-data"]).events
    assert [each["DTSTART"].dt.isoformat() for each in dates] == [
        "2090-06-01T08:00:00+00:00", "2090-06-08T08:00:00+00:00", "2090-06-15T08:00:00+00:00",
    ]  # fmt: skip


# --- what changed ------------------------------------------------------------------------------------------------


def test_only_what_changed_is_told(reader, lab):
    events = {uid: make_event(lab, uid=uid) for uid in ("u1", "u2", "u3", "u4")}
    now = datetime.now(UTC)
    token, all_of_them, _gone = reader.sync(LAB)
    same = reader.sync(LAB, token)

    edited(events["u1"], lab, {"title": "Autre titre"})
    actions.cancel_event(events["u2"], reason="Panne", now=LATER, version=events["u2"].version)
    actions.delete_event(events["u3"], now=now, version=events["u3"].version)
    queries.session.commit()
    make_event(lab, uid="u5")
    make_event(make_place(name="Ailleurs"), uid="u6")
    second = reader.sync(LAB, token)

    assert (all_of_them, _gone) == (["u1", "u2", "u3", "u4"], [])
    assert same == (token, [], [])
    assert second[1:] == (["u1", "u2", "u3", "u5"], [])
    assert reader.sync(LAB, second[0]) == (second[0], [], [])


def test_what_is_no_longer_there_is_told(reader, lab):
    other = make_place(name="Autre")
    moving, hidden, retagged = (make_event(lab, uid=uid) for uid in ("moving", "hidden", "retagged"))
    edited(retagged, lab, {"tags": ["bois"]})
    tagged = "/caldav/filtre/etiquette=bois&lieu=labfab-rennes/"
    tokens = {address: reader.sync(address)[0] for address in (LAB, tagged, "/caldav/agenda/")}

    edited(moving, lab, {}, place=other)
    hidden.is_draft = True
    edited(retagged, lab, {"tags": []}, at=LATER + timedelta(hours=1))
    make_event(lab, uid="new")

    assert reader.sync(LAB, tokens[LAB])[1:] == (["new", "retagged"], ["hidden", "moving"])
    assert reader.sync(tagged, tokens[tagged])[1:] == ([], ["hidden", "moving", "new", "retagged"])
    found = reader.find("/caldav/agenda/", "D:getetag", depth="1")[1:]
    assert sorted(each["href"].rpartition("/")[2] for each in found) == ["moving.ics", "new.ics", "retagged.ics"]


def test_a_series_cut_in_two_is_a_change_and_an_event_more(reader, lab):
    start = datetime(2090, 6, 1, 10)  # noqa: DTZ001
    weekly = When(start, start + timedelta(hours=1), "Europe/Paris", rrule="FREQ=WEEKLY;COUNT=6")
    values = {"title": "Série", "category_slug": "atelier"}
    series = actions.create_event(lab, values, weekly, by=None, now=NOW, uid="s")
    queries.session.commit()
    make_event(lab, uid="u1")
    token, _all, _gone = reader.sync(LAB)

    at = start + timedelta(days=14)
    when = date_actions.following_when(series, at)
    rest = date_actions.edit_following(series, at, lab, values, when, by=None, now=LATER, version=series.version)
    queries.session.commit()

    assert reader.sync(LAB, token)[1:] == (sorted(["s", rest.uid]), [])


def test_who_comes_with_a_token_that_says_nothing_begins_anew(reader, lab):
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.8))
    make_event(lab)
    make_event(make_place(name="Nantes", department="44", insee="44109"), uid="n1")
    zone, west = make_zone("35"), "/caldav/zones/fablab/ouest/"
    token = reader.sync(west)[0]

    def refused(address: str, token: str) -> bool:
        body = body_of("D:sync-collection", f"<D:sync-token>{token}</D:sync-token>", props("D:getetag"))
        answer = reader.ask("REPORT", address, body)
        return answer.status_code == 403 and b"<valid-sync-token" in answer.data

    assert refused(west, token) is False
    assert [refused(west, each) for each in ("x", "data:,0-0", token + "9", "http://radicale.org/ns/sync/1")] == [
        True
    ] * 4
    assert refused(LAB, token) is True
    zones.compose(zone, ["44"], standing=Standing.HYPOTHESIS, reason="pour un essai")
    queries.session.commit()
    assert refused(west, token) is True
    assert "n1" in reader.sync(west)[1]


def test_the_ctag_changes_when_something_changes_here_and_not_elsewhere(reader, lab):
    event = make_event(lab)
    first = reader.find(LAB, "CS:getctag")

    make_event(make_place(name="Ailleurs"))
    second = reader.find(LAB, "CS:getctag")
    edited(event, lab, {"title": "Autre titre"})
    third = reader.find(LAB, "CS:getctag")

    assert first == second
    assert first != third


def test_lists_cost_the_same_number_of_queries_however_long(reader, lab, count_queries):
    make_zone("35")

    def costs() -> list[int]:
        found = []
        for ask in (
            lambda: reader.find(LAB, "D:getetag", "CS:getctag", "D:getcontentlength", depth="1"),
            lambda: reader.sync("/caldav/zones/fablab/ouest/"),
            lambda: reader.report(LAB, "C:calendar-query", filtered(""), names=("C:calendar-data",)),
            lambda: reader.find("/caldav/agendas/", "CS:getctag", "D:displayname", depth="1"),
        ):
            with count_queries() as seen:
                ask()
            found.append(len(seen))
        return found

    make_event(lab)
    one = costs()
    for _ in range(3):
        make_event(lab)
    make_zone("44", slug="est", name="Est", position=2) if make_department("44", "L.-A.") else None

    assert costs() == one
    assert max(one) <= 4


# --- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "MKCALENDAR", "MKCOL", "PROPPATCH", "MOVE", "COPY", "LOCK", "POST"]
)
@pytest.mark.parametrize("name", ["", "u1.ics", "u2.ics"])
def test_nothing_is_written(reader, lab, method, name):
    make_event(lab, uid="u1")
    before = reader.find(LAB, "D:getetag", "CS:getctag", depth="1")

    answer = reader.ask(method, LAB + name, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", Destination=f"{LAB}u2.ics")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS, PROPFIND, REPORT")
    assert reader.find(LAB, "D:getetag", "CS:getctag", depth="1") == before


def test_what_can_be_asked_is_told(reader, lab):
    answer = reader.ask("OPTIONS", LAB)

    assert (answer.headers["DAV"], answer.headers["Allow"]) == (
        "1, 3, calendar-access", "GET, HEAD, OPTIONS, PROPFIND, REPORT",
    )  # fmt: skip


def test_nobody_looks_into_all_depths(reader, lab):
    answer = reader.ask("PROPFIND", LAB, depth="infinity")

    assert answer.status_code == 403
    assert b"propfind-finite-depth" in answer.data


def test_what_cannot_be_read_is_refused(reader, lab):
    make_event(lab)
    bomb = '<!DOCTYPE p [<!ENTITY a "ha">]><propfind xmlns="DAV:"><prop><displayname/>&a;</prop></propfind>'
    hrefs = f"<D:href>{LAB}u1.ics</D:href>" * fence.MOST_ELEMENTS
    nonsense = filtered('<C:comp-filter name="VEVENT"><C:time-range start="hier"/></C:comp-filter>')

    asked = {
        "malformed": ("PROPFIND", "<propfind"),
        "bomb": ("PROPFIND", bomb),
        "silent": ("REPORT", ""),
        "endless": ("REPORT", body_of("C:calendar-multiget", hrefs)),
        "too big": ("REPORT", body_of("C:calendar-multiget", " " * 2_100_000)),
        "no time": ("REPORT", body_of("C:calendar-query", nonsense)),
        "two filters": ("REPORT", body_of("C:calendar-query", "<C:filter><a xmlns='b'/><a xmlns='b'/></C:filter>")),
        "busy": ("REPORT", body_of("C:free-busy-query")),
        "other": ("REPORT", body_of("C:other")),
    }
    statuses = {name: reader.ask(method, LAB, body).status_code for name, (method, body) in asked.items()}

    assert statuses == {
        "malformed": 400, "bomb": 400, "silent": 400, "endless": 400, "too big": 413, "no time": 400,
        "two filters": 400, "busy": 400, "other": 403,
    }  # fmt: skip


def test_without_the_database_nothing_is_empty(reader, lab, monkeypatch):
    make_event(lab, uid="u1")

    def away(*_given, **_more):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(queries, "list_stored", away)
    asked = [reader.ask("PROPFIND", LAB, depth="1"), reader.ask("GET", f"{LAB}u1.ics")]
    asked.append(reader.ask("REPORT", LAB, body_of("D:sync-collection", props("D:getetag"))))
    monkeypatch.setattr(queries, "find_title", away)
    asked.append(reader.ask("PROPFIND", LAB, depth="0"))

    assert [(each.status_code, each.headers["Retry-After"]) for each in asked] == [(503, "60")] * 4


def test_asking_brings_no_news_to_calendars_in_memory(app, db, reader, lab):
    memory = app.extensions["feeds"]
    db.commit()
    before = memory.news

    reader.find(LAB, "D:getetag", depth="1")
    reader.sync(LAB)
    after_reading = memory.news
    make_event(lab)

    assert (after_reading, memory.news) == (before, before + 1)
