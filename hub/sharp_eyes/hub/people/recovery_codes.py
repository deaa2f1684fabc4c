"""Recovery codes: each stands in for a code of the second factor once, when the telephone is not at hand.

A code has 80 random bits, so that its plain hash gives nothing away; the codes themselves are shown once and kept
nowhere.
"""

import base64
import hashlib
import secrets
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from sharp_eyes.hub.store.tables import RecoveryCode

COUNT = 10
"""Codes that are made at once."""

_BYTES = 10
_GROUP = 4


def make_recovery_codes(session: Session, account_id: int, now: datetime) -> list[str]:
    """Make :data:`COUNT` new codes, such as ``abcd-efgh-2345-wxyz``; the account's former ones no longer hold."""
    delete_recovery_codes(session, account_id)
    codes = [base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower() for _ in range(COUNT)]
    session.add_all(RecoveryCode(account_id=account_id, code_hash=_hash(code), made_at=now) for code in codes)
    return ["-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP)) for code in codes]


def take_recovery_code(session: Session, account_id: int, typed: str, now: datetime) -> bool:
    """Whether this is one of the account's codes and was not used before; from now on it is."""
    code = "".join(typed.split()).replace("-", "").lower()
    done = session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.code_hash == _hash(code))
        .where(RecoveryCode.used_at.is_(None))
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    return done.scalar() is not None


def count_recovery_codes(session: Session, account_id: int) -> int:
    """How many codes of an account can still be used."""
    unused = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def delete_recovery_codes(session: Session, account_id: int) -> None:
    """Forget all codes of an account."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
