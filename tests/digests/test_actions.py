"""Asking twice, stopping once, and what is kept of whom."""

import re
import threading
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.digests import actions, queries, rules
from fablabmesh.digests.models import DigestRequest, Subscription
from fablabmesh.feeds.slices import Choice, Slice
from fablabmesh.kit import db as kit_db
from fablabmesh.kit.errors import NotFound
from fablabmesh.mails import actions as mails
from fablabmesh.mails.models import Mail
from tests.factories import NOW


def ask(email="alice@exemple.test", **values):
    given = {"wanted": Slice(), "language": "fr", "network": "203.0.113.7", "now": NOW}
    actions.ask(email=email, **given | values)


def secret_of(mail):
    return re.search(r"/lettres/confirmer/([\w-]+)", mail.text)[1]


def test_asking_sends_a_link_and_nothing_more(db, outbox):
    ask()

    [mail] = outbox()
    [asked] = db.query(Subscription)
    assert (mail.kind, mail.to_address, mail.about) == (actions.CONFIRM, "alice@exemple.test", asked.id)
    assert (asked.confirmed_at, asked.last_issue) == (None, None)
    assert mail.expires_at == NOW + timedelta(days=3)
    assert f"http://localhost/lettres/confirmer/{secret_of(mail)}" in mail.text
    assert queries.find_due(date(2090, 1, 2)) is None


def test_the_link_is_kept_as_a_hash(db, outbox):
    ask()

    assert db.query(Subscription).one().confirm_hash == rules.digest(secret_of(outbox()[0]))


def test_confirming_begins_with_the_next_monday(db, outbox):
    ask()

    confirmed = actions.confirm(secret_of(outbox()[0]), now=NOW + timedelta(days=1))

    assert (confirmed.confirmed_at, confirmed.last_issue) == (NOW + timedelta(days=1), date(2026, 3, 2))
    assert (confirmed.confirm_hash, confirmed.confirm_until) == (None, None)
    assert queries.find_due(date(2026, 3, 2)) is None
    assert queries.find_due(date(2026, 3, 9)) is confirmed


def test_a_link_is_used_once_and_within_three_days(db, outbox):
    ask()
    ask("bob@exemple.test")
    first, second = (secret_of(mail) for mail in outbox())
    actions.confirm(first, now=NOW)

    with pytest.raises(NotFound):
        actions.confirm(first, now=NOW)
    with pytest.raises(NotFound):
        actions.confirm(second, now=NOW + timedelta(days=3))
    with pytest.raises(NotFound):
        actions.confirm("x" * 43, now=NOW)


def test_asking_again_makes_the_older_link_void(db, outbox):
    ask()
    ask(language="en")
    first, second = (secret_of(mail) for mail in outbox())

    with pytest.raises(NotFound):
        actions.confirm(first, now=NOW)
    assert actions.confirm(second, now=NOW).language == "en"
    assert "/en/lettres/confirmer/" in outbox()[1].text


def test_who_has_the_letter_already_is_told_so_by_mail(db, make_subscription, outbox):
    had = make_subscription()

    ask(language="en")

    [mail] = outbox()
    assert (mail.kind, mail.about) == (actions.ALREADY, had.id)
    assert actions.stop_url(had) in mail.text
    assert (had.language, had.confirmed_at) == ("fr", NOW)
    assert "Agenda des Fab Labs." in mail.text  # in the language of the letter, and not of who asks


def test_an_address_may_follow_several_things(db, outbox):
    ask(wanted=Slice((Choice(words="laser"),)))
    ask(wanted=Slice((Choice(words="couture"),)))

    assert db.query(Subscription).count() == 2


def test_nobody_can_flood_an_address(db, outbox):
    for number in range(rules.MOST_PER_ADDRESS + 3):
        ask(wanted=Slice((Choice(words=f"laser {number}"),)), network=f"203.0.113.{number}")

    assert len(outbox()) == rules.MOST_PER_ADDRESS
    ask(now=NOW + timedelta(days=1, seconds=1))
    assert len(outbox()) == rules.MOST_PER_ADDRESS + 1


