"""Password hashes: argon2id by argon2-cffi. Nothing else sees a password.

Each check takes 64 MiB and a processor for a moment: who asks for many at once would take the machine. So they are
made in lanes, which a view enters before it checks: a narrow one for strangers, another for browsers that are known,
so that a crowd of strangers is sent away in no time and holds nobody else up.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import argon2

from fablabmesh.kit.errors import Busy
from fablabmesh.kit.i18n import gettext as _

# The library's default profile is RFC 9106's second (64 MiB, t=3), above the ASVS floor.
_hasher = argon2.PasswordHasher()

# Checked when there is no such account, so that an unknown address takes as long as a wrong password.
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """An encoded argon2id hash with its own salt."""
    return _hasher.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Constant work whether or not there is a hash to compare with."""
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Was it made with less work than is done today?"""
    try:
        return _hasher.check_needs_rehash(password_hash)
    except argon2.exceptions.InvalidHashError:
        return True


class Lane:
    """So many at once, so many more who wait a little; Busy for all others, at once."""

    def __init__(self, *, at_once: int, waiting: int, patience: float) -> None:
        self._inside = threading.BoundedSemaphore(at_once)
        self._room = threading.BoundedSemaphore(at_once + waiting)
        self._patience = patience

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Inside, a password may be checked."""
        if not self._room.acquire(blocking=False):
            raise Busy(_busy())
        try:
            if not self._inside.acquire(timeout=self._patience):
                raise Busy(_busy())
            try:
                yield
            finally:
                self._inside.release()
        finally:
            self._room.release()


def _busy() -> str:
    return _(
        "Beaucoup de monde se connecte en ce moment. Recommencez dans un instant, ou demandez un lien par courriel."
    )


# A process serves with five threads or more: strangers hold two of them, known browsers two, and pages the others.
STRANGERS = Lane(at_once=1, waiting=1, patience=2.0)
KNOWN = Lane(at_once=1, waiting=1, patience=5.0)
