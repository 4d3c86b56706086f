"""Who is asking: a token that leads to a row."""

from sqlalchemy import select

from fablabmesh.accounts.models import SignIn
from tests.factories import make_account


def test_the_cookie_holds_no_account_number_and_the_row_no_token(db, as_person):
    alice = make_account()
    browser = as_person(alice)

    with browser.session_transaction() as cookie:
        token = cookie["_user_id"]
    row = db.scalars(select(SignIn)).one()

    assert token != str(alice.id)
    assert len(token) >= 40
    assert token.encode() != row.token_hash
    assert row.account_id == alice.id


def test_a_made_up_token_is_nobody(client):
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "1"

    assert client.get("/mon-espace").status_code == 303


def test_a_closed_account_is_out_at_once(db, as_person):
    alice = make_account()
    browser = as_person(alice)
    alice.is_active = False
    db.flush()

    assert browser.get("/mon-espace").status_code == 303


def test_pages_of_a_signed_in_person_are_kept_by_no_cache(as_person):
    answer = as_person(make_account()).get("/mon-espace")

    assert answer.headers["Cache-Control"] == "no-store"