def test_one_network_cannot_ask_for_everybody(db, outbox):
    for number in range(rules.MOST_PER_NETWORK):
        ask(f"p{number}@exemple.test")

    with pytest.raises(actions.TooMany):
        ask("next@exemple.test")
    ask("next@exemple.test", network="198.51.100.1")
    ask("last@exemple.test", now=NOW + timedelta(hours=1, seconds=1))


def test_requests_are_counted_by_what_nobody_can_read(db):
    ask()

    kept = b"".join(request.subject for request in db.query(DigestRequest))
    assert (len(kept), b"alice" in kept, b"203" in kept) == (32, False, False)


def test_a_word_stops_its_own_letter(db, make_subscription):
    first, second = make_subscription(), make_subscription(query="lieu=labfab")

    assert actions.find_by_stop_word(actions.stop_word(first)) is first
    assert actions.find_by_stop_word(actions.stop_word(second)) is second
    forged = f"{first.id}-" + actions.stop_word(second).partition("-")[2]
    assert actions.find_by_stop_word(forged) is None
    assert actions.find_by_stop_word("999999-" + "a" * 22) is None


def test_stopping_leaves_nothing_of_the_address(db, office, postbox, make_subscription, outbox):
    kept, gone = make_subscription("bob@exemple.test"), make_subscription()
    for subscription in (kept, gone):
        letter = mails.write("digests/mail/already.html", "fr", title="x", settings_url="x")
        for _ in range(2):
            mails.send_later(letter, to=subscription.email, kind=actions.ISSUE, about=subscription.id, now=NOW)
    db.commit()
    mails.deliver(NOW)
    mails.send_later(letter, to=gone.email, kind=actions.ISSUE, about=gone.id, now=NOW)

    actions.stop(gone, now=NOW)
    db.commit()
    db.expire_all()

    assert [each.email for each in db.query(Subscription)] == ["bob@exemple.test"]
    assert [mail.to_address for mail in outbox()] == ["bob@exemple.test"] * 2 + [""] * 2
    assert [mail.text for mail in outbox() if mail.about == gone.id] == ["", ""]


def test_all_letters_of_an_address_stop_together(db, make_subscription):
    first = make_subscription()
    make_subscription(query="lieu=labfab")
    make_subscription("bob@exemple.test")

    assert actions.count_others(first) == 1
    assert actions.stop_all(first.email, now=NOW) == 2
    assert [each.email for each in db.query(Subscription)] == ["bob@exemple.test"]


def test_who_does_not_confirm_is_forgotten_after_three_days(db, make_subscription, outbox):
    make_subscription("bob@exemple.test")
    ask()
    db.commit()

    assert actions.forget_unconfirmed(NOW + timedelta(days=3) - timedelta(seconds=1)) == 0
    assert actions.forget_unconfirmed(NOW + timedelta(days=3)) == 1
    assert [each.email for each in db.query(Subscription)] == ["bob@exemple.test"]
    assert outbox() == []
    assert db.query(DigestRequest).count() == 0


def refuse_letters(db, subscription, count):
    letter = mails.write("digests/mail/already.html", "fr", title="x", settings_url="x")
    for number in range(count):
        now = NOW + timedelta(weeks=number)
        mails.send_later(letter, to=subscription.email, kind=actions.ISSUE, about=subscription.id, now=now)
        db.commit()
        mails.deliver(now)


def test_an_address_that_refuses_three_letters_running_is_forgotten(db, office, postbox, make_subscription):
    office.heed = (actions.heed,)
    subscription = make_subscription()
    postbox.mood = "refuse"

    refuse_letters(db, subscription, 2)
    assert db.query(Subscription).one().failures == 2
    refuse_letters(db, subscription, 1)

    assert db.query(Subscription).count() == 0


