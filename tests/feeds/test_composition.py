"""A calendar from its pieces: its bytes, its tag, its names."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fablabmesh.feeds.composition import Cover, Piece, compose, cover_of, file_name_of, tag_of, title_of
from fablabmesh.feeds.slices import Choice, Slice, of_event, of_place, of_zone
from fablabmesh.kit.splice import deflate_chunk
from tests import icaljs

COVER = Cover("Agenda", "http://localhost/agenda", "http://localhost/agenda.ics")
DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def speaking(app):
    with app.test_request_context("/"):
        yield


def vevent(number: int) -> bytes:
    return (
        f"BEGIN:VEVENT\r\nUID:{number}@exemple.test\r\nDTSTAMP:20260302T090000Z\r\nSEQUENCE:0\r\nSTATUS:CONFIRMED\r\n"
        f"SUMMARY:Atelier\r\nDTSTART;TZID=Europe/Paris:20260610T180000\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
    ).encode()


def piece(*numbers: int, packed: bool = True, zones=("Europe/Paris",)) -> Piece:
    text = b"".join(map(vevent, numbers))
    return Piece(f"digest of {numbers}", zones, DAY, deflate_chunk(text) if packed else text)


def read(kept) -> dict:
    return icaljs.read(gzip.decompress(kept.packed))


def test_places_and_single_events_become_the_same_bytes():
    of_places = compose(COVER, [piece(1, 2), piece(3)], [])
    of_events = compose(COVER, [piece(1, packed=False), piece(2, packed=False), piece(3, packed=False)], [])

    assert gzip.decompress(of_places.packed) == gzip.decompress(of_events.packed)
    assert of_places.length == len(gzip.decompress(of_places.packed))
    assert [event["uid"] for event in read(of_places)["events"]] == [f"{n}@exemple.test" for n in (1, 2, 3)]


def test_single_events_may_follow_whole_places():
    kept = compose(COVER, [piece(1, 2), piece(3, packed=False), piece(4, packed=False)], [])

    assert gzip.decompress(kept.packed) == gzip.decompress(compose(COVER, [piece(1, 2, 3, 4)], []).packed)


def test_the_zones_told_are_those_of_the_pieces():
    kept = compose(COVER, [piece(1), piece(2, zones=("Indian/Reunion", "Europe/Paris"))], [])

    assert read(kept)["zones"] == ["Europe/Paris", "Indian/Reunion"]


def test_a_calendar_of_nothing_is_a_calendar():
    kept = compose(COVER, [], [])

    assert read(kept) == {"name": "Agenda", "zones": ["Europe/Paris"], "events": []}
    assert "Last-Modified" not in dict(kept.headers)


def test_the_headers_say_when_it_changed_and_for_how_long_it_may_be_kept():
    assert dict(compose(COVER, [piece(1)], [("X-More", "1")]).headers) == {
        "Content-Type": "text/calendar; charset=utf-8",
        "Cache-Control": "public, max-age=300, stale-if-error=604800",
        "Last-Modified": "Mon, 02 Mar 2026 09:00:00 GMT",
        "X-More": "1",
    }


lists = st.lists(st.integers(1, 4), max_size=4, unique=True)


@given(lists, lists)
def test_the_tag_changes_if_and_only_if_the_content_does(these, those):
    first, second = ([piece(number) for number in numbers] for numbers in (these, those))
    bodies = [gzip.decompress(compose(COVER, pieces, []).packed) for pieces in (first, second)]

    assert (tag_of(COVER, first) == tag_of(COVER, second)) == (bodies[0] == bodies[1])


def test_the_tag_changes_with_the_name_of_the_calendar():
    assert tag_of(Cover("Autre", COVER.page, COVER.source), [piece(1)]) != tag_of(COVER, [piece(1)])


NAMES = {
    "categories": {"formation": "Formation"},
    "places": {"labfab": "LabFab"},
    "zones": {"fablab/ouest": "Ouest"},
    "projects": {"fraiseuse": "La fraiseuse"},
    "events": {"atelier": "Un atelier"},
    "around": {"35238": "Rennes"},
}


def slice_of(**values) -> Slice:
    return Slice((Choice(**values),))


@pytest.mark.parametrize(
    ("wanted", "title", "file_name"),
    [
        (Slice(), "Agenda des Fab Labs", "agenda.ics"),
        (of_place("labfab"), "Agenda – LabFab", "lieux-labfab.ics"),
        (of_zone("fablab", "ouest"), "Agenda de la zone Ouest", "zones-fablab-ouest.ics"),
        (of_event("atelier"), "Un atelier", "evenements-atelier.ics"),
        (slice_of(projects=("fraiseuse",)), "Agenda du projet La fraiseuse", "agenda-projet-fraiseuse.ics"),
        (
            slice_of(zones=("fablab/ouest",), categories=("formation",), kinds=("laureat",), words="bois"),
            "Agenda des Fab Labs\u00a0: Ouest, lauréats, Formation, «\u00a0bois\u00a0»",
            "agenda-categorie-formation-genre-laureat-q-bois-zone-fablab-ouest.ics",
        ),
    ],
)
def test_a_part_is_called_by_what_people_call_it(wanted, title, file_name):
    assert (title_of(wanted, NAMES), file_name_of(wanted)) == (title, file_name)


def test_the_calendar_of_a_zone_has_its_colour_and_that_of_a_category_its_name():
    names = NAMES | {"colours": {"fablab/ouest": "#2f6f9f"}}
    zone = cover_of(of_zone("fablab", "ouest"), names, "http://localhost").render([])
    category = cover_of(slice_of(categories=("formation",)), names, "http://localhost").render([])
    both = cover_of(slice_of(zones=("fablab/ouest",), categories=("formation",)), names, "http://localhost").render([])

    assert b"\r\nCOLOR:steelblue\r\n" in zone
    assert b"\r\nCATEGORIES:Formation\r\n" in category
    assert b"COLOR" not in category + both
    assert b"CATEGORIES" not in zone + both
