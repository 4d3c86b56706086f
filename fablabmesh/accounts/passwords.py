"""Password hashes: argon2id by argon2-cffi. Nothing else sees a password."""

import argon2

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
