"""One's own data: seen, taken away, erased; by oneself with a proof, by an administrator on request."""

import io
import json
import zipfile

import pytest
import sqlalchemy as sa

from fablabmesh.accounts.models import Account, SignIn
from fablabmesh.accounts.rules import Role
from tests.factories import make_account, make_place
from tests.privacy.conftest import MAIL, NAME

MINE, END = "/mon-espace/donnees", "/mon-espace/effacer"


@pytest.fixture
def browser(as_person, life):
    return as_person(life)


def test_the_page_says_how_much_there_is_of_each_and_why(browser):
    page = browser.get(MINE).get_data(as_text=True)

    assert "<dt>Les calendriers personnels</dt>" in page
    assert 'href="/confidentialite#calendars"' in page
    assert "<dt>Les agendas apportés ou suivis</dt>" not in page


def test_the_parcel_holds_a_file_for_programs_and_a_page_for_people(browser):
    answer = browser.post(MINE)

    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (
        200,
        "application/zip",
        "no-store",
    )
    with zipfile.ZipFile(io.BytesIO(answer.data)) as parcel:
        assert parcel.namelist() == ["donnees.json", "donnees.html"]
        told = json.loads(parcel.read("donnees.json"))
        page = parcel.read("donnees.html").decode()
    assert told["tables"]["account"][0]["email"] == MAIL
    assert told["tables"]["event"][0]["title"] == "Atelier découpe laser"
    assert f"<dt>email</dt><dd>{MAIL}</dd>" in page
    assert "argon2" not in str(told) + page


def test_what_people_wrote_is_text_in_the_page(browser, life, db):
    life.name = "<script>alert(1)</script>"
    db.commit()

    with zipfile.ZipFile(io.BytesIO(browser.post(MINE).data)) as parcel:
        assert "<script" not in parcel.read("donnees.html").decode()


@pytest.mark.parametrize("path", [MINE, END])
def test_without_a_fresh_proof_nothing_is_given_and_nothing_erased(browser, life, db, path):
    db.execute(sa.update(SignIn).values(proved_at=SignIn.proved_at - sa.text("interval '1 hour'")))

    answer = browser.post(path, data={"is_sure": "y"}, headers={"Origin": "http://localhost"})

    assert answer.status_code != 200
    assert answer.mimetype != "application/zip"
    assert db.scalars(sa.select(Account.id).where(Account.email == MAIL)).all() == [life.id]


def test_erasure_is_confirmed_by_a_box_and_what_was_chosen_stays_chosen(browser, life, db):
    answer = browser.post(END)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Cochez cette case pour confirmer l’effacement." in page
    assert "checked" not in page.partition('name="with_public_name"')[2].partition(">")[0]
    assert db.get(Account, life.id) is not None


def test_the_page_of_erasure_says_which_places_will_be_alone(browser, life):
    make_place(name="Atelier seul", managers=(life,))

    page = browser.get(END).get_data(as_text=True)

    assert "Un lieu n’aura plus personne pour s’en occuper" in page
    assert ">Atelier seul</a>" in page
    assert ">Atelier du Port</a>" not in page


def test_who_erases_their_account_is_signed_out_and_told(browser, life, db):
    account_id = life.id
    answer = browser.post(END, data={"is_sure": "y", "with_public_name": "y"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/compte-efface")
    assert browser.get("/mon-espace").status_code == 303
    assert browser.get("/compte-efface").status_code == 200
    assert db.scalars(sa.select(Account.id).where(Account.id == account_id)).all() == []
    assert db.scalars(sa.select(SignIn.id).where(SignIn.account_id == account_id)).all() == []
    assert NAME not in browser.get("/lieux/atelier-du-port-rennes").get_data(as_text=True)


def test_the_only_administrator_reads_why_their_account_stays(as_person, db):
    boss = make_account(role=Role.ADMIN)

    answer = as_person(boss).post(END, data={"is_sure": "y"})

    assert answer.status_code == 422
    assert "donnez d’abord ce rôle à une autre personne" in answer.get_data(as_text=True)


def test_an_administrator_erases_on_request(as_person, life, db):
    account_id = life.id
    boss = as_person(make_account(role=Role.ADMIN))
    path = f"/administration/effacer/{account_id}"

    assert f"Effacer le compte de {NAME}" in boss.get(path).get_data(as_text=True)
    assert boss.post(path, data={"is_sure": "y"}).status_code == 303

    assert db.scalars(sa.select(Account.id).where(Account.id == account_id)).all() == []
    assert boss.get(path).status_code == 404


def test_nobody_else_may_erase_others(as_person, life, alice):
    assert as_person(alice).get(f"/administration/effacer/{life.id}").status_code == 403
    assert as_person(alice).post(f"/administration/effacer/{life.id}").status_code == 403


def test_an_invented_administrator_has_nothing_to_say_of_real_people(as_person, life):
    invented = as_person(make_account(role=Role.ADMIN, is_demo=True))

    assert invented.get(f"/administration/effacer/{life.id}").status_code == 404
