"""From the agenda to the letter and out of it: for people, robots, programs of mail and those who look in first."""

import re

import pytest

from fablabmesh.digests import actions, rules
from fablabmesh.digests.models import Subscription
from fablabmesh.kit import clock
from tests.factories import make_place, make_zone

FORM = {"email": "alice@exemple.test", "language": "fr", "site": ""}


@pytest.fixture
def ask(client, outbox):
    """Fill the form in; returns the path of the link in the letter."""

    def fill(query="", **values):
        answer = client.post(f"/lettres/nouvelle{query}", data=FORM | values)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return re.search(r"http://localhost(\S+/lettres/confirmer/\S+|/lettres/confirmer/\S+)", outbox()[-1].text)[1]

    return fill


def text_of(answer):
    return answer.get_data(as_text=True)


def test_the_page_says_what_the_letter_follows(db, client):
    place = make_place(name="LabFab")
    make_zone("35", name="Ouest")

    assert "une lettre\u00a0: Agenda des Fab Labs." in text_of(client.get("/lettres/nouvelle"))
    assert "Agenda de la zone Ouest." in text_of(client.get("/lettres/nouvelle?zone=fablab/ouest"))
    assert "Agenda – LabFab." in text_of(client.get(f"/lettres/nouvelle?lieu={place.slug}&vue=mois&page=2"))


def test_a_filter_that_is_none_is_said_so(db, client):
    assert client.get("/lettres/nouvelle?zone=fablab/lune").status_code == 400
    assert client.get("/lettres/nouvelle?lieu=nulle-part").status_code == 404
    assert client.get("/lettres/nouvelle?q=gagnez+sur+exemple.test").status_code == 400
    assert client.post("/lettres/nouvelle?q=https://exemple.test", data=FORM).status_code == 400


def test_from_the_form_to_the_letter_and_out_again(db, client, ask):
    place = make_place(name="LabFab")

    link = ask(f"?lieu={place.slug}")
    seen = client.get(link)
    confirmed = client.post(link)
    settings = re.search(r'href="(/lettres/arreter/[^"]+)"', text_of(confirmed))[1]
    shown = client.get(settings)
    stopped = client.post(settings)

    assert [answer.status_code for answer in (seen, confirmed, shown, stopped)] == [200] * 4
    assert "Agenda – LabFab" in text_of(seen)
    assert "Vous recevrez chaque lundi matin\u00a0: Agenda – LabFab." in text_of(confirmed)
    assert "Arrêter cette lettre" in text_of(shown)
    assert "C’est arrêté" in text_of(stopped)
    assert db.query(Subscription).count() == 0
    assert client.get(settings).status_code == 404


def test_opening_a_link_confirms_and_stops_nothing(db, client, ask):
    link = ask()
    for _ in range(3):
        client.get(link)
        client.head(link)
    assert db.query(Subscription).one().confirmed_at is None

    client.post(link)
    stop = f"/lettres/arreter/{actions.stop_word(db.query(Subscription).one())}"
    client.get(stop)
    client.head(stop)

    assert db.query(Subscription).one().confirmed_at is not None


def test_a_link_serves_once(db, client, ask):
    link = ask()
    client.post(link)

    assert [client.get(link).status_code, client.post(link).status_code] == [404, 404]
    assert "Ce lien a déjà servi" in text_of(client.get(link))


def test_a_known_address_and_an_unknown_one_are_answered_alike(db, client, make_subscription, outbox):
    make_subscription("known@exemple.test")

    answers = [
        client.post("/lettres/nouvelle", data=FORM | {"email": f"{name}@exemple.test"}) for name in ("known", "new")
    ]

    first, second = ((answer.status_code, answer.headers["Location"], answer.data) for answer in answers)
    assert first == second
    assert [mail.kind for mail in outbox()] == [actions.ALREADY, actions.CONFIRM]


def test_a_flooded_address_is_answered_as_any_other(db, client, outbox):
    answers = [client.post("/lettres/nouvelle", data=FORM) for _ in range(rules.MOST_PER_ADDRESS + 1)]

    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {(303, "/lettres/demandee")}
    assert len(outbox()) == rules.MOST_PER_ADDRESS


