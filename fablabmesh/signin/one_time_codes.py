"""One-time codes of six digits (TOTP, RFC 6238) and codes for recovery: pyotp enters here, and what encrypts. Pure."""

import secrets
from datetime import datetime

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ISSUER = "Fab Lab Mesh"
STEP = 30
# A clock may be half a minute off, and a person as slow.
_AROUND = (0, -1, 1)
_NONCE = 12
RECOVERY_CODES = 10
# 24 letters and digits of 32: 120 bits, beyond guessing even by whoever has the digests.
_GROUPS, _GROUP = 6, 4
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def make_secret() -> str:
    """160 bits, in base 32."""
    return pyotp.random_base32()


def address_of(secret: str, email: str) -> str:
    """What the QR code says to the telephone."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def find_step(secret: str, code: str, now: datetime) -> int | None:
    """Of which half minute this code is; None: of none around now."""
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdecimal()):
        return None
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP
    steps = [present + away for away in _AROUND]
    fits = [step for step in steps if secrets.compare_digest(totp.generate_otp(step), digits)]
    return fits[0] if fits else None


# --- kept encrypted ----------------------------------------------------------------------------------------------


def derive_key(secret_key: str) -> bytes:
    """The key for secrets, made of the site's own: whoever reads the database alone has no codes."""
    return HKDF(SHA256(), 32, salt=None, info=b"fablabmesh/signin/one-time-code").derive(secret_key.encode())


def seal(secret: str, key: bytes, account_id: int) -> bytes:
    """Encrypted for one account: in another's row it opens nothing."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, secret.encode(), str(account_id).encode())


def unseal(sealed: bytes, key: bytes, account_id: int) -> str | None:
    """The secret; None when the site's key is another now, or the row is another's."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], str(account_id).encode()).decode()
    except (InvalidTag, ValueError):
        return None


# --- on paper ----------------------------------------------------------------------------------------------------


def make_recovery_codes() -> list[str]:
    """Ten, without signs that look like others."""
    return ["-".join(_group() for _ in range(_GROUPS)) for _ in range(RECOVERY_CODES)]


def _group() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP))


def plain_recovery_code(text: str) -> str:
    """As it is compared: without blanks, hyphens and small letters."""
    return "".join(char for char in text.upper() if char in _ALPHABET)


def spell(secret: str) -> str:
    """For who types it in: in groups of four."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
