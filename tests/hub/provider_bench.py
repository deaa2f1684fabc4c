"""A small OpenID Connect provider for tests: real HTTP, real signatures, and every way of being wrong on purpose."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT, SECRET = "sharp-eyes", "a secret of the tests"
Claims = dict[str, Any]


def _part(content: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@cache
def _first_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})


class PretendProvider:
    """Gives codes to whoever is ``person``, and redeems them as the standard says.

    Attributes:
        person: claims of whoever is signed in there; None refuses.
        in_token: which of them stand in the ID token; the others in userinfo.
        twist: changes the ID token's claims before it is signed.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.person: Claims | None = None
        self.in_token: set[str] = {"sub", "amr"}
        self.twist: Callable[[Claims], Claims] = lambda claims: claims
        self.sign: Callable[[Claims], str] = self.sign_well
        self.key: RSAKey | ECKey = _first_key()
        self.issued_by: str | None = None
        self.describe: Callable[[Claims], Claims] = lambda metadata: metadata
        self.down: set[str] = set()
        self.asked: list[str] = []
        self._codes: dict[str, tuple[dict[str, str], Claims]] = {}
        self._tokens: dict[str, Claims] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def rotate(self) -> None:
        """Sign with another key from now on."""
        self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})

    def use_curve(self) -> None:
        """Sign with an elliptic curve."""
        key = ECKey.generate_key("P-256", {"kid": "curve", "use": "sig"})
        self.key = key
        self.sign = lambda claims: str(jwt.encode({"alg": "ES256", "kid": "curve"}, claims, key))

    def sign_well(self, claims: Claims) -> str:
        return str(jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key))

    def sign_with_public_key(self, claims: Claims) -> str:
        """The old confusion: HMAC with the public key as its secret."""
        head = _part({"alg": "HS256", "kid": self.key.kid}) + "." + _part(claims)
        code = hmac.new(self.key.as_pem(private=False), head.encode(), hashlib.sha256).digest()
        return f"{head}.{base64.urlsafe_b64encode(code).rstrip(b'=').decode()}"

    @staticmethod
    def sign_not(claims: Claims) -> str:
        return f"{_part({'alg': 'none'})}.{_part(claims)}."

    @property
    def metadata(self) -> Claims:
        found = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/me",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
            "authorization_response_iss_parameter_supported": True,
        }
        return self.describe(found)

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes on to."""
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        issuer = self.url if self.issued_by is None else self.issued_by
        answer = {"state": asked["state"], "iss": issuer}
        if self.person is None:
            answer["error"] = "access_denied"
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self._codes[answer["code"]] = (asked, dict(self.person))
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        wanted = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if unquote(authorization) != f"Basic {wanted}":
            return 401, {"error": "invalid_client"}
        asked, person = self._codes.pop(form.get("code", ""), ({}, {}))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        same = form.get("redirect_uri") == asked.get("redirect_uri")
        if not asked or not same or challenge.rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        access, now = secrets.token_urlsafe(16), int(self.clock().timestamp())
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims = {name: value for name, value in person.items() if name in self.in_token} | {
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
        }
        self._tokens[access] = person
        return 200, {"access_token": access, "token_type": "Bearer", "id_token": self.sign(self.twist(claims))}

    def answer(self, path: str, authorization: str) -> tuple[int, Claims]:
        if path in self.down:
            return 503, {"error": "down"}
        if path == "/.well-known/openid-configuration":
            return 200, self.metadata
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        person = self._tokens.get(authorization.removeprefix("Bearer "))
        return (200, person) if path == "/me" and person is not None else (404, {})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                provider.asked.append(parts.path)
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                if parts.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(asked))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                else:
                    self._say(*provider.answer(parts.path, self.headers.get("Authorization", "")))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider.asked.append(self.path)
                form = {name: values[0] for name, values in parse_qs(body).items()}
                if self.path in provider.down:
                    self._say(503, {"error": "down"})
                else:
                    self._say(*provider.redeem(form, self.headers.get("Authorization", "")))

            def _say(self, status: int, body: Claims) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


@contextmanager
def pretend_provider(clock: Callable[[], datetime]) -> Iterator[PretendProvider]:
    made = PretendProvider(clock)
    yield made
    made.close()
