"""A person's own calendar: who reads it, what is in it, and what becomes of it when it is closed."""

import re
from datetime import datetime
from html import unescape

import icalendar
import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from fablabmesh.events import actions
from fablabmesh.feeds.answers import TooManyStreams
from fablabmesh.kit import clock
from fablabmesh.places.models import PlaceManager
from fablabmesh.syndication import calendar_views, queries
from fablabmesh.syndication.models import PersonalCalendar
from tests import icaljs
from tests.factories import make_account, make_event, make_place, make_project


@pytest.fixture
def alice(db):
    return make_account(name="Alice")


@pytest.fixture
def lab(alice):
    return make_place(managers=(alice,))


@pytest.fixture
def browser(as_person, alice, lab):
    return as_person(alice)


def open_calendar(browser, **values) -> str:
    """The path of its address."""
    form = {"name": "Mon téléphone", "with_drafts": "y", "with_projects": "y"} | values
    answer = browser.post("/mon-agenda", data={name: value for name, value in form.items() if value})
    assert answer.status_code == 201
    page = unescape(answer.get_data(as_text=True))
    return re.search(r'readonly value="http://localhost(/agenda/prive/[^"]+\.ics)"', page)[1]


def draft(place, title: str):
    event = make_event(place, title=title)
    event.is_draft = True
    queries.session.commit()
    return event


def read(answer) -> list[tuple[str, str]]:
    assert answer.status_code == 200
    return [(event["summary"], event["status"]) for event in icaljs.read(answer.data)["events"]]


def test_the_calendar_holds_what_the_person_looks_after_drafts_included(client, browser, lab):
    friend = make_place(name="Lab ami")
    make_event(lab, title="Publié")
    draft(lab, "À venir")
    make_event(friend, title="Chez l’ami")
    draft(friend, "Secret de l’ami")
    make_event(make_place(name="Inconnu"), title="Ailleurs")
    make_project(lab, title="Fraiseuse", partners=(friend,))

    whole = open_calendar(browser)
    without_projects = open_calendar(browser, with_projects="")
    without_drafts = open_calendar(browser, with_drafts="")

    published, prepared, friendly = ("Publié", "CONFIRMED"), ("[Brouillon] À venir", "TENTATIVE"), (
        "Chez l’ami", "CONFIRMED",
    )  # fmt: skip
    assert read(client.get(whole)) == [published, friendly, prepared]
    assert read(client.get(without_projects)) == [published, prepared]
    assert read(client.get(without_drafts)) == [published, friendly]


def test_an_event_that_a_friend_publishes_with_my_lab_is_mine_too(client, browser, lab):
    event = make_event(make_place(name="Lab ami"), title="Ensemble")
    queries.session.refresh(event, ["partners"])
    event.partners = [lab]
    queries.session.commit()

    assert read(client.get(open_calendar(browser, with_projects=""))) == [("Ensemble", "CONFIRMED")]


def test_a_draft_that_is_published_takes_its_own_place(client, browser, lab):
    event = draft(lab, "À venir")
    address = open_calendar(browser)
    before = icalendar.Calendar.from_ical(client.get(address).data).events[0]

    event.is_draft = False
    queries.session.commit()
    after = icalendar.Calendar.from_ical(client.get(address).data).events[0]

    assert before["UID"] == after["UID"]
    assert (str(before["STATUS"]), str(after["STATUS"])) == ("TENTATIVE", "CONFIRMED")


def test_the_address_is_long_is_shown_once_and_is_kept_nowhere(client, browser, db):
    address = open_calendar(browser)
    token = address.removeprefix("/agenda/prive/").removesuffix(".ics")

    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert token not in browser.get("/mon-agenda").get_data(as_text=True)
    row = db.scalars(select(PersonalCalendar)).one()
    assert token.encode() not in row.token_hash
    assert token not in client.get(address).get_data(as_text=True)


def test_the_headers_keep_the_secret(client, browser, lab):
    make_event(lab)

    headers = client.get(open_calendar(browser)).headers

    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    assert "Set-Cookie" not in headers


def test_who_has_it_already_is_told_so(client, browser, lab):
    draft(lab, "À venir")
    address = open_calendar(browser)

    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    head, same = client.head(address), client.get(address)
    draft(lab, "Un autre")
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert first.data == same.data
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "private, no-cache"
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", first.headers["ETag"])
    assert changed.status_code == 200


