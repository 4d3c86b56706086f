"""What is not read, and what is seen of the rest."""

import pytest

from fablabmesh.caldav.fence import DEEPEST, MOST_ELEMENTS, look
from fablabmesh.kit.errors import Forbidden, Refused
from tests.caldav.conftest import body_of, props

CALDAV = "urn:ietf:params:xml:ns:caldav"
BOMB = '<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><propfind xmlns="DAV:"><prop>&b;</prop></propfind>'


@pytest.fixture(autouse=True)
def french(pages):
    with pages.test_request_context("/"):
        yield


@pytest.mark.parametrize(
    "body",
    [
        "<",
        "<propfind xmlns='DAV:'>",
        "<propfind xmlns='DAV:'/>",
        "<propfind><prop/></propfind>",
        "<propfind xmlns='DAV:'><prop><loin xmlns=''/></prop></propfind>",
        body_of("D:prop", "<D:propname/>"),
        BOMB,
        '<!DOCTYPE p SYSTEM "file:///etc/passwd"><propfind xmlns="DAV:"><prop/></propfind>',
        body_of("D:propfind", "<D:a>" * DEEPEST, "</D:a>" * DEEPEST),
        body_of("D:propfind", "<D:a/>" * MOST_ELEMENTS),
        "é".encode("latin-1"),
    ],
)
def test_what_is_not_well_formed_small_and_plain_is_refused(body):
    with pytest.raises(Refused):
        look("PROPFIND", body if isinstance(body, bytes) else body.encode())


def test_a_report_says_what_it_wants():
    with pytest.raises(Refused):
        look("REPORT", b"")
    with pytest.raises(Forbidden):
        look("REPORT", b'<addressbook-query xmlns="urn:ietf:params:xml:ns:carddav"><x/></addressbook-query>')


@pytest.mark.parametrize("span", ["", 'start="20260101T000000Z"', 'start="20260101T000000Z" end="20280101T000000Z"',
                                  'start="20260101T000000Z" end="20250101T000000Z"', 'start="a" end="b"'])  # fmt: skip
def test_dates_are_counted_out_for_a_stated_time_and_not_too_long(span):
    body = body_of("C:calendar-query", f"<D:prop><C:calendar-data><C:expand {span}/></C:calendar-data></D:prop>")

    with pytest.raises(Refused):
        look("REPORT", body.encode())


def test_texts_are_fetched_for_those_who_ask_for_them():
    tags = look("PROPFIND", body_of("D:propfind", props("D:getetag")).encode())
    lengths = look("PROPFIND", body_of("D:propfind", props("D:getcontentlength")).encode())
    texts = look("REPORT", body_of("C:calendar-multiget", props("C:calendar-data")).encode())
    busy = look("REPORT", body_of("C:free-busy-query", "<C:time-range/>").encode())

    assert (tags.with_text, lengths.with_text, texts.with_text, look("PROPFIND", b"").with_text) == (
        False, True, True, True,
    )  # fmt: skip
    assert (texts.root, texts.is_busy_time, busy.is_busy_time) == (f"{CALDAV} calendar-multiget", False, True)
