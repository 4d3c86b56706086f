"""What is answered when the database is not there, or has no room: honestly, and nothing that was typed is lost."""

import psycopg2.errors
import pytest
import sqlalchemy as sa

from fablabmesh.kit import db as kit_db


@pytest.fixture
def away(app, monkeypatch):
    """Make every view of this endpoint meet a database that fails so."""

    def break_down(endpoint, cause):
        def view(**_arguments):
            raise sa.exc.OperationalError("SELECT 'secret'", {"name": "secret"}, cause)

        view.__dict__.update(vars(app.view_functions[endpoint]))
        monkeypatch.setitem(app.view_functions, endpoint, view)

    return break_down


@pytest.mark.parametrize("cause", [psycopg2.errors.AdminShutdown(), psycopg2.errors.DiskFull()])
def test_a_page_says_that_the_database_is_away_and_when_to_ask_again(client, away, cause, caplog):
    away("projects.index", cause)

    answer = client.get("/projets/")

    assert (answer.status_code, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (
        503,
        "3",
        "no-store",
    )
    assert "La base de données ne répond pas." in answer.get_data(as_text=True)
    assert [record.getMessage() for record in caplog.records if record.name == "fablabmesh"] == [
        f"the database did not take a request for projects.index: {type(cause).__name__}"
    ]


def test_programs_are_told_in_json(client, away):
    away("places_api.index", psycopg2.errors.AdminShutdown())

    answer = client.get("/api/v1/lieux")

    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")


def test_what_was_typed_is_kept_to_be_sent_again(as_person, alice, away):
    browser = as_person(alice)
    away("projects.create", psycopg2.errors.DiskFull())

    answer = browser.post("/projets/nouveau", data={"title": "Un <projet>"}, headers={"Origin": "http://localhost"})

    page = answer.get_data(as_text=True)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert '<input type="hidden" name="title" value="Un &lt;projet&gt;">' in page
    assert "attendez un instant, puis envoyez de nouveau" in page


def test_a_pool_that_gives_no_connection_is_answered_alike(client, app, monkeypatch):
    def view():
        raise sa.exc.TimeoutError("secret")

    view.__dict__.update(vars(app.view_functions["projects.index"]))
    monkeypatch.setitem(app.view_functions, "projects.index", view)

    assert client.get("/projets/").status_code == 503


def test_the_reason_in_the_log_repeats_no_words_of_the_database():
    error = sa.exc.OperationalError("SELECT 'secret'", {"name": "secret"}, psycopg2.errors.DiskFull("secret"))

    assert kit_db.reason(error) == "DiskFull"
    assert kit_db.reason(sa.exc.TimeoutError("secret")) == "TimeoutError"