def test_a_closed_calendar_is_not_found_and_never_an_empty_one(client, browser, lab):
    make_event(lab)
    kept, closed = open_calendar(browser, name="Ordinateur"), open_calendar(browser)
    number = re.findall(r"/mon-agenda/(\d+)/fermer", browser.get("/mon-agenda").get_data(as_text=True))[1]

    answer = browser.post(f"/mon-agenda/{number}/fermer")
    gone = client.get(closed)

    assert answer.status_code == 303
    assert (gone.status_code, gone.mimetype, gone.headers["Cache-Control"]) == (
        404, "application/problem+json", "no-store",
    )  # fmt: skip
    assert gone.headers["Referrer-Policy"] == "no-referrer"
    assert b"VCALENDAR" not in gone.data
    assert client.get(kept).status_code == 200
    assert client.get("/agenda/prive/rien.ics").status_code == 404


def test_nobody_closes_the_calendar_of_another_person(browser, as_person, client):
    address = open_calendar(browser)
    number = re.search(r"/mon-agenda/(\d+)/fermer", browser.get("/mon-agenda").get_data(as_text=True))[1]

    answer = as_person(make_account(name="Bob")).post(f"/mon-agenda/{number}/fermer")

    assert answer.status_code == 404
    assert client.get(address).status_code == 200


def test_who_may_no_longer_sign_in_has_no_calendar(client, browser, alice, db):
    address = open_calendar(browser)

    alice.is_active = False
    db.commit()

    assert client.get(address).status_code == 404


def test_who_no_longer_looks_after_a_place_no_longer_reads_its_drafts(client, browser, lab, db):
    draft(lab, "À venir")
    address = open_calendar(browser)

    db.execute(delete(PlaceManager))
    db.commit()

    assert read(client.get(address)) == []


def test_the_page_says_when_each_was_last_read(client, browser, monkeypatch):
    address = open_calendar(browser)
    before = unescape(browser.get("/mon-agenda").get_data(as_text=True))
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat("2026-03-14T10:00:00+00:00"))

    client.get(address)
    after = unescape(browser.get("/mon-agenda").get_data(as_text=True))

    assert "jamais lu" in before
    assert "lu pour la dernière fois le 14 mars 2026" in after


def test_reading_again_on_the_same_day_writes_nothing(client, browser, count_queries):
    address = open_calendar(browser)
    client.get(address)

    with count_queries() as seen:
        client.get(address)

    assert [statement for statement in seen if statement.startswith(("UPDATE", "INSERT"))] == []


def test_a_calendar_needs_a_name(browser):
    answer = browser.post("/mon-agenda", data={"name": " "})

    assert answer.status_code == 422
    assert "Donnez-lui un nom" in answer.get_data(as_text=True)


def test_nobody_opens_calendars_without_end(browser, db):
    for _ in range(20):
        open_calendar(browser)

    answer = browser.post("/mon-agenda", data={"name": "Encore un"})

    assert answer.status_code == 422
    assert "Vous avez déjà 20 calendriers" in unescape(answer.get_data(as_text=True))


def test_a_cancelled_draft_is_told_as_cancelled(client, browser, lab):
    event = draft(lab, "À venir")
    actions.cancel_event(
        event, reason="Panne", by=None, now=datetime.fromisoformat("2026-03-14T10:00:00+00:00"), version=event.version
    )
    queries.session.commit()

    assert read(client.get(open_calendar(browser))) == [("[Brouillon] À venir", "CANCELLED")]


def test_a_database_that_is_away_is_no_empty_calendar(client, browser, monkeypatch):
    address = open_calendar(browser)

    def away(*_args, **_more):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(queries, "find_calendar", away)
    answer = client.get(address)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert b"VCALENDAR" not in answer.data


def test_the_calendar_asks_as_much_for_three_drafts_as_for_one(client, browser, lab, count_queries):
    draft(lab, "Un")
    address = open_calendar(browser)
    client.get(address)
    with count_queries() as one:
        client.get(address)
    draft(lab, "Deux")
    draft(lab, "Trois")

    with count_queries() as three:
        client.get(address)

    assert len(three) == len(one)


def test_while_great_calendars_are_being_read_who_asks_for_one_more_is_told_when_to_come_back(
    client, browser, monkeypatch
):
    address = open_calendar(browser)

    def refuse(*_):
        raise TooManyStreams

    monkeypatch.setattr(calendar_views, "answer", refuse)
    answer = client.get(address)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert answer.headers["Cache-Control"] == "no-store"
