import pytest
import sqlalchemy as sa

from fablabmesh.events import queries
from fablabmesh.events.rules import EventStatus
from tests.factories import make_department, make_event, make_place

TYPED = {
    "title": "Initiation à la brodeuse",
    "category": "initiation",
    "first_day": "2090-06-10",
    "first_hour": "18:00",
    "last_hour": "20:00",
    "last_day": "",
    "timezone": "",
    "description": "Apportez un **tissu**.",
}


@pytest.fixture
def lab(alice):
    return make_place(managers=(alice,))


@pytest.fixture
def browser(as_person, alice):
    return as_person(alice)


def text_of(answer) -> str:
    return answer.get_data(as_text=True).replace("\u00a0", " ")


def typed(place, **values) -> dict[str, str]:
    return TYPED | {"place": str(place.id)} | values


def count_statements(engine, ask) -> int:
    seen = []

    def note(*given):
        if not given[2].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(given[2])

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(seen)


# --- an event ----------------------------------------------------------------------------------------------------


def test_an_event_is_shown_with_its_time_place_and_calendars(client, lab):
    make_event(lab, title="Atelier bois", description="Apportez un **rabot**.")

    page = text_of(client.get("/evenements/atelier-bois"))

    assert "samedi 10 juin 2090, de 18 h à 20 h" in page
    assert "<strong>rabot</strong>" in page
    assert "/evenements/atelier-bois.ics" in page
    assert "webcal://localhost/lieux/" in page
    assert "/modifier" not in page
    assert "heure de Paris" not in page


def test_an_event_overseas_tells_the_time_in_paris(client, db):
    make_department("974", "La Réunion", box=(55.2, -21.4, 55.9, -20.8))
    place = make_place(
        name="Lab de l’île", department="974", insee="97411", postcode="97400", latitude=-20.88, longitude=55.45
    )
    make_event(place, title="Rencontre", starts="2090-01-10T18:00", ends="2090-01-10T20:00", timezone="Indian/Reunion")

    page = text_of(client.get("/evenements/rencontre"))

    assert "de 18 h à 20 h" in page
    assert "Heure locale : La Réunion. À Paris : de 15 h à 17 h (heure de Paris)." in page


def test_what_people_type_cannot_become_markup(client, lab):
    make_event(lab, title="<script>alert(1)</script>", description="<img src=x onerror=alert(1)>")

    page = text_of(client.get("/evenements/script-alert-1-script"))

    assert "<script>alert" not in page
    assert "<img" not in page


def test_an_event_that_does_not_exist_is_not_found(client):
    assert client.get("/evenements/rien").status_code == 404
    assert client.get("/evenements/rien.ics").status_code == 404


# --- calling off -----------------------------------------------------------------------------------------------


def test_cancelling_needs_a_reason_and_is_shown(browser, client, lab, db):
    event = make_event(lab)
    db.commit()  # a refusal undoes what its request had not kept

    without = browser.post(f"/evenements/{event.slug}/annuler", data={"version": "1", "reason": " "})
    with_one = browser.post(f"/evenements/{event.slug}/annuler", data={"version": "1", "reason": "Machine en panne"})

    assert (without.status_code, with_one.status_code) == (422, 303)
    page = text_of(client.get(f"/evenements/{event.slug}"))
    assert "Annulé" in page
    assert "Machine en panne" in page


def test_cancelling_what_changed_meanwhile_asks_again(browser, lab):
    event = make_event(lab)
    browser.post(f"/evenements/{event.slug}/modifier", data=typed(lab, version="1"))

    answer = browser.post(f"/evenements/{event.slug}/annuler", data={"version": "1", "reason": "Panne"})

    assert answer.status_code == 409
    assert 'value="Panne"' in text_of(answer)
    assert queries.get_event(event.slug).status is EventStatus.CONFIRMED


def test_a_cancelled_event_can_be_reinstated(browser, lab):
    event = make_event(lab)
    browser.post(f"/evenements/{event.slug}/annuler", data={"version": "1", "reason": "Panne"})

    answer = browser.post(f"/evenements/{event.slug}/retablir", data={"version": "2"})

    assert answer.status_code == 303
    assert queries.get_event(event.slug).status is EventStatus.CONFIRMED
