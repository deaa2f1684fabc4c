"""Acting in another's place, as their deputy: chosen for a session, said with all that is done, over by itself."""

from fastapi import APIRouter
from sqlalchemy.orm import Session

from sharp_eyes.hub.api.account_schemas import Me
from sharp_eyes.hub.api.dependencies import CurrentAccount, HubDependency
from sharp_eyes.hub.api.notice_schemas import ActBody, ActingView, PrincipalView
from sharp_eyes.hub.audit import Action, record
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.people.acting import principal_of, principals
from sharp_eyes.hub.store.tables import Account, LoginSession

router = APIRouter(prefix="/account/acting", tags=["duty"])


@router.get("")
def get_acting(hub: HubDependency, person: CurrentAccount) -> ActingView:
    """Tell in whose place one acts with this session, and in whose one may act now."""
    with hub.read_only() as work:
        now = principal_of(work.session, _session(work.session, person.session), work.now)
        possible = [_view(one) for one in principals(work.session, person.account, work.now)]
        return ActingView(acting=None if now is None else _view(now), possible=possible)


@router.put("")
def put_acting(hub: HubDependency, person: CurrentAccount, body: ActBody) -> Me:
    """Act in another's place with this session: with their role, area and unit, as long as they are away.

    Accounts, tokens, deputies, notices and one's own account stay one's own. 403 no_deputy.
    """
    with hub.transaction() as work:
        known = {one.username: one for one in principals(work.session, person.account, work.now)}
        found = known.get(body.username)
        if found is None:
            raise RequestError(403, "no_deputy", f"you do not stand in for {body.username} now")
        _session(work.session, person.session).acting_for = found.id
        record(work.session, work.now, person.origin, Action.ACTING_BEGUN, area=found.area, subject=found.username)
        place = {"role": found.role, "area": found.area, "unit": found.unit, "on_behalf_of": found.username}
    hub.broadcaster.end_sessions({person.session})
    return person.me.model_copy(update=place)


@router.delete("", status_code=204)
def delete_acting(hub: HubDependency, person: CurrentAccount) -> None:
    """Act for oneself again; safe to repeat."""
    with hub.transaction() as work:
        row = _session(work.session, person.session)
        before = None if row.acting_for is None else work.session.get(Account, row.acting_for)
        row.acting_for = None
        if before is not None:
            origin, subject = person.origin, before.username
            record(work.session, work.now, origin, Action.ACTING_ENDED, area=before.area, subject=subject)
    hub.broadcaster.end_sessions({person.session})


def _session(session: Session, row: int) -> LoginSession:
    found = session.get(LoginSession, row)
    if found is None:
        raise RequestError(401, "not_signed_in", "the session was ended meanwhile; sign in again")
    return found


def _view(account: Account) -> PrincipalView:
    return PrincipalView(
        username=account.username,
        display_name=account.display_name,
        role=account.role,
        area=account.area,
        unit=account.unit,
    )
