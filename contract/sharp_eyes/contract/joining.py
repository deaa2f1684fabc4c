"""How a gateway joins a hub: the one-time code, and what is asked and granted over HTTPS.

The code carries a secret that only its hub knows, and says whom the gateway may tell it: the fingerprint of the hub's
own certificate authority, or that the system's authorities vouch for the hub, or that there is no TLS (loopback).
"""

import hashlib
import secrets
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from sharp_eyes.contract.base import ContractError, Identifier, Message

AUTHORITY_PATH = "/api/join/authority"
JOIN_PATH = "/api/join"

_SECRET_BYTES = 10
FINGERPRINT_BYTES = 16
_CHECK_BYTES = 3
_GROUP = 6
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter in it is mistaken for a digit."""

_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


class Trust(IntEnum):
    """By what a gateway knows that it speaks to the hub that made its code."""

    PLAIN = 0
    """There is no TLS: for a gateway on the hub's own machine."""
    SYSTEM = 1
    """The system's certificate authorities vouch for the hub's name."""
    AUTHORITY = 2
    """The hub's own authority does, and the code holds its fingerprint."""


@dataclass(frozen=True, slots=True)
class JoinCode:
    """A one-time code.

    Attributes:
        secret: random bytes that the hub keeps as a hash.
        trust: by what the hub is known.
        fingerprint: the first :data:`FINGERPRINT_BYTES` of the SHA-256 of the authority's certificate (DER); empty
            unless ``trust`` is ``AUTHORITY``.
    """

    secret: bytes
    trust: Trust
    fingerprint: bytes = b""

    @classmethod
    def new(cls, trust: Trust, fingerprint: bytes = b"") -> "JoinCode":
        """Make a code with 80 fresh random bits; ``fingerprint`` may be the whole SHA-256."""
        return cls(secrets.token_bytes(_SECRET_BYTES), trust, fingerprint[:FINGERPRINT_BYTES])

    @classmethod
    def parse(cls, text: str) -> "JoinCode":
        """Read a code as somebody typed it: letters of either case, with or without hyphens.

        Raises:
            ContractError: it is no code, or a character is wrong or missing.
        """
        letters = text.strip().upper().translate(_MISREAD)
        if not letters or any(letter not in _ALPHABET for letter in letters):
            raise ContractError("this is no code of 'sharp-eyes-hub gateway invite'; copy it whole")
        size = len(letters) * 5 // 8
        number = 0
        for letter in letters:
            number = number * 32 + _ALPHABET.index(letter)
        raw = (number >> (len(letters) * 5 - size * 8)).to_bytes(size, "big")
        body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
        kinds = {
            1 + _SECRET_BYTES: (Trust.PLAIN, Trust.SYSTEM),
            1 + _SECRET_BYTES + FINGERPRINT_BYTES: (Trust.AUTHORITY,),
        }
        if check != _check(body) or body[0] not in kinds.get(len(body), ()):
            raise ContractError("a character of the code is wrong or missing; copy it whole")
        return cls(body[1 : 1 + _SECRET_BYTES], Trust(body[0]), body[1 + _SECRET_BYTES :])

    def __str__(self) -> str:
        body = bytes([self.trust]) + self.secret + self.fingerprint
        raw = body + _check(body)
        length = -(-len(raw) * 8 // 5)
        number = int.from_bytes(raw, "big") << (length * 5 - len(raw) * 8)
        letters = "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(length)))
        return "-".join(letters[start : start + _GROUP] for start in range(0, length, _GROUP))

    @property
    def secret_text(self) -> str:
        """The secret as a :class:`JoinRequest` carries it."""
        return self.secret.hex()


def secret_hash(secret_text: str) -> str:
    """What is kept of a secret; 80 random bits need no slow hash."""
    return hashlib.sha256(f"join {secret_text}".encode()).hexdigest()


def _check(body: bytes) -> bytes:
    return hashlib.sha256(b"check" + body).digest()[:_CHECK_BYTES]


GatewayPassword = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{32,64}$")]
"""Made by the gateway: 192 random bits or more."""


class JoinRequest(Message):
    """A gateway asks to be let in, with a password that it has made and keeps; safe to repeat."""

    secret: Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{2 * _SECRET_BYTES}}}$")]
    password: GatewayPassword
    version: str = Field(default="", max_length=100, description="Version of the gateway's program")


class JoinGrant(Message):
    """What a gateway is from now on, and where its broker is."""

    gateway: Identifier
    area: str
    broker_scheme: Literal["mqtt", "mqtts"]
    broker_host: str | None = Field(default=None, description="None: the host at which the gateway joined")
    broker_port: int = Field(ge=1, le=65535)
    authority: str | None = Field(
        default=None, description="PEM of the authority of the broker's certificate; None: the system's authorities"
    )
