"""The page of one's tokens."""

import re

from fablabmesh.mails.models import Mail
from fablabmesh.tokens.models import ApiToken
from fablabmesh.tokens.rules import MOST_TOKENS
from tests.factories import make_account, make_place


def test_a_token_is_shown_once_and_known_by_its_beginning_later(db, as_person, alice, lab):
    browser = as_person(alice)
    given = {"name": "Site du lab", "scopes": ["events.write"], "places": [lab.id], "days": "90"}

    answer = browser.post("/mon-espace/jetons", data=given)

    words = re.search(r'id="jeton"[^>]*value="(flm_[^"]+)"', answer.get_data(as_text=True))[1]
    token = db.query(ApiToken).one()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert words.startswith(token.beginning)
    assert words.encode() not in bytes(token.digest)
    assert ((token.expires_at - token.created_at).days, token.scopes, token.place_ids) == (
        90,
        ["events.write"],
        [lab.id],
    )
    later = browser.get("/mon-espace/jetons").get_data(as_text=True)
    assert (words in later, f"{token.beginning}…" in later, "LabFab" in later) == (False, True, True)


def test_its_person_is_told_by_letter_without_its_words(db, as_person, alice, lab):
    given = {"name": "Site du lab", "scopes": ["events.write"], "places": [lab.id], "days": "90"}

    answer = as_person(alice).post("/mon-espace/jetons", data=given)

    words = re.search(r'value="(flm_[^"]+)"', answer.get_data(as_text=True))[1]
    mail = db.query(Mail).one()
    assert (mail.to_address, mail.kind, mail.subject) == (
        alice.email,
        "tokens.made",
        "Un jeton d’accès est créé\u00a0: Site du lab",
    )
    assert words not in mail.text + mail.html
    assert "http://localhost/mon-espace/jetons" in mail.text


def test_what_is_missing_is_said_and_nothing_typed_is_lost(db, as_person, alice, lab):
    answer = as_person(alice).post("/mon-espace/jetons", data={"name": "Site du lab", "days": "90"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="Site du lab"' in page
    assert "Choisissez au moins un lieu." in page
    assert "Choisissez au moins une chose que le jeton permet." in page
    assert db.query(ApiToken).count() == 0


def test_a_token_is_not_made_for_the_place_of_others(db, as_person, alice, lab):
    other = make_place(name="Autre lab")
    given = {"name": "Site", "scopes": ["events.write"], "places": [other.id], "days": "90"}

    assert as_person(alice).post("/mon-espace/jetons", data=given).status_code == 422
    assert db.query(ApiToken).count() == 0


def test_nor_for_longer_than_a_year(db, as_person, alice, lab):
    given = {"name": "Site", "scopes": ["events.write"], "places": [lab.id], "days": "3650"}

    assert as_person(alice).post("/mon-espace/jetons", data=given).status_code == 422


def test_one_has_so_many_and_no_more(as_person, alice, make_token, lab):
    for _ in range(MOST_TOKENS):
        make_token()
    given = {"name": "Un de trop", "scopes": ["events.write"], "places": [lab.id], "days": "90"}

    answer = as_person(alice).post("/mon-espace/jetons", data=given)

    assert answer.status_code == 422
    assert "révoquez-en un" in answer.get_data(as_text=True)


def test_a_revoked_token_opens_nothing_any_more(as_person, alice, make_token, program_of):
    token, words = make_token()

    answer = as_person(alice).post(f"/mon-espace/jetons/{token.id}/revoquer")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/mon-espace/jetons")
    assert program_of(words)("GET", "/rien").status_code == 401


def test_the_tokens_of_others_do_not_exist(db, as_person, make_token):
    token, _words = make_token()
    stranger = as_person(make_account())

    there, nowhere = (stranger.post(f"/mon-espace/jetons/{number}/revoquer") for number in (token.id, 999_999))

    assert there.status_code == 404
    assert there.get_data(as_text=True).replace(f"/{token.id}/", "/999999/") == nowhere.get_data(as_text=True)
    db.refresh(token)
    assert token.revoked_at is None


def test_who_looks_after_no_place_is_told_that_a_token_is_for_one(as_person):
    page = as_person(make_account()).get("/mon-espace/jetons").get_data(as_text=True)

    assert "vous ne vous occupez d’aucun lieu" in page


def test_the_page_takes_no_more_queries_with_more_tokens(as_person, alice, make_token, count_queries):
    browser = as_person(alice)
    make_token()
    with count_queries() as few:
        browser.get("/mon-espace/jetons")
    for _ in range(5):
        make_token()
    with count_queries() as many:
        browser.get("/mon-espace/jetons")

    assert len(many) == len(few)
