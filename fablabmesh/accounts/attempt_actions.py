"""Writes: failures to prove who one is, counted in the database for all workers alike, and the waits they cost."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session, scoped_session

from fablabmesh.accounts import queries
from fablabmesh.accounts.models import SignInAttempt
from fablabmesh.accounts.rules import FAILURES_KEPT, pause_after
from fablabmesh.kit.db import equip, session, transaction
from fablabmesh.kit.errors import TooSoon
from fablabmesh.kit.i18n import ngettext


def install(factory: scoped_session[Session], key: bytes) -> None:
    """Have every session of this factory know the key by which failures are counted."""
    equip(factory, attempts_key=key)


def digest(text: str) -> bytes:
    """What is kept of a token: enough to compare, nothing to use. Not for what can be guessed."""
    return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True)
class Counter:
    """What failures are counted of, and how many cost no wait."""

    subject: bytes
    free: int


def counter(kind: str, about: object, free: int) -> Counter:
    """`kind` keeps counts of different things apart: `mail`, `net`, `second`…

    Without the key, not even a guess at an address or a network can be tried on what is kept.
    """
    key: bytes = session().info["attempts_key"]
    return Counter(hmac.digest(key, f"accounts/attempt:{kind}:{about}".encode(), "sha256"), free)


def hold_back(counters: list[Counter], *, now: datetime) -> None:
    """TooSoon while a wait goes on. Asking meanwhile is not counted: who waits is let in."""
    found = queries.count_attempts([each.subject for each in counters], since=now - FAILURES_KEPT)
    waits = [
        found[each.subject][1] + pause_after(found[each.subject][0], each.free)
        for each in counters
        if each.subject in found
    ]
    left = max((int((wait - now).total_seconds()) for wait in waits), default=0)
    if left > 0:
        raise TooSoon(_wait(left), seconds=left)


def _wait(seconds: int) -> str:
    minutes = -(-seconds // 60)
    if seconds < 60:
        return ngettext(
            "Trop d’essais : attendez %(num)d seconde, puis recommencez.",
            "Trop d’essais : attendez %(num)d secondes, puis recommencez.",
            seconds,
        )
    return ngettext(
        "Trop d’essais : attendez %(num)d minute, puis recommencez.",
        "Trop d’essais : attendez %(num)d minutes, puis recommencez.",
        minutes,
    )


def note_failure(counters: list[Counter], *, now: datetime) -> None:
    """Count one more."""
    session.add_all([SignInAttempt(subject=each.subject, at=now) for each in counters])
    session.flush()


def forgive(each: Counter) -> None:
    """It went well: begin to count anew."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.subject == each.subject))


def forget_failures(now: datetime) -> int:
    """The chore: failures that count no more."""
    with transaction():
        old = delete(SignInAttempt).where(SignInAttempt.at < now - FAILURES_KEPT).returning(SignInAttempt.id)
        return len(session.execute(old).all())
