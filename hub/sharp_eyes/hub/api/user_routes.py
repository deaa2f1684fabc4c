"""Accounts of people: made, changed and locked out by administrators who have signed in, each for their own area."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter
from sqlalchemy import select

from sharp_eyes.hub.api.account_routes import check_own_password
from sharp_eyes.hub.api.account_schemas import PasswordBody
from sharp_eyes.hub.api.dependencies import CurrentAccount, HubDependency, Person
from sharp_eyes.hub.api.seen import check_seen
from sharp_eyes.hub.api.user_schemas import NewUser, UserChange, UserPassword, UserView
from sharp_eyes.hub.areas.tree import covers, within
from sharp_eyes.hub.audit import Action, record
from sharp_eyes.hub.errors import RequestError, SettingsError, not_found, unfit
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people import second_factor
from sharp_eyes.hub.people.accounts import add_account, cases_left_alone, change_account, set_disabled, set_password
from sharp_eyes.hub.people.sessions import end_sessions_of, sessions_of
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(prefix="/users", tags=["users"])


@router.get("")
def get_users(hub: HubDependency, person: CurrentAccount) -> list[UserView]:
    """List the accounts of the asker's area; 403 for all but administrators."""
    check_administrator(person)
    with hub.read_only() as work:
        query = select(Account).where(within(Account.area, person.area)).order_by(Account.username)
        return [_view(hub, work, row) for row in work.session.scalars(query)]


@router.post("", status_code=201)
def post_user(hub: HubDependency, person: CurrentAccount, body: NewUser) -> UserView:
    """Make an account in the asker's area or below. 403 wrong_password, 422 wrong_user."""
    check_administrator(person)
    check_own_password(hub, person, body.password)
    area = _own(person, body.area or person.area)
    with said(), hub.transaction() as work:
        row = add_account(
            work.session,
            work.city,
            work.now,
            username=body.username,
            password=body.new_password,
            role=body.role,
            area=area,
            unit=body.unit,
            display_name=body.display_name.strip(),
            language=body.language,
        )
        _record(work, person, Action.ACCOUNT_ADDED, row)
        return _view(hub, work, row)


@router.patch("/{username}")
def patch_user(hub: HubDependency, person: CurrentAccount, username: str, body: UserChange) -> UserView:
    """Change an account, or lock it out; its sessions end. One's own: another administrator does that.

    403 wrong_password, 409 own_account, 409 unit_left_alone where open cases would have nobody, 422 wrong_user.
    """
    check_administrator(person)
    check_own_password(hub, person, body.password)
    with said(), hub.transaction() as work:
        known = find_user(work, person, username)
        if username == person.me.username:
            raise RequestError(409, "own_account", "another administrator changes this account, or the command line")
        if body.area is not None:
            _own(person, body.area)
        check_seen(body.seen, _view(hub, work, known))
        _check_unit(work, username, body)
        given = {"role": body.role, "area": body.area, "unit": body.unit, "display_name": body.display_name}
        row = change_account(work.session, work.city, username, **given)
        if any(value is not None for value in given.values()):
            _record(work, person, Action.ACCOUNT_CHANGED, row)
        if body.disabled is not None and body.disabled != row.disabled:
            set_disabled(work.session, username, disabled=body.disabled)
            _record(work, person, Action.ACCOUNT_DISABLED if body.disabled else Action.ACCOUNT_ENABLED, row)
        view = _view(hub, work, row)
    hub.session_watch.look()
    return view


@router.post("/{username}/password", status_code=204)
def post_user_password(hub: HubDependency, person: CurrentAccount, username: str, body: UserPassword) -> None:
    """Give somebody another password; their sessions end. 403 wrong_password, 409 own_account, 422 wrong_user."""
    check_administrator(person)
    check_own_password(hub, person, body.password)
    with said(), hub.transaction() as work:
        row = find_user(work, person, username)
        if username == person.me.username:
            raise RequestError(409, "own_account", "change your own password at your account")
        set_password(work.session, username, body.new_password)
        _record(work, person, Action.PASSWORD_CHANGED, row)
    hub.session_watch.look()


