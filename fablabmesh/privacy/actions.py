"""Writes: a person erased at once and whole, what is over thrown away, people asked whether they still come."""

import html
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, Text, cast, delete, func, or_, select, union_all, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session, scoped_session

from fablabmesh.accounts.models import Account, OneTimeWord, SignIn, SignInAttempt
from fablabmesh.curation.models import FreshnessLetter, Proposal
from fablabmesh.digests import actions as digests
from fablabmesh.kit.db import Base, equip, session, transaction
from fablabmesh.kit.errors import NotFound, Refused
from fablabmesh.kit.i18n import day, force_locale, root_of
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.mails import actions as mails
from fablabmesh.places.models import Place
from fablabmesh.privacy import queries, rules
from fablabmesh.privacy.held import HELD, Fate
from fablabmesh.privacy.models import AccountLife
from fablabmesh.sheets.actions import set_people
from fablabmesh.sheets.queries import list_holders

# What tells that an account is used still.
SIGNS_OF_LIFE = (("sign_in", "last_seen_at"), ("api_token", "last_used_on"))
QUIET = "privacy/quiet"
KIND_LABELS = {QUIET: _l("Compte qui ne sert plus")}
_log = logging.getLogger("fablabmesh.privacy")

Forgetter = Callable[[Account, datetime], object]


@dataclass(frozen=True)
class Forgetters:
    """What rooms do of their own when a person is erased, before the account goes: what no foreign key can do."""

    all: tuple[Forgetter, ...] = ()


def install(factory: scoped_session[Session], forgetters: Forgetters) -> None:
    """Have every session of this factory know them."""
    equip(factory, forgetters=forgetters)


# --- erasure -----------------------------------------------------------------------------------------------------


def erase(account_id: int, *, with_public_name: bool, now: datetime) -> None:
    """Take a person out of everything, in this transaction; what they wrote of places stays and names nobody.

    Rows that hang on the account go with it, or lose the link, by the database's own foreign keys (see `held`).
    """
    account = queries.get_and_lock(account_id)
    if account is None:
        raise NotFound(_("Ce compte n’existe plus."))
    if queries.is_last_administrator(account):
        raise Refused(
            _(
                "Ce compte est le seul à administrer le site : donnez d’abord ce rôle à une autre personne, puis "
                "recommencez."
            )
        )
    if with_public_name:
        _leave_public_roles(account, now)
    _leave_words(account)
    digests.forget_address(account.email, now=now)
    _leave_texts(account)
    _leave_envelopes(account.email)
    _leave_proposals(account.email)
    forgetters: Forgetters = session().info.get("forgetters", Forgetters())
    for forget in forgetters.all:
        forget(account, now)
    session.flush()
    session.expunge(account)
    address = account.email
    session.execute(delete(Account).where(Account.id == account_id))
    # Last, for all of this is told there too. The journal lets go of an address, and of nothing else.
    session.execute(select(func.journal_take_out(address)))
    _log.info("account %d is erased", account_id)


def _leave_public_roles(account: Account, now: datetime) -> None:
    """Their name leaves the pages of places; the role stays. By nobody: the history must not name them either."""
    for place_id in sorted({person.place_id for person in queries.list_public_roles(account)}):
        place = session.get_one(Place, place_id)
        holders = [
            type(holder)(holder.role) if holder.name.lower() == account.name.lower() else holder
            for holder in list_holders(place_id)
        ]
        set_people(place, holders, by=None, now=now)


def _leave_words(account: Account) -> None:
    """Their mail address leaves all that anybody wrote in free words, wherever the register says such words are."""
    pattern = re.compile(re.escape(account.email), re.IGNORECASE)
    for event in queries.list_events_that_say(account.email):
        # By the session, so that pages and calendars follow.
        event.contact = pattern.sub("", event.contact).strip()
        event.description = pattern.sub("…", event.description)
    session.flush()
    for name, held in HELD.items():
        if name not in ("event", "one_time_word"):
            for column in held.free.split():
                _take_out(name, column, account.email)
    session.execute(delete(OneTimeWord).where(cast(OneTimeWord.told, Text).icontains(account.email, autoescape=True)))


def _take_out(table: str, column: str, address: str) -> None:
    where = Base.metadata.tables[table].c[column]
    text = cast(where, Text)
    left = func.regexp_replace(text, re.escape(address), "…", "gi")
    value = cast(left, JSONB) if isinstance(where.type, JSONB) else left
    statement = update(where.table).where(text.icontains(address, autoescape=True))
    session.execute(statement.values({column: value}))


