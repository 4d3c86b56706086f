"""Erasure takes a person out of the whole database; what is over goes by itself, told before where people are told."""

import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.accounts import actions as accounts
from fablabmesh.accounts.models import Account, OneTimeWord, SignIn, SignInAttempt
from fablabmesh.accounts.rules import Role
from fablabmesh.curation.models import FreshnessLetter, Proposal
from fablabmesh.events.models import Event
from fablabmesh.kit.errors import NotFound, Refused
from fablabmesh.mails.models import Mail
from fablabmesh.places.models import PlaceManager, PlacePerson, PlaceVersion
from fablabmesh.privacy import actions
from fablabmesh.privacy.models import AccountLife
from fablabmesh.privacy.rules import ERASED_AFTER, INACTIVE_AFTER, QUESTION_KEPT, SESSION_KEPT
from fablabmesh.teams.models import Invitation
from fablabmesh.tokens import actions as tokens
from fablabmesh.tokens.rules import Scope
from tests.factories import NOW, make_account, make_event, make_place
from tests.privacy.conftest import MAIL, NAME, everything, question_to


def test_after_erasure_neither_name_nor_address_is_anywhere(db, life):
    before = everything(db).lower()
    assert (NAME.lower() in before, MAIL in before) == (True, True)

    actions.erase(life.id, with_public_name=True, now=NOW)
    db.commit()

    left = [line for line in everything(db).lower().splitlines() if "zénobie q" in line or "quartermaine" in line]
    assert left == []


def test_the_journal_lets_go_of_an_address_and_of_nothing_else(db, life):
    entries = db.execute(sa.text("SELECT id, before, after FROM journal_entry ORDER BY id")).all()
    assert db.scalar(sa.text("SELECT journal_take_out(:address)"), {"address": MAIL.upper()}) > 0
    left = db.execute(sa.text("SELECT id, before, after FROM journal_entry ORDER BY id")).all()

    assert [row.id for row in left] == [row.id for row in entries]
    told = [(row.before, row.after) for row in entries]
    without = re.sub(re.escape(MAIL), "…", json.dumps(told, ensure_ascii=False), flags=re.IGNORECASE)
    assert [list(pair) for pair in [(row.before, row.after) for row in left]] == json.loads(without)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET after = '{}'",
        "DELETE FROM journal_entry",
        "SELECT set_config('journal.taken', 'atelier', true); UPDATE journal_entry SET after = NULL",
        "SELECT journal_take_out('atelier')",
        "SELECT journal_take_out('')",
    ],
)
def test_the_journal_lets_nobody_else_in(db, life, statement):
    with pytest.raises(sa.exc.DBAPIError, match=r"the journal is kept|a mail address is expected"), db.begin_nested():
        db.execute(sa.text(statement))


def test_what_the_person_wrote_of_the_place_stays(db, life):
    place_ids = set(db.scalars(sa.select(PlaceManager.place_id).where(PlaceManager.account_id == life.id)))
    histories = db.scalar(sa.select(sa.func.count(PlaceVersion.id)))

    actions.erase(life.id, with_public_name=False, now=NOW)

    db.expire_all()
    event = db.scalars(sa.select(Event)).one()
    assert (event.created_by_id, event.contact, event.place_id in place_ids) == (None, "Zénobie <>", True)
    assert event.description == "Écrire à … avant jeudi."
    assert db.scalar(sa.select(sa.func.count(PlaceVersion.id))) == histories
    assert db.scalars(sa.select(PlaceVersion.by_id).distinct()).all() == [None]
    assert [(person.role, person.name) for person in db.scalars(sa.select(PlacePerson))] == [("Fabmanager", NAME)]


def test_the_calendar_of_the_place_forgets_the_address_too(client, db, life):
    assert MAIL in client.get("/agenda.ics").get_data(as_text=True).lower().replace("\r\n ", "")

    actions.erase(life.id, with_public_name=True, now=NOW)
    db.commit()

    assert MAIL not in client.get("/agenda.ics").get_data(as_text=True).lower().replace("\r\n ", "")


