"""One's own account: password, sessions, second factor."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from sharp_eyes.hub.api.account_schemas import (
    AccountView,
    CodeBody,
    Enrolment,
    PasswordAndCode,
    PasswordBody,
    PasswordChange,
    SessionView,
)
from sharp_eyes.hub.api.dependencies import HubDependency, SignedIn, SignedInPerson
from sharp_eyes.hub.api.record_schemas import RecoveryCodes
from sharp_eyes.hub.api.session_routes import forget_session, take_proof
from sharp_eyes.hub.audit import Action, record
from sharp_eyes.hub.errors import RequestError, SettingsError, not_found
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.people import second_factor, sessions
from sharp_eyes.hub.people.accounts import hash_password, password_fits
from sharp_eyes.hub.people.password_rules import check_password
from sharp_eyes.hub.people.recovery_codes import count_recovery_codes, make_recovery_codes
from sharp_eyes.hub.store.tables import Account

router = APIRouter(prefix="/account", tags=["account"])


@router.get("")
def get_account(hub: HubDependency, person: SignedIn) -> AccountView:
    """Show one's own sessions, and whether the second factor is on."""
    with hub.database.read() as session:
        account = session.get_one(Account, person.account)
        rows = sessions.sessions_of(session, person.account, hub.settings.sessions, hub.clock())
        return AccountView(
            username=account.username,
            second_factor=account.totp_confirmed,
            second_factor_needed=person.lacks_second_factor,
            recovery_codes=count_recovery_codes(session, person.account),
            sessions=[
                SessionView(
                    id=row.id,
                    created_at=row.created_at,
                    last_seen_at=row.last_seen_at,
                    address=row.address,
                    browser=row.browser,
                    current=row.id == person.session,
                )
                for row in rows
            ],
        )


@router.post("/password", status_code=204)
def change_password(body: PasswordChange, hub: HubDependency, person: SignedIn) -> None:
    """Change one's own password; all other sessions end. 403 wrong_password, 422 weak_password."""
    check_own_password(hub, person, body.current)
    try:
        check_password(body.new, (person.me.username, person.me.display_name))
    except SettingsError as error:
        raise RequestError(422, "weak_password", str(error)) from error
    hashed = hash_password(body.new)  # slow on purpose, so outside the transaction
    with hub.database.write() as session:
        session.get_one(Account, person.account).password_hash = hashed
        others = _others(hub, person)
        sessions.end_sessions_of(session, person.account, keep=person.session)
        _record(hub, session, person, Action.PASSWORD_CHANGED)
    hub.broadcaster.end_sessions(others)


@router.delete("/sessions", status_code=204)
def sign_out_everywhere(request: Request, response: Response, hub: HubDependency, person: SignedIn) -> None:
    """End all of one's sessions, this one too."""
    with hub.database.write() as session:
        every = {person.session, *_others(hub, person)}
        sessions.end_sessions_of(session, person.account)
        _record(hub, session, person, Action.SIGN_OUT_EVERYWHERE)
    hub.broadcaster.end_sessions(every)
    forget_session(request, response, hub)


@router.delete("/sessions/{session_id}", status_code=204)
def end_session(session_id: int, hub: HubDependency, person: SignedIn) -> None:
    """End one of one's own sessions."""
    if session_id not in {person.session, *_others(hub, person)}:
        raise not_found(f"session {session_id}")
    with hub.database.write() as session:
        sessions.end_session(session, session_id)
        _record(hub, session, person, Action.SESSION_ENDED)
    hub.broadcaster.end_sessions({session_id})


@router.post("/second-factor")
def begin_second_factor(body: PasswordBody, hub: HubDependency, person: SignedIn) -> Enrolment:
    """Make a secret for an authenticator app; it counts once a code has confirmed it. 409 second_factor_is_on."""
    check_own_password(hub, person, body.password)
    with hub.database.write() as session:
        account = session.get_one(Account, person.account)
        secret, uri = second_factor.begin_enrolment(session, account)
    return Enrolment(secret=secret, uri=uri, qr_svg=second_factor.qr_code(uri))


