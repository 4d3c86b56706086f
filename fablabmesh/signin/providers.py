"""Providers of identities by OpenID Connect, as ProConnect: Authlib and requests enter here. Pure but for the network.

The provider is one that the operator names; who it says somebody is counts only when its signature, issuer, audience,
nonce and time are right.
"""

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from requests import RequestException, Session

from fablabmesh.kit.i18n import gettext as _

SECONDS = 8.0
MOST_BYTES = 500_000
_KEPT = timedelta(hours=1)
# Asymmetric alone: with a shared secret, whoever knows it could sign.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
_LEEWAY = 60
_WELL_KNOWN = "/.well-known/openid-configuration"


class Unproved(Exception):
    """The provider said nothing that counts. `message` is for people; `reason` for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = _(
            "Le fournisseur d’identité n’a pas confirmé qui vous êtes. Recommencez, ou connectez-vous autrement."
        )


@dataclass(frozen=True)
class Identity:
    """Whom the provider means. `email` only if it says that it was verified."""

    issuer: str
    subject: str
    email: str | None


@dataclass(frozen=True)
class Errand:
    """What is to be known when somebody comes back: kept here, never sent."""

    nonce: str
    verifier: str

    @classmethod
    def make(cls) -> "Errand":
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(48))


@dataclass
class Provider:
    """One provider, as the operator's settings name it."""

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str
    is_https_only: bool = True
    _known: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    _known_at: datetime | None = field(default=None, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def address_to_go(self, errand: Errand, *, state: str, back: str, now: datetime) -> str:
        """Where the browser is sent, to come `back`."""
        target = self._endpoint("authorization_endpoint", now)
        url, _state = self._session(back).create_authorization_url(
            target, state=state, nonce=errand.nonce, code_verifier=errand.verifier
        )
        return str(url)

    def identify(self, code: str, errand: Errand, *, back: str, now: datetime) -> Identity:
        """Change the code for who it is. Unproved when anything does not fit."""
        try:
            session = self._session(back)
            token = session.fetch_token(
                self._endpoint("token_endpoint", now),
                grant_type="authorization_code",
                code=code,
                code_verifier=errand.verifier,
                timeout=SECONDS,
                allow_redirects=False,
            )
            claims = self._read_id_token(token, errand, now)
            told = claims if "email" in claims else {**self._ask_about(session, claims["sub"], now), **claims}
        except (OAuthError, JoseError, RequestException, ValueError, KeyError, TypeError) as error:
            raise Unproved(f"{type(error).__name__}: {error}"[:200]) from error
        is_verified = told.get("email_verified") is True and isinstance(told.get("email"), str)
        return Identity(self.issuer, claims["sub"], told["email"] if is_verified else None)

    def _read_id_token(self, token: dict[str, Any], errand: Errand, now: datetime) -> dict[str, Any]:
        found = jwt.decode(token["id_token"], self._keys(now), registry=_registry())
        claims = CodeIDToken(
            found.claims,
            found.header,
            {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self.client_id},
                "nonce": {"essential": True, "value": errand.nonce},
            },
            {"client_id": self.client_id, "nonce": errand.nonce, "access_token": token.get("access_token")},
        )
        claims.validate(now=int(now.timestamp()), leeway=_LEEWAY)
        if not isinstance(claims["sub"], str) or not claims["sub"] or len(claims["sub"]) > 255:
            raise ValueError("no subject")
        return dict(claims)

    def _ask_about(self, session: OAuth2Session, subject: str, now: datetime) -> dict[str, Any]:
        """More about them, where the provider tells it apart: as JSON or, as ProConnect does, as a signed token."""
        if "userinfo_endpoint" not in self._metadata(now):
            return {}
        answer = session.get(self._endpoint("userinfo_endpoint", now), timeout=SECONDS, allow_redirects=False)
        answer.raise_for_status()
        if answer.headers.get("Content-Type", "").startswith("application/jwt"):
            told = jwt.decode(answer.text, self._keys(now), registry=_registry()).claims
        else:
            told = answer.json()
        if told.get("sub") != subject:  # OpenID Connect Core §5.3.2
            raise ValueError("about somebody else")
        return dict(told)

    # --- what the provider says of itself ------------------------------------------------------------------------

    def _metadata(self, now: datetime) -> dict[str, Any]:
        with self._lock:
            if self._known_at is None or now - self._known_at > _KEPT:
                found = _fetch(self.issuer.rstrip("/") + _WELL_KNOWN)
                if found.get("issuer") != self.issuer:
                    raise Unproved("the discovery document is of another issuer")
                self._known = {**found, "keys": _fetch(self._checked(found.get("jwks_uri")))}
                self._known_at = now
            return self._known

    def _keys(self, now: datetime) -> KeySet:
        return KeySet.import_key_set(self._metadata(now)["keys"])

    def _endpoint(self, name: str, now: datetime) -> str:
        return self._checked(self._metadata(now).get(name))

    def _checked(self, address: object) -> str:
        schemes = ("https",) if self.is_https_only else ("https", "http")
        if not isinstance(address, str) or urlsplit(address).scheme not in schemes:
            raise Unproved("an address that is missing or not https")
        return address

    def forget(self) -> None:
        """Ask it anew at the next occasion: it may sign with another key."""
        with self._lock:
            self._known_at = None

    def _session(self, back: str) -> OAuth2Session:
        session = OAuth2Session(
            self.client_id,
            self.client_secret,
            scope=self.scope,
            redirect_uri=back,
            code_challenge_method="S256",
            default_timeout=SECONDS,
        )
        session.trust_env = False
        return session


def _registry() -> JWSRegistry:
    return JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)


def _fetch(address: str) -> dict[str, Any]:
    try:
        with Session() as session:
            session.trust_env = False
            with session.get(address, timeout=SECONDS, allow_redirects=False, stream=True) as answer:
                answer.raise_for_status()
                if answer.status_code != 200:
                    raise ValueError(f"status {answer.status_code}")
                body = answer.raw.read(MOST_BYTES + 1, decode_content=True)
                if len(body) > MOST_BYTES:
                    raise ValueError("too long")
                found = json.loads(body)
    except (RequestException, ValueError) as error:
        raise Unproved(f"{type(error).__name__}: {error}"[:200]) from error
    if not isinstance(found, dict):
        raise Unproved("no object")
    return found
