"""One's own account, and who is asked again who they are."""

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from fablabmesh.accounts.models import SignIn
from fablabmesh.accounts.rules import Role
from fablabmesh.kit import clock
from fablabmesh.mails.models import Mail
from fablabmesh.signin import account_views, factor_actions
from tests.factories import PASSWORD, make_account
from tests.signin.device import Device
from tests.signin.test_factor_actions import add_key, set_up_codes

NEW = "encore une phrase très longue"
NAMES = dict(zip(("password", "code", "key"), account_views.PROOFS, strict=True))


def grow_old(db, **given):
    """All proofs were given an hour ago."""
    db.execute(update(SignIn).values(proved_at=clock.now() - timedelta(hours=1), **given))
    db.commit()


def text_of(answer):
    return answer.get_data(as_text=True)


# --- name, language, password ------------------------------------------------------------------------------------


def test_name_and_language_are_changed_and_what_is_wrong_is_kept(alice, as_person):
    browser = as_person(alice)

    wrong = browser.post("/mon-compte", data={"name": " ", "language": "en"})
    right = browser.post("/mon-compte", data={"name": "Alice Roux", "language": "en"})

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert "Écrivez le nom" in text_of(wrong)
    assert (alice.name, alice.language) == ("Alice Roux", "en")


def test_another_password_asks_the_present_one_and_ends_other_sessions(db, alice, as_person):
    browser, other = as_person(alice), as_person(alice)

    wrong = browser.post("/mon-compte/mot-de-passe", data={"present": "faux", "password": NEW})
    weak = browser.post("/mon-compte/mot-de-passe", data={"present": PASSWORD, "password": "motdepasse1234"})
    right = browser.post("/mon-compte/mot-de-passe", data={"present": PASSWORD, "password": NEW})

    assert (wrong.status_code, weak.status_code, right.status_code) == (422, 422, 303)
    assert "Ce n’est pas votre mot de passe actuel." in text_of(wrong)
    assert (browser.get("/mon-compte").status_code, other.get("/mon-compte").status_code) == (200, 303)
    assert len(db.scalars(select(Mail).where(Mail.kind == "signin.notice")).all()) == 1


def test_who_has_no_password_chooses_a_first_one(alice, as_person):
    alice.password_hash = None
    browser = as_person(alice)

    assert "Mot de passe actuel" not in text_of(browser.get("/mon-compte/mot-de-passe"))
    assert browser.post("/mon-compte/mot-de-passe", data={"password": NEW}).status_code == 303
    assert alice.password_hash is not None


# --- sessions ----------------------------------------------------------------------------------------------------


def test_sessions_are_listed_in_words_and_this_one_is_marked(app, client, alice):
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    client.post(
        "/connexion",
        data={"email": alice.email, "password": PASSWORD},
        headers={"User-Agent": agent},
        environ_base={"REMOTE_ADDR": "192.0.2.77"},
    )

    page = text_of(client.get("/mon-compte/securite", environ_base={"REMOTE_ADDR": "192.0.2.77"}))

    assert "Firefox · Linux" in page
    assert "cette session" in page
    assert "192.0.2.0/24" in page
    assert "192.0.2.77" not in page


def test_a_session_is_closed_from_another_and_nobody_else_s_is(db, alice, as_person):
    here, there, of_bob = as_person(alice), as_person(alice), as_person(make_account())
    ids = db.scalars(select(SignIn.id).order_by(SignIn.id)).all()

    for number in (ids[1], ids[2]):
        assert here.post(f"/mon-compte/sessions/{number}/fermer").status_code == 303

    assert [browser.get("/mon-compte").status_code for browser in (here, there, of_bob)] == [200, 303, 200]


def test_all_other_sessions_are_closed_at_once(alice, as_person):
    here, others = as_person(alice), [as_person(alice) for _ in range(3)]

    here.post("/mon-compte/sessions/fermer")

    assert here.get("/mon-compte").status_code == 200
    assert [browser.get("/mon-compte").status_code for browser in others] == [303] * 3


def test_the_page_of_safety_asks_the_same_of_the_database_for_one_session_and_for_many(alice, as_person, count_queries):
    counts = []
    browser = as_person(alice)
    for _ in range(2):
        add_key(alice, name=f"Clé {len(counts)}", now=clock.now())
        as_person(alice)
        with count_queries() as seen:
            browser.get("/mon-compte/securite")
        counts.append(len(seen))

    assert counts[0] == counts[1]


# --- asked again -------------------------------------------------------------------------------------------------


def test_what_is_dangerous_asks_again_and_loses_nothing_that_was_typed(db, alice, as_person):
    browser = as_person(alice)
    grow_old(db)
    typed = {"email": "nouvelle@exemple.test"}

    asked = browser.post("/mon-compte/adresse", data=typed)
    wrong = browser.post("/mon-compte/adresse", data={**typed, NAMES["password"]: "faux"})
    right = browser.post("/mon-compte/adresse", data={**typed, NAMES["password"]: PASSWORD})
    next_time = browser.post("/mon-compte/adresse", data={"email": "autre@exemple.test"})

    assert (asked.status_code, wrong.status_code, right.status_code, next_time.status_code) == (403, 422, 303, 303)
    for page in (asked, wrong):
        assert '<input type="hidden" name="email" value="nouvelle@exemple.test">' in text_of(page)
        assert 'action="/mon-compte/adresse"' in text_of(page)
    assert "faux" not in text_of(wrong)
    assert right.headers["Location"] == "/mon-compte/securite"