@router.post("/second-factor/confirm")
def confirm_second_factor(body: CodeBody, hub: HubDependency, person: SignedIn) -> RecoveryCodes:
    """Switch the second factor on with the app's first code, and give its recovery codes; all other sessions end.

    422 wrong_code.
    """
    with hub.database.write() as session:
        account = session.get_one(Account, person.account)
        second_factor.confirm_enrolment(session, account, body.code, hub.clock())
        codes = make_recovery_codes(session, account.id, hub.clock())
        others = _others(hub, person)
        sessions.end_sessions_of(session, person.account, keep=person.session)
        _record(hub, session, person, Action.SECOND_FACTOR_ON)
    hub.broadcaster.end_sessions(others)
    return RecoveryCodes(codes=codes)


@router.post("/second-factor/recovery-codes")
def renew_recovery_codes(body: PasswordAndCode, hub: HubDependency, person: SignedIn) -> RecoveryCodes:
    """Make new recovery codes, with password and code; the former ones no longer hold.

    403 wrong_password, 422 wrong_code.
    """
    check_own_password(hub, person, body.password)
    hub.throttle.begin_code(person.me.username)
    with _noting_refusal(hub, person), hub.database.write() as session:
        account = _proven(hub, session, person, body.code)
        codes = make_recovery_codes(session, account.id, hub.clock())
        _record(hub, session, person, Action.RECOVERY_CODES_MADE)
    hub.throttle.succeeded(person.me.username, person.address)
    return RecoveryCodes(codes=codes)


@router.post("/second-factor/off", status_code=204)
def switch_second_factor_off(body: PasswordAndCode, hub: HubDependency, person: SignedIn) -> None:
    """Take the second factor away, with password and code, or a recovery code. 403 wrong_password, 422 wrong_code."""
    check_own_password(hub, person, body.password)
    hub.throttle.begin_code(person.me.username)
    with _noting_refusal(hub, person), hub.database.write() as session:
        account = _proven(hub, session, person, body.code)
        second_factor.switch_off(session, account.id)
        _record(hub, session, person, Action.SECOND_FACTOR_OFF)
    hub.throttle.succeeded(person.me.username, person.address)


def _proven(hub: Hub, session: Session, person: SignedInPerson, code: str) -> Account:
    """One's own account, once a code of its second factor was given.

    Raises:
        RequestError: 422 ``wrong_code``.
    """
    account = session.get_one(Account, person.account)
    if not account.totp_confirmed or not take_proof(hub, session, account, code, person.origin):
        raise RequestError(422, "wrong_code", "the code is wrong or was used already")
    return account


def check_own_password(hub: Hub, person: SignedInPerson, password: str) -> None:
    """Ask for the password again, under the same brake as at the door.

    Raises:
        RequestError: 403 ``wrong_password``, 429.
    """
    hub.throttle.begin(person.me.username, person.address)
    with hub.database.read() as session:
        account = session.get_one(Account, person.account)
    if not password_fits(account, password):
        _note_refusal(hub, person)
        raise RequestError(403, "wrong_password", "the password is wrong")
    hub.throttle.withdraw(person.me.username, person.address)


@contextmanager
def _noting_refusal(hub: Hub, person: SignedInPerson) -> Iterator[None]:
    """Write a wrong code down, after the work that it has ended."""
    try:
        yield
    except RequestError:
        _note_refusal(hub, person)
        raise


def _note_refusal(hub: Hub, person: SignedInPerson) -> None:
    """Somebody at a screen that was left open may be guessing."""
    with hub.database.write() as session:
        _record(hub, session, person, Action.PASSWORD_REFUSED)


def _others(hub: Hub, person: SignedInPerson) -> set[int]:
    with hub.database.read() as session:
        rows = sessions.sessions_of(session, person.account, hub.settings.sessions, hub.clock())
        return {row.id for row in rows} - {person.session}


def _record(hub: Hub, session: Session, person: SignedInPerson, action: Action) -> None:
    record(session, hub.clock(), person.origin, action, area=person.area, subject=person.me.username)
