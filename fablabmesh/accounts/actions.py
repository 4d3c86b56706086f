"""Writes: accounts, passwords, sessions, browsers, secret words. Failures are counted in `attempt_actions`."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, update
from sqlalchemy.dialects.postgresql import insert

from fablabmesh.accounts import passwords, queries
from fablabmesh.accounts.attempt_actions import Counter, counter, digest, forgive, hold_back, note_failure
from fablabmesh.accounts.models import Account, KnownDevice, OneTimeWord, SignIn
from fablabmesh.accounts.rules import (
    DEVICE_KEPT,
    FREE_FOR_ACCOUNT,
    FREE_FOR_NETWORK,
    LIVES,
    Means,
    Role,
    network_of,
    password_problem,
)
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.i18n import gettext as _

__all__ = ["digest"]


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


def counters_of(email: str, *, address: str, device: str | None, now: datetime) -> tuple[list[Counter], bool]:
    """What failures are counted of, the account's first; and whether its owner has signed in from this browser before.

    `device`: the token of a browser. From a known one only its own failures count: nobody else can make its owner wait.
    """
    mail = email.strip().lower()
    if queries.knows_device(mail, digest(device or ""), seen_after=now - DEVICE_KEPT):
        return [counter("device", f"{device}:{mail}", FREE_FOR_ACCOUNT)], True
    return [counter("mail", mail, FREE_FOR_ACCOUNT), counter("net", network_of(address), FREE_FOR_NETWORK)], False


def check_credentials(
    email: str, password: str, *, address: str, now: datetime, device: str | None = None
) -> Account | None:
    """The account, or None and the failure is counted; TooSoon while earlier failures cost a wait.

    An address that nobody has costs the same work as any other.
    """
    counters, _is_known = counters_of(email, address=address, device=device, now=now)
    hold_back(counters, now=now)
    account = queries.find_by_email(email)
    if passwords.is_right(account.password_hash if account else None, password) and account and account.is_active:
        # Not of the network: who has an account there could try others' for ever.
        forgive(counters[0])
        if account.password_hash and passwords.is_outdated(account.password_hash):
            account.password_hash = passwords.hash_password(password)
        return account
    note_failure(counters, now=now)
    return None


def check_password(account: Account, password: str, *, now: datetime) -> bool:
    """Is it theirs? Asked of somebody who is signed in; failures cost a wait here too."""
    counters = [counter("again", account.id, FREE_FOR_ACCOUNT)]
    hold_back(counters, now=now)
    if passwords.is_right(account.password_hash, password):
        forgive(counters[0])
        return True
    note_failure(counters, now=now)
    return False


def set_password(account: Account, password: str) -> None:
    """Another password. Refuses a weak one."""
    problem = password_problem(password, email=account.email, name=account.name)
    if problem:
        raise Refused(problem)
    account.password_hash = passwords.hash_password(password)
    session.flush()


# --- sessions ----------------------------------------------------------------------------------------------------


def open_sign_in(
    account: Account,
    *,
    now: datetime,
    means: Means = Means.PASSWORD,
    is_strong: bool = True,
    is_half: bool = False,
    device: str = "",
    network: str = "",
) -> str:
    """Begin a session and return its secret token, which only the browser keeps.

    `is_strong`: they gave two proofs, or one that is worth two. `is_half`: the second is still to come.
    """
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=digest(token),
            account_id=account.id,
            created_at=now,
            last_seen_at=now,
            proved_at=now,
            means=means,
            is_strong=is_strong and not is_half,
            is_half=is_half,
            device=device,
            network=network,
        )
    )
    session.flush()
    return token


def touch(sign_in: SignIn, *, now: datetime, network: str = "") -> None:
    """Note that the session is in use, at most every five minutes: reading must not become writing."""
    if now - sign_in.last_seen_at > timedelta(minutes=5):
        sign_in.last_seen_at = now
        sign_in.network = network or sign_in.network
        session.flush()


def renew(sign_in: SignIn, *, now: datetime, is_strong: bool) -> str:
    """They proved once more who they are: the session goes on under another token, which is returned."""
    token = secrets.token_urlsafe(32)
    sign_in.token_hash, sign_in.proved_at, sign_in.last_seen_at = digest(token), now, now
    sign_in.is_strong = sign_in.is_strong or is_strong
    session.flush()
    return token


def end_sign_in(token: str, *, now: datetime) -> None:
    """Sign out: the token is dead everywhere."""
    session.execute(update(SignIn).where(SignIn.token_hash == digest(token)).values(ended_at=now))


def end_sign_ins(account: Account, *, now: datetime, but: SignIn | None = None, only: int | None = None) -> int:
    """End somebody's sessions, and say how many: all, all `but` one, or `only` the one of that id."""
    theirs = update(SignIn).where(SignIn.account_id == account.id, SignIn.ended_at.is_(None))
    if but is not None:
        theirs = theirs.where(SignIn.id != but.id)
    if only is not None:
        theirs = theirs.where(SignIn.id == only)
    ended = theirs.values(ended_at=now).returning(SignIn.id, SignIn.is_half)
    return sum(not is_half for _id, is_half in session.execute(ended))


def know_device(account: Account, device: str | None, *, now: datetime) -> tuple[str, bool]:
    """Remember the browser in which somebody signs in: the token it is to keep, and whether it is new to them."""
    # One that this site did not give might be known to others.
    token = device if device and queries.is_device(digest(device)) else secrets.token_urlsafe(32)
    row = insert(KnownDevice).values(token_hash=digest(token), account_id=account.id, last_seen_at=now)
    row = row.on_conflict_do_update(index_elements=["token_hash", "account_id"], set_={"last_seen_at": now})
    is_new = not queries.knows_device(account.email, digest(token), seen_after=now - DEVICE_KEPT)
    session.execute(row)
    return token, is_new


def forget_devices(account: Account, *, but: str | None = None) -> None:
    """All browsers are new again, `but` the one that keeps this token."""
    session.execute(
        delete(KnownDevice).where(KnownDevice.account_id == account.id, KnownDevice.token_hash != digest(but or ""))
    )


def forget_sign_ins(now: datetime) -> int:
    """The chore: sessions that are over, and browsers that nobody came back with."""
    with transaction():
        longest = max(whole for _unused, whole in LIVES.values())
        over = or_(
            SignIn.ended_at < now - timedelta(days=1),
            SignIn.created_at < now - longest,
            SignIn.is_half & (SignIn.created_at < now - timedelta(days=1)),
        )
        gone = session.execute(delete(SignIn).where(over).returning(SignIn.id)).all()
        session.execute(delete(KnownDevice).where(KnownDevice.last_seen_at < now - DEVICE_KEPT))
        return len(gone)


# --- secret words ------------------------------------------------------------------------------------------------


def write_word(
    purpose: str,
    *,
    account: Account | None,
    lives: timedelta,
    now: datetime,
    told: dict[str, Any] | None = None,
    keeps_former: bool = False,
) -> str:
    """A secret word for a letter, which does one thing once. Former ones of the same purpose and account die."""
    word = secrets.token_urlsafe(32)
    if account is not None and not keeps_former:
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
