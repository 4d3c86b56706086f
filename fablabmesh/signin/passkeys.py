"""Passkeys: the library webauthn enters here. Options for the browser, and what its answers prove. Pure.

The device must know its owner (by a finger, a face, a PIN), so that a passkey is worth two proofs.
"""

import ipaddress
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

LONGEST_ANSWER = 20_000
_TRANSPORTS = {each.value for each in AuthenticatorTransport}


@dataclass(frozen=True)
class Party:
    """The site, as devices know it: passkeys are of its host, and of no other."""

    id: str
    origin: str
    name: str = "Fab Lab Mesh"

    @property
    def is_possible(self) -> bool:
        """Browsers make passkeys for names alone, over https or on the machine itself."""
        try:
            ipaddress.ip_address(self.id)
        except ValueError:
            return self.origin.startswith("https://") or self.id == "localhost"
        return False


@dataclass(frozen=True)
class Made:
    """A new passkey's public half."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]


@dataclass(frozen=True)
class Answer:
    """What a browser sent, taken apart and not yet believed."""

    credential_id: bytes
    challenge: bytes
    user_handle: bytes | None
    whole: dict[str, Any]


def party_of(base_url: str) -> Party:
    """The site at this public address."""
    parts = urlsplit(base_url)
    return Party(parts.hostname or "localhost", f"{parts.scheme}://{parts.netloc}")


def registration_options(
    party: Party, challenge: bytes, *, handle: bytes, email: str, name: str, former: Iterable[bytes]
) -> str:
    """For navigator.credentials.create, as JSON. `former`: keys that the device need not make again."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=handle,
        user_name=email,
        user_display_name=name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in former],
    )
    return webauthn.options_to_json(options)


def authentication_options(party: Party, challenge: bytes, *, allowed: Iterable[bytes] = ()) -> str:
    """For navigator.credentials.get, as JSON. Without `allowed` the device proposes whom it knows."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        user_verification=UserVerificationRequirement.REQUIRED,
        allow_credentials=[PublicKeyCredentialDescriptor(id=each) for each in allowed],
    )
    return webauthn.options_to_json(options)


def read_answer(text: str) -> Answer | None:
    """What the browser's JSON says; None for anything else."""
    if len(text) > LONGEST_ANSWER:
        return None
    try:
        whole = json.loads(text)
        response = whole["response"]
        client = json.loads(base64url_to_bytes(response["clientDataJSON"]))
        handle = response.get("userHandle")
        return Answer(
            credential_id=base64url_to_bytes(whole["rawId"]),
            challenge=base64url_to_bytes(client["challenge"]),
            user_handle=base64url_to_bytes(handle) if handle else None,
            whole=whole,
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def check_made(answer: Answer, party: Party, challenge: bytes) -> Made | None:
    """The new key; None when the answer proves nothing."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer.whole,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        return None
    told = answer.whole["response"].get("transports")
    transports = [each for each in told if each in _TRANSPORTS] if isinstance(told, list) else []
    return Made(made.credential_id, made.credential_public_key, made.sign_count, transports)


def check_shown(answer: Answer, party: Party, challenge: bytes, *, public_key: bytes, sign_count: int) -> int | None:
    """The key's new count; None when the answer proves nothing, or when the count went back as a copy's would."""
    try:
        shown = webauthn.verify_authentication_response(
            credential=answer.whole,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        return None
    return shown.new_sign_count
