"""Attempts to sign in by the provider: who was sent there, may come back once, and only with the browser that left."""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete

from sharp_eyes.hub.store.people_tables import ProviderAttempt
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

MINUTES = 10
"""How long somebody may take at the provider."""

_INSIDE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
_LONGEST_WAY_BACK = 500


@dataclass(frozen=True, slots=True)
class Proofs:
    """What ties the provider's answer to one browser: all three follow from a secret that lies in that browser alone.

    Attributes:
        state: names the attempt; without the secret nobody has it.
        nonce: stands in the ID token.
        verifier: of PKCE (RFC 7636); only who has it can redeem the code.
    """

    state: str
    nonce: str
    verifier: str


def new_secret() -> str:
    """Draw a secret for a browser."""
    return secrets.token_urlsafe(32)


def proofs_of(secret: str) -> Proofs:
    """Give what follows from a browser's secret."""

    def follow(what: bytes) -> str:
        made = hmac.new(secret.encode(), what, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()

    return Proofs(follow(b"state"), follow(b"nonce"), follow(b"verifier"))


def begin(work: UnitOfWork, proofs: Proofs, issuer: str, back: str, account: int | None = None) -> None:
    """Note that somebody is sent to the provider, ``account`` to link it; those that nobody came back from go."""
    work.session.execute(delete(ProviderAttempt).where(ProviderAttempt.expires_at <= work.now))
    expires = work.now + timedelta(minutes=MINUTES)
    row = ProviderAttempt(
        state=proofs.state, issuer=issuer, back=way_back(back), account_id=account, expires_at=expires
    )
    work.session.add(row)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody who came back. ``account``: whose account is to be linked; None where somebody signs in."""

    back: str
    account: int | None


def take(work: UnitOfWork, state: str, issuer: str) -> Attempt | None:
    """Take an attempt, which counts no more; None where there is none, or it was begun with another provider."""
    gone = (
        delete(ProviderAttempt)
        .where(ProviderAttempt.state == state)
        .returning(ProviderAttempt.issuer, ProviderAttempt.back, ProviderAttempt.account_id, ProviderAttempt.expires_at)
    )
    row = work.session.execute(gone).one_or_none()
    if row is None or row.issuer != issuer or _over(row.expires_at, work.now):
        return None
    return Attempt(row.back, row.account_id)


def way_back(wanted: str) -> str:
    """A path of the page to go back to; its root for whatever might lead elsewhere."""
    fits = (
        len(wanted) <= _LONGEST_WAY_BACK and _INSIDE.fullmatch(wanted) and not wanted.startswith(("/api", "/sign-in"))
    )
    return wanted if fits else "/"


def _over(expires_at: datetime, now: datetime) -> bool:
    return expires_at <= now
