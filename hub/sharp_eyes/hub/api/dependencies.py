"""Dependencies of the routes: the hub, the signed-in person, and the guard against forged requests."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Request
from sqlalchemy.exc import OperationalError

from sharp_eyes.hub.api.schemas import Me
from sharp_eyes.hub.cases.state_machine import Actor, ActorKind, Role
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.people import sessions

_LOG = logging.getLogger(__name__)
_NOTE_SECONDS = 0.3
"""How long to wait for the lock for a note that may as well be made later."""

SESSION_COOKIE = "sharp_eyes_session"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def get_hub(request: Request) -> Hub:
    """Find the hub that serves this request."""
    return cast(Hub, request.app.state.hub)


HubDependency = Annotated[Hub, Depends(get_hub)]


@dataclass(frozen=True, slots=True)
class Person:
    """The signed-in person. ``area`` decides what they see."""

    me: Me
    token: str

    @property
    def area(self) -> str:
        """Area they see, with all below."""
        return self.me.area

    @property
    def actor(self) -> Actor:
        """The same for a case's moves."""
        return Actor(ActorKind.PERSON, self.me.username, self.me.role, self.me.unit)


def current_person(request: Request, hub: HubDependency) -> Person:
    """Find who is signed in, and note that the session is in use."""
    token = request.cookies.get(SESSION_COOKIE)
    found = None if token is None else find_person(hub, token)
    if token is None or found is None:
        raise RequestError(401, "not_signed_in", "sign in first")
    return found


CurrentPerson = Annotated[Person, Depends(current_person)]


def require_session(request: Request, hub: Hub) -> None:
    """Refuse a request without a live session; nothing is written.

    Raises:
        RequestError: 401.
    """
    token = request.cookies.get(SESSION_COOKIE)
    if token is None or find_person(hub, token, in_use=False) is None:
        raise RequestError(401, "not_signed_in", "sign in first")


def find_person(hub: Hub, token: str, *, in_use: bool = True) -> Person | None:
    """Find the person of a session's token; ``in_use`` keeps the session from falling idle.

    Raises:
        RequestError: 401 ``session_expired``.
    """
    now = hub.clock()
    with hub.database.read() as session:
        row = sessions.find_session(session, token)
    if row is None:
        return None
    if not sessions.is_live(row, hub.settings.sessions, now):
        raise RequestError(401, "session_expired", "the session has ended; sign in again")
    if in_use and sessions.is_touch_due(row, now):
        _touch(hub, row.id, now)
    account = row.account
    me = Me(
        username=account.username,
        display_name=account.display_name,
        role=Role(account.role),
        area=account.area,
        unit=account.unit,
        language=account.language,
    )
    return Person(me, token)


def _touch(hub: Hub, session_id: int, now: datetime) -> None:
    try:
        with hub.database.write(patience=_NOTE_SECONDS) as session:
            sessions.touch(session, session_id, now)
    except OperationalError as error:
        # Who only reads is not to fail because a note cannot be written; the next request tries again.
        _LOG.warning("the use of a session cannot be noted: %s", error.orig)


def require_csrf_header(request: Request) -> None:
    """Refuse an unsafe request without our header, which another site's page cannot send."""
    if request.method not in _SAFE and request.headers.get("x-requested-with") != "sharp-eyes":
        raise RequestError(403, "header_missing", "send the header 'X-Requested-With: sharp-eyes'")


def refuse_nul(request: Request) -> None:
    """Refuse the character NUL in an address: no database takes it."""
    if "\0" in request.url.path or "%00" in request.url.query:
        raise RequestError(422, "invalid", "the character NUL is not allowed")
