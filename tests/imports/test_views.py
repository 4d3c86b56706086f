"""From a file or an address to events, by the pages and the worker, without any script."""

import re
from io import BytesIO

import pytest

from fablabmesh.events import queries as events
from fablabmesh.imports import actions
from fablabmesh.imports.models import CalendarImport
from fablabmesh.imports.views import MOST_ROWS
from tests.factories import NOW, make_account, make_place
from tests.imports.conftest import calendar, vevent

FORM = {"category": "atelier", "language": "fr", "url": ""}
YEAR = "2090"


def future(uid, *more, title="Atelier bois", day="10"):
    return vevent(uid, title, f"{YEAR}06{day}T180000", f"{YEAR}06{day}T200000", *more)


@pytest.fixture
def browser(as_person, alice, lab):
    return as_person(alice)


@pytest.fixture
def address(lab):
    return f"/lieux/{lab.slug}/importer"


def send(browser, address, *parts, **given):
    """A file is sent and read; the address of its page."""
    data = FORM | {"file": (BytesIO(calendar(*parts)), "lab.ics")} | given
    answer = browser.post(address, data=data, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    actions.work(NOW)
    return answer.headers["Location"]


def boxes(page):
    return re.findall(r'name="event" value="(\d+)"( checked)?', page)


def test_a_calendar_that_is_too_heavy_is_told_how_heavy_it_may_be(browser, address):
    answer = browser.post(address, input_stream=BytesIO(b"x" * 6 * 1024 * 1024), content_length=6 * 1024 * 1024)

    assert answer.status_code == 413
    page = answer.get_data(as_text=True)
    assert re.findall(r"Cette page[^.]*", page) == [
        "Cette page prend 5 Mo au plus : allégez votre envoi et recommencez"
    ]


def test_a_manager_imports_a_file(browser, address, client, lab):
    asked = browser.post(
        address, data=FORM | {"file": (BytesIO(calendar(future("a"), future("b", title="Couture"))), "lab.ics")}
    ).headers["Location"]
    waiting = browser.get(asked)
    assert (waiting.headers["Refresh"], "En attente de lecture" in waiting.get_data(as_text=True)) == ("2", True)

    actions.work(NOW)
    ready = browser.get(asked)
    page = ready.get_data(as_text=True)
    assert "Refresh" not in ready.headers
    assert boxes(page) == [("0", " checked"), ("1", " checked")]
    assert "Atelier bois" in page

    assert browser.post(asked, data={"event": "1", "follow": "0"}).headers["Location"] == asked
    actions.work(NOW)

    assert "C’est fait." in browser.get(asked).get_data(as_text=True)
    assert (events.find_by_uid("a"), events.find_by_uid("b").title) == (None, "Couture")
    assert "Couture" in client.get(f"/lieux/{lab.slug}").get_data(as_text=True)


def test_what_cannot_be_read_is_told_with_its_line(browser, address):
    page = browser.get(send(browser, address, future("a"), vevent("b", "Cassé", "demain"))).get_data(as_text=True)

    assert "<td>11</td><td>Cassé</td>" in page
    assert "n’est pas une date" in page
    assert boxes(page) == [("0", " checked")]


def test_the_same_file_again_has_nothing_to_choose(browser, address):
    asked = send(browser, address, future("a"))
    browser.post(asked, data={"event": "0", "follow": "0"})
    actions.work(NOW)

    page = browser.get(send(browser, address, future("a"))).get_data(as_text=True)

    assert boxes(page) == []
    assert "Il n’y a rien à importer" in page


def test_nothing_ticked_is_told_and_nothing_is_lost(browser, address):
    asked = send(browser, address, future("a"))

    answer = browser.post(asked, data={"follow": "0"})

    assert answer.status_code == 422
    assert "Cochez au moins un événement" in answer.get_data(as_text=True)
    assert boxes(answer.get_data(as_text=True)) == [("0", "")]


def test_very_many_are_chosen_from_by_the_first_and_the_rest(browser, address, db):
    parts = [future(str(number), day=f"{number % 28 + 1:02}") for number in range(MOST_ROWS + 5)]
    asked = send(browser, address, *parts)

    assert "et les 5 autres" in browser.get(asked).get_data(as_text=True)
    browser.post(asked, data={"event": "0", "rest": "y", "follow": "0"})

    assert db.query(CalendarImport).one().chosen["numbers"] == [0, *range(MOST_ROWS, MOST_ROWS + 5)]


def test_an_address_is_followed(browser, address, elsewhere, lab, db):
    elsewhere.say(future("a"))
    asked = browser.post(
        address, data=FORM | {"url": elsewhere.url.replace(f":{elsewhere.url.split(':')[2].split('/')[0]}", "")}
    )
    waiting = db.query(CalendarImport).one()
    waiting.url = elsewhere.url  # the form takes the usual ports alone
    db.commit()
    actions.work(NOW)
    location = asked.headers["Location"]
    assert "toutes les heures" in browser.get(location).get_data(as_text=True)

    browser.post(location, data={"event": "0", "follow": "60"})
    actions.work(NOW)

    assert "L’agenda suivi" in browser.get(location).get_data(as_text=True)
    assert "Agenda du lab" in browser.get(address).get_data(as_text=True)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "Choisissez un fichier, ou donnez"),
        ({"url": "file:///etc/passwd"}, "Une adresse d’agenda commence"),
        ({"url": "https://localhost/agenda.ics"}, "C’est un agenda de ce site"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(browser, address, given, told):
    answer = browser.post(address, data=FORM | {"language": "br"} | given)

    page = answer.get_data(as_text=True)
    assert (answer.status_code, told in page) == (422, True)
    assert '<option selected value="br">' in page
    assert given.get("url", "") in page


def send_large(browser, address, file):
    answer = browser.post(address, data=FORM | {"file": (file, "lab.ics")})
    answer.request.environ["wsgi.input"].close()  # the test client leaves it open
    return answer


def test_a_file_that_is_too_big_is_told(browser, address):
    big = BytesIO(b"BEGIN:VCALENDAR" + b"a" * (5 * 1024 * 1024))

    answer = send_large(browser, address, big)

    assert (answer.status_code, "dépasse 5 Mo" in answer.get_data(as_text=True)) == (422, True)


def test_one_that_is_far_too_big_is_not_even_read(browser, address):
    assert send_large(browser, address, BytesIO(b"a" * 6_000_000)).status_code == 413


def test_an_import_is_given_up(browser, address, db):
    asked = send(browser, address, future("a"))

    assert browser.post(f"{asked}/oublier").headers["Location"] == address
    assert browser.get(asked).status_code == 404


def test_hostile_words_are_words(browser, address):
    asked = send(browser, address, future("a", title="<script>alert(1)</script>"))

    assert "<script>alert" not in browser.get(asked).get_data(as_text=True)


def test_the_people_of_another_lab_are_refused(as_person, browser, address, db):
    asked = send(browser, address, future("a"))
    bob = make_account(name="Bob")
    make_place(name="Autre lab", managers=(bob,))
    stranger = as_person(bob)

    assert [stranger.get(path).status_code for path in (address, asked)] == [403, 404]
    statuses = [stranger.post(path, data={}).status_code for path in (address, asked, f"{asked}/oublier")]
    assert statuses == [403, 404, 404]


def test_the_list_of_what_was_read_takes_few_queries(browser, address, count_queries):
    def seen(count):
        asked = send(browser, address, *(future(f"{count}-{number}") for number in range(count)))
        browser.post(asked, data={"event": [str(number) for number in range(count)], "follow": "0"})
        actions.work(NOW)
        asked = send(browser, address, *(future(f"{count}-{number}", title="Autre") for number in range(count)))
        with count_queries() as statements:
            browser.get(asked)
        return len(statements)

    assert seen(1) == seen(5)


def test_the_page_of_an_event_says_where_it_is_from_to_who_may_change_it(browser, address, client):
    browser.post(send(browser, address, future("a")), data={"event": "0", "follow": "0"})
    actions.work(NOW)
    page = f"/evenements/{events.find_by_uid('a').slug}"

    assert "Importé de" in browser.get(page).get_data(as_text=True)
    assert "Importé de" not in client.get(page).get_data(as_text=True)
