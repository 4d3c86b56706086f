"""The page where notices are tuned, and the links that stop them."""

import re

from fablabmesh.notices import actions, queries
from fablabmesh.notices.rules import EVERYTHING, Frequency, Kind
from tests.factories import make_coordinator, make_department, make_zone


def offered(page: str) -> list[str]:
    return re.findall(r'<select[^>]* name="([a-z_]+)"', page)


def test_each_is_offered_what_concerns_them(as_person, alice):
    make_department()
    coordinator = make_coordinator(make_zone("35"))

    mine = as_person(alice).get("/mon-espace/avis").get_data(as_text=True)
    theirs = as_person(coordinator).get("/mon-espace/avis").get_data(as_text=True)

    assert offered(mine) == [kind.value for kind in Kind if kind.is_tunable and not kind.is_of_desk] + ["language"]
    assert offered(theirs) == [kind.value for kind in Kind if kind.is_tunable] + ["language"]


def test_what_is_chosen_is_kept_and_shown(as_person, alice, db):
    browser = as_person(alice)
    sent = {kind.value: "weekly" for kind in queries.map_frequencies(alice)} | {"language": "en"}

    answer = browser.post("/mon-espace/avis", data=sent)
    page = browser.get("/mon-espace/avis").get_data(as_text=True)

    db.refresh(alice)
    assert (answer.status_code, answer.location) == (303, "/mon-espace/avis")
    assert set(queries.map_frequencies(alice).values()) == {Frequency.WEEKLY}
    assert alice.language == "en"
    assert page.count('<option selected value="weekly">') == len(sent) - 1


def test_what_is_not_offered_is_refused_and_the_rest_stays_filled_in(as_person, alice):
    sent = {kind.value: "weekly" for kind in queries.map_frequencies(alice)} | {"language": "en", "team": "hourly"}

    answer = as_person(alice).post("/mon-espace/avis", data=sent)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert page.count('<option selected value="weekly">') == len(sent) - 2
    assert "Choisissez parmi ce qui est proposé." in page


def test_a_stranger_is_led_to_sign_in(client):
    assert client.get("/mon-espace/avis").status_code == 303


def test_opening_the_link_stops_nothing_and_the_button_does(client, alice):
    word = actions.stop_word(alice, "team")

    page = client.get(f"/avis/arreter/{word}")
    before = queries.frequency_of(alice, Kind.TEAM)
    answer = client.post(f"/avis/arreter/{word}", data={"List-Unsubscribe": "One-Click"})

    assert (page.status_code, answer.status_code) == (200, 200)
    assert (before, queries.frequency_of(alice, Kind.TEAM)) == (Frequency.AT_ONCE, Frequency.NONE)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_the_link_of_a_digest_stops_all(client, alice):
    client.post(f"/avis/arreter/{actions.stop_word(alice, EVERYTHING)}")

    assert set(queries.map_frequencies(alice).values()) == {Frequency.NONE}


def test_a_link_that_is_not_ours_says_so_when_opened_and_stops_nothing(client, alice):
    word = actions.stop_word(alice, "team").replace("team", "claim")

    assert client.get(f"/avis/arreter/{word}").status_code == 404
    assert client.post(f"/avis/arreter/{word}").status_code == 200
    assert queries.frequency_of(alice, Kind.CLAIM) is not Frequency.NONE