def test_too_much_from_one_network_is_refused_and_nothing_typed_is_lost(db, client, monkeypatch):
    monkeypatch.setattr(rules, "MOST_PER_NETWORK", 1)
    client.post("/lettres/nouvelle", data=FORM)

    answer = client.post("/lettres/nouvelle", data=FORM | {"email": "bob@exemple.test"})

    assert answer.status_code == 429
    assert 'value="bob@exemple.test"' in text_of(answer)
    assert "réessayez dans une heure" in text_of(answer)


def test_a_robot_is_thanked_and_ignored(db, client, outbox):
    answer = client.post("/lettres/nouvelle", data=FORM | {"site": "https://exemple.test"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/lettres/demandee")
    assert (outbox(), db.query(Subscription).count()) == ([], 0)


def test_a_wrong_address_comes_back_with_what_to_correct(db, client):
    answer = client.post("/lettres/nouvelle?q=laser", data=FORM | {"email": "alice@", "language": "en"})

    assert answer.status_code == 422
    assert 'value="alice@"' in text_of(answer)
    assert "Cette adresse n’est pas complète" in text_of(answer)


def test_a_letter_is_in_the_language_asked_for(db, client, ask, outbox):
    link = ask(language="en")

    assert link.startswith("/en/lettres/confirmer/")
    assert outbox()[0].html.splitlines()[1] == '<html lang="en">'


def test_nobody_can_ask_from_another_site(app, db, client, monkeypatch):
    assert client.post("/lettres/nouvelle", data=FORM, headers={"Origin": "https://autre.test"}).status_code == 403
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert client.post("/lettres/nouvelle", data=FORM).status_code != 303


def test_addresses_in_letters_come_from_the_configuration_and_not_from_the_request(db, client, outbox):
    client.post("/lettres/nouvelle", data=FORM, base_url="http://attacker.test")

    assert "attacker" not in outbox()[0].text + outbox()[0].html
    assert "http://localhost/lettres/confirmer/" in outbox()[0].text


def test_no_secret_page_is_kept_or_told_to_others(db, client, ask, make_subscription):
    stop = f"/lettres/arreter/{actions.stop_word(make_subscription('bob@exemple.test'))}"
    for answer in (client.get(ask()), client.get(stop)):
        names = ("Cache-Control", "X-Robots-Tag", "Referrer-Policy")
        assert [answer.headers[name] for name in names] == ["no-store", "noindex", "no-referrer"]
        assert answer.headers.getlist("Set-Cookie") == []


def test_the_language_of_a_letter_is_changed(db, client, make_subscription):
    word = actions.stop_word(make_subscription())

    answer = client.post(f"/lettres/regler/{word}", data={"language": "en"})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/lettres/arreter/{word}#langue")
    assert db.query(Subscription).one().language == "en"
    client.post(f"/lettres/regler/{word}", data={"language": "xx"})
    assert db.query(Subscription).one().language == "en"
    assert client.post("/lettres/regler/1-x", data={"language": "fr"}).status_code == 404


def test_all_letters_stop_at_once(db, client, make_subscription):
    word = actions.stop_word(make_subscription())
    make_subscription(query="q=laser")
    page = text_of(client.get(f"/lettres/arreter/{word}"))

    client.post(f"/lettres/arreter/{word}", data={"tout": "oui"})

    assert "L’arrêter, et l’autre lettre que vous recevez" in page
    assert db.query(Subscription).count() == 0


@pytest.mark.parametrize("word", ["x", "1-" + "a" * 22, "999999999-" + "a" * 22, "1-é"])
def test_a_wrong_word_stops_nobody(db, client, make_subscription, word):
    make_subscription()

    assert client.get(f"/lettres/arreter/{word}").status_code == 404
    assert client.post(f"/lettres/arreter/{word}").status_code == 200
    assert db.query(Subscription).count() == 1


def test_the_page_shows_no_address(db, client, make_subscription):
    subscription = make_subscription()

    assert "alice@" not in text_of(client.get(f"/lettres/arreter/{actions.stop_word(subscription)}"))


def test_what_a_letter_followed_may_be_gone(db, client, make_subscription):
    subscription = make_subscription(query="lieu=parti")

    assert client.get(f"/lettres/arreter/{actions.stop_word(subscription)}").status_code == 200


def test_a_confirmation_counts_from_now(db, client, ask):
    client.post(ask())

    assert db.query(Subscription).one().last_issue == rules.issue_day(rules.issue_of(clock.now()))
