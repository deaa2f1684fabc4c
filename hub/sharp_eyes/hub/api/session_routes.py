"""Sign in, who am I, sign out."""

import logging

from fastapi import APIRouter, Request, Response

from sharp_eyes.hub.api.dependencies import SESSION_COOKIE, CurrentPerson, HubDependency, find_person
from sharp_eyes.hub.api.schemas import LoginBody, Me
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.people import sessions

_LOG = logging.getLogger(__name__)

router = APIRouter(prefix="/session", tags=["session"])


@router.post("")
def log_in(body: LoginBody, request: Request, response: Response, hub: HubDependency) -> Me:
    """Sign in with name and password; the session travels in a cookie."""
    address = request.client.host if request.client else "unknown"
    username = body.username.strip().lower()
    hub.throttle.begin(username, address)
    with hub.database.read() as session:
        account = sessions.authenticate(session, username, body.password)
    if account is None:
        _LOG.warning("wrong user name or password for %r from %s", username, address)
        raise RequestError(401, "wrong_password", "user name or password is wrong")
    hub.throttle.succeeded(username, address)
    with hub.database.write() as session:
        token = sessions.begin_session(session, account, hub.clock())
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=hub.settings.sessions.absolute_minutes * 60,
        httponly=True,
        samesite="lax",
        secure=_is_secure(request, hub),
    )
    found = find_person(hub, token)
    if found is None:
        raise RequestError(401, "not_signed_in", "the session was ended meanwhile; sign in again")
    return found.me


@router.get("")
def who_am_i(person: CurrentPerson) -> Me:
    """Tell who is signed in."""
    return person.me


@router.delete("", status_code=204)
def log_out(request: Request, response: Response, hub: HubDependency) -> None:
    """Sign out; safe to repeat."""
    token = request.cookies.get(SESSION_COOKIE)
    if token is not None:
        with hub.database.write() as session:
            sessions.end_session(session, token)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=_is_secure(request, hub))


def _is_secure(request: Request, hub: Hub) -> bool:
    """Whether the cookie may travel over https only: set so, or asked for so, here or at a trusted proxy."""
    return hub.settings.http.secure_cookie or request.url.scheme == "https"
