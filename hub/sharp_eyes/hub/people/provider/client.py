"""The hub as an OpenID Connect client: discovery, authorization code with PKCE, ID tokens that are proved.

Authlib makes the requests and checks the claims, joserfc the signatures; what is trusted is decided here: the issuer of
the settings alone, asymmetric signatures alone, and endpoints that are https or on this machine.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import parse_qsl

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from sharp_eyes.hub.channel_settings import check_address
from sharp_eyes.hub.errors import ProviderError
from sharp_eyes.hub.oidc_settings import ANY_FACTOR, OidcSettings
from sharp_eyes.hub.people.provider.attempts import Proofs
from sharp_eyes.hub.people.provider.fetching import Fetcher, read_object
from sharp_eyes.hub.people.provider.proved import Proved

_SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""No HMAC: its key would be the client's secret or, by confusion, the provider's public key. And never ``none``."""

_KEPT = 3600.0
"""Seconds for which what the provider says of itself is believed."""
_KEYS_AGAIN = 10.0
"""Seconds between two looks for a key that was not there: a forged token must not make us ask each time."""
_LEEWAY = 60
"""Seconds by which the two clocks may differ."""
_LONGEST_SUBJECT, _BROKEN = 255, 500


class Provider:
    """The provider of the settings. Safe to use from many threads; nothing is asked before somebody signs in."""

    def __init__(
        self,
        settings: OidcSettings,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``clock`` tells the time of day, ``monotonic`` seconds that never go back.

        Raises:
            SettingsError: the secret or the authority cannot be read.
        """
        self.settings = settings
        self._clock, self._monotonic = clock, monotonic
        self._secret = settings.secret()
        self._fetcher = Fetcher(settings.ca_file, settings.timeout)
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] | None = None
        self._read_at = 0.0
        self._keys: KeySet | None = None
        self._keys_at = 0.0

    def address(self, proofs: Proofs) -> str:
        """Give the address to which the browser goes to sign in.

        Raises:
            ProviderError: the provider cannot be reached, or what it says of itself does not fit.
        """
        metadata = self._described()
        client = self._client(metadata)
        url, _ = client.create_authorization_url(
            metadata["authorization_endpoint"],
            state=proofs.state,
            nonce=proofs.nonce,
            code_verifier=proofs.verifier,
        )
        return str(url)

    def check(self) -> int:
        """Ask for what the provider says of itself, and for its keys; return how many these are.

        Raises:
            ProviderError: it cannot be reached, or what it says does not fit.
        """
        try:
            return len(self._key_set(self._described(), again=True).keys)
        except (JoseError, ValueError, KeyError) as error:
            raise _failed(f"its keys cannot be read: {error}") from error

    def prove(self, code: str, issuer: str | None, proofs: Proofs) -> Proved:
        """Take a code for whom it stands for. ``issuer``: who says that it made the code (RFC 9207).

        Raises:
            ProviderError: it cannot be reached, or what it says cannot be trusted.
        """
        metadata = self._described()
        # Another provider's answer must not be taken for this one's (mix-up).
        named = metadata.get("authorization_response_iss_parameter_supported") is True
        if issuer != self.settings.issuer and (issuer is not None or named):
            raise _failed(f"the answer names another issuer: {issuer!r}")
        client = self._client(metadata)
        try:
            token = client.fetch_token(
                metadata["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=proofs.verifier
            )
        except client.oauth_error_class as error:
            raise _failed(f"the code was refused: {error.error} {error.description or ''}".strip()) from error
        if not isinstance(token.get("id_token"), str) or not isinstance(token.get("access_token"), str):
            raise _failed("the answer has no ID token")
        claims = self._checked(metadata, token["id_token"], token["access_token"], proofs.nonce)
        subject = claims["sub"]
        if not 0 < len(subject) <= _LONGEST_SUBJECT or "\0" in subject:
            raise _failed("the ID token's subject is empty or too long")
        said = {**self._userinfo(metadata, claims, token["access_token"]), **claims}
        return Proved(self.settings.issuer, subject, said, self._asked_twice(claims))

    def _asked_twice(self, claims: Mapping[str, Any]) -> bool:
        wanted, methods = set(self.settings.second_factors), claims.get("amr")
        said = {one for one in methods if isinstance(one, str)} if isinstance(methods, list) else set()
        return ANY_FACTOR in wanted or bool(wanted & said)

    def _client(self, metadata: Mapping[str, Any]) -> OAuth2Client:
        methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return OAuth2Client(
            session=_Session(self._fetcher),
            client_id=self.settings.client_id,
            client_secret=self._secret,
            token_endpoint_auth_method=method,
            scope=" ".join(self.settings.scopes),
            redirect_uri=self.settings.callback,
            code_challenge_method="S256",
        )

    def _described(self) -> dict[str, Any]:
        """What the provider says of itself, read again once an hour."""
        with self._lock:
            if self._metadata is not None and self._monotonic() - self._read_at < _KEPT:
                return self._metadata
        url = self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
        found = self._fetcher.get(url)
        if found.get("issuer") != self.settings.issuer:
            raise _failed(f"{url} is of another issuer: {found.get('issuer')!r}; oidc.issuer is to be just that")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
            if name == "userinfo_endpoint" and name not in found:
                continue
            try:
                check_address(str(found.get(name, "")), f"{name} of {url}")
            except ValueError as error:
                raise _failed(str(error)) from error
        with self._lock:
            self._metadata, self._read_at, self._keys = found, self._monotonic(), None
        return found

    def _checked(self, metadata: Mapping[str, Any], text: str, access_token: str, nonce: str) -> dict[str, Any]:
        offered = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        registry = JWSRegistry(algorithms=[one for one in _SIGNED_BY if one in offered], strict_check_header=False)
        try:
            try:
                token = jwt.decode(text, self._key_set(metadata), registry=registry)
            except InvalidKeyIdError:
                token = jwt.decode(text, self._key_set(metadata, again=True), registry=registry)
            wanted = {
                "iss": {"essential": True, "value": self.settings.issuer},
                "aud": {"essential": True, "value": self.settings.client_id},
            }
            known = {"nonce": nonce, "client_id": self.settings.client_id, "access_token": access_token}
            claims = CodeIDToken(token.claims, token.header, wanted, known)
            claims.validate(now=int(self._clock().timestamp()), leeway=_LEEWAY)
        except (JoseError, ValueError) as error:
            raise _failed(f"the ID token cannot be trusted: {error}") from error
        return dict(claims)

    def _key_set(self, metadata: Mapping[str, Any], *, again: bool = False) -> KeySet:
        with self._lock:
            young = self._monotonic() - self._keys_at < _KEYS_AGAIN
            if self._keys is not None and (not again or young):
                return self._keys
        found = KeySet.import_key_set(cast(Any, self._fetcher.get(metadata["jwks_uri"])))
        with self._lock:
            self._keys, self._keys_at = found, self._monotonic()
        return found

    def _userinfo(self, metadata: Mapping[str, Any], claims: Mapping[str, Any], access_token: str) -> dict[str, Any]:
        """What the ID token leaves out; asked only where something that is needed is missing."""
        wanted = {self.settings.link_claim, self.settings.username_claim if self.settings.create else None}
        wanted |= {"email_verified"} if self.settings.link_claim == "email" else set()
        wanted |= {self.settings.groups_claim.partition(".")[0]} if self.settings.groups else set()
        if "userinfo_endpoint" not in metadata or not {one for one in wanted if one} - set(claims):
            return {}
        found = self._fetcher.get(metadata["userinfo_endpoint"], access_token)
        if found.get("sub") != claims["sub"]:
            raise _failed("userinfo is of somebody else")
        return found


class _Session:
    """What Authlib sends its requests with."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    def post(self, url: str, data: Mapping[str, str], headers: Mapping[str, str], auth: ClientAuth) -> "_Answer":
        """Send a form to the token endpoint."""
        sent = dict(headers)
        url, sent, form = auth.prepare("POST", url, sent, "")
        sent.pop("Content-Type", None)
        status, content = self._fetcher.send("POST", url, sent, {**data, **dict(parse_qsl(form))})
        if status >= _BROKEN:
            raise ProviderError("provider_away", f"{url} answers {status}")
        return _Answer(url, status, content)


@dataclass(frozen=True, slots=True)
class _Answer:
    """As much of an answer as Authlib looks at."""

    url: str
    status_code: int
    content: bytes

    def raise_for_status(self) -> None:
        """Say that it is nothing to go on with."""
        raise _failed(f"{self.url} answers {self.status_code}")

    def json(self) -> dict[str, Any]:
        """Read it."""
        return read_object(self.url, self.content)


def _failed(reason: str) -> ProviderError:
    return ProviderError("provider_failed", reason)