def _leave_texts(account: Account) -> None:
    """What the site wrote to others and names them in: the name goes, the news stays."""
    if not account.name.strip():
        return
    with force_locale("fr"):
        nobody = _("une personne qui n’a plus de compte")
    names = [re.escape(name) for name in dict.fromkeys((account.name, html.escape(account.name)))]
    for name, held in HELD.items():
        table = Base.metadata.tables[name]
        columns = [table.c[column] for column in held.written.split()]
        if not columns:
            continue
        told = or_(*(column.icontains(account.name, autoescape=True) for column in columns))
        # A letter that is being brought is left alone, so that nobody waits for a server of mail.
        ids = list(session.scalars(select(table.c.id).where(told).with_for_update(skip_locked=True)))
        for column in columns:
            value: Any = column
            for pattern in names:
                value = func.regexp_replace(value, rf"(?<!\w){pattern}(?!\w)", nobody, "gi")
            session.execute(update(table).where(table.c.id.in_(ids)).values({column: value}))


def _leave_envelopes(address: str) -> None:
    """Rows that were addressed to them and hang on no account: invitations, claims."""
    for name, held in HELD.items():
        if name != "account" and held.fate in (Fate.DELETED, Fate.SPLIT):
            table = Base.metadata.tables[name]
            for column in held.address.split():
                session.execute(delete(table).where(func.lower(table.c[column]) == address))


def _leave_proposals(address: str) -> None:
    theirs = update(Proposal).where(func.lower(Proposal.contact) == address)
    session.execute(theirs.values(contact="", contact_until=None, answer_hash=None))


# --- what goes on by itself --------------------------------------------------------------------------------------


def keep_to_schedule(now: datetime) -> int:
    """The chore: throw away what is over, as the register says, and follow accounts. Rooms see to the rest."""
    return throw_away(now) + follow_quiet(now)


def throw_away(now: datetime) -> int:
    """What is over by the register and by no room's own chore."""
    gone = 0
    with transaction():
        note_signs_of_life()
        for table, is_over in (
            (SignIn, SignIn.last_seen_at < now - rules.SESSION_KEPT),
            (SignInAttempt, SignInAttempt.at < now - rules.ATTEMPT_KEPT),
            (FreshnessLetter, FreshnessLetter.sent_at < now - rules.QUESTION_KEPT),
        ):
            gone += len(session.execute(delete(table).where(is_over).returning(table.id)).all())
    return gone


def note_signs_of_life() -> None:
    """When each account was last used, by a person or by a program: before the rows that tell it are thrown away."""
    uses = union_all(*(_uses(table, column) for table, column in SIGNS_OF_LIFE)).subquery()
    last = select(uses.c.account_id, func.max(uses.c.at).label("at")).group_by(uses.c.account_id).subquery()
    seen = select(Account.id, func.greatest(Account.created_at, Account.email_confirmed_at, last.c.at))
    statement = insert(AccountLife).from_select(
        ["account_id", "seen_at"], seen.outerjoin(last, last.c.account_id == Account.id)
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id"],
            set_={"seen_at": statement.excluded.seen_at},
            where=AccountLife.seen_at < statement.excluded.seen_at,
        )
    )


def _uses(table: str, column: str) -> Select[tuple[int, datetime]]:
    row = Base.metadata.tables[table].c
    # A day is told as its beginning.
    return select(row.account_id, cast(row[column], SignIn.last_seen_at.type).label("at"))


def follow_quiet(now: datetime) -> int:
    """Write to people who have not come for long, and erase accounts that nobody uses. Says how many."""
    with transaction():
        note_signs_of_life()
        quiet = queries.list_quiet(now - rules.INACTIVE_AFTER)
        due = [(life.account_id, step) for life in quiet if (step := _step(life, now))]
        session.expunge_all()
    count = 0
    for account_id, step in due:
        try:
            with transaction():
                count += _take_step(account_id, step, now)
        except Refused as refusal:  # the last administrator: a person must see to it
            _log.warning("account %d is not erased: %s", account_id, refusal.message)
        session.expunge_all()
    return count


def _step(life: AccountLife, now: datetime) -> str | None:
    return rules.next_step(life.seen_at, warned_at=life.warned_at, called_at=life.called_at, now=now)


def _take_step(account_id: int, step: str, now: datetime) -> int:
    life = session.get(AccountLife, account_id, with_for_update=True)
    account = session.get(Account, account_id)
    if life is None or account is None or _step(life, now) != step:  # they came meanwhile
        return 0
    if step == "erase":
        erase(account_id, with_public_name=False, now=now)
        return 1
    _ask(account, life.seen_at, now, is_last=step == rules.LAST)
    if step == rules.LAST:
        life.called_at = now
    else:
        life.warned_at = now
    return 1


def _ask(account: Account, seen_at: datetime, now: datetime, *, is_last: bool) -> None:
    root = f"{mails.office().base_url}{root_of(account.language)}"
    with force_locale(account.language):
        seen_on, ends_on = day(seen_at), day(rules.ends_at(seen_at, now=now))
    letter = mails.write(
        "privacy/mail/quiet.html",
        account.language,
        name=account.name,
        seen_on=seen_on,
        ends_on=ends_on,
        is_last=is_last,
        url=f"{root}/connexion",
        data_url=f"{root}/mon-espace/donnees",
    )
    mails.send_later(
        letter, to=account.email, kind=QUIET, about=account.id, now=now, expires_at=now + timedelta(days=7)
    )
