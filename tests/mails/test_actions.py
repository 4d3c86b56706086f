"""The queue: a letter leaves with the act or not at all, once, and again only when that can help."""

import logging
import os
import subprocess
import sys
import threading
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from fablabmesh.kit import db as kit_db
from fablabmesh.kit import smtp
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.letters import Letter
from fablabmesh.mails import actions, queries
from fablabmesh.mails.models import Mail
from fablabmesh.mails.rules import PAUSES, ROW_KEPT, WORDS_KEPT, State
from tests.factories import NOW

LETTER = Letter("Un essai d’été", "Bonjour.\n", "<p>Bonjour.</p>\n")


def make_mail(to="alice@exemple.test", *, letter=LETTER, now=NOW, **values):
    return actions.send_later(letter, to=to, kind=values.pop("kind", "tests/hello"), now=now, **values)


def reread(mail):
    kit_db.session.expire_all()
    return queries.get_mail(mail.id)


def test_a_letter_leaves_with_its_headers(db, office, postbox):
    mail = make_mail(headers={"List-Id": "<lettres.exemple.test>"})
    db.commit()

    count = actions.deliver(NOW)

    [received] = postbox.letters
    assert count == 1
    assert (str(received["To"]), str(received["Subject"])) == ("alice@exemple.test", "Un essai d’été")
    assert (received["List-Id"], received["Message-ID"]) == ("<lettres.exemple.test>", mail.message_id)
    assert postbox.received[0].mail_from == "mesh@exemple.test"
    assert (reread(mail).state, reread(mail).sent_at, reread(mail).attempts) == (State.SENT, NOW, 1)


def test_a_letter_that_left_does_not_leave_again(db, office, postbox):
    make_mail()
    db.commit()

    assert [actions.deliver(NOW), actions.deliver(NOW + timedelta(days=1))] == [1, 0]
    assert len(postbox.received) == 1


def test_an_act_undone_sends_nothing(db, office, postbox):
    def act():
        with kit_db.transaction():
            make_mail()
            raise RuntimeError("the act fails")

    with pytest.raises(RuntimeError):
        act()

    assert actions.deliver(NOW) == 0
    assert db.query(Mail).count() == 0


def test_letters_leave_in_the_order_they_fell_due_and_none_before(db, office, postbox):
    for hours, name in ((2, "later"), (0, "now"), (1, "soon")):
        make_mail(f"{name}@exemple.test", now=NOW + timedelta(hours=hours))
    db.commit()

    assert actions.deliver(NOW + timedelta(hours=1)) == 2
    assert postbox.addresses == ["now@exemple.test", "soon@exemple.test"]


@pytest.mark.parametrize("to", ["alice@exemple.test\r\nBcc: bob@exemple.test", "a@b.test,c@d.test", "nobody", ""])
def test_an_address_that_is_not_one_is_refused(db, office, to):
    with pytest.raises(Refused):
        make_mail(to)


def test_a_subject_or_header_of_two_lines_is_refused(db, office):
    with pytest.raises(ValueError, match="subject"):
        make_mail(letter=Letter("Un\r\nBcc: bob@exemple.test", "", ""))
    with pytest.raises(ValueError, match="headers"):
        make_mail(headers={"List-Id": "<x>\r\nBcc: bob@exemple.test"})
    with pytest.raises(ValueError, match="headers"):
        make_mail(headers={"Bcc": "bob@exemple.test"})


def test_what_is_put_off_comes_again_after_growing_pauses_and_is_given_up_within_three_days(db, office, postbox):
    postbox.mood = "defer"
    mail = make_mail()
    db.commit()
    tries, now = [], NOW
    while reread(mail).state is State.WAITING:
        now = reread(mail).due_at
        assert actions.deliver(now - timedelta(seconds=1)) == 0
        assert reread(mail).attempts == len(tries)
        tries.append(now)
        assert actions.deliver(now) == 0

    assert [later - earlier for earlier, later in pairwise(tries)] == list(PAUSES)
    assert tries[-1] - tries[0] < timedelta(days=3)
    assert (reread(mail).state, reread(mail).is_refused) == (State.FAILED, False)
    assert reread(mail).last_error == "451 4.7.1 <…@…>: greylisted, come back later"


def test_a_letter_that_was_put_off_leaves_when_the_server_is_better(db, office, postbox):
    postbox.mood = "full"
    mail = make_mail()
    db.commit()
    actions.deliver(NOW)
    postbox.mood = "accept"

    assert actions.deliver(NOW + PAUSES[0]) == 1
    assert (reread(mail).state, reread(mail).attempts, reread(mail).last_error) == (State.SENT, 2, "")


