"""Sign in, who am I, sign out."""

import logging

from fastapi import APIRouter, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from sharp_eyes.hub.api.account_schemas import LoginBody, Me
from sharp_eyes.hub.api.dependencies import AnyPerson, HubDependency, address_of, find_person
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.people import second_factor, sessions
from sharp_eyes.hub.people.recovery_codes import count_recovery_codes, take_recovery_code
from sharp_eyes.hub.store.tables import Account

_LOG = logging.getLogger(__name__)

router = APIRouter(prefix="/session", tags=["session"])


@router.post("")
def log_in(body: LoginBody, request: Request, response: Response, hub: HubDependency) -> Me:
    """Sign in with name and password; the session travels in a cookie.

    401 code_needed: the account has a second factor; send the same again with its code or a recovery code.
    401 wrong_code.
    """
    address = address_of(request)
    username = body.username.strip().lower()
    hub.throttle.begin(username, address)
    with hub.database.read() as session:
        account = sessions.authenticate(session, username, body.password)
    if account is None:
        _note_failure(hub, username, address)
        raise RequestError(401, "wrong_password", "user name or password is wrong")
    if account.totp_confirmed:
        _check_code(hub, account, body.code, address)
    hub.throttle.succeeded(username, address)
    token = let_in(hub, request, response, account)
    found = find_person(hub, token)
    if found is None:
        raise RequestError(401, "not_signed_in", "the session was ended meanwhile; sign in again")
    return found.me


def let_in(
    hub: Hub, request: Request, response: Response, account: Account, *, second_factor: bool = False, **detail: str
) -> str:
    """Begin a new session for somebody who has proved who they are, in place of this browser's former one.

    ``second_factor``: the provider by whom they came asked for one. Returns the session's token.

    Raises:
        RequestError: 401 where what they proved was changed meanwhile.
    """
    address = address_of(request)
    _end_former_session(hub, request)
    with hub.database.write() as session:
        _check_unchanged(session, account)
        browser = request.headers.get("user-agent", "")
        token = sessions.begin_session(session, account, hub.clock(), address, browser, second_factor=second_factor)
        origin = Origin(account.username, address)
        record(session, hub.clock(), origin, Action.SIGN_IN, area=account.area, subject=account.username, **detail)
    response.set_cookie(
        hub.session_cookie,
        token,
        max_age=hub.settings.sessions.absolute_minutes * 60,
        httponly=True,
        samesite="lax",
        secure=is_secure(request, hub),
    )
    return token


def _check_unchanged(session: Session, account: Account) -> None:
    """A check takes its time, and with a change of password all sessions end, also those that are about to begin."""
    now = session.get(Account, account.id, with_for_update=True)
    proved = account.password_hash, account.totp_confirmed
    if now is None or now.disabled or (now.password_hash, now.totp_confirmed) != proved:
        raise RequestError(401, "not_signed_in", "the account was changed meanwhile; sign in again")


@router.get("")
def who_am_i(person: AnyPerson) -> Me:
    """Tell who is signed in, or what a token is."""
    return person.me


@router.delete("", status_code=204)
def log_out(request: Request, response: Response, hub: HubDependency) -> None:
    """Sign out; safe to repeat. The browser forgets what it kept of this page."""
    token = request.cookies.get(hub.session_cookie)
    if token is not None:
        with hub.database.write() as session:
            row = sessions.find_session(session, token)
            if row is not None:
                sessions.end_session(session, row.id)
                origin = Origin(row.account.username, address_of(request))
                area = row.account.area
                record(session, hub.clock(), origin, Action.SIGN_OUT, area=area, subject=row.account.username)
        if row is not None:
            hub.broadcaster.end_sessions({row.id})
    forget_session(request, response, hub)


def forget_session(request: Request, response: Response, hub: Hub) -> None:
    """Tell the browser to forget the cookie and all that it kept: pictures of strangers lie in its cache."""
    response.delete_cookie(hub.session_cookie, httponly=True, samesite="lax", secure=is_secure(request, hub))
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'


def _check_code(hub: Hub, account: Account, code: str, address: str) -> None:
    if not code.strip():
        hub.throttle.withdraw(account.username, address)
        raise RequestError(401, "code_needed", "this account has a second factor; send its code too")
    hub.throttle.begin_code(account.username)
    with hub.database.write() as session:
        fits = take_proof(hub, session, account, code, Origin(account.username, address))
    if not fits:
        _note_failure(hub, account.username, address)
        raise RequestError(401, "wrong_code", "the code is wrong or was used already")


def take_proof(hub: Hub, session: Session, account: Account, code: str, origin: Origin) -> bool:
    """Whether this is a code of the account's app or one of its recovery codes; the use of those is written down."""
    if second_factor.take_code(session, account, code, hub.clock()):
        return True
    if not account.totp_confirmed or not take_recovery_code(session, account.id, code, hub.clock()):
        return False
    left = count_recovery_codes(session, account.id)
    area, subject = account.area, account.username
    record(session, hub.clock(), origin, Action.RECOVERY_CODE_USED, area=area, subject=subject, left=left)
    return True


def _note_failure(hub: Hub, username: str, address: str) -> None:
    """Write a failed sign-in down, by its name only where there is such an account: people type passwords there."""
    with hub.database.write() as session:
        known = session.scalar(select(Account).where(Account.username == username))
        name, area = ("unknown name", hub.city.root) if known is None else (known.username, known.area)
        record(session, hub.clock(), Origin(name, address), Action.SIGN_IN_FAILED, area=area, subject=name)
    _LOG.warning("wrong user name, password or code from %s (%s)", address, name)


def _end_former_session(hub: Hub, request: Request) -> None:
    """End the session whose cookie this browser is about to lose."""
    token = request.cookies.get(hub.session_cookie)
    if token is None:
        return
    with hub.database.write() as session:
        row = sessions.find_session(session, token)
        if row is not None:
            sessions.end_session(session, row.id)
    if row is not None:
        hub.broadcaster.end_sessions({row.id})


def is_secure(request: Request, hub: Hub) -> bool:
    """Whether the cookie may travel over https only: set so, or asked for so, here or at a trusted proxy."""
    return hub.settings.http.secure_cookie or request.url.scheme == "https"
