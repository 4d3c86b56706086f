"""A provider of identities on this machine, which may be told to lie."""

import hashlib
import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "mesh", "a secret of both"


class LocalProvider(ThreadingHTTPServer):
    """`claims`: changes what it says in the token; `told`: what it says apart; `metadata`: what it says of itself."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.key = self.signs_with = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.claims: dict[str, object] = {}
        self.told: dict[str, object] | None = None
        self.metadata: dict[str, object] = {}
        self.is_signed_apart = False
        self.algorithm = "RS256"
        self.asked: dict[str, dict[str, str]] = {}

    def visit(self, address: str, subject: str = "u1") -> tuple[str, str]:
        """Somebody is sent there and agrees: (code, state) as the browser brings them back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.asked)}"
        self.asked[code] = {**asked, "sub": subject}
        return code, asked["state"]

    def sign(self, claims: dict[str, object]) -> str:
        return jwt.encode({"alg": self.algorithm, "kid": "one"}, claims, self.signs_with, algorithms=[self.algorithm])

    def give(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        asked = self.asked.pop(form.get("code", ""), None)
        if asked is None:
            return 400, {"error": "invalid_grant"}
        proof = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if asked["code_challenge_method"] != "S256" or proof != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time())
        claims = {"iss": self.issuer, "sub": asked["sub"], "aud": CLIENT, "iat": now, "exp": now + 60}
        token = self.sign({**claims, "nonce": asked["nonce"], **self.claims})
        return 200, {"access_token": "open", "token_type": "Bearer", "id_token": token}


class _Answers(BaseHTTPRequestHandler):
    server: LocalProvider

    def do_GET(self) -> None:
        here = self.server
        if self.path == "/.well-known/openid-configuration":
            names = {"authorization_endpoint": "/go", "token_endpoint": "/token", "jwks_uri": "/keys"}
            names |= {"userinfo_endpoint": "/told"} if here.told is not None else {}
            self._say(200, {"issuer": here.issuer, **{k: here.issuer + v for k, v in names.items()}, **here.metadata})
        elif self.path == "/keys":
            self._say(200, {"keys": [here.key.as_dict(private=False)]})
        elif self.path == "/told" and self.headers["Authorization"] == "Bearer open":
            told = here.told or {}
            self._say(200, here.sign(told) if here.is_signed_apart else told)
        else:
            self._say(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._say(*self.server.give(form))

    def _say(self, status: int, what: object) -> None:
        is_token = isinstance(what, str)
        body = what.encode() if is_token else json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/jwt" if is_token else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        pass


@contextmanager
def serve_provider() -> Iterator[LocalProvider]:
    provider = LocalProvider()
    thread = threading.Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        provider.shutdown()
        thread.join()
        provider.server_close()
