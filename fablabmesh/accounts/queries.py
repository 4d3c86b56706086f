"""Reads of accounts and sessions."""

from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import contains_eager

from fablabmesh.accounts.models import Account, KnownDevice, OneTimeWord, SignIn, SignInAttempt
from fablabmesh.accounts.rules import HALF_LIFE, LIVES
from fablabmesh.kit.db import session


def find_by_email(email: str) -> Account | None:
    """The account of a mail address, whatever its capitals."""
    return session.scalar(select(Account).where(Account.email == email.strip().lower()))


def find_account(account_id: int | None) -> Account | None:
    """The account of a number, if there is one still."""
    return session.get(Account, account_id) if account_id is not None else None


def find_open_sign_in(token_hash: bytes, *, now: datetime, is_half: bool = False) -> SignIn | None:
    """The session of a token, if it was neither ended nor left unused, nor begun too long ago for their role."""
    unused, whole = (
        case({role: now - lives[part] for role, lives in LIVES.items()}, value=Account.role) for part in (0, 1)
    )
    statement = select(SignIn).join(SignIn.account).options(contains_eager(SignIn.account))
    statement = statement.where(SignIn.token_hash == token_hash, SignIn.ended_at.is_(None), Account.is_active)
    if is_half:
        return session.scalar(statement.where(SignIn.is_half, SignIn.created_at > now - HALF_LIFE))
    return session.scalar(statement.where(~SignIn.is_half, SignIn.last_seen_at > unused, SignIn.created_at > whole))


def list_open_sign_ins(account: Account, *, now: datetime) -> list[SignIn]:
    """Somebody's sessions that are open still, the last used first."""
    unused, whole = LIVES[account.role]
    statement = select(SignIn).where(
        SignIn.account_id == account.id,
        SignIn.ended_at.is_(None),
        ~SignIn.is_half,
        SignIn.last_seen_at > now - unused,
        SignIn.created_at > now - whole,
    )
    return list(session.scalars(statement.order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())))


def count_attempts(subjects: list[bytes], *, since: datetime) -> dict[bytes, tuple[int, datetime]]:
    """Subject → how many failures since then, and when the last was; those without any are left out."""
    statement = (
        select(SignInAttempt.subject, func.count(), func.max(SignInAttempt.at))
        .where(SignInAttempt.subject.in_(subjects), SignInAttempt.at > since)
        .group_by(SignInAttempt.subject)
    )
    return {subject: (count, last) for subject, count, last in session.execute(statement)}


def knows_device(email: str, token_hash: bytes, *, seen_after: datetime) -> bool:
    """Has whoever has this address signed in from that browser before? As long for an address that nobody has."""
    statement = (
        select(KnownDevice.id)
        .join(Account, Account.id == KnownDevice.account_id)
        .where(
            KnownDevice.token_hash == token_hash,
            KnownDevice.last_seen_at > seen_after,
            Account.email == email.strip().lower(),
        )
    )
    return session.scalar(statement) is not None


def is_device(token_hash: bytes) -> bool:
    """Did anybody sign in from that browser?"""
    return session.scalar(select(KnownDevice.id).where(KnownDevice.token_hash == token_hash).limit(1)) is not None


def count_devices(account_id: int) -> int:
    """How many browsers somebody has signed in from."""
    return session.scalar(select(func.count()).where(KnownDevice.account_id == account_id)) or 0


def list_demo_accounts() -> list[Account]:
    """The invented people."""
    return list(session.scalars(select(Account).where(Account.is_demo).order_by(Account.id)))


def find_word(digest: bytes, purpose: str, *, now: datetime) -> OneTimeWord | None:
    """A secret word that is good still, to show what it would do; it is not used by this."""
    return session.scalar(
        select(OneTimeWord).where(
            OneTimeWord.digest == digest,
            OneTimeWord.purpose == purpose,
            OneTimeWord.used_at.is_(None),
            OneTimeWord.expires_at > now,
        )
    )
