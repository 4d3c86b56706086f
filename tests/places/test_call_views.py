"""Calls for projects: read by all, entered by administrators alone."""

import pytest

from fablabmesh.accounts.rules import Role
from fablabmesh.places import actions, queries
from tests.factories import make_account, make_place

CALL = {
    "name": "Fabriques de territoire",
    "year": "2014",
    "file_count": "60",
    "body": "",
    "description": "",
    "source": "",
}
CHOSEN = {"project_name": "Lab étendu", "holder": "", "source": "un journal", "confidence": "high"}


@pytest.fixture
def admin(db):
    return make_account(role=Role.ADMIN)


def test_an_administrator_enters_a_second_call_with_its_laureate(client, as_person, admin, db):
    lab = make_place()
    address = f"/lieux/{lab.slug}"
    actions.put_call("appel-2013", name="Appel", year=2013)
    browser = as_person(admin)

    made = browser.post("/appels/nouveau", data=CALL)
    added = browser.post(f"{made.headers['Location']}/laureats", data=CHOSEN | {"place_slug": address})

    db.expire_all()
    page = client.get("/appels/fabriques-de-territoire-2014").get_data(as_text=True)
    assert (made.status_code, added.status_code) == (303, 303)
    assert "60 dossiers déposés" in page
    assert "LabFab" in page
    assert "Lauréat 2014" in client.get(address).get_data(as_text=True)


def test_a_call_is_not_entered_twice_and_an_unknown_place_is_named(as_person, admin):
    browser = as_person(admin)
    browser.post("/appels/nouveau", data=CALL)

    again = browser.post("/appels/nouveau", data=CALL)
    nobody = browser.post(
        "/appels/fabriques-de-territoire-2014/laureats", data=CHOSEN | {"place_slug": "/lieux/nulle-part"}
    )

    assert (again.status_code, nobody.status_code) == (422, 422)
    assert "existe déjà" in again.get_data(as_text=True)
    assert "Aucun lieu réel n’a cette adresse." in nobody.get_data(as_text=True)


def test_a_mistaken_laureate_is_taken_back(as_person, admin, db):
    lab = make_place()
    call = actions.put_call("appel", name="Appel", year=2013)
    actions.put_laureate(call, lab, project_name="Projet")

    as_person(admin).post("/appels/appel/laureats/retirer", data={"lieu": lab.slug})

    db.expire_all()
    assert queries.get_call("appel").laureates == []


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "/appels/nouveau"), ("post", "/appels/nouveau"), ("post", "/appels/appel/laureats")],
)
def test_nobody_else_enters_calls(as_person, method, path):
    actions.put_call("appel", name="Appel", year=2013)

    answer = getattr(as_person(make_account()), method)(path, data=CALL)

    assert answer.status_code == 403
