"""A draft as the calendar of those who prepare it tells of it."""

from datetime import UTC, datetime

import icalendar

from fablabmesh.publication.entries import to_entries
from fablabmesh.syndication.drafts import to_piece
from tests.publication.test_news import make


def test_a_draft_is_tentative_and_says_so_in_its_title(pages):
    with pages.test_request_context("/en/"):
        piece = to_piece(draft(), "https://exemple.test/evenements/decoupe-laser")
    event = icalendar.Event.from_ical(piece.text)

    assert (str(event["SUMMARY"]), str(event["STATUS"])) == ("[Brouillon] Découpe laser", "TENTATIVE")
    assert event["UID"] == "5e0c1b64-6b2f-4a5e-9a37-2f3a4c1d7b10"
    assert (list(piece.zones), piece.changed_at) == (["Europe/Paris"], datetime(2026, 3, 3, 9, 30, tzinfo=UTC))


def test_what_has_not_changed_is_the_same_piece(pages):
    with pages.test_request_context("/"):
        first, again = (to_piece(draft(), "https://exemple.test/x") for _ in range(2))
        other = to_piece(draft(title="Autre"), "https://exemple.test/x")
        published = to_entries(draft(), "https://exemple.test/x")

    assert first == again
    assert first.digest != other.digest
    assert [entry.tentative for entry in published] == [False]


def draft(**values):
    place = make().place
    place.latitude, place.longitude = 48.1, -1.7
    given = {"place": place, "sequence": 0, "rrule": "", "rdates": [], "exdates": [], "venue_latitude": None,
             "venue_longitude": None, "image": None, "slug": "decoupe-laser"}  # fmt: skip
    return make(**given | values)
