"""The letter of the week: once a week to each, nothing when there is nothing, with the headers that stop it."""

import re
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.coordination import actions as poles
from fablabmesh.digests import actions, issue_actions, queries, rules
from fablabmesh.digests.models import Subscription
from fablabmesh.events import actions as event_actions
from fablabmesh.events import date_actions
from fablabmesh.events import queries as events
from fablabmesh.feeds.slices import Slice
from fablabmesh.kit import db as kit_db
from fablabmesh.kit.web import csrf
from fablabmesh.mails import actions as mails
from fablabmesh.mails.models import Mail
from tests.factories import NOW, make_coordinator, make_event, make_place, make_zone

ISSUE = datetime(2026, 3, 9, 6, tzinfo=UTC)
WEEK = timedelta(weeks=1)
NBSP = "\u00a0"


@pytest.fixture
def place(db):
    return make_place(name="LabFab")


def make_workshop(place, title="Initiation", day=10, **values):
    event = make_event(place, title=title, starts=f"2026-03-{day:02}T18:00", ends=f"2026-03-{day:02}T20:00", **values)
    event.published_at = NOW - timedelta(days=9)
    kit_db.session.commit()
    return events.get_event(event.slug)


def test_a_letter_is_written_once_a_week(db, place, make_subscription, outbox):
    make_workshop(place)
    make_subscription()

    counts = [issue_actions.write_due(now) for now in (ISSUE - timedelta(seconds=1), ISSUE, ISSUE + timedelta(hours=1))]

    assert counts == [0, 1, 0]
    assert [(mail.kind, mail.to_address) for mail in outbox()] == [(actions.ISSUE, "alice@exemple.test")]
    assert db.query(Subscription).one().last_issue == date(2026, 3, 9)


def test_the_next_week_brings_the_next_letter(db, place, make_subscription, outbox):
    make_workshop(place, day=20)
    make_subscription()

    assert [issue_actions.write_due(ISSUE + number * WEEK) for number in range(3)] == [1, 1, 0]
    subjects = [mail.subject for mail in outbox()]
    assert subjects == [
        "Agenda des Fab Labs, semaine du 9 mars 2026",
        "Agenda des Fab Labs, semaine du 16 mars 2026",
    ]


def test_nothing_to_say_is_no_letter(db, place, make_subscription, outbox):
    make_subscription()

    assert issue_actions.write_due(ISSUE) == 0
    assert outbox() == []
    assert db.query(Subscription).one().last_issue == date(2026, 3, 9)


def test_a_worker_that_comes_back_on_friday_leaves_the_week_out(db, place, make_subscription):
    make_workshop(place, day=20)
    make_subscription()

    assert issue_actions.write_due(ISSUE + rules.LATE + timedelta(seconds=1)) == 0
    assert issue_actions.write_due(ISSUE + WEEK) == 1


def test_the_unconfirmed_get_nothing(db, place, outbox):
    make_workshop(place)
    actions.ask(email="a@b.test", wanted=Slice(), language="fr", network="x", now=NOW)
    db.commit()

    assert issue_actions.write_due(ISSUE) == 0
    assert [mail.kind for mail in outbox()] == [actions.CONFIRM]


def test_the_whole_letter_reads_well_in_french(db, place, make_subscription, outbox):
    make_workshop(place, "L’été des possibles", 10, description="x")
    make_workshop(place, "Vélos", 11)
    later = make_event(
        place, title="Portes ouvertes", starts="2026-05-01T00:00", ends="2026-05-02T00:00", is_all_day=True
    )
    later.published_at = NOW + timedelta(days=1)
    off = make_workshop(place, "Soudure", 12)
    event_actions.cancel_event(off, reason="Le poste est en panne.", now=NOW + timedelta(days=2), version=off.version)
    db.commit()
    subscription = make_subscription()

    issue_actions.write_due(ISSUE)

    [mail] = outbox()
    slugs = {each.title: each.slug for each in (later, off)}
    assert mail.subject == "Agenda des Fab Labs, semaine du 9 mars 2026"
    assert mail.text.replace(NBSP, "~") == (
        "Annulé depuis la dernière lettre\n"
        "================================\n"
        "\n"
        "* ANNULÉ – Soudure\n"
        "  jeudi 12 mars 2026, de 18~h à 20~h\n"
        "  LabFab, Rennes\n"
        "  Atelier\n"
        "  Motif~: Le poste est en panne.\n"
        f"  http://localhost/evenements/{slugs['Soudure']}\n"
        "\n"
        "Dans les deux semaines qui viennent\n"
        "===================================\n"
        "\n"
        "mardi 10 mars 2026\n"
        "------------------\n"
        "\n"
        "* L’été des possibles\n"
        "  18~h – 20~h\n"
        "  LabFab, Rennes\n"
        "  Atelier\n"
        "  http://localhost/evenements/l-ete-des-possibles\n"
        "\n"
        "mercredi 11 mars 2026\n"
        "---------------------\n"
        "\n"
        "* Vélos\n"
        "  18~h – 20~h\n"
        "  LabFab, Rennes\n"
        "  Atelier\n"
        "  http://localhost/evenements/velos\n"
        "\n"
        "Nouveau, pour plus tard\n"
        "=======================\n"
        "\n"
        "* Portes ouvertes\n"
        "  du vendredi 1er mai 2026 au samedi 2 mai 2026\n"
        "  LabFab, Rennes\n"
        "  Atelier\n"
        f"  http://localhost/evenements/{slugs['Portes ouvertes']}\n"
        "\n"
        "Tout l’agenda~:\n"
        "http://localhost/agenda\n"
        "\n"
        "Les heures sont celles du lieu de chaque rendez-vous.\n"
        "\n"
        "-- \n"
        "Vous recevez cette lettre parce que vous l’avez demandée.\n"
        "Pour changer de langue ou arrêter la lettre~:\n"
        f"http://localhost/lettres/arreter/{actions.stop_word(subscription)}\n"
        "Fab Lab Mesh\n"
        "http://localhost\n"
    )


