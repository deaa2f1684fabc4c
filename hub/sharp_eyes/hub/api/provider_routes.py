"""Signing in by an OpenID Connect provider, and linking accounts with it."""

import hmac
import logging
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import IntegrityError

from sharp_eyes.hub.api.account_routes import check_own_password
from sharp_eyes.hub.api.account_schemas import PasswordBody
from sharp_eyes.hub.api.dependencies import (
    CurrentAccount,
    HubDependency,
    SignedIn,
    address_of,
    find_person,
)
from sharp_eyes.hub.api.provider_schemas import (
    AddressView,
    ExpectBody,
    LeaveBody,
    LinkBody,
    LinkView,
    ProviderView,
)
from sharp_eyes.hub.api.session_routes import is_secure, let_in
from sharp_eyes.hub.api.user_routes import check_administrator, find_user, said
from sharp_eyes.hub.areas.text import Text
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.errors import ProviderError, RequestError, not_found
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.oidc_settings import OidcSettings
from sharp_eyes.hub.people.provider import attempts, identities
from sharp_eyes.hub.people.provider.identities import Linking
from sharp_eyes.hub.people.provider.proved import Proved
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_LOG = logging.getLogger(__name__)
_SEE_OTHER = 303

router = APIRouter(tags=["provider"])

Short = Annotated[str, Query(max_length=200)]
Long = Annotated[str, Query(max_length=4096)]


@router.get("/session/provider")
def get_provider(hub: HubDependency) -> ProviderView:
    """Tell by whom one may sign in beside the password; nothing is asked of them."""
    settings = hub.settings.oidc
    return ProviderView(name=None if settings is None else Text(zh=settings.name.zh, en=settings.name.en))


@router.post("/session/provider")
def leave_for_provider(body: LeaveBody, request: Request, response: Response, hub: HubDependency) -> AddressView:
    """Begin to sign in by the provider: the browser goes to this address and comes back signed in.

    404 where there is none, 503 provider_away or 502 provider_failed: the password is the way in then. 429.
    """
    hub.throttle.begin_provider(address_of(request))
    return _leave(hub, request, response, body.back)


@router.get("/session/provider/callback", status_code=_SEE_OTHER, response_class=RedirectResponse)
def come_back(
    request: Request,
    hub: HubDependency,
    state: Short = "",
    code: Long = "",
    iss: Annotated[str | None, Query(max_length=500)] = None,
    error: Short = "",
) -> RedirectResponse:
    """Come back from the provider: the page follows, signed in, or the sign-in page, which says why not."""
    settings = _settings(hub)
    cookie = request.cookies.get(_cookie(hub), "")
    proofs = attempts.proofs_of(cookie)
    attempt = None
    # Whoever was not sent by us, with this browser, costs nothing here.
    if cookie and state and hmac.compare_digest(proofs.state.encode(), state.encode()):
        with hub.transaction() as work:
            attempt = attempts.take(work, state, settings.issuer)
    if attempt is None:
        return _refused(hub, request, "provider_again", "/", None)
    try:
        if error or not code:
            # RFC 6749: somebody who does not want to is the only error that is nobody's fault.
            raise ProviderError(
                "provider_declined" if error == "access_denied" else "provider_failed", error or "no code"
            )
        provider = hub.provider
        assert provider is not None
        proved = provider.prove(code, iss, proofs)
        return (
            _linked(hub, request, attempt, proved)
            if attempt.account is not None
            else _in(hub, request, attempt, proved)
        )
    except (ProviderError, RequestError) as refusal:
        _LOG.warning("signing in by the provider failed (%s): %s", refusal.code, refusal)
        return _refused(hub, request, refusal.code, attempt.back, attempt.account)


@router.get("/account/provider")
def get_own_link(hub: HubDependency, person: SignedIn) -> LinkView:
    """Tell whether one's own account is linked with the provider; 404 where there is none."""
    settings = _settings(hub)
    with hub.read_only() as work:
        return _view(work, settings, person.account)


@router.post("/account/provider")
def leave_to_link(
    body: LinkBody, request: Request, response: Response, hub: HubDependency, person: CurrentAccount
) -> AddressView:
    """Begin to link one's own account: the browser goes to this address and comes back linked. 403 wrong_password."""
    _settings(hub)
    check_own_password(hub, person, body.password)
    return _leave(hub, request, response, "/account", person.account)


@router.post("/account/provider/unlink", status_code=204)
def end_own_link(body: PasswordBody, hub: HubDependency, person: CurrentAccount) -> None:
    """End the link of one's own account; the password is the way in then. 403 wrong_password."""
    settings = _settings(hub)
    check_own_password(hub, person, body.password)
    with hub.transaction() as work:
        account = work.session.get_one(Account, person.account)
        identities.unlink(work, Linking(settings.issuer, person.origin), account)


@router.get("/users/{username}/provider")
def get_user_link(hub: HubDependency, person: CurrentAccount, username: str) -> LinkView:
    """Tell how somebody's account and the provider belong together; for administrators."""
    check_administrator(person)
    settings = _settings(hub)
    with hub.read_only() as work:
        return _view(work, settings, find_user(work, person, username).id)


