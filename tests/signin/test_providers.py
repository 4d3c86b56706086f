"""What a provider of identities says, and what of it counts; against one on this machine."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from joserfc.jwk import OctKey, RSAKey

from fablabmesh.accounts.rules import Role
from fablabmesh.kit.db import session
from fablabmesh.signin.providers import Errand, Provider, Unproved
from tests.factories import make_account
from tests.signin.provider import CLIENT, SECRET, serve_provider

BACK = "http://localhost/connexion/fournisseur/retour"


@pytest.fixture(scope="module")
def one_provider():
    with serve_provider() as running:
        yield running


@pytest.fixture
def there(one_provider):
    """Honest at first, in each test."""
    one_provider.claims, one_provider.told, one_provider.metadata = {}, None, {}
    one_provider.is_signed_apart, one_provider.algorithm, one_provider.signs_with = False, "RS256", one_provider.key
    return one_provider


def make_provider(there, **given):
    return Provider("ProConnect", there.issuer, CLIENT, SECRET, "openid email", **{"is_https_only": False, **given})


def identify(there, provider=None, errand=None):
    provider, now, errand = provider or make_provider(there), datetime.now(UTC), errand or Errand.make()
    code, _state = there.visit(provider.address_to_go(errand, state="s", back=BACK, now=now))
    return provider.identify(code, errand, back=BACK, now=now)


def test_an_honest_provider_says_who_it_is(there):
    there.claims = {"email": "alice@exemple.test", "email_verified": True}

    found = identify(there)

    assert (found.issuer, found.subject, found.email) == (there.issuer, "u1", "alice@exemple.test")


@pytest.mark.parametrize("claims", [{}, {"email_verified": False}, {"email_verified": "true"}, {"email_verified": 1}])
def test_an_address_that_the_provider_did_not_verify_is_none(there, claims):
    there.claims = {"email": "alice@exemple.test", **claims}

    assert identify(there).email is None


@pytest.mark.parametrize("is_signed", [False, True], ids=["as JSON", "as a signed token"])
def test_more_is_asked_where_the_provider_tells_it_apart(there, is_signed):
    there.told = {"sub": "u1", "email": "alice@exemple.test", "email_verified": True}
    there.is_signed_apart = is_signed

    assert identify(there).email == "alice@exemple.test"


def test_what_is_told_apart_of_somebody_else_does_not_count(there):
    there.told = {"sub": "u2", "email": "alice@exemple.test", "email_verified": True}

    with pytest.raises(Unproved):
        identify(there)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://mal.test"},
        {"aud": "another site"},
        {"aud": [CLIENT, "another site"]},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"sub": ""},
        {"sub": 7},
        {"azp": "another site"},
    ],
    ids=lambda claims: str(claims),
)
def test_a_token_that_does_not_fit_proves_nothing(there, claims):
    there.claims = claims

    with pytest.raises(Unproved):
        identify(there)


def test_a_token_signed_by_another_key_or_by_a_shared_secret_proves_nothing(there):
    there.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    with pytest.raises(Unproved):
        identify(there)
    there.signs_with, there.algorithm = OctKey.import_key(SECRET * 2), "HS256"
    with pytest.raises(Unproved):
        identify(there)


def test_a_code_is_changed_by_who_asked_for_it_alone(there):
    provider, now = make_provider(there), datetime.now(UTC)
    code, _state = there.visit(provider.address_to_go(Errand.make(), state="s", back=BACK, now=now))

    with pytest.raises(Unproved):
        provider.identify(code, Errand.make(), back=BACK, now=now)


@pytest.mark.parametrize(
    "metadata", [{"issuer": "https://mal.test"}, {"jwks_uri": None}, {"jwks_uri": "file:///etc/passwd"}]
)
def test_a_provider_that_says_it_is_another_is_not_followed(there, metadata):
    there.metadata = metadata

    with pytest.raises(Unproved):
        identify(there)


def test_in_production_nothing_is_asked_but_over_https(there):
    with pytest.raises(Unproved):
        identify(there, make_provider(there, is_https_only=True))


def test_a_provider_that_does_not_answer_is_told_in_words(app):
    silent = Provider("ProConnect", "http://127.0.0.1:9", CLIENT, SECRET, "openid email", is_https_only=False)

    with app.test_request_context("/"), pytest.raises(Unproved) as refusal:
        silent.address_to_go(Errand.make(), state="s", back=BACK, now=datetime.now(UTC))

    assert refusal.value.message.startswith("Le fournisseur d’identité n’a pas confirmé qui vous êtes.")


def test_the_secret_is_written_nowhere(there):
    assert SECRET not in repr(make_provider(there))


# --- through the door --------------------------------------------------------------------------------------------


@pytest.fixture
def linked(there, db):
    """The site with this provider."""
    before = session().info["signin"]
    session().info["signin"] = dataclasses.replace(before, provider=make_provider(there))
    session.session_factory.kw["info"]["signin"] = session().info["signin"]
    yield there
    session.session_factory.kw["info"]["signin"] = before


def go(client, there, start="/connexion/fournisseur", **changes):
    sent = client.get(start)
    code, state = there.visit(sent.headers["Location"])
    return client.get("/connexion/fournisseur/retour", query_string={"code": code, "state": state, **changes})


def test_who_the_provider_knows_signs_in_and_keeps_the_way(client, linked, alice):
    alice.email_confirmed_at = datetime.now(UTC)
    linked.claims = {"email": alice.email, "email_verified": True}

    answer = go(client, linked, "/connexion/fournisseur?suite=/projets/nouveau")

    assert answer.headers["Location"] == "/projets/nouveau"
    assert client.get("/mon-espace").status_code == 200


def test_whom_nobody_knows_is_told_what_to_do(client, linked):
    answer = go(client, linked)

    assert answer.headers["Location"] == "/connexion"
    assert "Aucun compte n’est relié à cette identité." in client.get("/connexion").get_data(as_text=True)


def test_a_state_is_good_once_in_the_browser_that_began(app, client, linked, alice):
    actions_of = client.get("/connexion/fournisseur").headers["Location"]
    code, state = linked.visit(actions_of)
    path = f"/connexion/fournisseur/retour?code={code}&state={state}"

    answers = [app.test_client().get(path), client.get(path + "x"), client.get(path)]

    assert [answer.headers["Location"] for answer in answers] == ["/connexion"] * 3
    assert linked.asked != {}


def test_an_answer_of_another_issuer_is_turned_away(client, linked, alice):
    alice.email_confirmed_at = datetime.now(UTC)
    linked.claims = {"email": alice.email, "email_verified": True}

    go(client, linked, iss="https://mal.test")

    assert client.get("/mon-espace").status_code == 303


def test_who_is_signed_in_links_an_identity_and_enters_by_it(app, linked, alice, as_person):
    linked_page = go(as_person(alice), linked, "/mon-compte/fournisseur/relier")
    stranger = app.test_client()
    entered = go(stranger, linked)

    assert linked_page.headers["Location"] == "/mon-compte/securite"
    assert entered.headers["Location"] == "/mon-espace"


def test_an_identity_replaces_no_second_proof(client, linked, db, as_person):
    admin = make_account(role=Role.ADMIN)
    go(as_person(admin), linked, "/mon-compte/fournisseur/relier")
    client.delete_cookie("session")

    go(client, linked)

    assert client.get("/administration/courriers").headers["Location"] == "/mon-compte/securite"


def test_without_a_provider_there_is_no_way_to_one(client):
    assert client.get("/connexion/fournisseur").status_code == 404
    assert client.get("/connexion/fournisseur/retour?code=x&state=y").status_code == 404


def test_metadata_are_asked_anew_after_an_hour(there):
    provider = make_provider(there)
    identify(there, provider)
    there.metadata = {"authorization_endpoint": there.issuer + "/other"}
    now = datetime.now(UTC)

    same = provider.address_to_go(Errand.make(), state="s", back=BACK, now=now)
    later = provider.address_to_go(Errand.make(), state="s", back=BACK, now=now + timedelta(hours=2))

    assert (same.partition("?")[0], later.partition("?")[0]) == (f"{there.issuer}/go", f"{there.issuer}/other")