def test_both_forms_of_a_letter_say_the_same(db, place, make_subscription, outbox):
    make_workshop(place, "Bois & <b>métal</b>", 10)
    subscription = make_subscription()

    issue_actions.write_due(ISSUE)

    [mail] = outbox()
    links = re.findall(r'href="([^"]+)"', mail.html)
    assert "Bois &amp; &lt;b&gt;métal&lt;/b&gt;" in mail.html
    assert set(links) == set(re.findall(r"http://\S+", mail.text)) - {"http://localhost"}
    assert f"http://localhost/lettres/arreter/{actions.stop_word(subscription)}" in links
    assert '<html lang="fr">' in mail.html


def test_who_reads_english_gets_english_links(db, place, make_subscription, outbox):
    event = make_workshop(place)
    make_subscription(language="en", query=f"lieu={place.slug}")

    issue_actions.write_due(ISSUE)

    [mail] = outbox()
    assert f"http://localhost/en/evenements/{event.slug}" in mail.text
    assert f"http://localhost/en/agenda?lieu={place.slug}" in mail.text
    assert "http://localhost/en/lettres/arreter/" in mail.text
    assert "Tuesday 10 March 2026" in mail.text
    assert '<html lang="en">' in mail.html


def test_the_headers_are_those_of_rfc_8058(db, office, postbox, place, make_subscription):
    make_workshop(place)
    subscription = make_subscription(language="en")
    issue_actions.write_due(ISSUE)

    mails.deliver(ISSUE)

    word = actions.stop_word(subscription)
    [raw] = [each.content.decode("ascii").partition("\r\n\r\n")[0] for each in postbox.received]
    lines = [line for line in raw.split("\r\n") if line.startswith(("List-", "Auto-"))]
    assert lines == [
        "Auto-Submitted: auto-generated",
        "List-Id: <lettres.localhost>",
        f"List-Unsubscribe: <http://localhost/lettres/arreter/{word}>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ]


def test_the_one_click_of_a_program_of_mail_stops_the_letter(
    app, db, office, postbox, client, place, make_subscription, monkeypatch
):
    """As RFC 8058 §3.2: a POST to the address of the header, of this body, from anywhere, with nothing else."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    make_workshop(place)
    make_subscription()
    issue_actions.write_due(ISSUE)
    mails.deliver(ISSUE)
    [letter] = postbox.letters
    address = letter["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    name, _equals, value = letter["List-Unsubscribe-Post"].partition("=")

    answers = [
        client.post(address, data={name: value}, headers={"Origin": "https://webmail.exemple.test"}) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.headers.getlist("Set-Cookie") for answer in answers] == [[], []]
    assert db.query(Subscription).count() == 0
    assert csrf._exempt_views >= {"fablabmesh.digests.views.stop", "fablabmesh.digests.views.confirm"}


def test_a_cancelled_date_of_a_series_and_a_cancelled_series_are_told_apart(db, place, make_subscription, outbox):
    for title, whole in (("Couture", False), ("Vélos", True)):
        event = make_workshop(place, title)
        event.rrule = "FREQ=WEEKLY;COUNT=3"
        db.commit()
        event = events.get_event(event.slug)
        when = {"reason": "Férié.", "now": NOW + timedelta(days=1), "version": event.version}
        if whole:
            event_actions.cancel_event(event, **when)
        else:
            date_actions.cancel_date(event, event.starts_local, by=None, **when)
        db.commit()
    make_subscription()

    issue_actions.write_due(ISSUE)

    cancelled = outbox()[0].text.partition("Dans les deux")[0]
    assert "Chaque semaine, le mardi, 3 fois." in cancelled.partition("Vélos")[2]
    assert "Chaque semaine" not in cancelled.partition("Vélos")[0]


def test_what_was_moved_says_when_it_was_to_be(db, place, make_subscription, outbox):
    event = make_workshop(place, "Couture", 10)
    event.rrule = "FREQ=WEEKLY;COUNT=3"
    db.commit()
    event = events.get_event(event.slug)
    there = {"starts_local": event.starts_local.replace(day=25), "ends_local": event.ends_local.replace(day=25)}
    made = {"by": None, "now": NOW + timedelta(days=1), "version": event.version}
    date_actions.change_date(event, event.starts_local.replace(day=24), **there, **made)
    db.commit()
    make_subscription()

    issue_actions.write_due(ISSUE)

    [mail] = outbox()
    assert (
        "Déplacé depuis la dernière lettre\n"
        "=================================\n"
        "\n"
        "* Couture\n"
        "  mercredi 25 mars 2026, de 18~h à 20~h\n"
        "  (prévu d’abord mardi 24 mars 2026 à 18~h)\n"
        "  LabFab, Rennes\n"
    ) in mail.text.replace(NBSP, "~")
    assert "prévu d’abord mardi 24 mars 2026 à 18" in mail.html


def test_what_was_taken_away_has_no_link(db, place, make_subscription, outbox):
    event = make_workshop(place)
    event_actions.delete_event(event, now=NOW + timedelta(days=1), version=event.version)
    db.commit()
    make_subscription()

    issue_actions.write_due(ISSUE)

    assert "* ANNULÉ – Initiation\n" in outbox()[0].text
    assert "/evenements/" not in outbox()[0].text


def test_a_letter_that_would_be_long_says_how_much_it_leaves_out(db, place, make_subscription, outbox, monkeypatch):
    monkeypatch.setattr(rules, "MOST_COMING", 2)
    for day in (10, 11, 12, 13, 14):
        make_workshop(place, f"Atelier du {day}", day)
    make_subscription()

    issue_actions.write_due(ISSUE)

    assert outbox()[0].text.count("* Atelier du") == 2
    assert "Et encore 3 rendez-vous sur l’agenda" in outbox()[0].text


def test_what_no_longer_exists_ends_its_letter_with_a_word(db, place, make_subscription, outbox):
    make_subscription(query="lieu=parti")
    make_subscription("bob@exemple.test", query="zone=fablab/partie", language="en")

    assert issue_actions.write_due(ISSUE) == 2
    assert [(mail.kind, mail.to_address) for mail in outbox()] == [
        (actions.GONE, "alice@exemple.test"),
        (actions.GONE, "bob@exemple.test"),
    ]
    assert "http://localhost/en/agenda" in outbox()[1].text
    assert db.query(Subscription).count() == 0


def test_subscribers_of_the_same_slice_share_the_reading(db, place, make_subscription, count_queries):
    make_workshop(place)
    counts = []
    for number in (1, 2):
        for each in range(number):
            make_subscription(f"p{number}{each}@exemple.test")
        db.expire_all()
        with count_queries() as seen:
            issue_actions.write_due(ISSUE)
        counts.append(len([statement for statement in seen if "event_date" in statement]))

    assert counts[0] == counts[1]


def test_two_workers_write_each_letter_once(app, engine):
    with app.app_context():
        is_new = kit_db.session.scalar(sa.text("SELECT count(*) = 0 FROM department WHERE code = '35'"))
        place = make_place()
        make_workshop(place)
        place_id = place.id
        for number in range(12):
            values = {"query": "", "language": "fr", "nonce": b"x", "asked_at": NOW, "confirmed_at": NOW, "failures": 0}
            kit_db.session.add(Subscription(email=f"p{number}@exemple.test", last_issue=date(2026, 3, 2), **values))
        kit_db.session.commit()
        kit_db.session.remove()
    counts = []

    def work():
        with app.app_context():
            counts.append(issue_actions.write_due(ISSUE))
            kit_db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    with engine.begin() as connection:
        written = connection.execute(sa.select(Mail.to_address)).scalars().all()
        for statement in (
            "DELETE FROM mail",
            "DELETE FROM digest_subscription",
            f"DELETE FROM place WHERE id = {place_id}",
        ):
            connection.execute(sa.text(statement))
        if is_new:
            connection.execute(sa.text("DELETE FROM department WHERE code = '35'"))
    assert sorted(written) == sorted(f"p{number}@exemple.test" for number in range(12))
    assert sum(counts) == 12


def test_nothing_is_due_for_the_unconfirmed(db):
    assert queries.find_due(date(2026, 3, 9)) is None


def test_a_letter_of_a_zone_brings_what_its_pole_told(db, place, make_subscription, outbox):
    zone = make_zone("35")
    coordinator = make_coordinator(zone)
    told = {"text": "Des mots.", "on_date": date(2026, 3, 4)}
    news = poles.create_news(
        zone, told | {"title": "Le prêt est ouvert"}, by=coordinator, now=ISSUE - timedelta(days=2), is_published=True
    )
    poles.create_news(zone, told | {"title": "Brouillon"}, by=coordinator, now=ISSUE, is_published=False)
    kit_db.session.commit()
    make_subscription(query="zone=fablab/ouest")

    assert [issue_actions.write_due(ISSUE + number * WEEK) for number in range(2)] == [1, 0]
    text = outbox()[0].text
    assert text.count(f"/zones/fablab/ouest/actualites/{news.slug}\n") == 1
    assert "Brouillon" not in text
