"""Who sees what of the letters."""

from dataclasses import replace

import pytest

from fablabmesh.accounts.rules import Role
from fablabmesh.kit.letters import Letter
from fablabmesh.mails import actions, queries
from fablabmesh.mails.rules import State
from fablabmesh.mails.views import LETTER_POLICY
from tests.factories import NOW, make_account
from tests.mails.test_actions import make_mail

SECRET = Letter("Sujet secret", "Texte secret\nhttp://localhost/lettres/confirmer/abc\n", "<p>Html secret</p>")


@pytest.fixture
def admin(as_person):
    return as_person(make_account(role=Role.ADMIN))


def test_those_who_run_the_site_see_states_and_failures_and_no_words(db, office, postbox, admin):
    postbox.mood = "refuse"
    make_mail("nobody@exemple.test", letter=SECRET)
    db.commit()
    actions.deliver(NOW)

    page = admin.get("/administration/courriers").get_data(as_text=True)

    assert "550 5.1.1" in page
    assert "@exemple.test" in page
    assert [word for word in ("nobody@", "secret", "confirmer") if word in page] == []


@pytest.mark.parametrize("role", [Role.MEMBER])
def test_nobody_else_sees_the_queue_or_has_letters_sent(db, office, as_person, role):
    mail = make_mail()
    person = as_person(make_account(role=role))

    assert person.get("/administration/courriers").status_code == 403
    assert person.post(f"/administration/courriers/{mail.id}/reprendre").status_code == 403


def test_an_administrator_has_a_letter_sent_again(db, office, postbox, admin):
    postbox.mood = "refuse"
    mail = actions.send_later(SECRET, to="alice@exemple.test", kind="tests", now=NOW, expires_at=NOW.replace(year=2090))
    db.commit()
    actions.deliver(NOW)
    page = admin.get("/administration/courriers").get_data(as_text=True)

    answer = admin.post(f"/administration/courriers/{mail.id}/reprendre")

    assert f"/administration/courriers/{mail.id}/reprendre" in page
    assert (answer.status_code, answer.headers["Location"]) == (303, "/administration/courriers")
    assert queries.get_mail(mail.id).state is State.WAITING
    assert admin.post("/administration/courriers/0/reprendre").status_code == 404


def test_the_page_of_the_queue_asks_the_same_number_of_questions_for_one_and_three(
    db, office, postbox, admin, count_queries
):
    postbox.mood = "refuse"
    counts = []
    for number in (1, 2):
        for _ in range(number):
            make_mail()
        db.commit()
        actions.deliver(NOW)
        db.expire_all()
        with count_queries() as seen:
            admin.get("/administration/courriers")
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_a_developer_reads_letters_on_the_machine(db, office, client):
    mail = make_mail("alice@exemple.test", letter=SECRET)

    listed = client.get("/courrier").get_data(as_text=True)
    shown = client.get(f"/courrier/{mail.id}").get_data(as_text=True)

    assert "Sujet secret" in listed
    assert "Texte secret" in shown
    assert '<a href="/lettres/confirmer/abc">' in shown
    assert f'src="/courrier/{mail.id}.html" sandbox' in shown


def test_the_html_of_a_letter_can_do_nothing(db, office, client):
    mail = make_mail(letter=Letter("x", "x", "<script>alert(1)</script>"))

    answer = client.get(f"/courrier/{mail.id}.html")

    assert answer.headers["Content-Security-Policy"] == LETTER_POLICY
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "headers", "host"),
    [
        ("203.0.113.7", {}, "localhost"),
        ("::ffff:203.0.113.7", {}, "localhost"),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}, "localhost"),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.7"}, "localhost"),
        ("127.0.0.1", {}, "attacker.test"),
    ],
    ids=["far", "far in IPv6", "proxy", "standard proxy", "foreign name"],
)
def test_nobody_else_reads_them(db, office, client, address, headers, host):
    mail = make_mail()

    for path in ("/courrier", f"/courrier/{mail.id}", f"/courrier/{mail.id}.html"):
        answer = client.get(
            path, environ_overrides={"REMOTE_ADDR": address}, headers=headers, base_url=f"http://{host}"
        )
        assert (path, answer.status_code) == (path, 404)


def test_in_production_nobody_reads_them(app, db, office, client, monkeypatch):
    mail = make_mail()
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], environment="production"))

    for path in ("/courrier", f"/courrier/{mail.id}", f"/courrier/{mail.id}.html"):
        assert (path, client.get(path).status_code) == (path, 404)