def test_a_public_role_stays_without_its_name(db, life):
    actions.erase(life.id, with_public_name=True, now=NOW)

    assert [(person.role, person.name) for person in db.scalars(sa.select(PlacePerson))] == [("Fabmanager", "")]


def test_letters_that_wait_for_others_leave_without_the_name(db, life):
    actions.erase(life.id, with_public_name=False, now=NOW)

    db.expire_all()
    mail = db.scalars(sa.select(Mail).where(Mail.to_address == "basile@exemple.test")).one()
    nobody = "une personne qui n’a plus de compte"
    assert (mail.subject, mail.text) == (f"{nobody} vous rejoint", f"{nobody} vous rejoint.")
    assert mail.html == f"<p>{nobody} vous rejoint.</p>"
    assert db.scalars(sa.select(Mail).where(Mail.to_address == MAIL)).all() == []


def test_invitations_that_they_sent_stay_and_those_they_got_go(db, life):
    actions.erase(life.id, with_public_name=False, now=NOW)

    db.expire_all()
    assert [(each.email, each.invited_by_id) for each in db.scalars(sa.select(Invitation))] == [
        ("camille@exemple.test", None)
    ]


def test_rooms_are_asked_to_forget_before_the_account_goes(db, life):
    seen = []
    before = db.session_factory.kw.get("info", {}).get("forgetters")
    forget = actions.Forgetters((lambda account, now: seen.append((account.email, now)),))
    db().info["forgetters"] = forget
    try:
        actions.erase(life.id, with_public_name=False, now=NOW)
    finally:
        db().info["forgetters"] = before or actions.Forgetters()

    assert seen == [(MAIL, NOW)]


def test_others_are_untouched(db, life):
    other = make_account(name="Zénobie Quarter", email="zenobie@exemple.test")
    make_event(make_place(name="Autre lieu", managers=(other,)), by=other)

    actions.erase(life.id, with_public_name=True, now=NOW)

    db.expire_all()
    assert db.get(Account, other.id).email == "zenobie@exemple.test"
    assert db.scalars(sa.select(Event.created_by_id).where(Event.created_by_id.is_not(None))).all() == [other.id]


def test_the_only_administrator_is_not_erased_and_is_told_what_to_do(db):
    boss = make_account(name="Camille", role=Role.ADMIN)

    with pytest.raises(Refused, match="donnez d’abord ce rôle"):
        actions.erase(boss.id, with_public_name=False, now=NOW)

    make_account(name="Basile", role=Role.ADMIN)
    actions.erase(boss.id, with_public_name=False, now=NOW)
    assert db.get(Account, boss.id) is None


def test_who_is_gone_already_cannot_be_erased_twice(db):
    with pytest.raises(NotFound):
        actions.erase(0, with_public_name=False, now=NOW)


# --- what goes by itself -----------------------------------------------------------------------------------------


def test_what_is_over_is_thrown_away_and_what_is_not_stays(db):
    person = make_account()
    for age in (SESSION_KEPT + timedelta(days=1), SESSION_KEPT - timedelta(days=1)):
        accounts.open_sign_in(person, now=NOW - age)
    db.add_all([SignInAttempt(subject=b"x", at=NOW - timedelta(days=2)), SignInAttempt(subject=b"y", at=NOW)])
    for number, age in enumerate((QUESTION_KEPT + timedelta(days=1), timedelta(days=1))):
        letter = question_to(person)
        letter.sent_at, letter.secret_hash = NOW - age, bytes([number])
        db.add(letter)
    db.flush()

    assert actions.throw_away(NOW) == 3

    assert [row.last_seen_at for row in db.scalars(sa.select(SignIn))] == [NOW - SESSION_KEPT + timedelta(days=1)]
    assert [row.subject for row in db.scalars(sa.select(SignInAttempt))] == [b"y"]
    assert [row.sent_at for row in db.scalars(sa.select(FreshnessLetter))] == [NOW - timedelta(days=1)]
    assert actions.throw_away(NOW) == 0


def test_when_somebody_came_last_is_known_after_their_sessions_are_gone(db):
    person = make_account()
    person.created_at, person.email_confirmed_at = NOW - timedelta(days=900), None
    accounts.open_sign_in(person, now=NOW - timedelta(days=100))
    db.flush()

    actions.keep_to_schedule(NOW)
    actions.keep_to_schedule(NOW)

    assert db.scalars(sa.select(SignIn)).all() == []
    assert db.get(AccountLife, person.id).seen_at == NOW - timedelta(days=100)