@router.post("/{username}/second-factor/off", status_code=204)
def post_user_second_factor_off(hub: HubDependency, person: CurrentAccount, username: str, body: PasswordBody) -> None:
    """Take a second factor away whose telephone was lost; their sessions end. 403 wrong_password, 409 own_account."""
    check_administrator(person)
    check_own_password(hub, person, body.password)
    with hub.transaction() as work:
        row = find_user(work, person, username)
        if username == person.me.username:
            raise RequestError(409, "own_account", "switch your own second factor off at your account")
        second_factor.switch_off(work.session, row.id)
        end_sessions_of(work.session, row.id)
        _record(work, person, Action.SECOND_FACTOR_OFF, row)
    hub.session_watch.look()


@router.post("/{username}/sessions/end", status_code=204)
def post_user_sessions_end(hub: HubDependency, person: CurrentAccount, username: str, body: PasswordBody) -> None:
    """End all of somebody's sessions. 403 wrong_password, 409 own_account."""
    check_administrator(person)
    check_own_password(hub, person, body.password)
    with hub.transaction() as work:
        row = find_user(work, person, username)
        if username == person.me.username:
            raise RequestError(409, "own_account", "end your own sessions at your account")
        end_sessions_of(work.session, row.id)
        _record(work, person, Action.SIGN_OUT_EVERYWHERE, row)
    hub.session_watch.look()


def _check_unit(work: UnitOfWork, username: str, body: UserChange) -> None:
    """Refuse what would leave a unit's open cases to nobody, unless it is meant."""
    leaves = body.disabled is True or body.role is not None or body.unit is not None
    left = cases_left_alone(work.session, work.city, username) if leaves and not body.anyway else []
    if left:
        names = ", ".join(left[:5]) + (f" and {len(left) - 5} more" if len(left) > 5 else "")
        message = f"nobody else can sign in for the unit, which has open cases: {names}; reassign them, or say 'anyway'"
        raise RequestError(409, "unit_left_alone", message)


def find_user(work: UnitOfWork, person: Person, username: str) -> Account:
    """Find somebody's account in the asker's area.

    Raises:
        RequestError: 404.
    """
    row = work.session.scalar(select(Account).where(Account.username == username))
    if row is None or not covers(person.area, row.area):
        raise not_found(f"user {username}")
    return row


def _own(person: Person, area: str) -> str:
    if not covers(person.area, area):
        raise not_found(f"area {area}")
    return area


@contextmanager
def said() -> Iterator[None]:
    """Give what does not fit back as a refusal of the request."""
    try:
        yield
    except SettingsError as error:
        raise unfit("wrong_user", error) from error


def _view(hub: Hub, work: UnitOfWork, row: Account) -> UserView:
    live = sessions_of(work.session, row.id, hub.settings.sessions, work.now)
    return UserView(
        username=row.username,
        display_name=row.display_name,
        role=row.role,
        area=row.area,
        unit=row.unit,
        language=row.language,
        disabled=row.disabled,
        second_factor=bool(row.totp_confirmed),
        sessions=len(live),
        last_seen_at=max((one.last_seen_at for one in live), default=None),
        created_at=row.created_at,
    )


def _record(work: UnitOfWork, person: Person, action: Action, row: Account) -> None:
    detail = {"role": row.role, "unit": row.unit}
    record(work.session, work.now, person.origin, action, area=row.area, subject=row.username, **detail)


def check_administrator(person: Person) -> None:
    """Refuse whoever is no administrator.

    Raises:
        RequestError: 403.
    """
    if person.me.role != Role.ADMINISTRATOR:
        raise RequestError(403, "not_allowed", "accounts are for administrators")