def test_a_letter_that_arrives_clears_the_account(db, office, postbox, make_subscription):
    office.heed = (actions.heed,)
    subscription = make_subscription()
    postbox.mood = "refuse"
    refuse_letters(db, subscription, 2)
    postbox.mood = "accept"

    refuse_letters(db, db.query(Subscription).one(), 1)

    assert db.query(Subscription).one().failures == 0


def test_an_address_that_refuses_the_link_is_forgotten_at_once(db, office, postbox):
    office.heed = (actions.heed,)
    postbox.mood = "refuse"
    ask()
    db.commit()

    mails.deliver(NOW)

    assert db.query(Subscription).count() == 0


def test_a_letter_stopped_while_it_is_brought_leaves_no_address(db, office, postbox, make_subscription, outbox):
    subscription = make_subscription()
    letter = mails.write("digests/mail/already.html", "fr", title="x", settings_url="x")
    mails.send_later(letter, to=subscription.email, kind=actions.ISSUE, about=subscription.id, now=NOW)
    db.delete(subscription)
    db.commit()
    office.heed = (actions.heed,)

    mails.deliver(NOW)

    db.expire_all()
    assert [mail.to_address for mail in outbox()] == [""]


def test_letters_of_other_rooms_are_none_of_its_business(db, office, postbox, make_subscription):
    office.heed = (actions.heed,)
    subscription = make_subscription()
    postbox.mood = "refuse"
    letter = mails.write("digests/mail/already.html", "fr", title="x", settings_url="x")
    mails.send_later(letter, to="alice@exemple.test", kind="other/hello", about=subscription.id, now=NOW)
    db.commit()

    mails.deliver(NOW)

    assert db.query(Subscription).one().failures == 0


@pytest.mark.parametrize("mood", ["deny", "refuse words"])
def test_a_server_that_refuses_everything_costs_nobody_a_subscription(db, office, postbox, make_subscription, mood):
    office.heed = (actions.heed,)
    subscription = make_subscription()
    ask("bob@exemple.test")
    postbox.mood = mood

    refuse_letters(db, subscription, 4)

    assert [(each.email, each.failures) for each in db.query(Subscription).order_by(Subscription.id)] == [
        ("alice@exemple.test", 0),
        ("bob@exemple.test", 0),
    ]


def test_the_application_has_letters_heeded_and_named(app):
    with app.app_context():
        office = mails.office()
        labels = [str(label) for label in office.kinds.values()]

    assert office.heed == (actions.heed,)
    assert {actions.ISSUE, actions.CONFIRM, actions.ALREADY, actions.GONE} <= set(office.kinds)
    assert len(set(labels)) == len(labels)


def test_a_letter_being_marked_and_a_letter_being_stopped_leave_no_address(app, engine, office, postbox):
    """Whoever is second waits for the first, and then sees what it did."""
    with app.app_context():
        values = {"language": "fr", "nonce": b"x", "asked_at": NOW, "confirmed_at": NOW, "last_issue": date(2026, 3, 2)}
        subscription = Subscription(email="alice@exemple.test", query="", failures=0, **values)
        kit_db.session.add(subscription)
        kit_db.session.flush()
        letter = mails.write("digests/mail/already.html", "fr", title="x", settings_url="x")
        mails.send_later(letter, to=subscription.email, kind=actions.ISSUE, about=subscription.id, now=NOW)
        kit_db.session.commit()
        office.heed = (actions.heed,)

        with engine.begin() as stopping:  # the page that stops it has deleted the row and not ended yet
            stopping.execute(sa.delete(Subscription).where(Subscription.id == subscription.id))
            worker = threading.Thread(target=_deliver, args=(app,))
            worker.start()
            worker.join(1.5)
            is_waiting = worker.is_alive()
        worker.join(10)

        kit_db.session.expire_all()
        left = kit_db.session.scalars(sa.select(Mail.to_address)).all()
        kit_db.session.execute(sa.delete(Mail))
        kit_db.session.commit()
        kit_db.session.remove()
    assert is_waiting
    assert left == [""]


def _deliver(app):
    with app.app_context():
        mails.deliver(NOW)
        kit_db.session.remove()
