"""API tokens for machines: made, listed and revoked by administrators who have signed in."""

from typing import Any

from fastapi import APIRouter

from sharp_eyes.hub.api.account_routes import check_own_password
from sharp_eyes.hub.api.dependencies import CurrentAccount, HubDependency, Person
from sharp_eyes.hub.api.token_schemas import NewToken, TokenBody, TokenView
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.errors import RequestError, SettingsError, not_found, unfit
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people.tokens import TokenWish, make_token, revoke_token, tokens_in
from sharp_eyes.hub.store.tables import ApiToken

router = APIRouter(prefix="/tokens", tags=["tokens"])
_MAX_ID = 2**53


@router.get("")
def get_tokens(hub: HubDependency, person: CurrentAccount, over: bool = False) -> list[TokenView]:
    """List the tokens of the asker's area; ``over``: those that have ended too. 403 for all but administrators."""
    _check_administrator(person)
    with hub.read_only() as work:
        return [TokenView(**_values(row)) for row in tokens_in(work.session, person.area, work.now, over=over)]


@router.post("", status_code=201)
def post_token(hub: HubDependency, person: CurrentAccount, body: TokenBody) -> NewToken:
    """Make a token of the asker's area or below; 403 for all but administrators, wrong_password; 422 wrong_token."""
    _check_administrator(person)
    check_own_password(hub, person, body.password)
    area = body.area or person.area
    if not covers(person.area, area):
        raise not_found(f"area {area}")
    wish = TokenWish(body.name, body.role, area, body.unit, body.expires_at)
    try:
        with hub.transaction() as work:
            row, text = make_token(work, person.origin, wish, hub.settings.sessions.token_days)
            return NewToken(**_values(row), token=text)
    except SettingsError as error:
        raise unfit("wrong_token", error) from error


@router.delete("/{token_id}", status_code=204)
def delete_token(hub: HubDependency, person: CurrentAccount, token_id: int) -> None:
    """Revoke a token, whose live streams end at once; safe to repeat. 403 for all but administrators."""
    _check_administrator(person)
    with hub.transaction() as work:
        row = work.session.get(ApiToken, min(max(token_id, 0), _MAX_ID))
        if row is None or not covers(person.area, row.area):
            raise not_found(f"token {token_id}")
        revoke_token(work, person.origin, row)
        prefix = row.prefix
    hub.broadcaster.end_sessions({prefix})


def _values(row: ApiToken) -> dict[str, Any]:
    return {name: getattr(row, name) for name in TokenView.model_fields}


def _check_administrator(person: Person) -> None:
    if person.me.role != Role.ADMINISTRATOR:
        raise RequestError(403, "not_allowed", "API tokens are for administrators")