def test_a_program_that_uses_its_token_is_a_sign_of_life(db):
    person = make_account(name=NAME, email=MAIL)
    person.created_at = person.email_confirmed_at = NOW - timedelta(days=900)
    token, _words = tokens.make_token(
        person, name="Agenda", scopes=[Scope.EVENTS_READ], places=[], days=30, now=NOW - timedelta(days=10)
    )
    tokens.count_use(token, now=NOW - timedelta(days=3))
    db.flush()

    actions.keep_to_schedule(NOW)

    midnight = (NOW - timedelta(days=3)).replace(hour=0, minute=0)
    assert db.get(AccountLife, person.id).seen_at == midnight
    assert db.scalars(sa.select(Mail).where(Mail.kind == actions.QUIET)).all() == []


def test_an_account_nobody_uses_is_told_twice_and_then_erased(db):
    person = make_account(name=NAME, email=MAIL)
    person.created_at = NOW
    invented = make_account(name="Inventée", is_demo=True)
    invented.created_at = NOW
    db.flush()
    deeds = []
    for day in range(0, ERASED_AFTER.days + 40, 5):
        now = NOW + timedelta(days=day)
        if actions.follow_quiet(now):
            letter = db.scalar(sa.select(Mail.subject).order_by(Mail.id.desc()).limit(1))
            deeds.append((day, letter))
            db.execute(sa.delete(Mail))

    assert deeds == [
        (INACTIVE_AFTER.days, "Votre compte sert-il encore\u00a0?"),
        (ERASED_AFTER.days - 30, "Votre compte sert-il encore\u00a0?"),
        (ERASED_AFTER.days, None),
    ]
    assert db.scalars(sa.select(Account.name)).all() == ["Inventée"]


def test_letters_say_from_when_and_until_when(db):
    person = make_account(name=NAME, email=MAIL)
    person.created_at = NOW
    db.flush()

    actions.follow_quiet(NOW + INACTIVE_AFTER)

    text = db.scalars(sa.select(Mail.text)).one()
    assert "n’a pas servi depuis le 2 mars 2026" in text
    assert "Sans connexion de votre part avant le 1er mars 2029" in text
    assert "http://localhost/connexion" in text


def test_who_comes_back_is_asked_nothing_more(db):
    person = make_account()
    person.created_at = NOW
    db.flush()
    actions.follow_quiet(NOW + INACTIVE_AFTER)

    accounts.open_sign_in(person, now=NOW + INACTIVE_AFTER + timedelta(days=3))
    db.flush()

    assert actions.follow_quiet(NOW + ERASED_AFTER + timedelta(days=30)) == 0
    assert db.get(Account, person.id) is not None


def test_a_chore_that_was_late_still_leaves_a_month_after_each_letter(db):
    person = make_account()
    person.created_at = NOW
    db.flush()
    late = NOW + ERASED_AFTER + timedelta(days=400)

    done = [actions.follow_quiet(late + timedelta(days=days)) for days in (0, 1, 29, 30, 31, 59, 60)]

    assert done == [1, 0, 0, 1, 0, 0, 1]
    assert db.get(Account, person.id) is None


def test_the_last_administrator_stays_whatever_the_time(db):
    boss = make_account(role=Role.ADMIN)
    boss.created_at = NOW
    db.flush()
    for days in (730, 1065, 1095, 1200):
        actions.follow_quiet(NOW + timedelta(days=days))

    assert db.get(Account, boss.id) is not None


def test_words_and_proposals_keep_no_address_after_erasure(db, life):
    actions.erase(life.id, with_public_name=False, now=NOW)

    db.expire_all()
    assert db.scalars(sa.select(OneTimeWord)).all() == []
    proposal = db.scalars(sa.select(Proposal)).one()
    assert (proposal.by_id, proposal.contact, proposal.contact_until, proposal.message) == (
        None,
        "",
        None,
        "Répondez à …",
    )