def test_a_refusal_for_good_is_not_tried_again_and_the_others_leave(db, office, postbox):
    postbox.moods["nobody@exemple.test"] = "refuse"
    refused = make_mail("nobody@exemple.test")
    make_mail("alice@exemple.test")
    db.commit()

    assert actions.deliver(NOW) == 1
    assert actions.deliver(NOW + timedelta(days=1)) == 0
    assert postbox.addresses == ["alice@exemple.test"]
    assert (reread(refused).state, reread(refused).is_refused, reread(refused).attempts) == (State.FAILED, True, 1)


@pytest.mark.parametrize("mood", ["hang", "drop"])
def test_a_server_that_does_not_answer_is_left_in_peace_until_the_next_turn(db, office, postbox, mood):
    postbox.mood, office.patience = mood, 0.3
    first, second = make_mail("a@exemple.test"), make_mail("b@exemple.test")
    db.commit()

    assert actions.deliver(NOW) == 0
    assert (reread(first).due_at, reread(first).attempts) == (NOW + PAUSES[0], 1)
    assert (reread(second).due_at, reread(second).attempts) == (NOW, 0)


def test_a_letter_that_nobody_can_write_does_not_hold_up_the_others(db, office, postbox, caplog):
    broken = make_mail("a@exemple.test")
    make_mail("b@exemple.test")
    db.execute(sa.update(Mail).where(Mail.id == broken.id).values(subject="deux\nlignes"))
    db.commit()

    assert actions.deliver(NOW) == 1
    assert postbox.addresses == ["b@exemple.test"]
    assert (reread(broken).attempts, reread(broken).last_error) == (1, "ValueError")


def test_what_is_no_longer_true_is_not_sent(db, office, postbox):
    mail = make_mail(expires_at=NOW + timedelta(days=3))
    db.commit()

    assert actions.deliver(NOW + timedelta(days=3)) == 0
    assert (postbox.received, reread(mail).state, reread(mail).last_error) == ([], State.FAILED, "expired")


def test_the_room_that_wrote_a_letter_is_told_how_it_went(db, office, postbox):
    told = []
    office.heed = (lambda mail, now: told.append((mail.kind, mail.about, mail.state, mail.is_refused, now)),)
    postbox.moods["nobody@exemple.test"] = "refuse"
    postbox.moods["later@exemple.test"] = "defer"
    for about, name in enumerate(("alice", "nobody", "later")):
        make_mail(f"{name}@exemple.test", about=about)
    db.commit()

    actions.deliver(NOW)

    assert told == [("tests/hello", 0, State.SENT, False, NOW), ("tests/hello", 1, State.FAILED, True, NOW)]


def test_a_room_that_fails_to_hear_does_not_have_the_letter_sent_again(db, office, postbox, caplog):
    def fail(_mail, _now):
        raise RuntimeError("deaf")

    office.heed = (fail,)
    mail = make_mail()
    db.commit()

    assert [actions.deliver(NOW), actions.deliver(NOW + timedelta(hours=1))] == [1, 0]
    assert reread(mail).state is State.SENT


def test_without_a_server_letters_wait_and_the_log_says_so_once(db, office, postbox, caplog):
    office.server, office.has_warned = None, False
    with caplog.at_level(logging.INFO):
        assert actions.deliver(NOW) == 0
        mail = make_mail()
        db.commit()
        assert [actions.deliver(NOW), actions.deliver(NOW)] == [0, 0]

    assert [record.message for record in caplog.records] == [
        "letters wait and no server of mail is set: see FABLABMESH_SMTP_URL"
    ]
    assert (reread(mail).state, reread(mail).attempts) == (State.WAITING, 0)


def test_no_address_is_written_to_the_log(db, office, postbox, caplog):
    postbox.moods["nobody@exemple.test"], postbox.moods["later@exemple.test"] = "refuse", "defer"
    for name in ("nobody", "later", "alice"):
        make_mail(f"{name}@exemple.test")
    db.commit()

    with caplog.at_level(logging.DEBUG):
        actions.deliver(NOW)

    ours = [record.getMessage() for record in caplog.records if record.name.startswith("fablabmesh")]
    assert len(ours) == 2
    assert [line for line in ours if "@exemple" in line] == []


def test_whom_a_letter_went_to_and_what_it_said_are_erased_after_thirty_days(db, office, postbox):
    sent = make_mail()
    db.commit()
    actions.deliver(NOW)

    assert actions.erase_old(NOW + WORDS_KEPT) == 0
    assert actions.erase_old(NOW + WORDS_KEPT + timedelta(seconds=1)) == 1
    assert actions.erase_old(NOW + WORDS_KEPT + timedelta(days=1)) == 0
    left = reread(sent)
    assert (left.to_address, left.subject, left.text, left.html, left.headers) == ("", "", "", "", {})
    assert left.sent_at == NOW

    actions.erase_old(NOW + ROW_KEPT + timedelta(days=1))
    assert db.query(Mail).count() == 0