@pytest.mark.parametrize(
    "address",
    [
        "/mon-espace/jetons",
        "/mon-agenda",
        "/moderation/doublons/un/autre",
        "/lieux/un/equipe-de-gestion/inviter",
        "/lieux/un/equipe-de-gestion/1/role",
    ],
)
def test_what_opens_a_door_for_long_or_merges_places_asks_again(db, alice, as_person, address):
    browser = as_person(alice)
    grow_old(db)

    asked = browser.post(address, data={"name": "Site du lab"})

    assert asked.status_code == 403
    assert '<input type="hidden" name="name" value="Site du lab">' in text_of(asked)
    assert f'action="{address}"' in text_of(asked)


def test_a_page_that_asks_again_leads_back_to_itself_with_a_new_token(db, alice, as_person):
    browser = as_person(alice)
    grow_old(db)
    before = db.scalars(select(SignIn.token_hash)).one()

    led = browser.get("/mon-compte/codes")
    page = browser.get(led.headers["Location"])
    back = browser.post(led.headers["Location"], data={NAMES["password"]: PASSWORD})

    assert led.headers["Location"] == "/connexion/preuve?suite=/mon-compte/codes"
    assert "Confirmez que c’est vous" in text_of(page)
    assert back.headers["Location"] == "/mon-compte/codes"
    assert browser.get("/mon-compte/codes").status_code == 200
    assert db.scalars(select(SignIn.token_hash)).one() != before


def test_who_has_two_proofs_is_not_let_by_with_the_weaker(db, alice, as_person):
    totp, _later = set_up_codes(alice, clock.now() - timedelta(hours=1))
    browser = as_person(alice)
    grow_old(db)

    by_password = browser.post("/connexion/preuve", data={NAMES["password"]: PASSWORD})
    by_code = browser.post("/connexion/preuve", data={NAMES["code"]: totp.at(clock.now())})

    assert (by_password.status_code, by_code.status_code) == (422, 303)
    assert NAMES["password"] not in text_of(by_password)


def test_a_passkey_is_a_proof_where_it_is_theirs(db, alice, as_person):
    now = clock.now()
    mine, of_bob = add_key(alice, now=now), add_key(make_account(), name="De Bob", now=now)
    browser = as_person(alice)
    grow_old(db)
    options = [browser.post("/connexion/cle/options").get_data(as_text=True) for _ in range(2)]

    statuses = []
    for device in (of_bob, mine):
        shown = device.show(factor_actions.begin_showing(network="", now=now, account=alice))
        statuses.append(browser.post("/connexion/preuve", data={NAMES["key"]: shown}).status_code)

    assert options[0] != options[1]
    assert statuses == [422, 303]


def test_guessing_while_asked_again_costs_waits(db, alice, as_person):
    browser = as_person(alice)
    grow_old(db)

    statuses = [browser.post("/connexion/preuve", data={NAMES["password"]: "faux"}).status_code for _ in range(6)]

    assert statuses == [422] * 5 + [429]


def test_another_site_s_form_is_not_kept_ready_for_a_proof(app, db, alice, as_person):
    browser = as_person(alice)
    grow_old(db)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = browser.post("/mon-compte/adresse", data={"email": "voleur@exemple.test"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    assert answer.status_code == 400
    assert "voleur" not in text_of(answer)


# --- administrators ----------------------------------------------------------------------------------------------


def test_a_fresh_administrator_sets_up_a_second_proof_before_anything_else(app, client, db):
    admin = make_account(role=Role.ADMIN)
    client.post("/connexion", data={"email": admin.email, "password": PASSWORD})

    led = [client.get(path) for path in ("/mon-espace", "/administration/courriers", "/agenda", "/")]
    page = text_of(client.get("/mon-compte/codes"))
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    code = pyotp.TOTP(secret).at(clock.now())
    done = client.post("/mon-compte/codes", data={"code": code})

    assert [(answer.status_code, answer.headers["Location"]) for answer in led] == [(303, "/mon-compte/securite")] * 4
    assert done.headers["Location"] == "/mon-compte/codes-de-secours"
    assert client.get("/administration/courriers").status_code == 200
    again = app.test_client()
    step = again.post("/connexion", data={"email": admin.email, "password": PASSWORD})
    assert step.headers["Location"].startswith("/connexion/verification")
    assert again.get("/administration/courriers").status_code == 303
    assert again.post("/connexion/verification", data={"code": code}).status_code == 422


def test_a_member_is_not_asked_for_a_second_proof(client, alice):
    client.post("/connexion", data={"email": alice.email, "password": PASSWORD})

    assert client.get("/mon-espace").status_code == 200


def test_an_administrator_s_passkey_is_worth_both_proofs(client, db):
    admin = make_account(role=Role.ADMIN)
    device = add_key(admin, now=clock.now())
    options = client.post("/connexion/cle/options").get_data(as_text=True)

    answer = client.post("/connexion/cle", data={"answer": device.show(options)})

    assert answer.headers["Location"] == "/mon-espace"
    assert client.get("/administration/courriers").status_code == 200


def test_pages_that_are_the_same_for_everybody_are_held_back_from_nobody(client):
    admin = make_account(role=Role.ADMIN)
    client.post("/connexion", data={"email": admin.email, "password": PASSWORD})

    assert client.get("/agenda.ics").status_code == 200


@pytest.mark.parametrize("junk", ["", "{}", "null", "[[", Device().credential_id.decode()])
def test_junk_instead_of_a_passkey_is_refused_in_words(client, junk):
    answer = client.post("/connexion/cle", data={"answer": junk})

    assert answer.status_code == 422
    assert "Cette clé d’accès n’est pas reconnue." in text_of(answer)
