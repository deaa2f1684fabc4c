"""The second factor: time-based one-time codes (TOTP, RFC 6238) of an app on the person's telephone."""

import hmac
import io
from datetime import datetime

import pyotp
import segno
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.people.recovery_codes import delete_recovery_codes
from sharp_eyes.hub.store.tables import Account

_ISSUER = "Sharp Eyes"
_STEP = 30


def begin_enrolment(session: Session, account: Account) -> tuple[str, str]:
    """Give an account a new secret, which counts only once a code has confirmed it; return it and its address.

    Raises:
        RequestError: 409 where a confirmed one is there already.
    """
    if account.totp_confirmed:
        raise RequestError(409, "second_factor_is_on", "take the second factor away first")
    secret = pyotp.random_base32()
    row = session.get_one(Account, account.id)
    row.totp_secret, row.totp_last_step = secret, None
    return secret, pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=_ISSUER)


def qr_code(uri: str) -> str:
    """Draw an address as a QR code in SVG, dark on light."""
    out = io.BytesIO()
    segno.make(uri, error="m").save(out, kind="svg", scale=5, border=3, light="#fff", xmldecl=False)
    return out.getvalue().decode()


def confirm_enrolment(session: Session, account: Account, code: str, now: datetime) -> None:
    """Switch the second factor on.

    Raises:
        RequestError: 409 where none was begun, 422 ``wrong_code``.
    """
    if account.totp_secret is None or account.totp_confirmed:
        raise RequestError(409, "no_enrolment", "begin with the second factor first")
    if not take_code(session, account, code, now):
        raise RequestError(422, "wrong_code", "the code is wrong or was used; is the telephone's clock right?")
    session.get_one(Account, account.id).totp_confirmed = True


def switch_off(session: Session, account_id: int) -> None:
    """Forget the secret and the recovery codes."""
    row = session.get_one(Account, account_id)
    row.totp_secret, row.totp_confirmed, row.totp_last_step = None, False, None
    delete_recovery_codes(session, account_id)


def take_code(session: Session, account: Account, code: str, now: datetime) -> bool:
    """Whether a code is right now, a step early or a step late; each step's code is taken once."""
    if account.totp_secret is None:
        return False
    typed = "".join(code.split())
    totp = pyotp.TOTP(account.totp_secret)
    current = int(now.timestamp()) // _STEP
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(totp.at(step * _STEP), typed) if typed.isascii() else False:
            return _use_step(session, account.id, step)
    return False


def _use_step(session: Session, account_id: int, step: int) -> bool:
    unused = or_(Account.totp_last_step.is_(None), Account.totp_last_step < step)
    done = session.execute(
        update(Account).where(Account.id == account_id, unused).values(totp_last_step=step).returning(Account.id)
    )
    return done.scalar() is not None