def test_a_letter_is_tried_again_when_somebody_asks(db, office, postbox):
    postbox.mood = "refuse"
    mail = make_mail()
    db.commit()
    actions.deliver(NOW)
    postbox.mood = "accept"

    actions.retry(reread(mail), now=NOW + timedelta(hours=1))
    db.commit()

    assert actions.deliver(NOW + timedelta(hours=1)) == 1
    with pytest.raises(Refused):
        actions.retry(reread(mail), now=NOW + timedelta(hours=2))


def test_a_letter_too_old_is_not_tried_again(db, office):
    mail = make_mail(expires_at=NOW)

    with pytest.raises(Refused):
        actions.retry(mail, now=NOW)


def test_who_is_forgotten_gets_nothing_more_and_leaves_no_address(db, office, postbox):
    gone = make_mail(about=1)
    db.commit()
    actions.deliver(NOW)
    make_mail(about=1)
    other = make_mail("bob@exemple.test", about=2)

    actions.forget_about(("tests/hello",), 1, now=NOW)
    db.commit()
    actions.deliver(NOW)

    assert postbox.addresses == ["alice@exemple.test", "bob@exemple.test"]
    assert [(mail.id, mail.to_address) for mail in db.query(Mail).order_by(Mail.id)] == [
        (gone.id, ""),
        (other.id, "bob@exemple.test"),
    ]


# --- on real connections -----------------------------------------------------------------------------------------


@pytest.fixture
def committed(app, office):
    """Letters really in the database, seen by all connections; taken away at the end."""
    with app.app_context():
        yield lambda *names: _commit(names)
        kit_db.session.rollback()
        kit_db.session.execute(sa.delete(Mail))
        kit_db.session.commit()
        kit_db.session.remove()


def _commit(names):
    for name in names:
        make_mail(f"{name}@exemple.test")
    kit_db.session.commit()
    kit_db.session.remove()


def test_two_workers_never_send_the_same_letter_twice(app, committed, postbox):
    names = [f"p{number}" for number in range(40)]
    committed(*names)
    counts = []

    def work():
        with app.app_context():
            counts.append(actions.deliver(NOW))
            kit_db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(postbox.addresses) == sorted(f"{name}@exemple.test" for name in names)
    assert sum(counts) == 40
    assert len([count for count in counts if count]) > 1


def test_who_dies_between_sending_and_the_commit_sends_again_under_the_same_name(app, committed, postbox, monkeypatch):
    committed("alice")

    def die(_mail, _now):
        raise SystemExit("killed")

    monkeypatch.setattr(actions, "_tell", die)
    with pytest.raises(SystemExit):
        actions.deliver(NOW)
    kit_db.session.remove()
    monkeypatch.undo()

    assert actions.deliver(NOW) == 1
    first, second = postbox.received
    assert first.content == second.content
    assert len({str(letter["Message-ID"]) for letter in postbox.letters}) == 1


def test_who_is_forgotten_does_not_wait_for_a_letter_being_brought(app, committed, engine):
    committed("alice")
    kit_db.session.execute(sa.update(Mail).values(about=7))
    kit_db.session.commit()
    with engine.begin() as other:
        other.execute(sa.select(Mail.id).with_for_update())

        actions.forget_about(("tests/hello",), 7, now=NOW)
        kit_db.session.commit()

    assert kit_db.session.scalar(sa.select(sa.func.count()).select_from(Mail)) == 1


def test_the_line_is_hung_up_at_the_end_of_a_turn(db, office, postbox, monkeypatch):
    lines = []
    opened = smtp.Line._open
    monkeypatch.setattr(smtp.Line, "_open", lambda line: lines.append(line) or opened(line))
    make_mail()
    db.commit()

    actions.deliver(NOW)

    assert [line._smtp for line in lines] == [None]


def test_the_worker_brings_letters_to_the_server_of_the_settings(postbox, worker_url):
    engine = sa.create_engine(worker_url)
    letter = {"kind": "essai", "to_address": "alice@exemple.test", "subject": "Essai", "text": "Bonjour", "html": ""}
    moments = {"created_at": NOW, "due_at": NOW, "expires_at": NOW.replace(year=2090)}
    with engine.begin() as connection:
        connection.execute(sa.insert(Mail).values(message_id="<essai@exemple.test>", **letter, **moments))
    engine.dispose()
    settings = {
        "DATABASE_URL": worker_url,
        "FABLABMESH_ENV": "development",
        "FABLABMESH_SMTP_URL": f"smtp://127.0.0.1:{postbox.port}",
        "FABLABMESH_MAIL_FROM": "Le réseau <mesh@exemple.test>",
    }

    command = [sys.executable, "-m", "fablabmesh", "work", "--once"]
    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=True)

    assert postbox.addresses == ["alice@exemple.test"]
    assert "alice" not in done.stdout + done.stderr
