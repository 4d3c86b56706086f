"""Reads of accounts and sessions."""

from datetime import datetime

from sqlalchemy import func, select

from fablabmesh.accounts.models import Account, OneTimeWord, SignIn, SignInAttempt
from fablabmesh.kit.db import session


def find_by_email(email: str) -> Account | None:
    """The account of a mail address, whatever its capitals."""
    return session.scalar(select(Account).where(Account.email == email.strip().lower()))


def find_open_sign_in(token_hash: bytes, *, seen_after: datetime) -> SignIn | None:
    """The session of a token, if it was neither ended nor left unused since `seen_after`."""
    return session.scalar(
        select(SignIn)
        .join(SignIn.account)
        .where(
            SignIn.token_hash == token_hash,
            SignIn.ended_at.is_(None),
            SignIn.last_seen_at > seen_after,
            Account.is_active,
        )
    )


def count_attempts(subject: bytes, *, since: datetime) -> int:
    """How many sign-ins failed for this subject since then."""
    statement = select(func.count()).where(SignInAttempt.subject == subject, SignInAttempt.at > since)
    return session.scalar(statement) or 0


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
