"""The former addresses of a place: each leads to today's, for ever, whoever asks."""

import pytest

from fablabmesh.places.models import PlaceAlias
from tests.caldav.conftest import body_of, props
from tests.factories import make_event, make_place

OLD, NEW = "ancien-lab", "labfab-rennes"


@pytest.fixture
def lab(db):
    place = make_place()
    db.add(PlaceAlias(slug=OLD, place_id=place.id))
    db.flush()
    return place


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (f"/lieux/{OLD}", f"/lieux/{NEW}"),
        (f"/en/lieux/{OLD}?vue=1", f"/en/lieux/{NEW}?vue=1"),
        (f"/api/v1/lieux/{OLD}", f"/api/v1/lieux/{NEW}"),
        (f"/lieux/{OLD}/agenda.ics", f"/lieux/{NEW}/agenda.ics"),
        (f"/lieux/{OLD}/agenda.atom", f"/lieux/{NEW}/agenda.atom"),
        (f"/agenda.ics?lieu={OLD}&langue=fr", f"/agenda.ics?langue=fr&lieu={NEW}"),
        (f"/agenda.ics?langue=fr&lieu={OLD}", f"/agenda.ics?langue=fr&lieu={NEW}"),
        (f"/agenda.json?langue=fr&lieu={NEW}&lieu={OLD}", f"/agenda.json?langue=fr&lieu={NEW}"),
        (f"/caldav/lieux/{OLD}/", f"/lieux/{NEW}/agenda.ics"),
        (f"/caldav/lieux/{OLD}/abc.ics", f"/caldav/lieux/{NEW}/abc.ics"),
    ],
)
def test_a_former_address_leads_to_that_of_today_for_good(client, lab, asked, told):
    path, answer = asked, None
    while path != told:
        answer = client.get(path)
        # A feed first brings its parameters into their order; a collection is read by its feed.
        assert answer.status_code in (301, 302), (path, answer.status_code)
        assert answer.headers["Location"] != path
        path = answer.headers["Location"]

    assert answer.status_code == 301


def test_a_program_that_synchronises_is_led_there_with_its_question(client, lab):
    report = body_of("D:sync-collection", "<D:sync-token>data:,0000000000000000-1</D:sync-token>", props("D:getetag"))
    for method, body in (("PROPFIND", ""), ("REPORT", report)):
        answer = client.open(f"/caldav/lieux/{OLD}/", method=method, headers={"Depth": "0"}, data=body)
        assert (method, answer.status_code, answer.headers.get("Location")) == (method, 301, f"/caldav/lieux/{NEW}/")


def test_a_form_that_was_open_is_sent_to_the_place_of_today(as_person, alice, lab):
    answer = as_person(alice).post(f"/lieux/{OLD}/modifier", data={"name": "x"})

    assert (answer.status_code, answer.headers["Location"]) == (308, f"/lieux/{NEW}/modifier")


def test_a_filter_on_a_former_address_shows_the_events_of_today(client, lab):
    make_event(lab, title="Atelier laser")

    page = client.get(f"/agenda?lieu={OLD}", follow_redirects=True)
    letter = client.get(f"/lettres/nouvelle?lieu={OLD}").get_data(as_text=True)

    assert page.request.full_path == f"/agenda?lieu={NEW}"
    assert "Atelier laser" in page.get_data(as_text=True)
    assert "Agenda – LabFab" in letter


def test_what_never_was_a_place_is_still_not_found(client, lab):
    statuses = [
        client.get(path).status_code for path in ("/lieux/rien", "/lieux/rien/agenda.ics", "/caldav/lieux/rien/x.ics")
    ]

    assert statuses == [404, 404, 404]
