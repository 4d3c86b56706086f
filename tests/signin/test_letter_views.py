"""What letters lead to, through the door."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from fablabmesh.accounts import actions as accounts
from fablabmesh.accounts.models import SignInAttempt
from fablabmesh.kit import clock
from fablabmesh.mails.models import Mail
from fablabmesh.signin import actions
from fablabmesh.signin.models import AskedLetter
from tests.factories import PASSWORD, make_account
from tests.signin.test_factor_actions import set_up_codes

NEW = "encore une phrase très longue"


def find_path(db, kind, to):
    """The link in the latest letter of a kind to an address."""
    statement = select(Mail.text).where(Mail.kind == kind, Mail.to_address == to).order_by(Mail.id.desc())
    text = db.scalars(statement).first()
    return re.search(r"http://localhost(/\S+)", text)[1] if text else None


def ask(client, db, path, email, **query):
    answer = client.post(path, data={"email": email}, query_string=query)
    actions.write_asked(clock.now())
    return answer


def is_in(client):
    return client.get("/mon-espace").status_code == 200


def test_a_link_signs_in_once_and_only_when_its_button_is_pressed(client, db, alice):
    ask(client, db, "/connexion/lien", alice.email, suite="/agenda")
    path = find_path(db, "signin.link", alice.email)
    pages = [client.get(path), client.head(path), client.get(path)]

    pressed = client.post(path)
    again = client.post(path)

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert (pressed.status_code, pressed.headers["Location"]) == (303, "/agenda")
    assert is_in(client)
    assert (again.status_code, client.get(path).status_code) == (410, 410)
    assert alice.email_confirmed_at is not None


def test_pages_of_secret_addresses_are_kept_by_nobody_and_told_to_nobody(client, db, alice):
    ask(client, db, "/connexion/lien", alice.email)

    page = client.get(find_path(db, "signin.link", alice.email))

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("path", ["/connexion/lien", "/mot-de-passe-oublie"])
def test_who_asks_for_a_letter_is_answered_alike_whether_the_address_has_an_account_or_not(client, db, alice, path):
    answers = [client.post(path, data={"email": email}) for email in (alice.email, "personne@exemple.test")]
    rows = db.scalars(select(AskedLetter.email).order_by(AskedLetter.id)).all()

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [
        (303, "/connexion/courriel-envoye")
    ] * 2
    assert answers[0].get_data() == answers[1].get_data()
    assert rows == [alice.email, "personne@exemple.test"]
    assert db.scalars(select(Mail)).all() == []


def test_both_answers_ask_the_same_of_the_database(client, db, alice, count_queries):
    seen = []
    for email in (alice.email, "personne@exemple.test"):
        with count_queries() as statements:
            client.post("/mot-de-passe-oublie", data={"email": email})
        seen.append(statements)

    assert seen[0] == seen[1]


def test_only_who_has_an_account_that_is_open_is_written_to(client, db, alice):
    closed = make_account()
    closed.is_active = False
    for email in (alice.email.upper(), closed.email, "personne@exemple.test"):
        ask(client, db, "/mot-de-passe-oublie", email)

    assert db.scalars(select(Mail.to_address)).all() == [alice.email]
    assert db.scalars(select(AskedLetter)).all() == []


def test_letters_are_not_asked_for_without_end(client, db):
    statuses = [client.post("/mot-de-passe-oublie", data={"email": "a@exemple.test"}).status_code for _ in range(4)]

    assert statuses == [303, 303, 303, 429]


def test_a_letter_speaks_the_language_of_its_reader(client, db, alice):
    alice.language = "en"
    ask(client, db, "/mot-de-passe-oublie", alice.email)

    assert find_path(db, "signin.reset", alice.email).startswith("/en/mot-de-passe/")


def test_a_lost_password_is_replaced_and_every_session_ends(app, client, db, alice, as_person):
    thief = as_person(alice)
    ask(client, db, "/mot-de-passe-oublie", alice.email)
    path = find_path(db, "signin.reset", alice.email)

    weak = client.post(path, data={"password": "motdepasse1234"})
    done = client.post(path, data={"password": NEW})
    again = client.post(path, data={"password": "une autre phrase assez longue"})

    assert (weak.status_code, done.status_code, again.status_code) == (422, 303, 410)
    assert is_in(client)
    assert not is_in(thief)
    other = app.test_client()
    old = other.post("/connexion", data={"email": alice.email, "password": PASSWORD})
    new = other.post("/connexion", data={"email": alice.email, "password": NEW})
    assert (old.status_code, new.status_code) == (422, 303)
    assert "Sécurité de votre compte" in db.scalars(select(Mail.subject).where(Mail.kind == "signin.notice")).all()


def test_a_letter_replaces_no_second_proof(client, db, alice):
    set_up_codes(alice, clock.now() - timedelta(hours=1))
    for path, kind, data in (
        ("/mot-de-passe-oublie", "signin.reset", {"password": NEW}),
        ("/connexion/lien", "signin.link", {}),
    ):
        ask(client, db, path, alice.email)
        answer = client.post(find_path(db, kind, alice.email), data=data)

        assert answer.headers["Location"].startswith("/connexion/verification")
        assert not is_in(client)


def test_a_link_that_was_never_written_says_what_to_do(client, db):
    for path in ("/connexion/lien/x", "/mot-de-passe/x", "/mon-compte/adresse/x", "/mon-compte/adresse/annuler/x"):
        answers = [client.get(path), client.post(path)]
        assert [answer.status_code for answer in answers] == [410, 410]
        assert "Recevoir un nouveau lien" in answers[0].get_data(as_text=True)


def test_a_word_for_one_thing_does_no_other(client, db, alice):
    ask(client, db, "/connexion/lien", alice.email)
    word = find_path(db, "signin.link", alice.email).rpartition("/")[2]

    statuses = [
        client.post(f"{start}/{word}", data={"password": NEW}).status_code
        for start in ("/mot-de-passe", "/mon-compte/adresse", "/mon-compte/adresse/annuler")
    ]

    assert statuses == [410, 410, 410]


# --- the mail address --------------------------------------------------------------------------------------------


def change_address(browser, new="nouvelle@exemple.test"):
    answer = browser.post("/mon-compte/adresse", data={"email": new})
    assert answer.status_code == 303


def test_an_address_changes_when_the_new_one_answers_and_the_former_is_told(client, db, alice, as_person):
    former = alice.email
    change_address(as_person(alice))
    before = alice.email

    confirmed = client.post(find_path(db, "signin.address", "nouvelle@exemple.test"))

    assert before == former
    assert (confirmed.status_code, alice.email) == (303, "nouvelle@exemple.test")
    assert "/annuler/" in find_path(db, "signin.address", former)


def test_the_former_address_undoes_a_change_even_after_another_and_all_sessions_end(client, db, alice, as_person):
    former, thief = alice.email, as_person(alice)
    change_address(thief, "un@exemple.test")
    undo = find_path(db, "signin.address", former)
    client.post(find_path(db, "signin.address", "un@exemple.test"))
    change_address(thief, "deux@exemple.test")
    client.post(find_path(db, "signin.address", "deux@exemple.test"))
    now_at = alice.email

    page = client.get(undo)
    answer = client.post(undo)

    assert now_at == "deux@exemple.test"
    assert former in page.get_data(as_text=True)
    assert (answer.headers["Location"], alice.email) == ("/mot-de-passe-oublie", former)
    assert not is_in(thief)


def test_what_a_thief_set_up_meanwhile_opens_nothing_after_the_undoing(client, db, alice, as_person):
    former = alice.email
    change_address(as_person(alice))
    undo = find_path(db, "signin.address", former)
    client.post(find_path(db, "signin.address", "nouvelle@exemple.test"))
    accounts.set_password(alice, NEW)
    set_up_codes(alice, clock.now())

    client.post(undo)
    refused = client.post("/connexion", data={"email": former, "password": NEW})
    ask(client, db, "/mot-de-passe-oublie", former)
    client.post(find_path(db, "signin.reset", former), data={"password": "une phrase de propriétaire"})

    assert refused.status_code == 422
    assert is_in(client)


def test_an_undone_change_can_no_longer_be_confirmed(client, db, alice, as_person):
    former = alice.email
    change_address(as_person(alice))
    confirm = find_path(db, "signin.address", "nouvelle@exemple.test")

    client.post(find_path(db, "signin.address", former))

    assert client.post(confirm).status_code == 410
    assert alice.email == former


def test_an_address_that_has_an_account_is_not_given_away_by_the_answer(client, db, alice, as_person):
    bob, browser = make_account(), as_person(alice)
    answers = [
        browser.post("/mon-compte/adresse", data={"email": email}) for email in (bob.email, "libre@exemple.test")
    ]

    assert answers[0].get_data() == answers[1].get_data()
    assert [answer.status_code for answer in answers] == [303, 303]
    subjects = db.scalars(select(Mail.subject).where(Mail.to_address == bob.email)).all()
    assert subjects == ["Vous avez déjà un compte"]


def test_an_address_that_was_taken_meanwhile_is_not_taken_twice(client, db, alice, as_person):
    change_address(as_person(alice))
    make_account(email="nouvelle@exemple.test")

    answer = client.post(find_path(db, "signin.address", "nouvelle@exemple.test"))

    assert answer.status_code == 409


def test_a_present_address_is_confirmed_by_its_letter(client, db, alice, as_person):
    browser = as_person(alice)
    asked = [browser.post("/mon-compte/adresse/confirmer") for _ in range(4)]

    client.post(find_path(db, "signin.address", alice.email))

    assert [answer.status_code for answer in asked] == [303] * 4
    assert len(db.scalars(select(Mail).where(Mail.kind == "signin.address")).all()) == 3
    assert alice.email_confirmed_at is not None
    assert len(db.scalars(select(SignInAttempt)).all()) == 3
