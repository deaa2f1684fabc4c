"""Dependencies of the routes: the hub, the signed-in person, and the guard against forged requests."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from sharp_eyes.hub.api.account_schemas import Me
from sharp_eyes.hub.areas.tree import Ground, Stay
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.broadcast import Access
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.lifecycle.roles import Rights, Role
from sharp_eyes.hub.people import sessions, tokens
from sharp_eyes.hub.people.acting import principal_of
from sharp_eyes.hub.store.tables import Account, ApiToken, LoginSession
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_LOG = logging.getLogger(__name__)
_NOTE_SECONDS = 0.3
"""How long to wait for the lock for a note that may as well be made later."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def get_hub(request: Request) -> Hub:
    """Find the hub that serves this request; a coroutine, for a plain function waits for a thread of its own."""
    return cast(Hub, request.app.state.hub)


HubDependency = Annotated[Hub, Depends(get_hub)]


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: a signed-in person, or a machine by its API token. ``area`` decides what they see."""

    me: Me
    access: Access
    rights: Rights = field(default_factory=Rights)
    address: str = "unknown"
    stays: tuple[Stay, ...] = ()
    """Paths that their area has and had."""

    @property
    def area(self) -> str:
        """Area they see, with all below."""
        return self.me.area

    @property
    def ground(self) -> Ground:
        """The same area, with where it lay before."""
        return Ground(self.area, self.stays)

    @property
    def origin(self) -> Origin:
        """The same for the audit trail."""
        return Origin(self.me.username, self.address, self.me.on_behalf_of)

    @property
    def actor(self) -> Actor:
        """The same for a case's moves."""
        me = self.me
        return Actor(ActorKind.PERSON, me.username, self.rights, me.unit, me.on_behalf_of, self.area)

    @property
    def scope(self) -> Scope:
        """The cases that they may see."""
        # Without a unit of their own they see what no unit has: nothing.
        unit = (self.me.unit or "") if self.rights.sees_own_unit_only else None
        return Scope(self.area, unit, self.me.username, self.me.on_behalf_of, self.stays)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInPerson(Person):
    """Somebody with an account and a session."""

    account: int
    session: int
    lacks_second_factor: bool = False
    """They are to have one, and have none: only their own account is open to them."""

    acting: "SignedInPerson | None" = None
    """The same with the rights of whom they stand in for now. One's own account is never another's."""


_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="An API token of this hub (POST /api/tokens, or 'sharp-eyes-hub token add').",
)
_COOKIE = APIKeyCookie(
    auto_error=False,
    name="sharp_eyes_session",
    scheme_name="session",
    description="Set by POST /api/session; the hub's own id is part of its name.",
)


def bearer_of(request: Request) -> str | None:
    """The API token that a request carries; None where it comes without, whatever it holds in a cookie."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def address_of(request: Request) -> str:
    """The address that a request comes from, as far as proxies are trusted."""
    return request.client.host if request.client else "unknown"


def signed_in(request: Request, hub: HubDependency, _cookie: Annotated[str | None, Depends(_COOKIE)]) -> SignedInPerson:
    """Find who is signed in, and note that the session is in use. For one's own account alone: tokens have none."""
    bearer = bearer_of(request)
    if bearer is not None:
        find_machine(hub, bearer, address_of(request))
        raise RequestError(403, "session_needed", "this is for people who have signed in, not for an API token")
    token = request.cookies.get(hub.session_cookie)
    found = None if token is None else find_person(hub, token)
    if token is None or found is None:
        raise RequestError(401, "not_signed_in", "sign in first")
    return replace(found, address=address_of(request))


SignedIn = Annotated[SignedInPerson, Depends(signed_in)]


def current_account(person: SignedIn) -> SignedInPerson:
    """Find who is signed in and may do their work, where it takes an account."""
    if person.lacks_second_factor:
        raise RequestError(403, "second_factor_needed", "administrators need a second factor here; set it up first")
    return person


CurrentAccount = Annotated[SignedInPerson, Depends(current_account)]


def _in_place(person: SignedInPerson) -> SignedInPerson:
    """With the rights that somebody acts by: another's, or their own."""
    return person if person.acting is None else replace(person.acting, address=person.address)


def working(person: SignedIn) -> SignedInPerson:
    """Find who is signed in and may do their work, with the rights they act by."""
    return current_account(_in_place(person))


Working = Annotated[SignedInPerson, Depends(working)]


def any_person(
    request: Request,
    hub: HubDependency,
    _token: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    _cookie: Annotated[str | None, Depends(_COOKIE)],
) -> Person:
    """Find who asks: a machine where a token came along, else who is signed in, with the rights they act by."""
    bearer = bearer_of(request)
    if bearer is not None:
        return find_machine(hub, bearer, address_of(request))
    return _in_place(signed_in(request, hub, None))


AnyPerson = Annotated[Person, Depends(any_person)]


def current_person(person: AnyPerson) -> Person:
    """Find who asks and may do their work."""
    return current_account(person) if isinstance(person, SignedInPerson) else person


CurrentPerson = Annotated[Person, Depends(current_person)]


def require_access(request: Request, hub: Hub) -> None:
    """Refuse a request without a live session or token; nothing is written of those that are right.

    Raises:
        RequestError: 401, 429.
    """
    bearer = bearer_of(request)
    if bearer is not None:
        find_machine(hub, bearer, address_of(request), in_use=False)
        return
    token = request.cookies.get(hub.session_cookie)
    if token is None or find_person(hub, token, in_use=False) is None:
        raise RequestError(401, "not_signed_in", "sign in first")


