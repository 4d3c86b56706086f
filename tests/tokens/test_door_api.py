"""Who holds which token, for what, for which places, how often."""

from datetime import timedelta

import pytest

from fablabmesh.events.models import Event
from fablabmesh.tokens.models import ApiToken
from tests.factories import make_account, make_event, make_place, make_series
from tests.tokens.test_api import errors


@pytest.mark.parametrize("words", ["", "flm_rien", "flm_" + "x" * 43, "x" * 43])
def test_without_a_good_token_nothing_opens(program_of, workshop, words):
    answer = program_of(words)("POST", json=workshop)

    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    error = ', error="invalid_token"' if words else ""
    assert answer.headers["WWW-Authenticate"] == f'Bearer realm="fablabmesh"{error}'


def test_a_token_that_expired_was_revoked_or_is_of_a_closed_account_opens_nothing(db, program_of, make_token, alice):
    def status(words):
        return program_of(words)("GET", "/rien").status_code

    expired, words = make_token()
    assert status(words) == 404
    expired.created_at = expired.created_at.replace(year=2020)
    expired.expires_at = expired.created_at + timedelta(days=30)
    db.commit()
    assert status(words) == 401
    revoked, words = make_token()
    revoked.revoked_at = revoked.created_at
    db.commit()
    assert status(words) == 401
    _token, words = make_token()
    alice.is_active = False
    db.commit()
    assert status(words) == 401


def test_a_token_to_read_does_not_write(program_of, make_token, workshop, lab):
    event = make_event(lab)
    program = program_of(make_token(scopes=["events.read"])[1])

    assert program("GET", f"/{event.slug}").status_code == 200
    answer = program("POST", json=workshop)
    assert answer.status_code == 403
    told = 'Bearer realm="fablabmesh", error="insufficient_scope", scope="events.write"'
    assert answer.headers["WWW-Authenticate"] == told


def test_a_token_is_for_its_places_though_its_person_has_more(program, workshop, alice):
    other = make_place(name="Autre lab", managers=(alice,))
    event, draft = make_event(other), make_series(other, is_draft=True)

    assert list(errors(program("POST", json=workshop | {"place": other.slug}))) == ["place"]
    assert program("PATCH", f"/{event.slug}", json={}, If_Match="*").status_code == 403
    assert program("GET", f"/{draft.slug}").status_code == 404


def test_a_token_can_do_no_more_than_its_person(db, program_of, make_token, workshop, lab):
    """Somebody who looks after the lab no more keeps a token that is for it."""
    program = program_of(make_token(make_account())[1])
    event = make_event(lab)

    assert program("POST", json=workshop).status_code == 403
    assert program("DELETE", f"/{event.slug}", If_Match="*").status_code == 403
    assert db.query(Event).one().deleted_at is None


def test_an_event_is_not_moved_to_a_place_that_the_token_is_not_for(program, workshop, alice):
    other = make_place(name="Autre lab", managers=(alice,))
    made = program("POST", json=workshop)

    answer = program("PATCH", f"/{made.get_json()['event']['slug']}", json={"place": other.slug}, If_Match="*")

    assert list(errors(answer)) == ["place"]


def test_a_cookie_opens_nothing_and_none_is_set(as_person, alice, workshop):
    answer = as_person(alice).post("/api/v1/evenements", json=workshop)

    assert (answer.status_code, "Set-Cookie" in answer.headers) == (401, False)


def test_a_token_opens_no_page(app, make_token):
    headers = {"Authorization": f"Bearer {make_token()[1]}"}

    answer = app.test_client().get("/mon-espace", headers=headers)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/connexion?suite=/mon-espace")


def test_a_program_needs_no_csrf_token_and_may_be_anywhere(app, make_token, workshop, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    headers = {"Authorization": f"Bearer {make_token()[1]}", "Origin": "https://lab.test"}

    assert app.test_client().post("/api/v1/evenements", json=workshop, headers=headers).status_code == 201


def test_a_loop_gone_wild_is_held_back_for_a_minute(db, program, program_of, make_token, lab):
    event = make_event(lab)
    token = db.query(ApiToken).one()
    assert program("GET", f"/{event.slug}").status_code == 200
    db.refresh(token)
    token.window_count = 120
    db.commit()

    answer = program("GET", f"/{event.slug}")

    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert program_of(make_token()[1])("GET", f"/{event.slug}").status_code == 200


def test_what_is_refused_counts_too(db, program):
    for _ in range(3):
        program("POST", json={})

    token = db.query(ApiToken).one()
    db.refresh(token)
    assert (token.window_count, token.last_used_on is not None) == (3, True)
