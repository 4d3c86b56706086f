"""Writes: accounts, sessions, failed attempts."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update

from fablabmesh.accounts import passwords, queries
from fablabmesh.accounts.models import Account, OneTimeWord, SignIn, SignInAttempt
from fablabmesh.accounts.rules import ATTEMPTS_ALLOWED, ATTEMPTS_WINDOW_MINUTES, Role, password_problem
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.i18n import gettext as _

_WINDOW = timedelta(minutes=ATTEMPTS_WINDOW_MINUTES)


def create_account(
    *,
    email: str,
    name: str,
    password: str | None,
    role: Role = Role.MEMBER,
    is_demo: bool = False,
    language: str = "fr",
    confirmed_at: datetime | None = None,
) -> Account:
    """A new person. Refuses a weak password and an address already taken. No password: they will use other means."""
    problem = password_problem(password, email=email, name=name) if password is not None else None
    if problem:
        raise Refused(problem)
    if queries.find_by_email(email):
        raise Conflict(_("Un compte existe déjà pour cette adresse."))
    account = Account(
        email=email.strip().lower(),
        name=name,
        password_hash=None if password is None else passwords.hash_password(password),
        role=role,
        language=language,
        email_confirmed_at=confirmed_at,
        is_demo=is_demo,
        is_active=True,
    )
    session.add(account)
    session.flush()
    return account


def digest(text: str) -> bytes:
    """What is kept of a token or of an address: enough to compare, nothing to use."""
    return hashlib.sha256(text.encode()).digest()


def check_credentials(email: str, password: str, *, address: str, now: datetime) -> Account | None:
    """The account, or None and the attempt is counted against the mail address and the network address."""
    subjects = [digest(f"mail:{email.strip().lower()}"), digest(f"net:{address}")]
    tries = [queries.count_attempts(subject, since=now - _WINDOW) for subject in subjects]
    if tries[0] >= ATTEMPTS_ALLOWED or tries[1] >= 5 * ATTEMPTS_ALLOWED:
        raise Refused(
            _(
                "Trop d’essais : attendez %(minutes)d minutes, puis recommencez.",
                minutes=ATTEMPTS_WINDOW_MINUTES,
            )
        )
    account = queries.find_by_email(email)
    if passwords.is_right(account.password_hash if account else None, password) and account and account.is_active:
        return account
    session.add_all([SignInAttempt(subject=subject, at=now) for subject in subjects])
    session.flush()
    return None


def open_sign_in(account: Account, *, now: datetime) -> str:
    """Begin a session and return its secret token, which only the browser keeps. Old attempts are forgotten."""
    token = secrets.token_urlsafe(32)
    session.add(SignIn(token_hash=digest(token), account_id=account.id, created_at=now, last_seen_at=now))
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - _WINDOW))
    session.execute(delete(SignInAttempt).where(SignInAttempt.subject == digest(f"mail:{account.email}")))
    session.flush()
    return token


def touch(sign_in: SignIn, *, now: datetime) -> None:
    """Note that the session is in use, at most every five minutes: reading must not become writing."""
    if now - sign_in.last_seen_at > timedelta(minutes=5):
        sign_in.last_seen_at = now
        session.flush()


def end_sign_in(token: str, *, now: datetime) -> None:
    """Sign out: the token is dead everywhere."""
    session.execute(update(SignIn).where(SignIn.token_hash == digest(token)).values(ended_at=now))


def write_word(
    purpose: str, *, account: Account | None, lives: timedelta, now: datetime, told: dict[str, Any] | None = None
) -> str:
    """A secret word for a letter, which does one thing once. Former ones of the same purpose and account die."""
    word = secrets.token_urlsafe(32)
    if account is not None:
        former = delete(OneTimeWord).where(OneTimeWord.account_id == account.id, OneTimeWord.purpose == purpose)
        session.execute(former.where(OneTimeWord.used_at.is_(None)))
    session.add(
        OneTimeWord(
            digest=digest(word),
            purpose=purpose,
            account_id=None if account is None else account.id,
            told=told or {},
            created_at=now,
            expires_at=now + lives,
        )
    )
    session.flush()
    return word


def use_word(word: str, purpose: str, *, now: datetime) -> OneTimeWord | None:
    """Take a secret word: what it stands for, once; None if it was used, is too old or never was one."""
    statement = (
        update(OneTimeWord)
        .where(
            OneTimeWord.digest == digest(word),
            OneTimeWord.purpose == purpose,
            OneTimeWord.used_at.is_(None),
            OneTimeWord.expires_at > now,
        )
        .values(used_at=now)
        .returning(OneTimeWord)
    )
    return session.scalar(statement.execution_options(populate_existing=True))


def forget_words(now: datetime) -> int:
    """The chore: words that can do nothing any more."""
    with transaction():
        old = delete(OneTimeWord).where(OneTimeWord.expires_at < now - timedelta(days=1)).returning(OneTimeWord.id)
        return len(session.execute(old).all())


def remove_demo_accounts() -> int:
    """Delete the invented people; what they made must be gone before."""
    gone = session.execute(delete(Account).where(Account.is_demo).returning(Account.id)).all()
    return len(gone)