@router.put("/users/{username}/provider")
def put_user_link(hub: HubDependency, person: CurrentAccount, username: str, body: ExpectBody) -> LinkView:
    """Say as whom the provider knows somebody: the first sign-in that proves it links the account.

    For administrators. 403 wrong_password, 422 wrong_user.
    """
    check_administrator(person)
    settings = _settings(hub)
    check_own_password(hub, person, body.password)
    with said(), hub.transaction() as work:
        account = find_user(work, person, username)
        identities.expect(work, Linking(settings.issuer, person.origin), account, body.expected)
        return _view(work, settings, account.id)


@router.post("/users/{username}/provider/unlink", status_code=204)
def end_user_link(hub: HubDependency, person: CurrentAccount, username: str, body: PasswordBody) -> None:
    """End what links somebody's account with the provider; for administrators. 403 wrong_password."""
    check_administrator(person)
    settings = _settings(hub)
    check_own_password(hub, person, body.password)
    with hub.transaction() as work:
        account = find_user(work, person, username)
        identities.unlink(work, Linking(settings.issuer, person.origin), account)


def _leave(hub: Hub, request: Request, response: Response, back: str, account: int | None = None) -> AddressView:
    settings = _settings(hub)
    provider = hub.provider
    assert provider is not None
    # A new secret each time: nobody can lay one into this browser and use it from another.
    secret = attempts.new_secret()
    proofs = attempts.proofs_of(secret)
    try:
        address = provider.address(proofs)
    except ProviderError as error:
        _LOG.warning("%s: %s", settings.issuer, error)
        away = error.code == "provider_away"
        message = "the sign-in provider cannot be reached" if away else "the sign-in provider's answer does not fit"
        raise RequestError(503 if away else 502, error.code, f"{message}; sign in with your password") from error
    with hub.transaction() as work:
        attempts.begin(work, proofs, settings.issuer, back, account)
    response.set_cookie(
        _cookie(hub),
        secret,
        max_age=attempts.MINUTES * 60,
        path=_path(settings),
        httponly=True,
        samesite="lax",
        secure=is_secure(request, hub),
    )
    return AddressView(address=address)


def _in(hub: Hub, request: Request, attempt: attempts.Attempt, proved: Proved) -> RedirectResponse:
    settings, address = _settings(hub), address_of(request)
    try:
        with hub.transaction() as work:
            account = identities.account_of(work, settings, proved, address)
            work.session.flush()
            work.session.refresh(account)
            work.session.expunge(account)
    except IntegrityError as error:  # two first sign-ins of one person at the same moment
        raise RequestError(409, "provider_again", "somebody signed in as the same person just now") from error
    except RequestError as error:
        detail = {"reason": error.code, "subject_there": proved.subject}
        _note_failure(hub, address, detail)
        raise
    hub.throttle.came_back(address)
    answer = _away(settings, attempt.back)
    let_in(hub, request, answer, account, second_factor=proved.second_factor, by="provider", issuer=proved.issuer)
    _forget(hub, request, answer)
    hub.session_watch.look()
    return answer


def _linked(hub: Hub, request: Request, attempt: attempts.Attempt, proved: Proved) -> RedirectResponse:
    settings = _settings(hub)
    token = request.cookies.get(hub.session_cookie)
    person = None if token is None else find_person(hub, token)
    if person is None or person.account != attempt.account:
        raise RequestError(401, "provider_again", "whoever began to link the account is not signed in any more")
    with hub.transaction() as work:
        account = work.session.get_one(Account, person.account)
        by = Origin(account.username, address_of(request))
        identities.link(work, Linking(settings.issuer, by), account, proved.subject)
    answer = _away(settings, f"{attempt.back}?linked=1")
    _forget(hub, request, answer)
    return answer


def _refused(hub: Hub, request: Request, code: str, back: str, account: int | None) -> RedirectResponse:
    query = {"refused": code} | ({} if account is not None or back == "/" else {"back": back})
    answer = _away(_settings(hub), f"{'/sign-in' if account is None else back}?{urlencode(query)}")
    _forget(hub, request, answer)
    return answer


def _away(settings: OidcSettings, path: str) -> RedirectResponse:
    """To a path of the page: scheme and host are the settings', whatever the request says."""
    return RedirectResponse(settings.page_root + path, _SEE_OTHER)


def _forget(hub: Hub, request: Request, answer: Response) -> None:
    path = _path(_settings(hub))
    answer.delete_cookie(_cookie(hub), path=path, httponly=True, samesite="lax", secure=is_secure(request, hub))


def _note_failure(hub: Hub, address: str, detail: dict[str, str]) -> None:
    with hub.database.write() as session:
        area, name = hub.city.root, "unknown name"
        record(session, hub.clock(), Origin(name, address), Action.SIGN_IN_FAILED, area=area, subject=name, **detail)


def _settings(hub: Hub) -> OidcSettings:
    if hub.settings.oidc is None:
        raise not_found("a provider to sign in by")
    return hub.settings.oidc


def _cookie(hub: Hub) -> str:
    return f"{hub.session_cookie}_provider"


def _path(settings: OidcSettings) -> str:
    """Where the browser shows the cookie of an attempt: where it comes back to."""
    return urlsplit(settings.callback).path


def _view(work: UnitOfWork, settings: OidcSettings, account: int) -> LinkView:
    row = identities.identity_of(work, settings.issuer, account)
    return LinkView(linked=row is not None and row.subject is not None, expected=None if row is None else row.expected)
