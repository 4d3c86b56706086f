"""Radicale as it stands here: it touches no file, keeps no log, and says what it stumbled over."""

import builtins
import logging
from datetime import datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest

from fablabmesh.caldav import protocol
from fablabmesh.caldav.addresses import Mark
from fablabmesh.caldav.fence import look
from fablabmesh.feeds.slices import Slice
from fablabmesh.kit import ical
from fablabmesh.kit.errors import Refused
from tests.caldav.conftest import body_of, props
from tests.factories import NOW

ROW = protocol.Stored("u/1", "abc", ("Europe/Paris",), NOW, "BEGIN:VEVENT\r\nUID:u/1\r\nEND:VEVENT\r\n")
SEARCH = (
    '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:prop-filter name="UID">'
    "<C:text-match>u</C:text-match></C:prop-filter></C:comp-filter></C:comp-filter></C:filter>"
)


class Shelf:
    """One event, or as many as asked; an error where one is wanted."""

    def __init__(self, count: int = 1, error: Exception | None = None) -> None:
        self.rows = [ROW._replace(uid=f"u/{number}") for number in range(1, count + 1)]
        self.error = error

    def read_filter(self, args):
        raise AssertionError("nobody filters here")

    def find_title(self, wanted):
        return "Agenda"

    def list_home(self):
        return [(Slice(), "Agenda")]

    def find_marks(self, slices):
        return [Mark(7, "p", NOW) for _ in slices]

    def list_stored(self, wanted, *, uids=None, since=None, between=None, with_text=False, most):
        if self.error:
            raise self.error
        rows = [row for row in self.rows if uids is None or row.uid in uids]
        return (rows if with_text else [row._replace(text="") for row in rows])[:most]

    def list_left(self, wanted, since):
        return []


def ask(method: str, path: str, body: str = "", shelf: Shelf | None = None, **more: str):
    environ = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "/caldav", "PATH_INFO": path, "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body.encode())), "wsgi.input": BytesIO(body.encode()), "wsgi.errors": None,
    }  # fmt: skip
    visit = protocol.Visit(look(method, body.encode()), shelf or Shelf())
    status, headers, parts = protocol.answer(environ | more, visit)
    return status, dict(headers), b"".join(parts).decode()


def test_an_item_is_its_text_as_an_object_by_itself():
    status, headers, text = ask("GET", "/agenda/u%2F1.ics")

    assert (status, headers["ETag"]) == ("200 OK", '"abc"')
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith(f"END:VTIMEZONE\r\n{ROW.text}END:VCALENDAR\r\n")
    assert "METHOD" not in text


def test_nothing_is_opened_and_nothing_is_logged(monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(builtins, "open", lambda *_given, **_more: pytest.fail("a file was opened"))

    body = body_of("D:propfind", props("D:getetag", "D:displayname", "CS:getctag"))
    found = ask("PROPFIND", "/agenda/", body, HTTP_DEPTH="1", HTTP_USER_AGENT="Alice", REMOTE_ADDR="192.0.2.7")
    refused = ask("REPORT", "/agenda/", body_of("D:sync-collection", "<D:sync-token>x</D:sync-token>"))

    assert (found[0], refused[0]) == ("207 Multi-Status", "403 Forbidden")
    assert "valid-sync-token" in refused[2]
    assert caplog.records == []


def test_what_the_shelf_raises_is_raised():
    with pytest.raises(LookupError, match="gone"):
        ask("REPORT", "/agenda/", body_of("C:calendar-query", props("D:getetag")), Shelf(error=LookupError("gone")))


def test_a_search_that_stumbles_is_refused_and_is_no_error_of_ours(pages):
    garbage = Shelf()
    garbage.rows = [ROW._replace(text="BEGIN:VEVENT\r\nEND:VTODO\r\n")]

    with pages.test_request_context("/"), pytest.raises(Refused):
        ask("REPORT", "/agenda/", body_of("C:calendar-query", props("D:getetag"), SEARCH), garbage)


def test_so_many_events_are_read_and_no_more():
    body = body_of("C:calendar-query", props("D:getetag"), SEARCH)

    few = ask("REPORT", "/agenda/", body, Shelf(count=protocol.MOST_READ))
    many = ask("REPORT", "/agenda/", body, Shelf(count=protocol.MOST_READ + 1))

    assert (few[0], few[2].count("<response>")) == ("207 Multi-Status", protocol.MOST_READ)
    assert many[0] == "403 Forbidden"
    assert "number-of-matches-within-limits" in many[2]


def test_an_answer_holds_so_many_events_and_no_more(monkeypatch):
    monkeypatch.setattr(protocol, "MOST_EVENTS", 3)
    listing, sync = body_of("D:propfind", props("D:getetag")), body_of("D:sync-collection", props("D:getetag"))

    answers = [
        ask(method, "/agenda/", body, Shelf(count), HTTP_DEPTH="1")
        for count in (3, 4)
        for method, body in (("PROPFIND", listing), ("REPORT", sync))
    ]

    assert [status for status, _headers, _text in answers] == ["207 Multi-Status"] * 2 + ["403 Forbidden"] * 2
    assert ["number-of-matches-within-limits" in text for *_, text in answers] == [False, False, True, True]


def test_nobody_is_busy_with_following_an_agenda():
    body = body_of("C:free-busy-query", '<C:time-range start="20260101T000000Z" end="20270101T000000Z"/>')

    status, headers, text = ask("REPORT", "/agenda/", body)

    assert (status, headers["Content-Type"].partition(";")[0]) == ("200 OK", "text/calendar")
    assert "VFREEBUSY" in text
    assert "FREEBUSY;" not in text


def test_the_root_the_home_and_nothing_else_are_folders():
    body = body_of("D:propfind", props("D:resourcetype"))
    found = {path: ask("PROPFIND", path, body, HTTP_DEPTH="1") for path in ("/", "/agendas/", "/lieux/", "/public/")}

    assert {path: answer[0][:3] for path, answer in found.items()} == {
        "/": "207", "/agendas/": "207", "/lieux/": "404", "/public/": "404",
    }  # fmt: skip
    assert (found["/"][2].count("<response>"), found["/agendas/"][2].count("<C:calendar />")) == (2, 1)


@pytest.mark.slow
def test_so_many_dates_are_counted_out_and_no_more():
    paris = ZoneInfo("Europe/Paris")
    start = datetime(2026, 1, 1, 10, tzinfo=paris)
    daily = ical.Entry(
        uid="u/1", start=start, end=start + timedelta(hours=1), title="Ouvert", rrule="FREQ=DAILY", changed_at=NOW
    )
    few, many = Shelf(), Shelf(count=4)
    text = ical.render_event([daily]).text.decode()
    for shelf in (few, many):
        shelf.rows = [row._replace(text=text) for row in shelf.rows]
    expand = '<C:expand start="20260101T000000Z" end="20270101T000000Z"/>'
    body = body_of("C:calendar-query", f"<D:prop><C:calendar-data>{expand}</C:calendar-data></D:prop>")

    status, _headers, answer = ask("REPORT", "/agenda/", body, few)

    assert (status, answer.count("BEGIN:VEVENT")) == ("207 Multi-Status", 365)
    assert ask("REPORT", "/agenda/", body, many)[0] == "400 Bad Request"