def check_still_in(hub: Hub, work: UnitOfWork, person: Person) -> None:
    """Refuse what took long to read once its sender has lost what let them in: signed out, disabled, elsewhere now.

    Raises:
        RequestError: 401.
    """
    access, now = person.access, work.now
    if isinstance(access, int):
        found = sessions.live_sessions(work.session, [access], hub.settings.sessions, now).get(access)
    else:
        found = tokens.live_tokens(work.session, [access], now).get(access)
    if found != (person.area, person.me.on_behalf_of):
        raise RequestError(401, "not_signed_in", "the session ended while this was read; nothing of it is kept")


def find_person(hub: Hub, token: str, *, in_use: bool = True) -> SignedInPerson | None:
    """Find the person of a session's token; ``in_use`` keeps the session from falling idle.

    Raises:
        RequestError: 401 ``session_expired``.
    """
    now = hub.clock()
    with hub.database.read() as session:
        row = sessions.find_session(session, token)
        principal = None if row is None else principal_of(session, row, now)
    if row is None:
        return None
    if not sessions.is_live(row, hub.settings.sessions, now):
        raise RequestError(401, "session_expired", "the session has ended; sign in again")
    if in_use and sessions.is_touch_due(row, now):
        _patiently(hub, "the use of a session", lambda session: sessions.touch(session, row.id, now))
    own = _standing_as(hub, row, row.account)
    return own if principal is None else replace(own, acting=_standing_as(hub, row, principal))


def _standing_as(hub: Hub, row: LoginSession, whose: Account) -> SignedInPerson:
    """A session's person, with the rights of an account: their own, or another's."""
    account = row.account
    me = Me(
        username=account.username,
        display_name=account.display_name,
        role=whose.role,
        area=whose.area,
        unit=whose.unit,
        language=account.language,
        on_behalf_of=None if whose.id == account.id else whose.username,
    )
    needs = hub.settings.sessions.administrators_need_second_factor and me.role == Role.ADMINISTRATOR
    # Of whoever acts: the other's telephone is not at hand.
    lacks = needs and not (account.totp_confirmed or row.second_factor)
    rights, stays = hub.city.rights(whose.role), hub.ground(me.area).stays
    return SignedInPerson(
        me, row.id, rights, stays=stays, account=account.id, session=row.id, lacks_second_factor=lacks
    )


def find_machine(hub: Hub, text: str, address: str, *, in_use: bool = True) -> Person:
    """Find whom an API token stands for, and note its use.

    A wrong one counts against its address. A right one is let in even while that address must wait: nobody guesses a
    token, and a machine may share its address with strangers.

    Raises:
        RequestError: 401 ``wrong_token``, ``token_ended``; 429.
    """
    now = hub.clock()
    with hub.database.read() as session:
        row = tokens.find_token(session, text)
    if row is None or not tokens.is_live(row, now):
        hub.throttle.begin_token(address)
        _note_refusal(hub, row, address)
        if row is None:
            raise RequestError(401, "wrong_token", "this API token is not known here")
        raise RequestError(401, "token_ended", "this API token has expired or was revoked; have a new one made")
    if in_use and tokens.is_note_due(row, now, address):
        _patiently(hub, "the use of a token", lambda session: tokens.note_use(session, row.id, now, address))
    name = tokens.actor_of(row)
    me = Me(username=name, display_name=row.name, role=row.role, area=row.area, unit=row.unit, language="en")
    return Person(me, row.prefix, hub.city.rights(row.role), address, hub.ground(row.area).stays)


def _note_refusal(hub: Hub, row: ApiToken | None, address: str) -> None:
    """Write down that a token was refused, once in a while: a machine that was forgotten asks again and again."""
    name, area = ("unknown token", hub.city.root) if row is None else (row.name, row.area)
    if not hub.sightings.is_new(address, f"refused {'' if row is None else row.prefix}"):
        return
    detail = {} if row is None else {"prefix": row.prefix}
    origin = Origin(name if row is None else tokens.actor_of(row), address)
    with hub.database.write() as session:
        record(session, hub.clock(), origin, Action.TOKEN_REFUSED, area=area, subject=name, **detail)


def _patiently(hub: Hub, what: str, note: Callable[[Session], None]) -> None:
    try:
        with hub.database.write(patience=_NOTE_SECONDS) as session:
            note(session)
    except OperationalError as error:
        # Who only reads is not to fail because a note cannot be written; the next request tries again.
        _LOG.warning("%s cannot be noted: %s", what, error.orig)


def require_csrf_header(request: Request) -> None:
    """Refuse an unsafe request without our header or a token, neither of which another site's page can send."""
    if bearer_of(request) is not None:
        return
    if request.method not in _SAFE and request.headers.get("x-requested-with") != "sharp-eyes":
        raise RequestError(403, "header_missing", "send the header 'X-Requested-With: sharp-eyes'")


async def refuse_nul(request: Request) -> None:
    """Refuse the character NUL in an address: no database takes it."""
    if "\0" in request.url.path or "%00" in request.url.query:
        raise RequestError(422, "invalid", "the character NUL is not allowed")
