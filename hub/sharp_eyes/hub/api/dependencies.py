"""Dependencies of the routes: the hub, the signed-in person, and the guard against forged requests."""

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Request
from sqlalchemy.exc import OperationalError

from sharp_eyes.hub.api.account_schemas import Me
from sharp_eyes.hub.audit import Origin
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.lifecycle.legality import Actor, ActorKind
from sharp_eyes.hub.lifecycle.roles import Rights, Role
from sharp_eyes.hub.people import sessions

_LOG = logging.getLogger(__name__)
_NOTE_SECONDS = 0.3
"""How long to wait for the lock for a note that may as well be made later."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def get_hub(request: Request) -> Hub:
    """Find the hub that serves this request."""
    return cast(Hub, request.app.state.hub)


HubDependency = Annotated[Hub, Depends(get_hub)]


@dataclass(frozen=True, slots=True)
class Person:
    """The signed-in person. ``area`` decides what they see."""

    me: Me
    account: int
    session: int
    rights: Rights = field(default_factory=Rights)
    address: str = "unknown"
    lacks_second_factor: bool = False
    """They are to have one, and have none: only their own account is open to them."""

    @property
    def area(self) -> str:
        """Area they see, with all below."""
        return self.me.area

    @property
    def origin(self) -> Origin:
        """The same for the audit trail."""
        return Origin(self.me.username, self.address)

    @property
    def actor(self) -> Actor:
        """The same for a case's moves."""
        return Actor(ActorKind.PERSON, self.me.username, self.rights, self.me.unit)

    @property
    def scope(self) -> Scope:
        """The cases that they may see."""
        # Without a unit of their own they see what no unit has: nothing.
        unit = (self.me.unit or "") if self.rights.sees_own_unit_only else None
        return Scope(self.area, unit, self.me.username)


def address_of(request: Request) -> str:
    """The address that a request comes from, as far as proxies are trusted."""
    return request.client.host if request.client else "unknown"


def signed_in(request: Request, hub: HubDependency) -> Person:
    """Find who is signed in, and note that the session is in use. For one's own account alone."""
    token = request.cookies.get(hub.session_cookie)
    found = None if token is None else find_person(hub, token)
    if token is None or found is None:
        raise RequestError(401, "not_signed_in", "sign in first")
    return replace(found, address=address_of(request))


SignedIn = Annotated[Person, Depends(signed_in)]


def current_person(person: SignedIn) -> Person:
    """Find who is signed in and may do their work."""
    if person.lacks_second_factor:
        raise RequestError(403, "second_factor_needed", "administrators need a second factor here; set it up first")
    return person


CurrentPerson = Annotated[Person, Depends(current_person)]


def require_session(request: Request, hub: Hub) -> None:
    """Refuse a request without a live session; nothing is written.

    Raises:
        RequestError: 401.
    """
    token = request.cookies.get(hub.session_cookie)
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
        role=account.role,
        area=account.area,
        unit=account.unit,
        language=account.language,
    )
    needs = hub.settings.sessions.administrators_need_second_factor and me.role == Role.ADMINISTRATOR
    rights = hub.city.rights(account.role)
    return Person(me, account.id, row.id, rights, lacks_second_factor=needs and not account.totp_confirmed)


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
